import CStatShim
import Glibc

/// A control group that crunchstat made for the job in one hierarchy.
public final class OwnGroup {
  /// The hierarchy's controllers that are of interest.
  public let controllers: [Controller]
  public let path: BytePath
  private let root: RootDirectory
  /// Held open, and locked: see `StaleGroups`.
  private let directory: Descriptor

  /// Makes the group, or throws; EEXIST where one of that name is there.
  fileprivate init(
    _ root: RootDirectory, _ path: BytePath, _ controllers: [Controller]
  ) throws(SystemError) {
    try root.makeDirectory(path)
    // Another crunchstat may have taken it for a stale one, and locked or removed it, before
    // it is locked here: then it is not ours, and another name is tried.
    do throws(SystemError) {
      directory = try root.open(path, O_RDONLY | O_DIRECTORY)
    } catch {
      guard error.code == ENOENT else {
        try? root.removeDirectory(path)
        throw error
      }
      throw SystemError("lock", path, code: EEXIST)
    }
    let locked = flock(directory.number, LOCK_EX | LOCK_NB)
    guard locked == 0, root.identity(path) == FileIdentity(directory.number) else {
      throw SystemError("lock", path, code: EEXIST)
    }
    self.root = root
    self.path = path
    self.controllers = controllers
  }

  /// For `cstat_spawn`, which lets the program enter the group.
  public var directoryNumber: CInt { directory.number }

  /// Removes the group. Returns false where processes, or groups that the job made, are
  /// still in it. The kernel may need a moment to see the last process off.
  public func remove() -> Bool {
    if (try? root.removeDirectory(path)) != nil { return true }
    // A crunchstat inside of it may have been killed.
    StaleGroups.remove(root, below: path)
    for pause: UInt32 in [0, 1, 2, 4, 8, 16, 32] {
      if pause > 0 { usleep(pause * 1000) }
      do throws(SystemError) {
        try root.removeDirectory(path)
        return true
      } catch {
        if error.code == ENOENT { return true }
        if error.code != EBUSY || hasProcesses || hasGroups { return false }
      }
    }
    return false
  }

  private var hasGroups: Bool {
    root.names(in: path).contains { root.identity(path.appending($0))?.isDirectory == true }
  }

  /// Whether processes are still in it.
  public var hasProcesses: Bool { !root.processes(in: path).isEmpty }

  /// The processes in it and in the groups below it, as this process id namespace has them;
  /// others can't be named.
  public func processes() -> [pid_t] { processes(in: path, depth: 0).filter { $0 > 0 } }

  private func processes(in group: BytePath, depth: Int) -> [pid_t] {
    let found = root.processes(in: group)
    // The kernel's own limit is higher, or the stack's is lower.
    guard depth < 64 else { return found }
    let below = root.names(in: group).map { group.appending($0) }
      .filter { root.identity($0)?.isDirectory == true }
    return found + below.flatMap { processes(in: $0, depth: depth + 1) }
  }

  func write(_ text: String, _ file: String) throws(SystemError) {
    try root.write(text, to: path.appending(BytePath(file)))
  }

  /// Makes a group of one name below each parent. Where one can't be made, the others are,
  /// and the error, which names the path, is among the failures.
  public static func make(
    _ root: RootDirectory, below parents: [OwnGroupPlan.Parent]
  ) -> (groups: [OwnGroup], failures: [SystemError]) {
    for parent in parents { StaleGroups.remove(root, below: parent.directory) }
    return make(root, parents, suffix: "")
  }

  /// Makes one group of no controllers, whose name ends in `suffix`.
  static func make(
    _ root: RootDirectory, in directory: BytePath, _ suffix: String
  ) throws(SystemError) -> OwnGroup {
    let parent = OwnGroupPlan.Parent(directory: directory, controllers: [])
    let (groups, failures) = make(root, [parent], suffix: suffix)
    guard let group = groups.first else {
      throw failures.first ?? SystemError("make a group in", directory, code: EEXIST)
    }
    return group
  }

  private static func make(
    _ root: RootDirectory, _ parents: [OwnGroupPlan.Parent], suffix: String
  ) -> (groups: [OwnGroup], failures: [SystemError]) {
    let process = getpid()
    var failures: [SystemError] = []
    // Process id namespaces share trees, so that a name may be taken.
    attempt: for number in 0..<100 {
      var made: [OwnGroup] = []
      failures = []
      for parent in parents {
        let name: BytePath = "\(StaleGroups.prefix)\(process)-\(number)\(suffix)"
        let path = parent.directory.appending(name)
        do throws(SystemError) {
          made.append(try OwnGroup(root, path, parent.controllers))
        } catch {
          failures.append(error)
          if error.code == EEXIST {
            for group in made { _ = group.remove() }
            continue attempt
          }
        }
      }
      return (made, failures)
    }
    return ([], failures)
  }
}
