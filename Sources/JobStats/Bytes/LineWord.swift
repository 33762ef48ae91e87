/// What a line begins with: up to sixteen bytes.
struct LineWord {
  private let low: ShortWord
  private let high: ShortWord
  let length: Int

  /// - Parameters:
  ///   - low: the first eight bytes, the first of them lowest. (Numbers, since the compiler
  ///     makes no constants of strings.)
  ///   - high: the others.
  @inline(__always)
  init(_ low: UInt64, _ high: UInt64 = 0, length: Int) {
    self.low = ShortWord(low, length: min(length, 8))
    self.high = ShortWord(high, length: max(length - 8, 0))
    self.length = length
  }

  private init(never word: ShortWord) { (low, high, length) = (word, word, 0) }

  /// One that no line begins with where there are more bytes, or none.
  init(_ bytes: ByteSlice) {
    guard (1...16).contains(bytes.count) else {
      self.init(never: .never)
      return
    }
    let scanner = ByteScanner(bytes)
    self.init(
      scanner.eightBytes(after: 0), scanner.eightBytes(after: 8), length: bytes.count)
  }

  /// Whether what comes next begins with the word.
  @inline(__always)
  func begins(_ scanner: ByteScanner) -> Bool {
    low.difference(scanner.next(after: 0)) | high.difference(scanner.next(after: 8)) == 0
  }
}

extension ByteScanner {
  /// Takes all up to the next line "WORD NUMBER" and that line too; to be called at the
  /// beginning of a line. Returns nil where there is no such line, or no number in it.
  /// - Parameters:
  ///   - step: how many bytes were passed over to get to the line at the last poll. It is
  ///     looked for there first, then from some bytes before on, since numbers get shorter.
  ///   - malformed: raised by each line that is looked at in vain and does not end in a digit.
  @inline(never)
  mutating func value(
    of word: LineWord, step: inout Int, malformed: inout UInt64
  ) -> ScannedNumber? {
    var file = self
    if file.skipToLine(after: step), let value = file.value(of: word) {
      self = file
      return value
    }
    file = self
    if step > Self.slack {
      file.skip(min(step - Self.slack, left))
      // The rest of a line.
      guard file.skipLine() != .none else { return nil }
    }
    while true {
      let before = left &- file.left
      if let value = file.value(of: word) {
        step = before
        self = file
        return value
      }
      switch file.skipLine() {
      case .none: return nil
      case .other: malformed += 1
      case .endingInDigit: break
      }
    }
  }

  /// By how much the numbers in front of a line may have become shorter altogether.
  private static var slack: Int { 64 }

  /// Takes a line "WORD NUMBER", if it is that; else nothing.
  @inline(__always)
  private mutating func value(of word: LineWord) -> ScannedNumber? {
    guard word.begins(self) else { return nil }
    var line = self
    line.skip(word.length)
    guard line.skip(0x20), let value = line.scannedNumber(), line.skip(0x0A) else {
      return nil
    }
    self = line
    return value
  }
}
