/// CPU time of the job's processes, added up, where no control group counts it: their exact
/// times, split in the proportion of the ticks that the kernel tells of user and system time.
final class ProcessTimes {
  /// A number that no candidate of a file has.
  static let source = 300

  private let processes: ProcessTree
  private let log: Log
  private var split = CPUSplit()
  private var isAnnounced = false

  init(_ processes: ProcessTree, _ log: Log) {
    self.processes = processes
    self.log = log
  }

  /// Whether all that they have used was used since the program's start.
  var startAtZero: Bool { processes.startAtZero }

  /// Whether processes can be seen at all.
  var canSee: Bool { processes.canSee }

  func listPlaces(in list: inout PrefetchList) {
    list.add(self)
    processes.listPlaces(in: &list)
  }

  /// nil at a poll that leaves the processes out.
  func read(_ poll: Poll) -> CPUTimes? {
    if !isAnnounced {
      isAnnounced = true
      log.notice(processes.source("stat"))
    }
    guard processes.look(poll, .times) else { return nil }
    let totals = processes.totals
    return split.split(
      totals.time, user: totals.counters.user, system: totals.counters.system)
  }
}
