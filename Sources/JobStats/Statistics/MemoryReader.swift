/// Reads memory.stat again and again: the wanted lines stand where they stood before, or
/// nearly, and in the order that all kernels have, so those in front of the first and
/// behind the last are not looked at. If one is missing there, all lines are.
struct MemoryReader {
  /// How many bytes there were up to the end of the first wanted line; nil: not known.
  private var place: Int?

  /// By how much the numbers in front of it may have become shorter since, and the longest
  /// first line ("total_cache", a blank, 20 digits).
  private static let slack = 64 + 33

  mutating func read(_ scanner: ByteScanner, malformed: inout UInt64) -> MemoryValues {
    if let place {
      var count: UInt64 = 0
      var file = scanner
      if place > Self.slack, place < file.left {
        file.skip(place - Self.slack)
        _ = file.line()
      }
      if let values = again(&file, scanner.left, &count) {
        malformed += count
        return values
      }
    }
    let values = MemoryValues(scanner, malformed: &malformed)
    isUnified = values.isUnified
    place = values.isComplete ? 0 : nil
    return values
  }

  private var isUnified = false

  private mutating func again(
    _ file: inout ByteScanner, _ size: Int, _ malformed: inout UInt64
  ) -> MemoryValues? {
    var values = MemoryValues()
    values.isUnified = isUnified
    if isUnified {
      values.rss = file.value(of: Word.anon, malformed: &malformed)
      place = size - file.left
      values.cache = file.value(of: Word.file, malformed: &malformed)
      values.majorFaults = file.value(of: Word.majorFaults, malformed: &malformed)
    } else {
      values.cache = file.value(of: Word.totalCache, malformed: &malformed)
      place = size - file.left
      values.rss = file.value(of: Word.totalRSS, malformed: &malformed)
      values.swap = file.value(of: Word.totalSwap, malformed: &malformed)
      values.majorFaults = file.value(of: Word.totalMajorFaults, malformed: &malformed)
      guard values.swap != nil else { return nil }
    }
    guard values.cache != nil, values.rss != nil, values.majorFaults != nil else { return nil }
    if file.isTorn { malformed += 1 }
    return values
  }

  private enum Word {
    static let anon = LineWord(0x6E6F_6E61, length: 4)
    static let file = LineWord(0x656C_6966, length: 4)
    static let majorFaults = LineWord(0x7561_666A_616D_6770, 0x746C, length: 10)
    static let totalCache = LineWord(0x6163_5F6C_6174_6F74, 0x65_6863, length: 11)
    static let totalRSS = LineWord(0x7372_5F6C_6174_6F74, 0x73, length: 9)
    static let totalSwap = LineWord(0x7773_5F6C_6174_6F74, 0x7061, length: 10)
    static let totalMajorFaults = LineWord(
      0x6770_5F6C_6174_6F74, 0x746C_7561_666A_616D, length: 16)
  }
}
