/// One poll: the time that serves all of its lines, and the text they are put into.
public struct Poll {
  /// On the monotonic clock, in nanoseconds.
  public let time: UInt64
  /// Of the day, in nanoseconds since 1970, where lines begin with it.
  public let timeOfDay: UInt64?
  /// Whether it is the sample after the program's end: everything is looked for once more.
  public let isLast: Bool
  public let lines: LineBuffer
  private let intervals: IntervalText

  /// A last sample less than this after a poll has no interval part, since readers divide
  /// by the interval. 1 ms.
  private static let shortest: UInt64 = 1_000_000
  /// No other has one either where its four decimals would all be 0. 50 µs.
  private static let shortestOfAll: UInt64 = 50_000

  package init(
    time: UInt64, timeOfDay: UInt64?, isLast: Bool, lines: LineBuffer,
    intervals: IntervalText = IntervalText()
  ) {
    self.time = time
    self.timeOfDay = timeOfDay
    self.isLast = isLast
    self.lines = lines
    self.intervals = intervals
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
    if let timeOfDay { lines.append(time: timeOfDay) }
    lines.put(room: room + 512) { line in
      line.put("crunchstat: ")
      line.put(name)
      body(&line)
      line.put("\n")
    }
  }

  /// The same where what the line begins with is known as a whole.
  /// - Parameter start: "crunchstat: NAME ", a part of a text.
  @inline(__always)
  func line(_ start: Range<Int>, of texts: LineBuffer, _ body: (inout LineCursor) -> Void) {
    if let timeOfDay { lines.append(time: timeOfDay) }
    lines.put(room: start.count &+ 512) { line in
      line.put(start, of: texts)
      body(&line)
      line.put("\n")
    }
  }

  /// Begins the interval part of a line: " -- interval SECONDS seconds".
  @inline(__always)
  package func put(interval nanoseconds: UInt64, _ line: inout LineCursor) {
    intervals.put(nanoseconds, &line)
  }
}

/// The interval part that has been put last, which most lines of a poll share.
package final class IntervalText {
  package init() {}

  private let text = LineBuffer(capacity: 64)
  private var nanoseconds: UInt64?

  @inline(__always)
  func put(_ nanoseconds: UInt64, _ line: inout LineCursor) {
    if nanoseconds != self.nanoseconds { set(nanoseconds) }
    line.put(0..<text.count, of: text)
  }

  @inline(never)
  private func set(_ nanoseconds: UInt64) {
    self.nanoseconds = nanoseconds
    text.clear()
    text.put(room: 64) {
      $0.put(" -- interval")
      $0.put(secondsField: nanoseconds, " seconds")
    }
  }
}
