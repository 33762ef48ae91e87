/// The poll that is being made: the time that serves all of its lines, and the text they are put
/// into. One object serves all polls of a job, one after the other.
public final class Poll {
  /// On the monotonic clock, in nanoseconds.
  public private(set) var time: UInt64
  /// Of the day, in nanoseconds since 1970, where lines begin with it.
  public private(set) var timeOfDay: UInt64?
  /// Whether it is the sample after the program's end: everything is looked for once more.
  public private(set) var isLast: Bool
  public let lines: LineBuffer
  private let intervals = IntervalText()

  /// A last sample less than this after a poll has no interval part, since readers divide
  /// by the interval. 1 ms.
  private static let shortest: UInt64 = 1_000_000
  /// No other has one either where its four decimals would all be 0. 50 µs.
  private static let shortestOfAll: UInt64 = 50_000

  package init(
    time: UInt64 = 0, timeOfDay: UInt64? = nil, isLast: Bool = false,
    lines: LineBuffer
  ) {
    self.time = time
    self.timeOfDay = timeOfDay
    self.isLast = isLast
    self.lines = lines
  }

  func listPlaces(in list: inout PrefetchList) {
    list.add(self)
    list.add(intervals)
  }

  /// Begins the next one.
  func begin(_ time: UInt64, timeOfDay: UInt64? = nil, isLast: Bool = false) {
    self.time = time
    self.timeOfDay = timeOfDay
    self.isLast = isLast
    lines.clear()
  }

  /// The time since an earlier sample, in nanoseconds, if there is one that an interval
  /// part can begin with.
  @inline(__always)
  public func interval(since earlier: UInt64?) -> UInt64? {
    guard let earlier else { return nil }
    let interval = time &- earlier
    return interval >= (isLast ? Self.shortest : Self.shortestOfAll) ? interval : nil
  }

  /// Appends a line: the time of day where lines have it, "crunchstat: NAME", and what
  /// `body` puts, numbers and keys.
  /// - Parameter room: how many bytes the body puts at most, less 512.
  @inline(__always)
  package func line(_ name: StaticString, room: Int = 0, _ body: (inout LineCursor) -> Void) {
    beginLine()
    lines.put(room: room + 512) { line in
      line.put("crunchstat: ")
      line.put(name)
      body(&line)
      line.put("\n")
    }
  }

  /// The same where what the line begins with is known as a whole.
  /// - Parameters:
  ///   - start: "crunchstat: NAME ", or the beginning of that.
  ///   - rest: what is missing of it, a part of a text; nothing as a rule.
  @inline(__always)
  func line(
    _ start: LineText, _ rest: Range<Int>, of texts: LineBuffer,
    _ body: (inout LineCursor) -> Void
  ) {
    beginLine()
    lines.put(room: rest.count &+ 512) { line in
      line.put(start)
      if !rest.isEmpty { line.put(rest, of: texts) }
      body(&line)
      line.put("\n")
    }
  }

  @inline(__always)
  private func beginLine() {
    guard _slowPath(timeOfDay != nil), let timeOfDay else { return }
    lines.append(time: timeOfDay)
  }

  /// Begins the interval part of a line: " -- interval SECONDS seconds".
  @inline(__always)
  package func put(interval nanoseconds: UInt64, _ line: inout LineCursor) {
    intervals.put(nanoseconds, &line)
  }
}

/// The interval part that has been put last, which most lines of a poll share, and most polls.
final class IntervalText {
  private var text = LineText()
  private var nanoseconds: UInt64?
  /// What of it is shown, in 10,000ths of a second.
  private var shown: UInt64?
  private let buffer = LineBuffer(capacity: LineText.most)

  @inline(__always)
  func put(_ nanoseconds: UInt64, _ line: inout LineCursor) {
    if nanoseconds != self.nanoseconds { set(nanoseconds) }
    line.put(text)
  }

  @inline(never)
  private func set(_ nanoseconds: UInt64) {
    self.nanoseconds = nanoseconds
    let rounded = Digits.tenThousandths(nanoseconds)
    if rounded != shown { show(nanoseconds, rounded) }
  }

  @inline(never)
  private func show(_ nanoseconds: UInt64, _ rounded: UInt64) {
    shown = rounded
    buffer.clear()
    buffer.put(room: LineText.most) {
      $0.put(" -- interval")
      $0.put(secondsField: nanoseconds, " seconds")
    }
    text = LineText(0..<buffer.count, of: buffer)
  }
}
