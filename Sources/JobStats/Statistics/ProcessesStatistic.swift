/// `procs N current N peak`: how many threads of all of the job's processes there are, and
/// the most there ever were.
///
/// pids.current (Linux 4.3) and pids.peak (Linux 6.1) of either version
/// (Documentation/admin-guide/cgroup-v1/pids.rst).
public final class ProcessesStatistic: Statistic {
  public static let name: StaticString = "procs"
  public static let summary: StaticString = "threads of all processes: current, peak"

  private let context: SamplingContext
  private let current: StatFile
  private let peak: StatFile
  private var absence = AbsenceNotice()

  public init(_ context: SamplingContext) {
    self.context = context
    let locator = context.locator
    current = StatFile(context, locator.candidates(.pids, "pids.current"))
    peak = StatFile(context, locator.candidates(.pids, "pids.peak"), isAnnounced: false)
  }

  public func sample(_ poll: Poll) {
    let count = current.number(poll)
    let most = peak.number(poll)
    if !current.wasFound {
      absence.tell(context, Self.name, "no pids.current in the job's control group", current)
    }
    guard count != nil || most != nil else { return }
    poll.line(Self.name) { line in
      if let count { line.put(field: count, " current") }
      if let most { line.put(field: most, " peak") }
    }
  }

  public func summarize(_ log: Log) { log.malformed(current, peak) }
}
