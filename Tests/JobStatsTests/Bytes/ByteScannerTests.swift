import JobStats
import Testing

@Suite struct ByteScannerTests {
  @Test func `lines come one by one, and a torn last one is not given out`() {
    ByteScanner.scan(Array("one\n\ntwo\nthr".utf8)) { scanner in
      #expect(text(scanner.line()) == "one")
      #expect(text(scanner.line()) == "")
      #expect(text(scanner.line()) == "two")
      #expect(scanner.isTorn)
      #expect(scanner.line() == nil)
      #expect(text(scanner.rest) == "thr")
    }
  }

  @Test(arguments: ["", "\n", "a\n"])
  func `a file whose last line has an end is not torn`(file: String) {
    ByteScanner.scan(Array(file.utf8)) { scanner in
      while scanner.line() != nil {}
      #expect(!scanner.isTorn)
      #expect(scanner.isAtEnd)
    }
  }

  @Test func `words lie between blanks and tabs`() {
    ByteScanner.scan(Array("  one\ttwo \t three  ".utf8)) { scanner in
      #expect(text(scanner.word()) == "one")
      #expect(scanner.next == 0x09)
      #expect(text(scanner.word()) == "two")
      #expect(text(scanner.word()) == "three")
      #expect(text(scanner.word()) == "")
      #expect(scanner.isAtEnd)
    }
  }

  @Test func `a prefix ends before a byte, which is passed over too`() {
    ByteScanner.scan(Array("a:b:c".utf8)) { scanner in
      #expect(text(scanner.prefix(to: 0x3A)) == "a")
      #expect(text(scanner.prefix(to: 0x3A)) == "b")
      #expect(scanner.prefix(to: 0x3A) == nil)
      #expect(text(scanner.rest) == "c")
    }
  }

  @Test func `a text is passed over only if all of it comes next`() {
    ByteScanner.scan(Array("total_rss".utf8)) { scanner in
      let tries = [
        scanner.skip("total_cache"), scanner.skip("total_rss 5"), scanner.skip(""),
        scanner.skip("total_"), scanner.skip("rss"), scanner.skip(""), scanner.skip("x"),
      ]
      #expect(tries == [false, false, true, true, true, true, false])
      #expect(scanner.isAtEnd)
    }
  }

  @Test(
    arguments: [
      ("0", 0), ("7x", 7), ("00000000000000000000000042", 42),
      ("9999999999999999999", 9_999_999_999_999_999_999),
      ("10000000000000000000 ", 10_000_000_000_000_000_000),
      (largest, UInt64.max), ("0" + largest, .max), (tooLarge, nil), (largest + "0", nil),
      ("99999999999999999999", nil), (String(repeating: "9", count: 4000), nil),
      ("", nil), (" 1", nil), ("-1", nil), ("+1", nil), ("x", nil), ("/", nil), (":", nil),
    ] as [(String, UInt64?)])
  func `numbers fit into 64 bits or are none`(file: String, value: UInt64?) {
    ByteScanner.scan(Array(file.utf8)) { scanner in
      #expect(scanner.number() == value)
      if value == nil { #expect(text(scanner.rest) == file) }
    }
  }

  @Test func `each power of two, and its neighbours, are read as they are written`() {
    for shift in 0..<64 {
      for value in [1 << shift, (1 << shift) - 1, ~(1 << shift)] as [UInt64] {
        let read = ByteScanner.scan(Array("\(value)".utf8)) { $0.number() }
        #expect(read == value)
      }
    }
  }

  @Test(
    arguments: [
      ("  5 6", 5), ("\t5\t", 5), ("5", 5), ("5x", nil), ("x", nil), ("", nil), ("5:", nil),
    ] as [(String, UInt64?)])
  func `a number field is ended by a blank or the end`(file: String, value: UInt64?) {
    let read = ByteScanner.scan(Array(file.utf8)) { $0.numberField() }
    #expect(read == value)
  }

  @Test func `a missing file's bytes are none`() {
    ByteScanner.scan([]) { scanner in
      #expect(scanner.isAtEnd && !scanner.isTorn && scanner.next == nil)
      #expect(scanner.line() == nil && scanner.number() == nil)
      #expect(scanner.word().isEmpty && scanner.rest.isEmpty)
      #expect(scanner.prefix(to: 0) == nil)
    }
  }
}

@Suite struct ByteScannerKernelTests {
  @Test(
    arguments: [
      ("cache 5", "cache", 5), ("a \(largest)", "a", .max), ("total_x 007", "total_x", 7),
      ("a \(tooLarge)", nil, nil), ("a", nil, nil), ("a ", nil, nil), (" 5", nil, nil),
      ("a 5 ", nil, nil), ("a 5 6", nil, nil), ("a  5", nil, nil), ("a -5", nil, nil),
      ("a five", nil, nil), ("", nil, nil),
    ] as [(String, String?, UInt64?)])
  func `an entry is a key, one blank and a number`(
    line: String, key: String?, value: UInt64?
  ) {
    ByteScanner.scan(Array(line.utf8)) { scanner in
      let entry = scanner.flatEntry()
      #expect(text(entry?.key) == key)
      #expect(entry?.value == value)
    }
  }

  @Test(
    arguments: [
      ("5\n", 5), ("0\n", 0), (largest + "\n", .max), (tooLarge + "\n", nil), ("5", nil),
      ("", nil), ("\n", nil), ("-1\n", nil), ("max\n", nil), ("5 \n", nil), ("5\n6\n", nil),
    ] as [(String, UInt64?)])
  func `a file of one number holds nothing else`(file: String, value: UInt64?) {
    let read = ByteScanner.scan(Array(file.utf8)) { $0.singleNumber() }
    #expect(read == value)
  }

  @Test(
    arguments: [
      ("0\n", 1), ("0-3,7\n", 5), ("0-127\n", 128), ("0,2,4,6\n", 4), ("5-5\n", 1),
      ("0-3,7", 5), ("\n", 0), ("", 0), ("0-1048575\n", 1_048_576),
      ("3-0\n", nil), ("0-\n", nil), ("-3\n", nil), ("0--3\n", nil), ("0-3-5\n", nil),
      ("a\n", nil), ("0 1\n", nil), (",\n", nil), ("0,,1\n", nil), ("0-\(largest)\n", nil),
      ("\(tooLarge)\n", nil), ("\(largest)\n", 1), ("0;1\n", nil),
    ] as [(String, UInt64?)])
  func `a list counts numbers and ranges`(file: String, count: UInt64?) {
    let read = ByteScanner.scan(Array(file.utf8)) { $0.listCount() }
    #expect(read == count)
  }

  @Test(arguments: garbage)
  func `garbage ends in no value, whatever is asked for`(file: [UInt8]) {
    ByteScanner.scan(file) { scanner in
      while var line = scanner.line() { #expect(line.flatEntry() == nil) }
    }
    let number = ByteScanner.scan(file) { $0.singleNumber() }
    #expect(number == nil)
    let count = ByteScanner.scan(file) { $0.listCount() }
    #expect(count == nil || count == 0)
  }
}

private func text(_ slice: ByteSlice?) -> String? {
  slice.map { String(decoding: $0.array, as: UTF8.self) }
}

private func text(_ scanner: ByteScanner?) -> String? { text(scanner?.rest) }
