/// `mem N cache N swap N pgmajfault N rss`: bytes, and the number of major page faults; and
/// `N peak` where the kernel tells the most that was charged since the last poll.
///
/// v1: memory.stat, where `total_…` counts the groups below too; kernels without hierarchy
/// have the plain keys alone (Documentation/admin-guide/cgroup-v1/memory.rst).
/// v2: memory.stat (`file`, `anon` as rss) and memory.swap.current (Linux 4.5); memory.peak,
/// which a descriptor can reset for itself (Linux 6.12).
public final class MemoryStatistic: Statistic {
  public static let name: StaticString = "mem"
  public static let summary: StaticString = "memory: cache, swap, major page faults, rss"

  private let context: SamplingContext
  private let stat: StatFile
  private let mark: MemoryMark
  /// What is read in place of groups.
  private let processes: ProcessTree?
  private var sampledAt: UInt64 = 0
  private var reader = MemoryReader()
  private let unifiedSwap: StatFile
  private let pollPeak: PollPeak
  private var isAnnounced = false
  private var absence = AbsenceNotice()

  public init(_ context: SamplingContext) {
    self.context = context
    stat = StatFile(context, context.locator.candidates(.memory, "memory.stat"))
    unifiedSwap = StatFile(
      context, context.locator.candidates(.memory, GroupFile(v2: "memory.swap.current")),
      isAnnounced: false)
    pollPeak = PollPeak(context)
    mark = context.memoryMark
    processes = context.processes?.use == .always ? context.processes : nil
  }

  public func sample(_ poll: Poll) {
    guard read(poll) else { return }
    let peak = reader.isUnified ? readUnified(poll) : nil
    if reader.isEmpty { return }
    poll.line(Self.name) { line in
      reader.put(&line)
      if let peak { line.put(field: peak, " peak") }
    }
  }

  /// Reads what v2 has in files of their own: swap into the reader, and the peak since the last poll.
  @inline(never)
  private func readUnified(_ poll: Poll) -> UInt64? {
    reader[.swap] = unifiedSwap.number(poll).map { ScannedNumber($0) }
    return reader.isEmpty ? nil : pollPeak.take(beside: stat)
  }

  /// Reads the values into the reader. Returns whether there are any.
  private func read(_ poll: Poll) -> Bool {
    if let processes { return read(processes, poll) }
    sampledAt = poll.time
    guard let scanner = stat.read(poll) else {
      tellAbsence()
      return false
    }
    reader.read(scanner, malformed: &stat.malformed)
    // What a group above holds says nothing of the most that this one did.
    if !stat.isSubstitute { context.memory.take(rss: reader.rss) }
    mark.look(poll)
    return true
  }

  @inline(never)
  private func tellAbsence() {
    if stat.wasFound { return }
    absence.tell(context, Self.name, "no memory.stat in the job's control group", stat)
  }

  /// Of the job's processes, added up.
  @inline(never)
  private func read(_ processes: ProcessTree, _ poll: Poll) -> Bool {
    guard processes.canSee else {
      // Nothing wants attention that there is nothing to give to.
      sampledAt = poll.time
      absence.tell(context, Self.name, ProcessTree.unseen)
      return false
    }
    guard processes.look(poll, .memory) else { return false }
    let totals = processes.totals
    sampledAt = poll.time
    if !isAnnounced {
      isAnnounced = true
      context.log.notice(
        "\(processes.source("stat")): pages that some of them share count for each")
    }
    reader[.swap] = ScannedNumber(totals.swapped)
    reader[.majorFaults] = ScannedNumber(totals.counters.majorFaults)
    reader[.rss] = ScannedNumber(totals.resident)
    context.memory.take(rss: totals.resident)
    return true
  }

  /// Where the kernel keeps no mark of the job's, the peak is sampled, and worth something
  /// only if that is done at least once a second. A mark is looked at as often, but in a group
  /// made for the job, which is there until the end.
  public var nextAttention: UInt64? {
    mark.bytes != nil && context.locator.isOwn ? nil : sampledAt + 1_000_000_000
  }

  public func attend(_ poll: Poll) { _ = read(poll) }

  public func listPlaces(in list: inout PrefetchList) {
    list.add(self)
    stat.listPlaces(in: &list)
    unifiedSwap.listPlaces(in: &list)
    if reader.isUnified { pollPeak.listPlaces(in: &list) }
    list.add(mark)
    list.add(context)
    processes?.listPlaces(in: &list)
  }

  public func summarize(_ log: Log) {
    if let text = mark.text(sampled: context.memory.peak) { log.notice(text) }
    log.malformed(stat, unifiedSwap)
  }
}
