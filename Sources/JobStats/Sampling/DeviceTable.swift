/// Two counters for each of some devices or interfaces, and what they were before.
///
/// A file whose lines begin as they did at the last poll is read without a look at names; else
/// rows are looked for where they were, so that a poll is linear in the number of devices however
/// many there are. Room is made when a device appears, and kept.
package struct DeviceTable {
  /// Those that this poll has seen come first, in the kernel's order. (No span is taken while there
  /// are none: an empty array's elements would lie in a variable of the runtime, aligned to eight
  /// bytes, where these are to sixteen, and that traps.)
  private var rows: ContiguousArray<Row> = []
  /// The texts of all rows, one after the other.
  private let texts = LineBuffer(capacity: 256)
  private var seen = 0
  /// Whether a device that is seen for the first time has come since the poll before.
  private var comesNew = false
  private var isFirst = true
  /// The keys of the two counters, with the blanks around them.
  private let keys: (first: ShortText, second: ShortText)
  private var known = KnownLines()
  private let kind: StaticString
  /// Whether anything has been read into it since it was written.
  private var isChanged = true
  private var repeated = RepeatedLines()

  /// - Parameters:
  ///   - kind: what lines begin with, with a colon at its end.
  ///   - first, second: the keys of the two counters, with a blank in front.
  package init(_ kind: StaticString, first: StaticString, second: StaticString) {
    self.kind = kind
    keys = (ShortText(first, " "), ShortText(second))
  }

  /// Begins a poll: no device has been seen.
  package mutating func begin() {
    isChanged = true
    seen = 0
    known.begin()
  }

  /// What is looked at where nothing has changed.
  func listPlaces(in list: inout PrefetchList) {
    repeated.listPlaces(in: &list)
  }

  /// Whether this poll has seen a device.
  package var isEmpty: Bool { seen == 0 }

  /// What this poll has seen, of all devices together.
  var counts: (first: UInt64, second: UInt64) {
    rows[..<seen].reduce((0, 0)) { sum, row in
      (
        sum.0 &+ (row.present & 1 != 0 ? row.first.value : 0),
        sum.1 &+ (row.present & 2 != 0 ? row.second.value : 0)
      )
    }
  }

  /// Whether that is more than 0.
  var hasCounts: Bool { counts != (0, 0) }

  /// Scans a whole file: as it was at the last poll if its lines begin, one for one, as they did
  /// then, else every line by itself.
  /// - Parameters:
  ///   - malformed: raised by each line that is not of the file's form, and by a torn one.
  ///   - both: takes the rest of a line that has both values, and its end.
  ///   - line: takes a line of any device, and has it known if it is well formed. Returns how much
  ///     of it is not.
  @inline(__always)
  mutating func scan(
    _ whole: ByteScanner, malformed: inout UInt64,
    _ both: (inout ByteScanner, inout Row) -> Bool,
    line: (ByteScanner, inout DeviceTable) -> UInt64
  ) {
    isChanged = true
    if known.areAll, !rows.isEmpty, Self.take(whole, known.lines, &rows, both) { return }
    begin()
    var file = whole
    var count = 0
    while let next = file.line() {
      malformed += line(next, &self)
      count += 1
    }
    if file.isTorn { malformed += 1 }
    known.end(of: count, isTorn: file.isTorn)
  }

  @inline(__always)
  private static func take(
    _ whole: ByteScanner, _ lines: ContiguousArray<KnownLines.Line>,
    _ rows: inout ContiguousArray<Row>, _ both: (inout ByteScanner, inout Row) -> Bool
  ) -> Bool {
    let lines = lines.span
    var rows = rows.mutableSpan
    var file = whole
    for index in lines.indices {
      guard file.skip(lines[index].word) else { return false }
      let row = Int(lines[index].row)
      switch lines[index].content {
      case .first: guard file.take(&rows[row].first, before: 0x0A) else { return false }
      case .second: guard file.take(&rows[row].second, before: 0x0A) else { return false }
      case .unwanted: guard file.skipDigits(before: 0x0A) else { return false }
      case .both:
        guard both(&file, &rows[row]) else { return false }
      case .nothing: guard file.skip(0x0A) else { return false }
      case .others: guard file.skipLine() == .endingInDigit else { return false }
      }
    }
    return file.isAtEnd
  }

  /// Takes values of any device; nil leaves what an earlier line of this poll said. Returns the
  /// device's row.
  @discardableResult
  mutating func take(_ name: ByteSlice, first: UInt64?, second: UInt64?) -> Int {
    let row = find(name)
    if row == seen {
      seen += 1
      rows[row].present = 0
    }
    if let first {
      rows[row].first = ScannedNumber(first)
      rows[row].present |= 1
    }
    if let second {
      rows[row].second = ScannedNumber(second)
      rows[row].present |= 2
    }
    return row
  }

  /// Takes note of a well-formed line, once.
  /// - Parameter start: what it begins with, up to what is wanted of it.
  mutating func know(_ start: ByteSlice, _ content: KnownLines.Content, row: Int = 0) {
    known.add(start, content, row: row)
  }

  private func isName(_ name: ByteSlice, _ row: Int) -> Bool {
    texts.bytes[rows[row].name].equals(name)
  }

  /// The row of a device, moved or made so that it follows those that have been seen,
  /// unless it is one of them.
  private mutating func find(_ name: ByteSlice) -> Int {
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
    let label = LineText(middle..<texts.count, of: texts)
    let row = Row(
      label: label, longLabel: (middle + label.count)..<texts.count, name: begin..<middle)
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
    repeated.forget()
  }

  /// Appends the lines of this poll, "KIND:NAME N FIRST N SECOND" and the interval part,
  /// and keeps the values. A device that lacks one of the two has no line.
  /// - Parameter startsAtZero: whether all that a counter shows when it is first seen is
  ///   the job's.
  @inline(__always)
  package mutating func write(_ poll: Poll, startsAtZero: Bool) {
    guard isChanged, repeated.last == repeated.formatted else {
      return writeRepeated(poll, startsAtZero)
    }
    repeated.begin(poll)
    format(poll, startsAtZero)
  }

  @inline(never)
  private mutating func format(_ poll: Poll, _ startsAtZero: Bool) {
    let isJobs = comesNew || startsAtZero && isFirst
    let (texts, keys, count) = (self.texts, self.keys, seen)
    sawNone()
    isChanged = false
    if count == 0 { return }
    var rows = self.rows.mutableSpan
    for index in 0..<count where rows[index].present == 3 {
      rows[index].write(poll, texts, keys, isJobs: isJobs)
    }
  }

  /// Writes lines that are the last ones again, as far as that is so, or come after such.
  @inline(never)
  private mutating func writeRepeated(_ poll: Poll, _ startsAtZero: Bool) {
    if !isChanged, repeated.put(poll) { return }
    noteRepetitions()
    let start = poll.lines.count
    let interval = isChanged ? nil : intervalOfAll(poll)
    repeated.begin(poll)
    format(poll, startsAtZero)
    if let interval { repeated.keep(poll, from: start, interval: interval) }
  }

  /// Takes note of when those rows were written last whose lines have been repeated.
  private mutating func noteRepetitions() {
    guard repeated.last != repeated.formatted else { return }
    for index in rows.indices where rows[index].previous?.time == repeated.formatted {
      rows[index].previous?.time = repeated.last
    }
  }

  /// The interval of all lines, where it is the same and they may come again.
  private func intervalOfAll(_ poll: Poll) -> UInt64? {
    let last = repeated.last
    guard poll.timeOfDay == nil,
      rows[..<seen].allSatisfy({ $0.present != 3 || $0.previous?.time == last })
    else { return nil }
    return poll.interval(since: last)
  }

  /// Logs "total KIND:NAME N FIRST N SECOND" for each device that was ever logged.
  func summarize(_ log: Log) {
    // By index: to let go of a copy of the rows Swift's runtime has to learn their type.
    for index in rows.indices where rows[index].isLogged {
      let row = rows[index]
      let text = LineBuffer(capacity: 128)
      text.append("total ")
      text.append(kind)
      text.append(word: texts.bytes[row.name].array)
      text.put(room: 128) { line in
        line.putBlank()
        line.put(row.total.first, keys.first)
        line.put(row.total.second, keys.second)
      }
      log.notice(ByteText(text))
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
