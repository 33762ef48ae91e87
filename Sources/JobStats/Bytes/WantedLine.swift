/// A line "WORD NUMBER" that is looked for in one reading of a file after the other.
struct WantedLine {
  fileprivate let word: LineWord
  /// How many bytes were passed over to get to it at the last poll.
  fileprivate var step = 0
  /// The number of the line that was found last.
  var number = ScannedNumber(0)

  @inline(__always)
  init(_ word: LineWord) { self.word = word }

  /// Whether the word and a blank come after so many bytes, be it behind the end.
  @inline(__always)
  fileprivate func begins(_ scanner: ByteScanner, after offset: Int) -> Bool {
    word.begins(scanner, after: offset) && scanner.isNext(0x20, after: offset &+ word.length)
  }
}

extension ByteScanner {
  /// Takes all up to the next such line and that line too, whose number is kept with it; to be
  /// called at the beginning of a line. Returns false where there is none, or no number in it; then
  /// it stands anywhere.
  /// - Parameters:
  ///   - wanted: it is looked for first where it was at the last poll, then from some bytes before
  ///     on, since numbers get shorter.
  ///   - malformed: raised by each line that is looked at in vain and does not end in a digit.
  @inline(never)
  mutating func take(_ wanted: inout WantedLine, malformed: inout UInt64) -> Bool {
    if !isWhereItWas(wanted) {
      guard let step = find(&wanted, &malformed) else { return false }
      wanted.step = step
    }
    let start = wanted.step &+ wanted.word.length &+ 1
    guard start <= left else { return false }
    skip(start)
    return take(&wanted.number, before: 0x0A)
  }

  @inline(__always)
  private func isWhereItWas(_ wanted: WantedLine) -> Bool {
    guard wanted.step < left, wanted.step == 0 || isNext(0x0A, after: wanted.step &- 1) else {
      return false
    }
    return wanted.begins(self, after: wanted.step)
  }

  /// How many bytes come before the line, where they are not as many as they were. (It changes
  /// nothing of `wanted`, which would be copied otherwise.)
  @inline(never)
  private func find(_ wanted: inout WantedLine, _ malformed: inout UInt64) -> Int? {
    if wanted.step <= Self.slack, wanted.begins(self, after: 0) { return 0 }
    var file = self
    // To the byte in front, since a line may begin there.
    file.skip(min(max(wanted.step &- Self.slack &- 1, 0), left))
    while true {
      var newlines = file.sixteenBytes().equal(0x0A)
      while newlines != 0 {
        let place = newlines.trailingZeroBitCount
        // One behind the end is of another file.
        guard place < file.left else { return nil }
        if wanted.begins(file, after: place &+ 1) { return left &- file.left &+ place &+ 1 }
        // In front of the first line there is nothing that could be looked at.
        let isEmpty = place == 0 && file.left == left
        if isEmpty || !file.endsInDigit(after: place) { malformed += 1 }
        newlines &= newlines &- 1
      }
      guard file.left > 16 else { return nil }
      file.skip(16)
    }
  }

  /// By how much the numbers in front of a line may have become shorter altogether.
  private static var slack: Int { 64 }
}
