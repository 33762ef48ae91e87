/// Two counters for each of some devices or interfaces, and what they were before.
///
/// Rows are found where they were at the last poll, so that a poll is linear in the number
/// of devices however many there are. Room is made when a device appears, and kept.
package struct DeviceTable {
  private struct Row {
    /// As the kernel writes it.
    let name: [UInt8]
    /// As it goes into lines, with nothing in it that could break one.
    let printable: [UInt8]
    var first: UInt64?
    var second: UInt64?
    var previous: (first: UInt64, second: UInt64, time: UInt64)?
    var total: (first: UInt64, second: UInt64) = (0, 0)
  }

  /// Those that this poll has seen come first, in the kernel's order.
  private var rows: [Row] = []
  private var seen = 0
  /// Whether a device that is seen for the first time has come since the poll before.
  private var comesNew = false
  private var isFirst = true

  package init() {}

  /// Begins a poll: no device has been seen.
  package mutating func begin() { seen = 0 }

  /// Whether this poll has seen a device.
  package var isEmpty: Bool { seen == 0 }

  /// The row of a device, made if it is new. Constant time where a device's lines come
  /// one after the other, and the devices in the same order as before.
  mutating func row(_ name: ByteSlice) -> Int {
    if seen > 0, name.equals(rows[seen - 1].name) { return seen - 1 }
    if seen == rows.count || !name.equals(rows[seen].name) {
      if let later = rows[seen...].firstIndex(where: { name.equals($0.name) }) {
        // Moves it to where it stands now, so that the next poll finds it there.
        rows.swapAt(seen, later)
      } else if let known = rows[..<seen].firstIndex(where: { name.equals($0.name) }) {
        return known
      } else {
        let text = LineBuffer(capacity: 32)
        text.append(printable: name.array)
        rows.insert(Row(name: name.array, printable: text.bytes.array), at: seen)
      }
    }
    rows[seen].first = nil
    rows[seen].second = nil
    seen += 1
    return seen - 1
  }

  mutating func setFirst(_ row: Int, _ value: UInt64) { rows[row].first = value }
  mutating func setSecond(_ row: Int, _ value: UInt64) { rows[row].second = value }

  /// Takes note of a poll that saw no device: one that comes counts from 0.
  mutating func sawNone() {
    comesNew = true
    isFirst = false
  }

  /// Forgets what the counters were: those to come count something else.
  mutating func forget() {
    for index in rows.indices { rows[index].previous = nil }
    comesNew = false
  }

  /// Appends the lines of this poll, "KIND:NAME N FIRST N SECOND" and the interval part,
  /// and keeps the values. A device that lacks one of the two has no line.
  /// - Parameter startsAtZero: whether all that a counter shows when it is first seen is
  ///   the job's.
  mutating func write(
    _ poll: Poll, _ kind: StaticString, _ keys: (StaticString, StaticString),
    startsAtZero: Bool
  ) {
    for index in 0..<seen {
      guard let first = rows[index].first, let second = rows[index].second else { continue }
      poll.begin(kind)
      poll.lines.append(rows[index].printable)
      poll.lines.append(field: first, keys.0)
      poll.lines.append(field: second, keys.1)
      let previous = rows[index].previous
      if let previous, first >= previous.first, second >= previous.second {
        let growth = (first: first - previous.first, second: second - previous.second)
        if let interval = poll.interval(since: previous.time) {
          poll.beginInterval(interval)
          poll.lines.append(field: growth.first, keys.0)
          poll.lines.append(field: growth.second, keys.1)
        }
        count(index, growth.first, growth.second)
      } else if previous != nil || comesNew || startsAtZero && isFirst {
        count(index, first, second)
      }
      poll.end()
      rows[index].previous = (first, second, poll.time)
    }
    sawNone()
  }

  private mutating func count(_ row: Int, _ first: UInt64, _ second: UInt64) {
    rows[row].total.first &+= first
    rows[row].total.second &+= second
  }

  /// Logs "total KIND:NAME N FIRST N SECOND" for each device that was ever logged.
  func summarize(_ log: Log, _ kind: StaticString, _ keys: (StaticString, StaticString)) {
    for row in rows where row.previous != nil {
      let text = LineBuffer(capacity: 128)
      text.append("total ")
      text.append(kind)
      text.append(row.printable)
      text.append(field: row.total.first, keys.0)
      text.append(field: row.total.second, keys.1)
      log.notice(String(decoding: text.bytes.array, as: UTF8.self))
    }
  }
}
