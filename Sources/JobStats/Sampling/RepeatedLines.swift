/// The lines of a table whose counters have stayed the same from one poll to the next: nothing in
/// them but the interval may become another, so they are put again as they are, as long as that is
/// shown as it was.
struct RepeatedLines {
  private let text = LineBuffer(capacity: 64)
  /// The interval as they show it, in 10,000ths of a second; nil where none are kept.
  private var shown: UInt64?
  /// When the table's lines were put last, and when they were formatted.
  private(set) var last: UInt64 = 0
  private(set) var formatted: UInt64 = 0

  /// Appends them. Returns false, having done nothing, where they would be others.
  mutating func put(_ poll: Poll) -> Bool {
    guard let shown, poll.timeOfDay == nil, let interval = poll.interval(since: last),
      Digits.tenThousandths(interval) == shown
    else { return false }
    copy(0..<text.count, of: text, to: poll.lines)
    last = poll.time
    return true
  }

  /// Begins lines that are formatted anew.
  @inline(__always)
  mutating func begin(_ poll: Poll) {
    last = poll.time
    formatted = poll.time
    shown = nil
  }

  /// Keeps the lines that have been formatted.
  /// - Parameters:
  ///   - start: where they begin in the poll's.
  ///   - interval: that of all of them; no counter in them has changed in it.
  mutating func keep(_ poll: Poll, from start: Int, interval: UInt64) {
    shown = Digits.tenThousandths(interval)
    text.clear()
    copy(start..<poll.lines.count, of: poll.lines, to: text)
  }

  /// Not by memcpy(3), which a poll has not run otherwise.
  @inline(__always)
  private func copy(_ part: Range<Int>, of source: LineBuffer, to target: LineBuffer) {
    target.put(room: part.count) { $0.put(part, of: source) }
  }

  func listPlaces(in list: inout PrefetchList) { text.listPlaces(in: &list) }

  mutating func forget() { shown = nil }
}
