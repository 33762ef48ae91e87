import JobStats
import Testing

/// What looks at eight bytes at a time, against what looks at one.
@Suite struct ByteScannerModelTests {
  private var random = SeededGenerator(17)

  /// Bytes that differ from each other in one bit, or are one apart.
  private mutating func bytes(_ some: [UInt8], most: Int) -> [UInt8] {
    (0..<random.number(0...most)).map { _ in some.randomElement(using: &random)! }
  }

  @Test mutating func `lines end where their newline is, wherever that stands`() {
    for _ in 0..<5000 {
      var file: [UInt8] = []
      for _ in 0..<random.number(0...4) {
        file += bytes([0x09, 0x0B, 0x0E, 0x8A, 0x0A ^ 0x40, 0, 0xFF, 0x61], most: 70)
        if random.number(0...9) > 0 { file.append(0x0A) }
      }
      let expected =
        file.isEmpty ? [] : file.split(separator: 0x0A, omittingEmptySubsequences: false)
      let (lines, isTorn) = ByteScanner.scan(file) { scanner in
        var lines: [[UInt8]] = []
        while let line = scanner.line() { lines.append(line.rest.array) }
        return (lines, scanner.isTorn)
      }
      #expect(lines == expected.dropLast().map { Array($0) })
      #expect(isTorn == (expected.last?.isEmpty == false))
    }
  }

  @Test mutating func `eight bytes are those that come next, and zeros behind the end`() {
    for _ in 0..<2000 {
      let file = bytes([0, 1, 0x20, 0x30, 0x7F, 0x80, 0xFF], most: 24)
      let skipped = random.number(0...file.count)
      let offset = random.number(0...10)
      let read = ByteScanner.scan(file) { scanner in
        scanner.skip(skipped)
        return scanner.eightBytes(after: offset)
      }
      let next = file.dropFirst(skipped + offset).prefix(8)
      let expected = next.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      #expect(read == expected)
    }
  }

  @Test(arguments: [
    ("5", true), ("a 0", true), ("a 9", true), ("", false), ("5 ", false), ("a", false),
    ("5/", false), ("5:", false), ("5\u{0}", false),
  ])
  func `a line that ends in a digit is told`(line: String, ends: Bool) {
    let endsInDigit = ByteScanner.scan(Array(line.utf8)) { $0.endsInDigit }
    #expect(endsInDigit == ends)
  }

  /// What is left after so many fields; nil where there are fewer, or others among them.
  private func rest(of file: [UInt8], after wanted: Int) -> ArraySlice<UInt8>? {
    let isBlank = { (byte: UInt8) in byte == 0x20 }
    let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) }
    var rest = file.drop(while: isBlank)
    for _ in 0..<wanted {
      guard rest.first.map(isDigit) == true else { return nil }
      rest = rest.drop(while: isDigit)
      guard rest.first.map({ isBlank($0) || $0 == 0x0A }) != false else { return nil }
      rest = rest.drop(while: isBlank)
    }
    return rest
  }

  @Test mutating func `fields that are numbers are passed over, others are not`() {
    for round in 0..<20_000 {
      var file = bytes([0x20, 0x20, 0x30, 0x31, 0x38, 0x39], most: 60)
      if round % 2 == 0, !file.isEmpty {
        file[random.number(0...file.count - 1)] = UInt8(random.number(0...255))
      }
      // Tabs need not be blanks here, and are none in the kernel's files.
      if file.contains(0x09) { continue }
      let wanted = random.number(0...8)
      let (isPassed, left) = ByteScanner.scan(file) { scanner in
        (scanner.skipNumberFields(wanted), scanner.rest.array)
      }
      let expected = rest(of: file, after: wanted)
      guard isPassed == (expected != nil), !isPassed || left == Array(expected!) else {
        Issue.record("\(wanted) of \"\(String(decoding: file, as: UTF8.self))\": \(isPassed)")
        return
      }
    }
  }
}
