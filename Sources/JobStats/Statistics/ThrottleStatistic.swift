/// `throttle N periods N throttled T waited`, and since the last sample: how many periods of
/// the CPU quota there were, in how many the job had used it up, and how many seconds its
/// processes then had to wait, added up over the processors.
///
/// cpu.stat of the nearest group that has a quota: v1's `throttled_time`, v2's
/// `throttled_usec` (Documentation/scheduler/sched-bwc.rst). A group without one has these
/// counters too, but they stay at 0 while a group above is held back. Which group that is
/// gets looked at once a second at most: quotas change by somebody's hand.
public final class ThrottleStatistic: Statistic {
  public static let name: StaticString = "throttle"
  public static let summary: StaticString = "CPU quota: periods, those used up, time waited"

  private let context: SamplingContext
  private let levels: [(quota: CPUQuota, file: StatFile)]
  private var series = CounterSeries(
    name, [.count(" periods"), .count(" throttled"), .time(" waited")])
  private var absence = AbsenceNotice()
  private var current: Int?
  private var wasFound = false
  private var pause = LookPause()
  /// Whether the next lines are the first of a group.
  private var isNew = false

  public init(_ context: SamplingContext) {
    self.context = context
    let levels = context.locator.levels(.cpu)
    // Above a container there are others.
    let serving = context.locator.isForeign ? levels.prefix(1) : levels[...]
    self.levels = zip(serving, context.cpuQuotas).map { level, quota in
      (quota, StatFile(context, level.candidates("cpu.stat"), isAnnounced: false))
    }
  }

  public func sample(_ poll: Poll) {
    if pause.isOver(poll) { look(poll) }
    if let current { write(current, poll) }
  }

  /// Looks for the nearest group that has a quota and tells of it.
  private func look(_ poll: Poll) {
    current = levels.indices.first { hasQuota(levels[$0], poll) }
    guard let current else {
      pause.extend(poll.time)
      if wasFound { return }
      absence.tell(context, Self.name, "no cpu.stat of a group with a CPU quota")
      return
    }
    wasFound = true
    pause.wait(poll.time)
    isNew = levels[current].file.announce() || isNew
  }

  private func hasQuota(_ level: (quota: CPUQuota, file: StatFile), _ poll: Poll) -> Bool {
    guard level.quota.read(poll) != nil, let scanner = level.file.read(poll) else {
      return false
    }
    // Not counted, but at the poll that logs it.
    var malformed: UInt64 = 0
    let values = Self.scan(scanner, malformed: &malformed)
    return values[0] != nil || values[1] != nil || values[2] != nil
  }

  private func write(_ index: Int, _ poll: Poll) {
    let file = levels[index].file
    guard let scanner = file.read(poll) else { return }
    if isNew { file.keepAgain() }
    isNew = false
    let values = Self.scan(scanner, malformed: &file.malformed)
    series.write(poll, values, source: index * 8 + file.source)
  }

  private static func scan(_ scanner: ByteScanner, malformed: inout UInt64) -> CounterValues {
    var values = CounterValues(repeating: nil)
    scanner.flatEntries(&malformed) { key, value in
      if key == "nr_periods" { values[0] = value }
      if key == "nr_throttled" { values[1] = value }
      if key == "throttled_time" { values[2] = value }
      if key == "throttled_usec" { values[2] = value.scaled(by: 1000) }
    }
    return values
  }

  public func summarize(_ log: Log) {
    for level in levels { log.malformed(level.file) }
  }
}
