/// A line "WORD NUMBER" that is looked for in one reading of a file after the other.
struct WantedLine {
  fileprivate let word: LineWord
  /// How many bytes were passed over to get to it at the last poll.
  fileprivate var step = 0

  @inline(__always)
  init(_ word: LineWord) { self.word = word }
}

extension ByteScanner {
  /// Takes all up to the next such line and that line too; to be called at the beginning of a
  /// line. Returns nil where there is none, or no number in it.
  /// - Parameters:
  ///   - wanted: it is looked for first where it was at the last poll, then from some bytes before
  ///     on, since numbers get shorter.
  ///   - malformed: raised by each line that is looked at in vain and does not end in a digit.
  @inline(never)
  mutating func value(
    of wanted: inout WantedLine, malformed: inout UInt64
  ) -> ScannedNumber? {
    var file = self
    if file.skipToLine(after: wanted.step), let value = file.value(of: wanted.word) {
      self = file
      return value
    }
    return search(for: &wanted, &malformed)
  }

  /// The same where it is not where it was.
  @inline(never)
  private mutating func search(
    for wanted: inout WantedLine, _ malformed: inout UInt64
  ) -> ScannedNumber? {
    var file = self
    if wanted.step > Self.slack {
      file.skip(min(wanted.step - Self.slack, left))
      // The rest of a line.
      guard file.skipLine() != .none else { return nil }
    }
    while true {
      let before = left &- file.left
      if let value = file.value(of: wanted.word) {
        wanted.step = before
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
