/// A tree named by -cgroup-root, with the group named by -cgroup-parent and -cgroup-cid.
///
/// Of each file the first of these serves: ROOT/CONTROLLER/PARENT/CID/FILE,
/// ROOT/PARENT/CID/FILE (the only one in a v2 tree), and where neither parent nor id is
/// given, ROOT/CONTROLLER/FILE and ROOT/FILE, which describe the whole host.
public final class ExplicitTree: GroupLocator {
  private let root: BytePath
  /// The group's path below the root, or below a v1 hierarchy in it; empty: the whole host.
  public let group: BytePath
  /// How many of its last parts are the container's id, which comes from a file.
  private let idParts: Int

  public convenience init(root: BytePath, parent: BytePath, id: BytePath) {
    self.init(root: root, group: parent.appending(id), idParts: id.components.count)
  }

  private init(root: BytePath, group: BytePath, idParts: Int) {
    self.root = root
    self.group = group
    self.idParts = idParts
  }

  /// Where container engines may have put the container of an id: below the parent that is
  /// named, or else where they do by default; the likeliest first.
  public static func spellings(
    root: BytePath, parent: BytePath, id: BytePath
  ) -> [ExplicitTree] {
    ContainerGroup.spellings(parent: parent, id: id).map {
      ExplicitTree(root: root, group: $0, idParts: id.components.count)
    }
  }

  /// Whether any of its directories is there.
  public func exists(in root: RootDirectory) -> Bool {
    directories.contains { root.identity($0)?.isDirectory == true }
  }

  /// A symbolic link that the id leads through, or nil: control groups have none, so it is
  /// something else, in the tree or outside, that the id would pass for a container.
  public func linkInID(_ root: RootDirectory) -> BytePath? {
    for directory in directories {
      for path in directory.upward(to: BytePath("/")).prefix(idParts)
      where root.linkTarget(path) != nil { return path }
    }
    return nil
  }

  /// Whether the numbers are the whole host's.
  public var isHost: Bool { group.components.isEmpty }

  /// Where the group's own directory may be; it is gone when none of them is there.
  private var directories: [BytePath] {
    Controller.allCases.map { directory($0, group) } + [root.appending(group)]
  }

  public func candidates(_ controller: Controller, _ file: GroupFile) -> [Candidate] {
    level(controller, group).candidates(file)
  }

  public func levels(_ controller: Controller) -> [GroupLevel] {
    let parts = group.components
    return (0...parts.count).map { number in
      level(controller, parts.dropLast(number).reduce(BytePath("")) { $0.appending($1) })
    }
  }

  public var process: Int32? { nil }
  public var isProgram: Bool { false }
  public var processes: JobProcesses? {
    isHost ? nil : JobProcesses(.listed, .forBytes, lists: processLists)
  }

  public var processLists: [BytePath] {
    let file = "cgroup.procs"
    let owners: [Controller] = [.cpuacct, .memory, .blkio, .cpuset, .pids]
    let places = owners.map { directory($0, group) } + [root.appending(group)]
    // crun puts a container's processes into a group below the container's own.
    return places.map { $0.appending(file) }
      + places.map { $0.appending(ContainerGroup.inner).appending(file) }
  }

  public var isOwn: Bool { false }
  public var killsAreTheJobs: Bool { !isHost }
  public var marksAreTheJobs: Bool { true }
  public var isForeign: Bool { true }

  private func level(_ controller: Controller, _ group: BytePath) -> GroupLevel {
    let places = [directory(controller, group), root.appending(group)]
    // The v2 side of a hybrid has a folder of its own, as the controllers have.
    if controller == .unified { return GroupLevel(v2: places) }
    return GroupLevel(v1: places, v2: [places[1]])
  }

  private func directory(_ controller: Controller, _ group: BytePath) -> BytePath {
    root.appending(controller.rawValue).appending(group)
  }
}
