/// Two counters for each of some devices or interfaces, and what they were before.
///
/// Rows are found where they were at the last poll, so that a poll is linear in the number
/// of devices however many there are. Room is made when a device appears, and kept.
package struct DeviceTable {
  private struct Row {
    /// In `names`: as the kernel writes it, and as it goes into lines, with nothing in it
    /// that could break one.
    let name: Range<Int>
    let printable: Range<Int>
    var first: UInt64?
    var second: UInt64?
    var previous: (first: UInt64, second: UInt64, time: UInt64)?
    var total: (first: UInt64, second: UInt64) = (0, 0)
    var isLogged = false
  }

  /// Those that this poll has seen come first, in the kernel's order.
  private var rows: [Row] = []
  /// The names of all rows, one after the other.
  private let names = LineBuffer(capacity: 256)
  private var seen = 0
  /// Whether a device that is seen for the first time has come since the poll before.
  private var comesNew = false
  private var isFirst = true

  package init() {}

  /// Begins a poll: no device has been seen.
  package mutating func begin() { seen = 0 }

  /// Whether this poll has seen a device.
  package var isEmpty: Bool { seen == 0 }

  /// Whether this poll has seen any value but 0.
  var hasCounts: Bool {
    rows[..<seen].contains { $0.first ?? 0 > 0 || $0.second ?? 0 > 0 }
  }

  /// Takes what a device's line says; nil leaves what an earlier line of this poll said.
  /// Constant time where a device's lines come one after the other, and the devices in the
  /// same order as before.
  mutating func take(_ name: ByteSlice, first: UInt64?, second: UInt64?) {
    var row = seen - 1
    if seen == 0 || !isName(name, row) {
      row = find(name)
      if row == seen {
        seen += 1
        rows[row].first = first
        rows[row].second = second
        return
      }
    }
    if let first { rows[row].first = first }
    if let second { rows[row].second = second }
  }

  private func isName(_ name: ByteSlice, _ row: Int) -> Bool {
    names.bytes[rows[row].name].equals(name)
  }

  /// The row of a device, moved or made so that it follows those that have been seen,
  /// unless it is one of them.
  private mutating func find(_ name: ByteSlice) -> Int {
    if seen < rows.count, isName(name, seen) { return seen }
    if let later = rows.indices[seen...].first(where: { isName(name, $0) }) {
      // Moves it to where it stands now, so that the next poll finds it there.
      rows.swapAt(seen, later)
    } else if let known = rows.indices[..<seen].first(where: { isName(name, $0) }) {
      return known
    } else {
      let start = names.count
      names.append(name)
      let middle = names.count
      names.append(printable: name.array)
      rows.insert(
        Row(name: start..<middle, printable: middle..<names.count), at: seen)
    }
    return seen
  }

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
  @inline(never)
  mutating func write(
    _ poll: Poll, _ kind: StaticString, _ keys: (StaticString, StaticString),
    startsAtZero: Bool
  ) {
    for index in 0..<seen {
      let row = rows[index]
      guard let first = row.first, let second = row.second else { continue }
      poll.begin(kind)
      poll.lines.append(names.bytes[row.printable])
      poll.lines.append(field: first, keys.0)
      poll.lines.append(field: second, keys.1)
      var growth: (first: UInt64, second: UInt64) = (0, 0)
      if let previous = row.previous {
        // One that went backwards has begun anew, whatever the other does.
        growth.first = first - (first >= previous.first ? previous.first : 0)
        growth.second = second - (second >= previous.second ? previous.second : 0)
        if first >= previous.first, second >= previous.second,
          let interval = poll.interval(since: previous.time)
        {
          poll.beginInterval(interval)
          poll.lines.append(field: growth.first, keys.0)
          poll.lines.append(field: growth.second, keys.1)
        }
      } else if comesNew || startsAtZero && isFirst {
        growth = (first, second)
      }
      poll.end()
      note(index, (first, second, poll.time), growth)
    }
    sawNone()
  }

  private mutating func note(
    _ row: Int, _ values: (first: UInt64, second: UInt64, time: UInt64),
    _ growth: (first: UInt64, second: UInt64)
  ) {
    var rows = self.rows.mutableSpan
    rows[row].previous = values
    rows[row].isLogged = true
    rows[row].total.first &+= growth.first
    rows[row].total.second &+= growth.second
  }

  /// Logs "total KIND:NAME N FIRST N SECOND" for each device that was ever logged.
  func summarize(_ log: Log, _ kind: StaticString, _ keys: (StaticString, StaticString)) {
    for row in rows where row.isLogged {
      let text = LineBuffer(capacity: 128)
      text.append("total ")
      text.append(kind)
      text.append(names.bytes[row.printable])
      text.append(field: row.total.first, keys.0)
      text.append(field: row.total.second, keys.1)
      log.notice(String(decoding: text.bytes.array, as: UTF8.self))
    }
  }
}
