/// A line "WORD NUMBER" that is looked for in one reading of a file after the other.
struct WantedLine {
  fileprivate let word: LineWord
  /// How many bytes were passed over to get to it at the last poll.
  fileprivate var step = 0
  /// The number of the line that was found last.
  var number = ScannedNumber(0)

  @inline(__always)
  init(_ word: LineWord) { self.word = word }
}

extension ByteScanner {
  /// Takes all up to the next such line and that line too, whose number is kept with it; to be
  /// called at the beginning of a line. Returns false where there is none, or no number in it.
  /// - Parameters:
  ///   - wanted: it is looked for first where it was at the last poll, then from some bytes before
  ///     on, since numbers get shorter.
  ///   - malformed: raised by each line that is looked at in vain and does not end in a digit.
  @inline(never)
  mutating func take(_ wanted: inout WantedLine, malformed: inout UInt64) -> Bool {
    var file = self
    if file.skipToLine(after: wanted.step), file.take(&wanted) {
      self = file
      return true
    }
    return search(for: &wanted, &malformed)
  }

  /// The same where it is not where it was.
  @inline(never)
  private mutating func search(
    for wanted: inout WantedLine, _ malformed: inout UInt64
  ) -> Bool {
    var file = self
    if wanted.step > Self.slack {
      // To the byte in front, since a line may begin there; then the rest of a line.
      file.skip(min(wanted.step - Self.slack - 1, left))
      guard file.skipLine() != .none else { return false }
    }
    while true {
      let before = left &- file.left
      if file.take(&wanted) {
        wanted.step = before
        self = file
        return true
      }
      switch file.skipLine() {
      case .none: return false
      case .other: malformed += 1
      case .endingInDigit: break
      }
    }
  }

  /// By how much the numbers in front of a line may have become shorter altogether.
  private static var slack: Int { 64 }

  /// Takes the line that comes next, if it is the wanted one; else nothing.
  @inline(__always)
  private mutating func take(_ wanted: inout WantedLine) -> Bool {
    var line = self
    guard line.skip(wanted.word), line.skip(0x20), line.take(&wanted.number, before: 0x0A)
    else { return false }
    self = line
    return true
  }
}
