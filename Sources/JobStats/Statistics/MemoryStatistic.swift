/// `mem N cache N swap N pgmajfault N rss`: bytes, and the number of major page faults.
///
/// v1: memory.stat, where `total_…` counts the groups below too; kernels without hierarchy
/// have the plain keys alone (Documentation/admin-guide/cgroup-v1/memory.rst).
public final class MemoryStatistic: Statistic {
  public static let name: StaticString = "mem"
  public static let summary: StaticString = "memory: cache, swap, major page faults, rss"

  private let context: SamplingContext
  private let stat: StatFile
  private var absence = AbsenceNotice()
  private var peak: UInt64 = 0
  private var sampledAt: UInt64 = 0
  /// Whether the kernel keeps a high-water mark, once that has been looked for.
  private var hasMark: Bool?

  public init(_ context: SamplingContext) {
    self.context = context
    stat = StatFile(context, context.locator.candidates(.memory, "memory.stat"))
  }

  /// What one reading of memory.stat says. Absent is nil, never 0.
  package struct Values: Equatable {
    var cache: UInt64?
    var swap: UInt64?
    var majorFaults: UInt64?
    package var rss: UInt64?

    init() {}

    /// Where the file has `total_…` keys, they count; `malformed` is raised by each line
    /// that is not of the file's form.
    package init(_ scanner: ByteScanner, malformed: inout UInt64) {
      var file = scanner
      var own = Values()
      var hasTotals = false
      while var line = file.line() {
        let isTotal = line.skip("total_")
        hasTotals = hasTotals || isTotal
        guard let (key, value) = line.flatEntry() else {
          malformed += 1
          continue
        }
        if isTotal { set(key, value) } else { own.set(key, value) }
      }
      if file.isTorn { malformed += 1 }
      if !hasTotals { self = own }
    }

    private mutating func set(_ key: ByteSlice, _ value: UInt64) {
      switch key.count {
      case 3 where key == "rss": rss = value
      case 4 where key == "swap": swap = value
      case 5 where key == "cache": cache = value
      case 10 where key == "pgmajfault": majorFaults = value
      default: break
      }
    }
  }

  public func sample(_ poll: Poll) {
    guard let values = read(poll) else { return }
    guard values != Values() else { return }
    poll.begin(Self.name)
    if let cache = values.cache { poll.lines.append(field: cache, " cache") }
    if let swap = values.swap { poll.lines.append(field: swap, " swap") }
    if let faults = values.majorFaults { poll.lines.append(field: faults, " pgmajfault") }
    if let rss = values.rss { poll.lines.append(field: rss, " rss") }
    poll.end()
  }

  private func read(_ poll: Poll) -> Values? {
    sampledAt = poll.time
    guard let scanner = stat.read(poll) else {
      absence.tell(context, Self.name, "no memory.stat in the job's control group")
      return nil
    }
    let values = Values(scanner, malformed: &stat.malformed)
    peak = max(peak, values.rss ?? 0)
    if hasMark == nil { hasMark = highWaterMark() != nil }
    return values
  }

  /// Where the kernel keeps no mark of the job's, the peak is sampled, and worth something
  /// only if that is done at least once a second.
  public var nextAttention: UInt64? {
    hasMark == true ? nil : sampledAt + 1_000_000_000
  }

  public func attend(_ poll: Poll) { _ = read(poll) }

  public func summarize(_ log: Log) {
    if let (bytes, source) = highWaterMark() {
      log.notice("peak memory \(bytes) bytes (\(source))")
    } else if peak > 0 {
      log.notice("peak memory \(peak) bytes (rss, sampled)")
    }
    log.malformed(stat)
  }

  /// The kernel's own mark, where it tells of this job and not of others before it: all
  /// charged memory, cache included.
  private func highWaterMark() -> (UInt64, String)? {
    guard context.locator.marksAreTheJobs else { return nil }
    let name = "memory.max_usage_in_bytes"
    for candidate in context.locator.candidates(.memory, name) where !candidate.coversMore {
      guard let bytes = try? context.root.contents(candidate.path) else { continue }
      let mark = ByteScanner.scan(bytes) { $0.singleNumber() }
      if let mark { return (mark, name) }
    }
    return nil
  }
}
