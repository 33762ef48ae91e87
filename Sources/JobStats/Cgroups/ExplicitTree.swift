/// A tree named by -cgroup-root, with the group named by -cgroup-parent and -cgroup-cid.
///
/// Of each file the first of these serves: ROOT/CONTROLLER/PARENT/CID/FILE,
/// ROOT/PARENT/CID/FILE, and where neither parent nor id is given, ROOT/CONTROLLER/FILE
/// and ROOT/FILE, which describe the whole host.
public final class ExplicitTree: GroupLocator {
  private let root: BytePath
  private let group: BytePath

  public init(root: BytePath, parent: BytePath, id: BytePath) {
    self.root = root
    group = parent.appending(id)
  }

  /// Whether the numbers are the whole host's.
  public var isHost: Bool { group.components.isEmpty }

  /// Where the group's own directory may be; it is gone when none of them is there.
  public var directories: [BytePath] {
    Controller.allCases.map { directory($0, group) } + [root.appending(group)]
  }

  public func candidates(_ controller: Controller, _ file: String) -> [Candidate] {
    [directory(controller, group), root.appending(group)].map {
      Candidate($0.appending(file))
    }
  }

  public func levels(_ controller: Controller) -> [[BytePath]] {
    let parts = group.components
    return (0...parts.count).map { level in
      let ancestor = parts.dropLast(level).reduce(BytePath("")) { $0.appending($1) }
      return [directory(controller, ancestor), root.appending(ancestor)]
    }
  }

  public var process: Int32? { nil }
  public var isProgram: Bool { false }

  public var processLists: [BytePath] {
    let file = "cgroup.procs"
    let owners: [Controller] = [.cpuacct, .memory, .blkio, .cpuset, .pids]
    return owners.map { directory($0, group).appending(file) }
      + [root.appending(group).appending(file)]
  }

  public var isOwn: Bool { false }
  public var marksAreTheJobs: Bool { true }
  public var isForeign: Bool { true }

  private func directory(_ controller: Controller, _ group: BytePath) -> BytePath {
    root.appending(controller.rawValue).appending(group)
  }
}
