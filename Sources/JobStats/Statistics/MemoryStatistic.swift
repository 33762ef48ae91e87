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
  private let unifiedSwap: StatFile
  private let pollPeak: PollPeak
  /// What is read in place of groups.
  private let processes: ProcessTree?
  private var isAnnounced = false
  private var absence = AbsenceNotice()
  private var sampledAt: UInt64 = 0
  private var reader = MemoryReader()
  private let mark: MemoryMark

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
    guard var values = read(poll) else { return }
    if values.isUnified { values.swap = unifiedSwap.number(poll) }
    if values.isEmpty { return }
    let peak = values.isUnified ? pollPeak.take(beside: stat) : nil
    poll.line(Self.name) { line in
      if let cache = values.cache { line.put(field: cache, " cache") }
      if let swap = values.swap { line.put(field: swap, " swap") }
      if let faults = values.majorFaults { line.put(field: faults, " pgmajfault") }
      if let rss = values.rss { line.put(field: rss, " rss") }
      if let peak { line.put(field: peak, " peak") }
    }
  }

  private func read(_ poll: Poll) -> MemoryValues? {
    if let processes { return values(processes, poll) }
    sampledAt = poll.time
    guard let scanner = stat.read(poll) else {
      if !stat.wasFound {
        absence.tell(context, Self.name, "no memory.stat in the job's control group", stat)
      }
      return nil
    }
    let values = reader.read(scanner, malformed: &stat.malformed)
    // What a group above holds says nothing of the most that this one did.
    if !stat.isSubstitute { context.memory.take(rss: values.rss ?? 0) }
    mark.look(poll)
    return values
  }

  /// Of the job's processes, added up.
  private func values(_ processes: ProcessTree, _ poll: Poll) -> MemoryValues? {
    guard processes.canSee else {
      // Nothing wants attention that there is nothing to give to.
      sampledAt = poll.time
      absence.tell(context, Self.name, ProcessTree.unseen)
      return nil
    }
    guard let totals = processes.look(poll, .memory) else { return nil }
    sampledAt = poll.time
    if !isAnnounced {
      isAnnounced = true
      context.log.notice(
        processes.source("stat") + ": pages that some of them share count for each")
    }
    var values = MemoryValues()
    values.swap = totals.swapped
    values.majorFaults = totals.counters.majorFaults
    values.rss = totals.resident
    context.memory.take(rss: totals.resident)
    return values
  }

  /// Where the kernel keeps no mark of the job's, the peak is sampled, and worth something
  /// only if that is done at least once a second. A mark is looked at as often, but in a group
  /// made for the job, which is there until the end.
  public var nextAttention: UInt64? {
    mark.bytes != nil && context.locator.isOwn ? nil : sampledAt + 1_000_000_000
  }

  public func attend(_ poll: Poll) { _ = read(poll) }

  public func summarize(_ log: Log) {
    if let text = mark.text(sampled: context.memory.peak) { log.notice(text) }
    log.malformed(stat, unifiedSwap)
  }
}
