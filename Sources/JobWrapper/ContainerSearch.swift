import JobStats

/// The search for the control group of a container whose id is known: engines spell it in
/// several ways, and make it later than they write the id.
struct ContainerSearch {
  private let trees: [ExplicitTree]
  private let start: UInt64
  private var hasTold = false
  /// When to look next, on the monotonic clock.
  private(set) var next: UInt64

  init(_ options: Options, id: BytePath, start: UInt64) {
    trees = ExplicitTree.spellings(
      root: options.groupRoot ?? BytePath(""), parent: options.groupParent, id: id)
    self.start = start
    next = start
  }

  /// The likeliest, which is read as long as none is there.
  var likeliest: ExplicitTree { trees[0] }

  /// Looks once, at a hundred or two directories, and returns the group that is there. Logs
  /// which that is, or once, after a second, that there is none yet. Throws where the id names
  /// something that is no control group.
  mutating func look(
    _ time: UInt64, _ root: RootDirectory, _ log: Log
  ) throws(OptionError) -> ExplicitTree? {
    if let tree = trees.first(where: { $0.exists(in: root) }) {
      if let link = tree.linkInID(root) {
        throw OptionError("flag -cgroup-cid: the id names a symbolic link, \(link.text)")
      }
      log.notice("the container's control group is \(text: tree.group)")
      return tree
    }
    let waited = time &- start
    next = time &+ min(max(waited / 4, millisecond), second)
    if !hasTold, waited >= second {
      hasTold = true
      let places = trees.map(\.group)
      log.notice("the container's control group is not there yet: looking for \(list: places)")
    }
    return nil
  }
}
