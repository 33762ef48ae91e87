/// Reads memory.stat again and again: the wanted lines stand where they stood before, or
/// nearly, and in the order that all kernels have, so the others are hardly looked at. If one
/// is missing there, all lines are.
package struct MemoryReader {
  /// How far it is from one wanted line to the next.
  private var steps = InlineArray<4, Int>(repeating: 0)
  /// Whether the last reading had all the wanted lines.
  private var isKnown = false

  /// What the last reading said. They are written in place: to hand them on costs as much as to
  /// read them.
  package internal(set) var values = MemoryValues()

  package init() {}

  package mutating func read(_ scanner: ByteScanner, malformed: inout UInt64) {
    var count: UInt64 = 0
    if isKnown, values.isUnified ? again(v2: scanner, &count) : again(v1: scanner, &count) {
      malformed += count + (scanner.isTorn ? 1 : 0)
      return
    }
    values = MemoryValues(scanner, malformed: &malformed)
    isKnown = values.isComplete
    steps = InlineArray(repeating: 0)
  }

  /// Returns whether all were found.
  private mutating func again(v1 scanner: ByteScanner, _ malformed: inout UInt64) -> Bool {
    var file = scanner
    values.cache = file.value(of: Word.totalCache, step: &steps[0], malformed: &malformed)
    if values.cache == nil { return false }
    values.rss = file.value(of: Word.totalRSS, step: &steps[1], malformed: &malformed)
    if values.rss == nil { return false }
    values.swap = file.value(of: Word.totalSwap, step: &steps[2], malformed: &malformed)
    if values.swap == nil { return false }
    values.majorFaults = file.value(
      of: Word.totalMajorFaults, step: &steps[3], malformed: &malformed)
    return values.majorFaults != nil
  }

  private mutating func again(v2 scanner: ByteScanner, _ malformed: inout UInt64) -> Bool {
    var file = scanner
    values.rss = file.value(of: Word.anon, step: &steps[0], malformed: &malformed)
    if values.rss == nil { return false }
    values.cache = file.value(of: Word.file, step: &steps[1], malformed: &malformed)
    if values.cache == nil { return false }
    values.majorFaults = file.value(
      of: Word.majorFaults, step: &steps[2], malformed: &malformed)
    return values.majorFaults != nil
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
