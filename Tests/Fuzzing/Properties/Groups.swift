import JobStats
import JobWrapper

/// The table of mounts: what has been read, written down again, is read as the same.
func checkMounts(_ file: [UInt8]) throws {
  let mounts = MountTable.parse(mountinfo: file)
  try expect("points", Set(mounts.map(\.point)).count, is: mounts.count)
  let again = mounts.flatMap { mount -> [UInt8] in
    var line = Array("1 2 0:3 ".utf8) + escaped(mount.root) + [blank]
    line += escaped(mount.point) + Array(" rw - ".utf8)
    guard let options = mount.options else { return line + Array("cgroup2 none rw\n".utf8) }
    return line + Array("cgroup none ".utf8) + options.bytes + [newline]
  }
  try expect("mounts", MountTable.parse(mountinfo: again), is: mounts)
  // The older form; nothing to compare with.
  _ = MountTable.parse(mounts: file)
}

/// As the kernel writes paths in its tables.
private func escaped(_ path: BytePath) -> [UInt8] {
  path.bytes.flatMap { byte -> [UInt8] in
    guard isBlank(byte) || byte == newline || byte == UInt8(ascii: "\\") else { return [byte] }
    return Array(("\\" + [byte >> 6, byte >> 3 & 7, byte & 7].map { "\($0)" }.joined()).utf8)
  }
}

/// The mounts, a NUL, and /proc/PID/cgroup: no group is found outside the mount that shows it.
func checkProcessGroups(_ input: [UInt8]) throws {
  let input = parts(input, atMost: 2)
  guard input.count == 2 else { return }
  let mounts = MountTable.parse(mountinfo: input[0])
  let groups = ProcessGroups(parsing: input[1])
  for controller in Controller.allCases {
    try expect("path", groups.path(controller)?.bytes, is: plainPath(controller, input[1]))
    guard let place = groups.place(controller, in: mounts) else { continue }
    let point = place.mount.point
    try expect("the mount does not carry it", place.mount.carries(controller))
    guard let below = place.directory.relative(to: point) else {
      throw Fault("\(place.directory.bytes) is not below \(point.bytes)")
    }
    try expect("it leads out of its mount", !below.climbs)
    try expect("top", place.upward.last, is: point)
    let isBelow = place.upward.allSatisfy { $0.relative(to: point) != nil }
    try expect("an ancestor is not below the mount", isBelow)
  }
}

private func plainPath(_ controller: Controller, _ file: [UInt8]) -> [UInt8]? {
  var path: [UInt8]?
  for line in plainLines(file) {
    let words = line.split(
      separator: UInt8(ascii: ":"), maxSplits: 2, omittingEmptySubsequences: false)
    guard words.count == 3, words[2].first == UInt8(ascii: "/") else { continue }
    let isIts =
      controller == .unified
      ? latin(words[0]) == "0" && words[1].isEmpty
      : latin(words[1]).split(separator: ",").contains { $0 == controller.rawValue }
    if isIts { path = Array(words[2]) }
  }
  return path
}

/// A container's id, from its file: no group of its name is outside the tree.
func checkContainerID(_ file: [UInt8]) throws {
  guard case .found(let id) = IdFile.id(in: file, BytePath("cid")) else { return }
  try expect("control characters or blanks", !id.bytes.contains { $0 <= blank || $0 == 0x7F })
  try expect("it climbs", !id.components.contains(BytePath("..")))
  try expect("length", !id.isEmpty && id.bytes.count <= 4096)
  let root = BytePath("/cg")
  let trees = ExplicitTree.spellings(root: root, parent: BytePath("a-b.slice"), id: id)
  for tree in trees {
    let places = Controller.allCases.flatMap { tree.candidates($0, "file") }.map(\.path)
    for place in places + tree.processLists {
      guard let below = place.relative(to: root), !below.climbs else {
        throw Fault("\(place.bytes) is not below the root")
      }
    }
  }
}
