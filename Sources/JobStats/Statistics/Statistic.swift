/// Something that is sampled at every poll and logged as lines of its own.
///
/// A statistic is one file that implements this, and one line in `Registry`.
public protocol Statistic: AnyObject, SendableMetatype {
  /// Its name in -stats and in front of its lines.
  static var name: StaticString { get }
  /// What it is, in a few words, for -help.
  static var summary: StaticString { get }

  init(_ context: SamplingContext)

  /// Reads, scans, and appends the lines of this poll, none where there is nothing to say.
  /// In a steady poll it allocates nothing.
  func sample(_ poll: Poll)

  /// When it wants `attend` to be called even if no poll is due, on the monotonic clock.
  var nextAttention: UInt64? { get }
  /// By how much later, in nanoseconds, where a poll is due by then: so that nobody is disturbed
  /// for it alone.
  var attentionLeeway: UInt64 { get }
  /// Looks after its sources; what it may append to the poll's lines is not logged.
  func attend(_ poll: Poll)

  /// Lists where in memory is what each poll looks at, to be asked for before that: objects,
  /// those of files, what arrays hold; of them all only what is there by now. Called after some
  /// polls, as one of them, so that it allocates nothing. By default it is the statistic itself.
  func listPlaces(in list: inout PrefetchList)

  /// Logs what it amounts to, at the end.
  func summarize(_ log: Log)
}

extension Statistic {
  public var nextAttention: UInt64? { nil }
  public var attentionLeeway: UInt64 { 0 }
  public func attend(_ poll: Poll) {}
  public func listPlaces(in list: inout PrefetchList) { list.add(self) }
}

extension Log {
  /// The warning at the end about lines that were skipped.
  func malformed(_ files: StatFile...) {
    for file in files where file.malformed > 0 {
      warning("skipped \(file.malformed) malformed lines in \(file.path?.text ?? "?")")
    }
  }
}

/// Tells once that there is nothing to read for a statistic.
struct AbsenceNotice {
  private var told = false

  /// - Parameter files: where it was looked for. What is there and can't be read is told rather
  ///   than what is missing.
  @inline(never)
  mutating func tell(
    _ context: SamplingContext, _ name: StaticString, _ what: @autoclosure () -> String,
    _ files: StatFile...
  ) {
    guard !told else { return }
    told = true
    let reason = files.lazy.compactMap(\.failure).first?.message ?? what()
    context.log.notice("did not find \(name): \(reason)")
  }
}
