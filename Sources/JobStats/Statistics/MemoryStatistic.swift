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
  /// How many bytes stood in front of the first wanted line; 0: not known.
  private var firstWanted = 0
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
      var first = 0
      self.init(scanner, first: &first, malformed: &malformed)
    }

    /// - Parameter first: how many bytes stand in front of the first `total_…` line that is
    ///   wanted; 0 where all four are not there.
    fileprivate init(_ scanner: ByteScanner, first: inout Int, malformed: inout UInt64) {
      var file = scanner
      first = 0
      // The four values of the group itself, then those with the groups below it.
      var values = InlineArray<8, UInt64>(repeating: 0)
      var present: UInt8 = 0
      while true {
        // No word that is looked for has a newline in it, so it is all in this line.
        let before = file.left
        var next = file.eightBytes(after: 0)
        var start = 0
        if Word.total.begins(next) {
          start = Word.total.length
          next = file.eightBytes(after: start)
        }
        guard var line = file.line() else { break }
        let (place, length) = Word.place(next)
        // Of the many lines that are not wanted no more is looked at than their ends.
        guard length > 0 else {
          if !line.endsInDigit || next & 0xFF == 0x20 { malformed += 1 }
          continue
        }
        line.skip(start + length)
        // What is left of the longest word.
        if length == 8, !line.skip("lt ") { continue }
        guard let value = line.number(), line.isAtEnd else {
          malformed += 1
          continue
        }
        let index = place + (start > 0 ? 4 : 0)
        if start > 0, present < 1 << 4 { first = scanner.left - before }
        values[index] = value
        present |= 1 << UInt8(index)
      }
      if file.isTorn { malformed += 1 }
      if present < 0xF0 { first = 0 }
      let group = present >= 1 << 4 ? 4 : 0
      func value(_ place: Int) -> UInt64? {
        present & 1 << UInt8(group + place) != 0 ? values[group + place] : nil
      }
      (rss, cache, swap, majorFaults) = (value(0), value(1), value(2), value(3))
    }

    /// The first bytes, up to eight, of what is looked for. (Numbers, since the compiler
    /// makes no constants of strings.)
    private enum Word {
      static let total = ShortWord(0x0000_5F6C_6174_6F74, length: 6)  // total_
      static let rss = ShortWord(0x0000_0000_2073_7372, length: 4)  // rss, blank
      static let cache = ShortWord(0x0000_2065_6863_6163, length: 6)  // cache, blank
      static let swap = ShortWord(0x0000_0020_7061_7773, length: 5)  // swap, blank
      static let majorFaults = ShortWord(0x7561_666A_616D_6770, length: 8)  // pgmajfau

      /// The place among the values, and the length of the word; 0 for no such word.
      @inline(__always)
      static func place(_ next: UInt64) -> (Int, length: Int) {
        if rss.begins(next) { return (0, rss.length) }
        if cache.begins(next) { return (1, cache.length) }
        if swap.begins(next) { return (2, swap.length) }
        if majorFaults.begins(next) { return (3, majorFaults.length) }
        return (0, 0)
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
    let values = values(scanner)
    peak = max(peak, values.rss ?? 0)
    if hasMark == nil { hasMark = highWaterMark() != nil }
    return values
  }

  /// The wanted lines stand where they stood at the last poll, or nearly: those in front of
  /// them are not read again. If one is missing there, all are.
  private func values(_ scanner: ByteScanner) -> Values {
    var rest = scanner
    let isKnown = firstWanted > Self.slack && rest.left > firstWanted
    if isKnown {
      rest.skip(firstWanted - Self.slack)
      _ = rest.line()
      var first = 0
      var malformed: UInt64 = 0
      let values = Values(rest, first: &first, malformed: &malformed)
      if first > 0 {
        stat.malformed += malformed
        firstWanted = scanner.left - rest.left + first
        return values
      }
    }
    return Values(scanner, first: &firstWanted, malformed: &stat.malformed)
  }

  /// By how much the numbers in front of them may have become shorter since: 64 bytes.
  private static let slack = 64

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
