import Glibc

/// A group of the v2 hierarchy, as a place to make others below. See
/// Documentation/admin-guide/cgroup-v2.rst of Linux 4.5 or later.
struct UnifiedLevel {
  let root: RootDirectory
  let directory: BytePath

  /// Whether it is the hierarchy's own root, the one group that may have both processes and
  /// controllers; a control group namespace's root is another one. Only the root has no
  /// cgroup.events.
  var isHierarchyRoot: Bool { root.identity(directory.appending("cgroup.events")) == nil }

  /// The controllers that it has, and may hand on.
  var available: [UnifiedController] { controllers(in: "cgroup.controllers") }

  /// The controllers that the groups below it have.
  var handedOn: [UnifiedController] { controllers(in: "cgroup.subtree_control") }

  /// Whether the groups below it get shares of the processors.
  var handsOnProcessors: Bool {
    root.words(in: directory.appending("cgroup.subtree_control")).contains(BytePath("cpu"))
  }

  /// Lets the groups below have a controller. EBUSY where processes are in this one.
  func handOn(_ controller: UnifiedController) throws(SystemError) {
    try root.write("+\(controller)", to: directory.appending("cgroup.subtree_control"))
  }

  /// The other way round. EBUSY where a group below hands it on further.
  func takeBack(_ controller: UnifiedController) throws(SystemError) {
    try root.write("-\(controller)", to: directory.appending("cgroup.subtree_control"))
  }

  /// Moves this process into the group.
  func enter() throws(SystemError) {
    try root.write("0", to: directory.appending("cgroup.procs"))
  }

  /// Throws where this process may not put others into the groups below; changes nothing.
  func checkAccess() throws(SystemError) {
    _ = try root.open(directory.appending("cgroup.procs"), O_WRONLY)
  }

  /// A limit or a protection that holds in this group and not in those beside it: the name
  /// of its file, or nil. Linux 6.1 has these; one that is not there does not limit.
  var limit: String? {
    let harmless = [
      ("memory.max", "max"), ("memory.high", "max"), ("memory.swap.max", "max"),
      ("memory.swap.high", "max"), ("memory.zswap.max", "max"), ("memory.min", "0"),
      ("memory.low", "0"), ("pids.max", "max"), ("io.max", nil), ("io.latency", nil),
      ("cpuset.cpus", nil), ("cpuset.mems", nil),
    ]
    return harmless.first { file, value in
      let words = root.words(in: directory.appending(file))
      return !words.isEmpty && words.first != value.map { BytePath($0) }
    }?.0
  }

  private func controllers(in file: String) -> [UnifiedController] {
    let words = root.words(in: directory.appending(file))
    return words.compactMap { UnifiedController(rawValue: $0.text) }
  }
}

extension RootDirectory {
  /// The words in a file's first line; none where it can't be read.
  func words(in path: BytePath) -> [BytePath] {
    guard let bytes = try? contents(path) else { return [] }
    return ByteScanner.scan(bytes) { scanner in
      var words: [BytePath] = []
      guard var line = scanner.line() else { return words }
      while true {
        let word = line.word()
        if word.isEmpty { return words }
        words.append(BytePath(word.array))
      }
    }
  }
}
