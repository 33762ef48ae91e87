import JobStats
import Testing

@Suite struct ProcessStatTests {
  /// Every field that is read has a value of its own.
  private static let tail =
    "S 3 4 5 6 -1 8 9 10 11 12 13 14 15 16 -17 -18 19 20 21 22 23 24 25 0 0 1\n"

  private func parse(_ text: String) -> ProcessStat? {
    ByteScanner.scan(Array(text.utf8)) { ProcessStat($0) }
  }

  @Test(arguments: [
    "cat", "", "a b", "a) S 1 (b", ")", "((", ") ) )", "x\ny", "1234567890abcde", "é\u{1}",
    String(repeating: "k", count: 63),
  ])
  func `all fields are found whatever the name is`(name: String) throws {
    let stat = try #require(parse("2147483647 (\(name)) " + Self.tail))
    #expect(stat.state == UInt8(ascii: "S") && stat.parent == 3)
    #expect(stat.majorFaults == 11 && stat.childMajorFaults == 12)
    #expect(stat.user == 13 && stat.system == 14)
    #expect(stat.childUser == 15 && stat.childSystem == 16)
    #expect(stat.threads == 19 && stat.start == 21 && stat.residentPages == 23)
  }

  @Test func `the recorded processes are read`() throws {
    for (name, process) in [("v1-hybrid-host", 29939), ("v1-debian12-kernel61", 157)] {
      let root = try Fixtures.tree(name)
      let bytes = try root.contents(BytePath("/proc/\(process)/stat"))
      let stat = try #require(ByteScanner.scan(bytes) { ProcessStat($0) })
      #expect(stat.parent > 0 && stat.threads == 1 && stat.residentPages > 8192)
    }
  }

  @Test func `torn and garbled files are no process`() {
    let whole = "7 (cat) " + Self.tail
    let last = whole.range(of: " 24 25")
    for length in 0..<whole.utf8.count {
      let text = String(whole.prefix(length))
      guard let read = parse(text), let last else { continue }
      // Only what lies behind the last field that is wanted may be missing.
      #expect(length >= whole.distance(from: whole.startIndex, to: last.lowerBound) - 1)
      #expect(read.start == 21)
    }
    for text in ["", "7", "7 (cat)", "cat S 1 2", "7 (cat) S -1 " + Self.tail] {
      #expect(parse(text) == nil)
    }
    #expect(parse(whole.replacingOccurrences(" 13 ", " 99999999999999999999 ")) == nil)
    #expect(parse(whole.replacingOccurrences(" 14 ", " -14 ")) == nil)
  }

  @Test(arguments: [("S", 1, false), ("Z", 1, true), ("X", 1, true), ("Z", 2, false)])
  func `a process has ended when its last thread has`(
    state: String, threads: Int, hasEnded: Bool
  ) throws {
    let text =
      "7 (x) \(state) 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 \(threads) 20 21 22 23 0\n"
    #expect(try #require(parse(text)).hasEnded == hasEnded)
  }
}

@Suite struct ProcessIOTests {
  private func parse(_ numbers: [UInt64], _ lines: inout ProcessIO.Lines) -> ProcessIO? {
    let keys = [
      "rchar", "wchar", "syscr", "syscw", "read_bytes", "write_bytes", "cancelled_write_bytes",
    ]
    let text = zip(keys, numbers).map { "\($0): \($1)\n" }.joined()
    return ByteScanner.scan(Array(text.utf8)) { ProcessIO($0, &lines) }
  }

  @Test func `a process is read after another one whose numbers are longer or shorter`() throws
  {
    var lines = ProcessIO.Lines()
    for long in [false, true, false, true] {
      let other: UInt64 = long ? .max : 1
      let io = try #require(parse([other, other, other, other, 5, 6, other], &lines))
      #expect(io.read == 5 && io.written == 6)
    }
    #expect(parse([1, 2, 3, 4, 5], &lines) == nil)
  }
}

extension String {
  /// Without Foundation: the first place alone.
  fileprivate func range(of text: String) -> Range<String.Index>? {
    indices.first { self[$0...].hasPrefix(text) }
      .map { $0..<index($0, offsetBy: text.count) }
  }

  fileprivate func replacingOccurrences(_ text: String, _ other: String) -> String {
    guard let range = range(of: text) else { return self }
    return self[..<range.lowerBound] + other + self[range.upperBound...]
  }
}
