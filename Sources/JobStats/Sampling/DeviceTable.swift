/// Two counters for each of some devices or interfaces, and what they were before.
///
/// Rows are found where they were at the last poll, so that a poll is linear in the number
/// of devices however many there are. Room is made when a device appears, and kept.
package struct DeviceTable {
  private struct Row {
    /// What its lines begin with, up to its values.
    let start: LineWord
    /// In `texts`: its name as the kernel writes it, and "crunchstat: KIND:NAME " as it goes into
    /// lines, one word with nothing in it that could break one.
    let name: Range<Int>
    let label: Range<Int>
    var values = Values()
    /// Which of the two this poll has seen: bits 0 and 1.
    var present: UInt8 = 0
    var isLogged = false
    var previous: (first: UInt64, second: UInt64, time: UInt64)?
    var total: (first: UInt64, second: UInt64) = (0, 0)

    @inline(__always)
    mutating func take(_ value: LineValue) {
      switch value {
      case .first(let number):
        values.first = number
        present |= 1
      case .second(let number):
        values.second = number
        present |= 2
      case .nothing: break
      }
    }
  }

  /// What lines say of a device.
  struct Values {
    var first = ScannedNumber(0)
    var second = ScannedNumber(0)
    /// What stands behind each of the two, where that is fields that are not wanted.
    var known = (KnownText(), KnownText())
  }

  /// Those that this poll has seen come first, in the kernel's order.
  private var rows: ContiguousArray<Row> = []
  /// The texts of all rows, one after the other.
  private let texts = LineBuffer(capacity: 256)
  private let kind: StaticString
  /// The keys of the two counters, with the blanks around them.
  private let keys: (first: ShortText, second: ShortText)
  private var seen = 0
  /// Whether a device that is seen for the first time has come since the poll before.
  private var comesNew = false
  private var isFirst = true

  /// - Parameters:
  ///   - kind: what lines begin with, with a colon at its end.
  ///   - first, second: the keys of the two counters, with a blank in front.
  package init(_ kind: StaticString, first: StaticString, second: StaticString) {
    self.kind = kind
    keys = (ShortText(first, " "), ShortText(second))
  }

  /// Begins a poll: no device has been seen.
  package mutating func begin() { seen = 0 }

  /// Whether this poll has seen a device.
  package var isEmpty: Bool { seen == 0 }

  /// Whether this poll has seen any value but 0.
  var hasCounts: Bool {
    rows[..<seen].contains {
      $0.present & 1 != 0 && $0.values.first.value > 0
        || $0.present & 2 != 0 && $0.values.second.value > 0
    }
  }

  /// Takes lines as long as each begins as that of the next device did at the last poll.
  /// - Parameter scan: takes the rest of a line, which has both values, into the device's row, or
  ///   returns false; what it has taken by then is of no account.
  @inline(__always)
  mutating func takeLines(
    _ file: inout ByteScanner, _ scan: (inout ByteScanner, inout Values) -> Bool
  ) {
    var seen = self.seen
    var rows = self.rows.mutableSpan
    while seen < rows.count, rows[seen].start.begins(file) {
      var line = file
      line.skip(rows[seen].start.length)
      guard scan(&line, &rows[seen].values) else { break }
      rows[seen].present = 3
      file = line
      seen += 1
    }
    self.seen = seen
  }

  /// What a line says of a device.
  enum LineValue {
    case first(ScannedNumber)
    case second(ScannedNumber)
    case nothing
  }

  /// Takes lines as long as each is of the device of the line before, or of the one that came next
  /// at the last poll.
  /// - Parameter scan: takes the rest of a line, which has one value or none, or returns nil.
  @inline(__always)
  mutating func takeValues(
    _ file: inout ByteScanner, _ scan: (inout ByteScanner) -> LineValue?
  ) {
    var seen = self.seen
    var rows = self.rows.mutableSpan
    var row = max(seen - 1, 0)
    while row < rows.count {
      let start = rows[row].start
      let before = file.left
      while start.begins(file) {
        var line = file
        line.skip(start.length)
        guard let value = scan(&line) else { break }
        file = line
        if case .nothing = value { continue }
        if row == seen {
          seen += 1
          rows[row].present = 0
        }
        rows[row].take(value)
      }
      // The next device's turn, once: after it comes a line of any.
      if file.left == before, row == seen { break }
      row = seen
    }
    self.seen = seen
  }

  /// Takes values of any device; nil leaves what an earlier line of this poll said.
  /// - Parameter start: what its line begins with, up to its values.
  mutating func take(_ name: ByteSlice, _ start: ByteSlice, first: UInt64?, second: UInt64?) {
    let row = find(name, start)
    if row == seen {
      seen += 1
      rows[row].present = 0
    }
    if let first { rows[row].take(.first(ScannedNumber(first))) }
    if let second { rows[row].take(.second(ScannedNumber(second))) }
  }

  private func isName(_ name: ByteSlice, _ row: Int) -> Bool {
    texts.bytes[rows[row].name].equals(name)
  }

  /// The row of a device, moved or made so that it follows those that have been seen,
  /// unless it is one of them.
  private mutating func find(_ name: ByteSlice, _ start: ByteSlice) -> Int {
    if seen > 0, isName(name, seen - 1) { return seen - 1 }
    if seen < rows.count, isName(name, seen) { return seen }
    if let known = rows.indices.first(where: { isName(name, $0) }) {
      if known < seen { return known }
      // Moved to where it stands now, so that the next poll finds it there.
      rows.swapAt(seen, known)
      return seen
    }
    let begin = texts.count
    texts.append(name)
    let middle = texts.count
    texts.beginLine(at: nil)
    texts.append(kind)
    texts.append(word: name.array)
    texts.append(" ")
    let row = Row(
      start: LineWord(start), name: begin..<middle, label: middle..<texts.count)
    rows.insert(row, at: seen)
    return seen
  }

  /// Takes note of a poll that saw no device: one that comes counts from 0.
  mutating func sawNone() {
    comesNew = true
    isFirst = false
  }

  /// Forgets what the counters were: those to come count something else.
  /// - Parameter beginAtZero: whether they have begun with what is measured.
  mutating func forget(beginAtZero: Bool = false) {
    for index in rows.indices { rows[index].previous = nil }
    comesNew = beginAtZero
  }

  /// Appends the lines of this poll, "KIND:NAME N FIRST N SECOND" and the interval part,
  /// and keeps the values. A device that lacks one of the two has no line.
  /// - Parameter startsAtZero: whether all that a counter shows when it is first seen is
  ///   the job's.
  @inline(never)
  package mutating func write(_ poll: Poll, startsAtZero: Bool) {
    let isJobs = comesNew || startsAtZero && isFirst
    let (texts, keys, count) = (self.texts, self.keys, seen)
    var rows = self.rows.mutableSpan
    for index in 0..<count where rows[index].present == 3 {
      Self.write(&rows[index], poll, texts, keys, isJobs: isJobs)
    }
    sawNone()
  }

  @inline(__always)
  private static func write(
    _ row: inout Row, _ poll: Poll, _ texts: LineBuffer,
    _ keys: (first: ShortText, second: ShortText), isJobs: Bool
  ) {
    let values = (first: row.values.first.value, second: row.values.second.value)
    var growth = values
    var interval: UInt64?
    if let previous = row.previous {
      // One that went backwards has begun anew, whatever the other does.
      let goesOn = (
        first: values.first >= previous.first, second: values.second >= previous.second
      )
      if goesOn.first { growth.first &-= previous.first }
      if goesOn.second { growth.second &-= previous.second }
      if goesOn.first, goesOn.second { interval = poll.interval(since: previous.time) }
    } else if !isJobs {
      growth = (0, 0)
    }
    poll.line(row.label, of: texts) { line in
      line.put(row.values.first, keys.first)
      line.put(row.values.second, keys.second)
      guard let interval else { return }
      poll.put(interval: interval, &line)
      line.putBlank()
      line.put(growth.first, keys.first)
      line.put(growth.second, keys.second)
    }
    row.previous = (values.first, values.second, poll.time)
    row.isLogged = true
    row.total.first &+= growth.first
    row.total.second &+= growth.second
  }

  /// Logs "total KIND:NAME N FIRST N SECOND" for each device that was ever logged.
  func summarize(_ log: Log) {
    for row in rows where row.isLogged {
      let text = LineBuffer(capacity: 128)
      text.append("total ")
      text.append(kind)
      text.append(word: texts.bytes[row.name].array)
      text.put(room: 128) { line in
        line.putBlank()
        line.put(row.total.first, keys.first)
        line.put(row.total.second, keys.second)
      }
      log.notice(String(decoding: text.bytes.array, as: UTF8.self))
    }
  }
}

extension DeviceTable {
  /// Of block devices: "blkio:MAJ:MIN N write N read".
  package static var blockIO: DeviceTable {
    DeviceTable("blkio:", first: " write", second: " read")
  }

  /// Of network interfaces: "net:NAME N tx N rx".
  package static var network: DeviceTable {
    DeviceTable("net:", first: " tx", second: " rx")
  }
}
