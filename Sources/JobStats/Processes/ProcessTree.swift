import Glibc

/// The job's processes, looked at one by one in /proc, and what they have used, those that
/// have ended included.
///
/// The kernel adds what a process has used to that which waits for it, so all that ever ran
/// is in the counters of those that are still there, each in one place. Their sum is the
/// job's, if
/// - a process is read before its children are: one that is reaped in between is missing in
///   this sum, and back in the next, but none is in a sum twice. (A parent stands before its
///   children in `records`, and so do all to whom the kernel may give orphans.)
/// - what goes to nobody is kept: that of a process whose parent ignores SIGCHLD, or whose
///   parent is none of the job's, is counted as it was seen last (`Departures`).
/// - no sum is told that is less than one that was told before.
///
/// Cost: linear in the processes, some microseconds for each. Nothing is allocated but for
/// more processes than there were ever before. As long as no process id has been given out
/// since the last look, nobody is asked for children.
final class ProcessTree {
  private let members: JobProcesses
  private let log: Log
  private let reader: ProcessReader
  private let census: ProcessCensus
  /// Where the job's are crunchstat's own: what has been reaped of them.
  private let children: OwnChildren?
  private let units = ProcessRecord.Units()
  private var wanted: ProcessRecord.Wanted = []
  private var records: [ProcessRecord] = []
  private var departures = Departures()
  private var reaped = ProcessCounters()
  /// How often some had been reaped when that was asked.
  private var reapings: UInt64?
  private var lastLook: UInt64?
  private var budget = LookBudget()
  private var swapLook: UInt64 = 0
  private var isSwapped = false

  /// What the last look has found.
  private(set) var totals = Totals()

  struct Totals {
    /// Of all processes, ended ones too.
    var counters = ProcessCounters()
    /// User and system time together, exact to less than the ticks in `counters`.
    var time: UInt64 = 0
    /// Bytes, of those that are there.
    var resident: UInt64 = 0
    var swapped: UInt64 = 0
    /// How many are there, and of how many the bytes read and written can't be told.
    var processes = 0
    var silent = 0
    /// Whether the bytes of any process could ever be told.
    var tellsBytes = false
  }

  init(_ members: JobProcesses, _ root: RootDirectory, _ buffer: ReadBuffer, _ log: Log) {
    self.members = members
    self.log = log
    reader = ProcessReader(root, buffer)
    census = ProcessCensus(members, reader)
    children = if case .children(let own) = members.roots { own } else { nil }
  }

  /// What they are looked at for.
  var use: JobProcesses.Use { members.use }

  /// Where it is read from, for notices.
  func source(_ file: String) -> ByteText {
    "reading stats from /proc/PID/\(file) of \(members.description)"
  }

  static let unseen = "no process can be seen in /proc"
  /// Whether processes can be seen: not where there is no /proc.
  private(set) lazy var canSee =
    !reader.root.isLive || reader.readFile(getpid(), "stat") == 0

  /// Whether all that is counted has been used since the program's start.
  var startAtZero: Bool { members.startAtZero }

  deinit { for record in records { record.shut() } }

  func listPlaces(in list: inout PrefetchList) {
    list.add(self)
    list.add(reader)
    list.add(records)
    census.listPlaces(in: &list)
    if let children { list.add(children) }
  }

  /// Looks at all processes, once for all statistics of a poll. Returns whether the totals are
  /// this poll's: not where looks would take too much of a processor's time; or never, where no
  /// process can be seen.
  func look(_ poll: Poll, _ wanted: ProcessRecord.Wanted) -> Bool {
    let isSame = poll.time == lastLook
    if isSame, self.wanted.isSuperset(of: wanted) { return true }
    guard canSee else { return false }
    if !isSame, _slowPath(!budget.allows(poll)) {
      tellRarity()
      return false
    }
    self.wanted.formUnion(wanted)
    budget.isForBytesAlone = self.wanted == .bytes
    lastLook = poll.time
    budget.begin(totals.processes)
    if self.wanted.contains(.memory) { lookForSwap(poll) }
    look(poll)
    // What was reaped during the look is to be found where it went: there is no next poll.
    if _slowPath(poll.isLast), departures.areOpen { look(poll) }
    budget.end(poll)
    return true
  }

  @inline(never)
  private func tellRarity() {
    if let text = budget.notice(totals.processes) { log.notice("\(text)") }
  }

  @inline(never)
  private func look(_ poll: Poll) {
    let isDue = census.begin(poll, &records)
    var wanted = wanted
    if isSwapped, wanted.contains(.memory) { wanted.insert(.swap) }
    var hasChanged = isDue || poll.isLast || children?.reapings != reapings
    var index = 0
    while index < records.count || isDue && census.addListed(&records) {
      let asksForFamily = !records[index].isRead || isDue && asksForFamily(of: index)
      if records[index].read(reader, asksForFamily ? wanted.union(.family) : wanted, units) {
        hasChanged = true
      }
      if isDue { census.addChildren(of: index, &records) }
      index += 1
    }
    if hasChanged || !departures.isIdle { settle(isLast: poll.isLast) }
  }

  @inline(never)
  private func asksForFamily(of index: Int) -> Bool {
    census.asksForChildren || !census.isMember(records[index].parent)
  }

  /// Adds it all up, and lets go of those that are no more.
  @inline(never)
  private func settle(isLast: Bool) {
    var sum = ProcessCounters()
    var growth = ProcessCounters()
    var rest: UInt64 = 0
    var pages: UInt64 = 0
    var hasGone = false
    totals.swapped = 0
    totals.processes = 0
    totals.silent = 0
    for record in records {
      if record.isGone {
        hasGone = true
        guard record.isRead else { continue }
        departures.add(record.counters, isOurs: census.isMember(record.parent))
        continue
      }
      guard record.isRead else { continue }
      sum += record.counters
      growth += record.growth
      rest &+= record.timeRest
      pages &+= record.residentPages
      totals.swapped &+= record.swapped
      totals.processes += 1
      if record.tellsBytes { totals.tellsBytes = true } else { totals.silent += 1 }
    }
    if let children {
      reapings = children.reapings
      let now = children.reaped(withBytes: wanted.contains(.bytes), isLast: isLast)
      growth += now.excess(over: reaped)
      reaped = now
      sum += now
    }
    departures.settle(growth)
    sum += departures.lost
    if hasGone { census.remove(from: &records) }
    totals.counters.raise(to: sum)
    totals.time = max(totals.time, sum.user &+ sum.system &+ rest)
    totals.resident = pages &* units.page
  }

  /// Swapped bytes are in a file that costs more than all others together, so it is read only
  /// while something is swapped out on this machine, which is looked at once a second.
  private func lookForSwap(_ poll: Poll) {
    guard poll.time >= swapLook else { return }
    swapLook = poll.time + 1_000_000_000
    isSwapped = reader.isSwapInUse()
  }
}

/// Processes that are no more, and where what they had used went to.
///
/// Mostly to a parent, whose own counters have grown by it; but to nobody where the parent
/// ignores SIGCHLD, and to a stranger where the parent is none of the job's. Which parent
/// it was is not always known, so they are compared all together: what has vanished, and by
/// how much all that was waited for has grown. What is missing is lost, and kept; but a
/// parent may have been read before its child was reaped, so that is known one look later.
/// Where much is reaped at the same time some of what is lost may hide behind it. Nothing
/// is ever counted twice.
struct Departures {
  /// What went to none of the job's processes.
  private(set) var lost = ProcessCounters()
  private var vanished = ProcessCounters()
  private var missing = ProcessCounters()
  /// Whether it would go on as it is, whatever grows.
  private(set) var isIdle = true

  /// A process is no more that had used as much when it was last seen.
  /// - Parameter isOurs: whether its parent is of the job, or crunchstat itself.
  mutating func add(_ counters: ProcessCounters, isOurs: Bool) {
    isIdle = false
    if isOurs { vanished += counters } else { lost += counters }
  }

  /// Whether something is missing that may yet turn up.
  var areOpen: Bool { missing != .none }

  /// - Parameter growth: by how much what parents have waited for has grown since last time.
  mutating func settle(_ growth: ProcessCounters) {
    if isIdle { return }
    lost += missing.excess(over: growth)
    missing = vanished.excess(over: growth)
    vanished = .none
    isIdle = !areOpen
  }
}
