/// `throttle N periods N throttled T waited`, and since the last sample: how many periods of
/// the CPU quota there were, in how many the job had used it up, and how many seconds its
/// processes then had to wait, added up over the processors.
///
/// cpu.stat of the nearest group that has a quota to tell of: v1's `throttled_time`, or v2's
/// `throttled_usec` where the controller is enabled
/// (Documentation/scheduler/sched-bwc.rst).
public final class ThrottleStatistic: Statistic {
  public static let name: StaticString = "throttle"
  public static let summary: StaticString = "CPU quota: periods, those used up, time waited"

  private let context: SamplingContext
  private let files: [StatFile]
  private var series = CounterSeries(
    name, [.count(" periods"), .count(" throttled"), .time(" waited")])
  private var absence = AbsenceNotice()
  private var current: Int?
  private var pause = LookPause()

  public init(_ context: SamplingContext) {
    self.context = context
    let levels = context.locator.levels(.cpu)
    // Above a container there are others.
    let serving = context.locator.isForeign ? levels.prefix(1) : levels[...]
    files = serving.map { StatFile(context, $0.candidates("cpu.stat"), isAnnounced: false) }
  }

  public func sample(_ poll: Poll) {
    if let current, write(current, poll) { return }
    guard pause.isOver(poll) else { return }
    for index in files.indices where write(index, poll) {
      current = index
      pause.reset()
      files[index].announce()
      return
    }
    current = nil
    pause.extend(poll.time)
    absence.tell(context, Self.name, "no cpu.stat that tells of a CPU quota")
  }

  private func write(_ index: Int, _ poll: Poll) -> Bool {
    let file = files[index]
    guard let scanner = file.read(poll) else { return false }
    let values = Self.scan(scanner, malformed: &file.malformed)
    // v2's has CPU times alone where the controller is not enabled.
    guard values[0] != nil || values[1] != nil || values[2] != nil else { return false }
    series.write(poll, values, source: index * 8 + file.source)
    return true
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
    for file in files { log.malformed(file) }
  }
}
