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

  /// Nil where there are more bytes, or none.
  init?(_ bytes: ByteSlice) {
    guard (1...16).contains(bytes.count) else { return nil }
    let scanner = ByteScanner(bytes)
    self.init(
      scanner.eightBytes(after: 0), scanner.eightBytes(after: 8), length: bytes.count)
  }

  /// Whether what comes next begins with the word.
  @inline(__always)
  func begins(_ scanner: ByteScanner) -> Bool {
    low.begins(scanner.eightBytes(after: 0))
      && (length <= 8 || high.begins(scanner.eightBytes(after: 8)))
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
  ) -> UInt64? {
    let before = left
    if let value = value(of: word, after: step) { return value }
    if step > Self.slack {
      skip(min(step - Self.slack, left))
      // The rest of a line.
      guard line() != nil else { return nil }
    }
    while true {
      step = before - left
      if let value = value(of: word, after: 0) { return value }
      guard let line = line() else { return nil }
      if !line.endsInDigit { malformed += 1 }
    }
  }

  /// By how much the numbers in front of a line may have become shorter altogether.
  private static var slack: Int { 64 }

  /// The value of a line that begins after some bytes, if it is there and is "WORD NUMBER".
  @inline(__always)
  private mutating func value(of word: LineWord, after step: Int) -> UInt64? {
    var file = self
    guard file.skipToLine(after: step), word.begins(file) else { return nil }
    file.skip(word.length)
    guard file.skip(0x20), let value = file.number(), file.skip(0x0A) else { return nil }
    self = file
    return value
  }
}
