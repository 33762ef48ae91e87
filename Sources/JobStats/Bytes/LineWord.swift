/// The key of a line "KEY NUMBER": up to sixteen bytes, without the blank behind it.
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

  /// Whether what comes next begins with the word.
  @inline(__always)
  func begins(_ scanner: ByteScanner) -> Bool {
    low.begins(scanner.eightBytes(after: 0)) && high.begins(scanner.eightBytes(after: 8))
  }
}

extension ByteScanner {
  /// Takes all up to the next line "WORD NUMBER" and that line too; to be called at the
  /// beginning of a line. Returns nil where there is no such line, or no number in it.
  /// `malformed` is raised by each line before it that does not end in a digit.
  @inline(never)
  mutating func value(of word: LineWord, malformed: inout UInt64) -> UInt64? {
    while true {
      if word.begins(self) {
        skip(word.length)
        if next == 0x20 {
          skip(1)
          guard let value = number(), next == 0x0A else { return nil }
          skip(1)
          return value
        }
      }
      guard let line = line() else { return nil }
      if !line.endsInDigit { malformed += 1 }
    }
  }
}
