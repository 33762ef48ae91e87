/// One poll: the time that serves all of its lines, and the text they are put into.
public struct Poll {
  /// On the monotonic clock, in nanoseconds.
  public let time: UInt64
  /// Of the day, in nanoseconds since 1970, where lines begin with it.
  public let timeOfDay: UInt64?
  /// Whether it is the sample after the program's end: everything is looked for once more.
  public let isLast: Bool
  public let lines: LineBuffer

  /// A last sample less than this after a poll has no interval part, since readers divide
  /// by the interval. 1 ms.
  private static let shortest: UInt64 = 1_000_000
  /// No other has one either where its four decimals would all be 0. 50 µs.
  private static let shortestOfAll: UInt64 = 50_000

  public init(time: UInt64, timeOfDay: UInt64?, isLast: Bool, lines: LineBuffer) {
    self.time = time
    self.timeOfDay = timeOfDay
    self.isLast = isLast
    self.lines = lines
  }

  /// The time since an earlier sample, in nanoseconds, if there is one that an interval
  /// part can begin with.
  public func interval(since earlier: UInt64?) -> UInt64? {
    guard let earlier else { return nil }
    let interval = time &- earlier
    return interval >= (isLast ? Self.shortest : Self.shortestOfAll) ? interval : nil
  }

  /// Begins a line: "crunchstat: NAME".
  public func begin(_ name: StaticString) {
    lines.beginLine(at: timeOfDay)
    lines.append(name)
  }

  /// Begins the interval part: " -- interval SECONDS seconds".
  public func beginInterval(_ nanoseconds: UInt64) {
    lines.append(interval: nanoseconds)
  }

  public func end() { lines.append(UInt8(ascii: "\n")) }
}
