/// `oom N events N kills`, and since the last sample: how often the job was out of memory,
/// and how many of its processes the kernel has killed for that.
///
/// v1: memory.oom_control (`oom_kill`, Linux 4.13), so kills alone, and of this group without
/// those below. v2: memory.events (`oom`, `oom_kill`), with the groups below.
public final class OOMStatistic: Statistic {
  public static let name: StaticString = "oom"
  public static let summary: StaticString = "out of memory: events, processes killed"

  private let context: SamplingContext
  private let file: StatFile
  private var series = CounterSeries(name, [.count(" events"), .count(" kills")])
  private var absence = AbsenceNotice()
  private var wasCounted = false

  public init(_ context: SamplingContext) {
    self.context = context
    file = StatFile(context, context.locator.candidates(.memory, OOMKills.file))
  }

  public func sample(_ poll: Poll) {
    guard let scanner = file.read(poll) else {
      if !file.wasFound {
        absence.tell(
          context, Self.name, "no memory.events, no memory.oom_control in the group", file)
      }
      return
    }
    let values = OOMKills.scan(scanner, malformed: &file.malformed)
    if values[0] == nil, values[1] == nil, !wasCounted {
      absence.tell(
        context, Self.name, "no kills are counted there (v1 counts them since Linux 4.13)")
      return
    }
    wasCounted = true
    series.write(poll, values, source: file.source)
  }

  public func summarize(_ log: Log) { log.malformed(file) }
}
