/// Two counters for each of some devices or interfaces, and what they were before.
///
/// Rows are found where they were at the last poll, so that a poll is linear in the number
/// of devices however many there are. Room is made when a device appears, and kept.
package struct DeviceTable {
  private struct Row {
    /// What its lines begin with, up to its values.
    let start: LineWord?
    /// In `texts`: its name as the kernel writes it, and "KIND:NAME" as it goes into lines,
    /// one word with nothing in it that could break one.
    let name: Range<Int>
    let label: Range<Int>
    var first: UInt64 = 0
    var second: UInt64 = 0
    /// Which of the two this poll has seen: bits 0 and 1.
    var present: UInt8 = 0
    var isLogged = false
    var previous: (first: UInt64, second: UInt64, time: UInt64)?
    var total: (first: UInt64, second: UInt64) = (0, 0)
  }

  /// The keys of the two counters, in a table's texts.
  private struct Keys {
    let texts: LineBuffer
    let first: Range<Int>
    let second: Range<Int>

    // Not inlined: code that a poll finds cold costs more than calls.
    @inline(never)
    func put(_ values: (first: UInt64, second: UInt64), _ line: inout LineCursor) {
      line.putBlank()
      line.put(decimal: values.first)
      line.put(first, of: texts)
      line.putBlank()
      line.put(decimal: values.second)
      line.put(second, of: texts)
    }
  }

  /// Those that this poll has seen come first, in the kernel's order.
  private var rows: ContiguousArray<Row> = []
  /// The kind and the keys, then the texts of all rows, one after the other.
  private let texts = LineBuffer(capacity: 256)
  private let kind: Range<Int>
  private let keys: Keys
  private var seen = 0
  /// The row that `expects` has found, or that has been taken last.
  private var current = 0
  /// Whether a device that is seen for the first time has come since the poll before.
  private var comesNew = false
  private var isFirst = true

  /// - Parameters:
  ///   - kind: what lines begin with, with a colon at its end.
  ///   - first, second: the keys of the two counters, with a blank in front.
  package init(_ kind: StaticString, first: StaticString, second: StaticString) {
    let texts = self.texts
    func add(_ text: StaticString) -> Range<Int> {
      let start = texts.count
      texts.append(text)
      return start..<texts.count
    }
    self.kind = add(kind)
    keys = Keys(texts: texts, first: add(first), second: add(second))
  }

  /// Begins a poll: no device has been seen.
  package mutating func begin() { seen = 0 }

  /// Whether this poll has seen a device.
  package var isEmpty: Bool { seen == 0 }

  /// Whether this poll has seen any value but 0.
  var hasCounts: Bool {
    rows[..<seen].contains {
      $0.present & 1 != 0 && $0.first > 0 || $0.present & 2 != 0 && $0.second > 0
    }
  }

  /// Whether a line is of the device of the line before, or of the one that came next at the
  /// last poll. Then its beginning is passed over, and `take` is for that device.
  @inline(__always)
  mutating func expects(_ line: inout ByteScanner) -> Bool {
    (seen > 0 && begins(&line, seen - 1)) || (seen < rows.count && begins(&line, seen))
  }

  @inline(__always)
  private mutating func begins(_ line: inout ByteScanner, _ row: Int) -> Bool {
    guard let start = rows[row].start, start.begins(line) else { return false }
    line.skip(start.length)
    current = row
    return true
  }

  /// Takes values of the device that was expected; nil leaves what an earlier line of this
  /// poll said.
  @inline(__always)
  mutating func take(first: UInt64?, second: UInt64?) {
    if current == seen {
      seen += 1
      rows[current].present = 0
    }
    if let first {
      rows[current].first = first
      rows[current].present |= 1
    }
    if let second {
      rows[current].second = second
      rows[current].present |= 2
    }
  }

  /// The same for any device.
  /// - Parameter start: what its line begins with, up to its values.
  mutating func take(_ name: ByteSlice, _ start: ByteSlice, first: UInt64?, second: UInt64?) {
    current = find(name, start)
    take(first: first, second: second)
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
    texts.append(texts.bytes[kind].array)
    texts.append(word: name.array)
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
    let (keys, count) = (self.keys, seen)
    var rows = self.rows.mutableSpan
    for index in 0..<count {
      guard rows[index].present == 3 else { continue }
      let values = (first: rows[index].first, second: rows[index].second)
      var growth = values
      var interval: UInt64?
      if let previous = rows[index].previous {
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
      let label = rows[index].label
      poll.line("", room: label.count) { line in
        line.put(label, of: keys.texts)
        keys.put(values, &line)
        guard let interval else { return }
        poll.put(interval: interval, &line)
        keys.put(growth, &line)
      }
      rows[index].previous = (values.first, values.second, poll.time)
      rows[index].isLogged = true
      rows[index].total.first &+= growth.first
      rows[index].total.second &+= growth.second
    }
    sawNone()
  }

  /// Logs "total KIND:NAME N FIRST N SECOND" for each device that was ever logged.
  func summarize(_ log: Log) {
    for row in rows where row.isLogged {
      let text = LineBuffer(capacity: 128)
      text.append("total ")
      text.append(texts.bytes[row.label])
      text.put(room: 128) { keys.put(row.total, &$0) }
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
