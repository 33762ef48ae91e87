import CStatShim
import Glibc
import JobStats

/// The job as the program and its descendants, for what no control group counts, or for all.
struct ProcessScope {
  /// Whether all is read from processes, and orphans are adopted so that none is lost.
  let isAll: Bool
  private let children: OwnChildren
  private let error: CInt

  /// To be made before the program is started.
  init(isAll: Bool, _ root: RootDirectory) {
    self.isAll = isAll
    children = OwnChildren(root)
    // It changes what orphans see as their parent, so it is done in this scope alone.
    error = isAll ? -cstat_adopt_orphans() : 0
  }

  /// To be called once the program runs, before any process is reaped.
  func begin() { children.begin() }

  /// The job's processes.
  /// - Parameter groups: control groups of the job's own, which know orphans too.
  func processes(in groups: [OwnGroup]) -> JobProcesses {
    // They all list the same; v2's list costs less.
    let group = groups.first { $0.controllers.contains(.unified) } ?? groups.first
    return JobProcesses(
      .children(children), isAll ? .always : .whereGroupsDoNot,
      lists: group.map { [$0.path.appending("cgroup.procs")] } ?? [])
  }

  /// Says once what is measured, and why.
  func announce(_ log: Log, _ reasons: ByteText) {
    log.notice("scope tree: the program and its descendants, from /proc: \(reasons)")
    guard error != 0 else { return }
    log.notice("orphans are not adopted, those that are not seen are lost: \(errorText(error))")
  }

  /// What the program has left behind, to be asked for once it has ended and been reaped.
  func left() -> [pid_t] {
    children.reapOrphans(besides: 0)
    return isAll ? children.descendants() : []
  }

  /// Reaps orphans that have become our children and have ended.
  func reapOrphans(besides program: pid_t) { children.reapOrphans(besides: program) }
}
