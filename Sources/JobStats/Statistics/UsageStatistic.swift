/// `usage N current N limit`: bytes of all memory that is charged to the job, kernel memory
/// and cache included, and the tightest limit up the tree, left out where there is none.
///
/// v1: memory.usage_in_bytes, memory.limit_in_bytes. v2: memory.current, memory.max.
public final class UsageStatistic: Statistic {
  public static let name: StaticString = "usage"
  public static let summary: StaticString = "all memory charged: current, limit"

  private let context: SamplingContext
  private let current: StatFile
  private let limit: MemoryLimit
  private var absence = AbsenceNotice()

  public init(_ context: SamplingContext) {
    self.context = context
    let file = GroupFile(v1: "memory.usage_in_bytes", v2: "memory.current")
    current = StatFile(context, context.locator.candidates(.memory, file))
    limit = context.memoryLimit
  }

  public func sample(_ poll: Poll) {
    guard let bytes = current.number(poll) else {
      if !current.wasFound {
        absence.tell(context, Self.name, "no memory use in the job's control group", current)
      }
      return
    }
    let tightest = limit.tightest(poll)
    poll.line(Self.name) { line in
      line.put(field: bytes, " current")
      if let tightest { line.put(field: tightest.bytes, " limit") }
    }
  }

  public func summarize(_ log: Log) { log.malformed(current) }
}
