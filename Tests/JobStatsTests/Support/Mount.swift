import JobStats

/// A control group mount as tests write it down.
struct Mount: Sendable, Equatable {
  let point: String
  let root: String
  /// v2: nil.
  let words: Set<String>?

  init(_ point: String, _ root: String, _ words: [String]?) {
    self.point = point
    self.root = root
    self.words = words.map { Set($0) }
  }

  init(_ mount: ControlGroupMount) {
    point = mount.point.text
    root = mount.root.text
    words = mount.options.map { Set($0.text.split(separator: ",").map(String.init)) }
  }

  /// The same, made in the one way there is from outside: out of its line in mountinfo.
  var real: ControlGroupMount {
    let type = words == nil ? "cgroup2" : "cgroup"
    let options = words?.sorted().joined(separator: ",") ?? "rw"
    let line = "1 2 0:3 \(root) \(point) rw - \(type) none \(options)\n"
    return MountTable.parse(mountinfo: Array(line.utf8))[0]
  }
}
