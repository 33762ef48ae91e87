import JobStats

// Where no kernel writes a file so, and readers may differ, there is nothing to compare with: nil.

/// v1's bytes per device.
func checkBlockIO(_ input: [UInt8]) throws {
  try check(input, .blockIO, " write", " read", plainBlockIO, BlockIOStatistic.scan)
}

private func plainBlockIO(_ file: [UInt8]) -> PlainDevices? {
  var devices = PlainDevices()
  for line in plainLines(file) where line.last.map(isDigit) == true {
    guard let end = line.firstIndex(of: blank), end > 0 else { continue }
    let rest = latin(line[(end + 1)...])
    for (operation, isRead) in [("Read ", true), ("Write ", false)]
    where rest.hasPrefix(operation) {
      guard let value = plainNumber(rest.dropFirst(operation.count).utf8) else { continue }
      devices.take(Array(line[..<end]), isRead ? (nil, value) : (value, nil))
    }
  }
  return devices
}

/// v2's io.stat.
func checkUnifiedBlockIO(_ input: [UInt8]) throws {
  try check(input, .blockIO, " write", " read", plainUnifiedBlockIO, UnifiedBlockIO.scan)
}

private func plainUnifiedBlockIO(_ file: [UInt8]) -> PlainDevices? {
  var devices = PlainDevices()
  for line in plainLines(file) {
    var name: [UInt8]?
    var keys: Set<String> = []
    for word in plainWords(line) {
      let text = latin(word)
      // No kernel has a device behind another's values, nor a key twice.
      let key = String(text.prefix { $0 != "=" })
      if text.contains("=") ? !keys.insert(key).inserted : !keys.isEmpty { return nil }
      let isRead = text.hasPrefix("rbytes=")
      guard isRead || text.hasPrefix("wbytes=") else {
        if !text.contains("=") { name = word }
        continue
      }
      guard let name, let value = plainNumber(word.dropFirst(7)) else { continue }
      devices.take(name, isRead ? (nil, value) : (value, nil))
    }
  }
  return devices
}

/// net/dev.
func checkInterfaces(_ input: [UInt8]) throws {
  try check(input, .network, " tx", " rx", plainInterfaces, NetworkStatistic.scan)
}

private func plainInterfaces(_ file: [UInt8]) -> PlainDevices? {
  var devices = PlainDevices()
  // The two lines that all kernels have are passed over by their end.
  let hasHeading = file.prefix(200).suffix(8).elementsEqual("pressed\n".utf8)
  for line in plainLines(hasHeading ? Array(file.dropFirst(200)) : file) {
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
    let name = line[..<colon].drop(while: isBlank)
    if name.isEmpty || latin(name) == "lo" { continue }
    let rest = line[(colon + 1)...]
    let numbers = rest.drop(while: isBlank).prefix { isDigit($0) || $0 == blank }
    let fields = numbers.split(separator: blank)
    if rest.contains(0x09) { return nil }
    // There may be more, and anything behind the next one.
    guard fields.count > 16 || fields.count == 16 && numbers.endIndex == rest.endIndex,
      let received = plainNumber(fields[0]),
      let sent = plainNumber(fields[8])
    else { continue }
    devices.take(Array(name), (sent, received))
  }
  return devices
}

/// Devices in the order in which they were seen.
private struct PlainDevices {
  var rows: [(name: [UInt8], first: UInt64?, second: UInt64?)] = []

  mutating func take(_ name: [UInt8], _ values: (UInt64?, UInt64?)) {
    let row = rows.firstIndex { $0.name == name } ?? rows.count
    if row == rows.count { rows.append((name, nil, nil)) }
    rows[row].first = values.0 ?? rows[row].first
    rows[row].second = values.1 ?? rows[row].second
  }

  /// The rows that have both values.
  var whole: [(name: [UInt8], first: UInt64, second: UInt64)] {
    rows.compactMap { name, first, second in
      guard let first, let second else { return nil }
      return (name, first, second)
    }
  }
}

/// Scans up to four files, a byte FF between them, at as many polls into one table, and looks at
/// the lines: a device's are its own, whoever stood there before.
private func check(
  _ input: [UInt8], _ table: DeviceTable, _ one: String, _ other: String,
  _ plain: ([UInt8]) -> PlainDevices?,
  _ scan: (ByteScanner, inout DeviceTable, inout UInt64) -> Void
) throws {
  var table = table
  var previous: [[UInt8]: (UInt64, UInt64, second: UInt64)] = [:]
  for (number, file) in parts(input, atMost: 4, by: 0xFF).enumerated() {
    let second = UInt64(number + 1)
    var malformed: UInt64 = 0
    let written = text { lines in
      ByteScanner.scan(file) { scan($0, &table, &malformed) }
      let time = second * 1_000_000_000
      table.write(
        Poll(time: time, timeOfDay: nil, isLast: false, lines: lines), startsAtZero: false)
    }
    var expected = ""
    guard let devices = plain(file) else { return }
    for (name, first, last) in devices.whole {
      expected += latin(text { $0.append(word: name) })
      expected += " \(first)\(one) \(last)\(other)"
      if let before = previous[name], first >= before.0, last >= before.1 {
        expected +=
          " -- interval \(second - before.second).0000 seconds \(first - before.0)\(one)"
        expected += " \(last - before.1)\(other)"
      }
      expected += "\n"
      previous[name] = (first, last, second)
    }
    let kind = one == " tx" ? "net:" : "blkio:"
    let lines = latin(written).replacing("crunchstat: \(kind)", with: "")
    try expect("devices", lines, is: expected)
    if !isWhole(file) { try expect("the torn line is not counted", malformed > 0) }
  }
}
