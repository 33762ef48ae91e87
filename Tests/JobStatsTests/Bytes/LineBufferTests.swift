import JobStats
import Testing

@Suite struct LineBufferTests {
  private func text(_ append: (LineBuffer) -> Void) -> String {
    let buffer = LineBuffer(capacity: 1)
    append(buffer)
    return String(decoding: buffer.bytes.array, as: UTF8.self)
  }

  @Test func `decimals have as many digits as the number, for every count of them`() {
    var power: UInt64 = 1
    for _ in 1...20 {
      for value in [power - 1, power, power + 1, power &* 9 &+ 3] {
        #expect(text { $0.append(decimal: value) } == "\(value)")
      }
      power = power.multipliedReportingOverflow(by: 10).partialValue
    }
    #expect(text { $0.append(decimal: .max) } == largest)
  }

  @Test(
    arguments: [
      (0, "0.0000"), (49_999, "0.0000"), (50_000, "0.0001"), (100_000, "0.0001"),
      (149_999, "0.0001"), (150_000, "0.0002"), (999_949_999, "0.9999"),
      (999_950_000, "1.0000"), (1_000_000_000, "1.0000"), (10_000_000, "0.0100"),
      (9_999_950_000, "10.0000"), (123_456_789_012, "123.4568"),
      (.max, "18446744073.7096"), (.max - 9_551_615, "18446744073.7000"),
    ] as [(UInt64, String)])
  func `seconds have four decimals, to the nearest`(nanoseconds: UInt64, shown: String) {
    #expect(text { $0.append(seconds: nanoseconds) } == shown)
  }

  @Test(
    arguments: [
      (0, "0.000"), (7, "0.007"), (999, "0.999"), (1000, "1.000"), (65_536, "65.536"),
      (.max, "18446744073709551.615"),
    ] as [(UInt64, String)])
  func `thousandths have three decimals`(value: UInt64, shown: String) {
    #expect(text { $0.append(thousandths: value) } == shown)
  }

  @Test(
    arguments: [
      (0, 1, "0"), (7, 2, "07"), (99, 2, "99"), (123, 2, "23"), (5, 8, "00000005"),
      (987_654_321, 8, "87654321"),
    ] as [(UInt64, Int, String)])
  func `padded numbers are as wide as asked for`(value: UInt64, width: Int, shown: String) {
    #expect(text { $0.append(padded: value, width: width) } == shown)
  }

  @Test func `it grows byte by byte and at once, and keeps what it holds`() {
    let buffer = LineBuffer(capacity: 0)
    var expected: [UInt8] = []
    for index in 0..<5000 {
      buffer.append(UInt8(truncatingIfNeeded: index))
      expected.append(UInt8(truncatingIfNeeded: index))
    }
    buffer.append([UInt8](repeating: 7, count: 1 << 20))
    expected += [UInt8](repeating: 7, count: 1 << 20)
    buffer.append("end")
    buffer.append([])
    expected += Array("end".utf8)
    #expect(buffer.count == expected.count)
    #expect(buffer.bytes.equals(expected))
    buffer.clear()
    #expect(buffer.isEmpty && buffer.bytes.isEmpty)
    buffer.append("again")
    #expect(buffer.bytes == "again")
  }

  @Test(arguments: [0, 1, 5, 9, 10])
  func `dropping from the front leaves the rest`(count: Int) {
    let buffer = LineBuffer(capacity: 4)
    buffer.append("0123456789")
    buffer.drop(count)
    #expect(buffer.bytes.equals(Array("0123456789".utf8.dropFirst(count))))
    buffer.append("!")
    #expect(buffer.count == 11 - count)
  }
}

@Suite struct LineBufferLogTests {
  private func line(at time: UInt64?) -> String {
    let buffer = LineBuffer(capacity: 0)
    buffer.beginLine(at: time)
    return String(decoding: buffer.bytes.array, as: UTF8.self)
  }

  @Test func `a line without a time begins with the name`() {
    #expect(line(at: nil) == "crunchstat: ")
  }

  // `date -u -d ... +%s` tells the seconds.
  @Test(
    arguments: [
      (0, "1970-01-01T00:00:00"), (86_399, "1970-01-01T23:59:59"),
      (86_400, "1970-01-02T00:00:00"), (68_169_599, "1972-02-28T23:59:59"),
      (68_169_600, "1972-02-29T00:00:00"), (94_694_399, "1972-12-31T23:59:59"),
      (946_684_799, "1999-12-31T23:59:59"), (951_782_400, "2000-02-29T00:00:00"),
      (951_868_800, "2000-03-01T00:00:00"), (1_000_000_000, "2001-09-09T01:46:40"),
      (1_709_164_800, "2024-02-29T00:00:00"), (2_147_483_647, "2038-01-19T03:14:07"),
      (2_147_483_648, "2038-01-19T03:14:08"), (4_102_444_800, "2100-01-01T00:00:00"),
      (4_107_542_399, "2100-02-28T23:59:59"), (4_107_542_400, "2100-03-01T00:00:00"),
      (13_574_563_200, "2400-02-29T00:00:00"), (18_446_744_073, "2554-07-21T23:34:33"),
    ] as [(UInt64, String)])
  func `a time is written by RFC 3339, in UTC`(second: UInt64, shown: String) {
    #expect(line(at: second * 1_000_000_000) == shown + ".000000000Z crunchstat: ")
  }

  @Test(
    arguments: [
      (1, "000000001"), (999_999_999, "999999999"), (120_000_000, "120000000"),
    ] as [(UInt64, String)])
  func `a time has nine decimals`(nanoseconds: UInt64, decimals: String) {
    #expect(line(at: nanoseconds) == "1970-01-01T00:00:00.\(decimals)Z crunchstat: ")
  }

  @Test func `every day until 2150 follows the day before`() {
    var previous = (year: 1969, month: 12, day: 31)
    for day in 0..<UInt64(66_000) {
      let parts = line(at: day * 86_400_000_000_000).prefix(10).split(separator: "-")
      let date = (year: Int(parts[0])!, month: Int(parts[1])!, day: Int(parts[2])!)
      let isLeap =
        previous.year % 4 == 0 && (previous.year % 100 != 0 || previous.year % 400 == 0)
      let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
      var next = previous
      next.day += 1
      if next.day > lengths[next.month - 1] { (next.day, next.month) = (1, next.month + 1) }
      if next.month > 12 { (next.month, next.year) = (1, next.year + 1) }
      guard date == next else {
        Issue.record("\(previous) is followed by \(date)")
        return
      }
      previous = date
    }
  }

  @Test(arguments: [
    ("plain text, with ümlauts", "plain text, with ümlauts"), ("", ""),
    ("a\nb", "a\\x0ab"), ("a\r\tb", "a\\x0d\\x09b"), ("\u{1B}[31m", "\\x1b[31m"),
    ("\u{0}\u{1F}\u{7F}", "\\x00\\x1f\\x7f"), ("\\x0a", "\\x0a"),
  ])
  func `text from outside can neither break a line nor steer a terminal`(
    outside: String, shown: String
  ) {
    let buffer = LineBuffer(capacity: 0)
    buffer.append(printable: Array(outside.utf8))
    #expect(buffer.bytes.equals(Array(shown.utf8)))
  }

  @Test(arguments: [
    ("eth0", "eth0"), ("a b", "a\\x20b"), (" ", "\\x20"), ("a\tb", "a\\x09b"),
    ("7:7", "7:7"), ("7:7:", "7:7\\x3a"), (":", "\\x3a"), ("a: b", "a:\\x20b"),
    ("ümläut", "ümläut"),
    ("\u{A0}", "\\xc2\\xa0"), ("a\u{1680}", "a\\xe1\\x9a\\x80"),
    ("\u{2028}", "\\xe2\\x80\\xa8"),
  ])
  func `a name from outside is one word`(outside: String, shown: String) {
    let buffer = LineBuffer(capacity: 0)
    buffer.append(word: Array(outside.utf8))
    #expect(buffer.bytes.equals(Array(shown.utf8)))
  }

  @Test func `what Unicode takes for a blank is in no word`() {
    for value in UInt32(0)...0x10FFFF {
      guard let character = Unicode.Scalar(value), value >= 0xA0 else { continue }
      let bytes = Array(String(Character(character)).utf8)
      let buffer = LineBuffer(capacity: 0)
      buffer.append(word: bytes)
      guard buffer.bytes.equals(bytes) == character.properties.isWhitespace else { continue }
      Issue.record("U+\(String(value, radix: 16))")
      return
    }
  }

  @Test func `all but control characters stays as it is`() {
    for value in UInt32(0)...0x10FFFF {
      guard let character = Unicode.Scalar(value) else { continue }
      let isControl = value < 0x20 || (0x7F..<0xA0).contains(value)
      let bytes = Array(String(Character(character)).utf8)
      let buffer = LineBuffer(capacity: 0)
      buffer.append(printable: bytes)
      guard buffer.bytes.equals(bytes) == isControl else { continue }
      Issue.record("U+\(String(value, radix: 16))")
      return
    }
  }

  @Test(
    arguments: [
      ([0x61, 0x9B, 0x62], "a\\x9bb"), ([0xC2, 0x9B, 0x31], "\\xc2\\x9b1"), ([0xC2], "\\xc2"),
      ([0xE2, 0x82, 0x61], "\u{FFFD}\\x82a"), ([0xC0, 0x8A], "\u{FFFD}\\x8a"),
      ([0xE0, 0x80, 0x9B, 0x0A], "\u{FFFD}\\x80\\x9b\\x0a"), ([0xFF, 0xC3, 0xA4], "\u{FFFD}ä"),
      ([], ""),
    ] as [([UInt8], String)])
  func `what is no UTF-8 hides no control character`(bytes: [UInt8], shown: String) {
    let buffer = LineBuffer(capacity: 0)
    buffer.append(printable: bytes)
    #expect(String(decoding: buffer.bytes.array, as: UTF8.self) == shown)
  }
}
