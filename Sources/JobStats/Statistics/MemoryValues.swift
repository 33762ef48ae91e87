/// What one reading of memory.stat says. Absent is nil, never 0.
package struct MemoryValues: Equatable {
  package var cache: ScannedNumber?
  package var swap: ScannedNumber?
  package var majorFaults: ScannedNumber?
  package var rss: ScannedNumber?
  /// Whether it is a v2 group's, which tells of swap in a file of its own.
  package var isUnified = false

  init(
    cache: ScannedNumber?, swap: ScannedNumber?, majorFaults: ScannedNumber?,
    rss: ScannedNumber?, isUnified: Bool
  ) {
    (self.cache, self.swap, self.majorFaults, self.rss) = (cache, swap, majorFaults, rss)
    self.isUnified = isUnified
  }

  /// Whether the file holds all that is wanted, so that no line can come to stand for it.
  private(set) var isComplete = false

  /// v1: where the file has `total_…` keys, they count. v2: "anon", "file" and "pgmajfault".
  /// `malformed` is raised by each line that is not of the file's form.
  package init(_ scanner: ByteScanner, malformed: inout UInt64) {
    var file = scanner
    // The four values of the group itself, then those with the groups below it.
    var values = InlineArray<8, UInt64>(repeating: 0)
    var present: UInt8 = 0
    while true {
      // No word that is looked for has a newline in it, so it is all in this line.
      var next = file.eightBytes(after: 0)
      var start = 0
      if Word.total.begins(next) {
        start = Word.total.length
        next = file.eightBytes(after: start)
      }
      guard var line = file.line() else { break }
      let (place, length) = Word.place(next)
      // Of the many lines that are not wanted no more is looked at than their ends.
      guard length > 0 else {
        if !line.endsInDigit || next & 0xFF == 0x20 { malformed += 1 }
        continue
      }
      line.skip(start + length)
      // What is left of the longest word.
      if length == 8, !line.skip("lt ") { continue }
      guard let value = line.number(), line.isAtEnd else {
        malformed += 1
        continue
      }
      let index = place & 3 + (start > 0 ? 4 : 0)
      if place >= Word.unified { isUnified = true }
      values[index] = value
      present |= 1 << UInt8(index)
    }
    if file.isTorn { malformed += 1 }
    isComplete = isUnified ? present == 0b1011 : present >= 0xF0
    let group = present >= 1 << 4 ? 4 : 0
    func value(_ place: Int) -> ScannedNumber? {
      present & 1 << UInt8(group + place) != 0 ? ScannedNumber(values[group + place]) : nil
    }
    (rss, cache, swap, majorFaults) = (value(0), value(1), value(2), value(3))
  }

  /// The first bytes, up to eight, of what is looked for. (Numbers, since the compiler
  /// makes no constants of strings.)
  private enum Word {
    static let total = ShortWord(0x0000_5F6C_6174_6F74, length: 6)  // total_
    static let rss = ShortWord(0x0000_0000_2073_7372, length: 4)  // rss, blank
    static let cache = ShortWord(0x0000_2065_6863_6163, length: 6)  // cache, blank
    static let swap = ShortWord(0x0000_0020_7061_7773, length: 5)  // swap, blank
    static let majorFaults = ShortWord(0x7561_666A_616D_6770, length: 8)  // pgmajfau
    static let anon = ShortWord(0x0000_0020_6E6F_6E61, length: 5)  // anon, blank
    static let file = ShortWord(0x0000_0020_656C_6966, length: 5)  // file, blank

    /// Added to the place of a word that v2 alone has.
    static let unified = 4

    /// The place among the values, and the length of the word; 0 for no such word.
    @inline(__always)
    static func place(_ next: UInt64) -> (Int, length: Int) {
      if rss.begins(next) { return (0, rss.length) }
      if cache.begins(next) { return (1, cache.length) }
      if swap.begins(next) { return (2, swap.length) }
      if majorFaults.begins(next) { return (3, majorFaults.length) }
      if anon.begins(next) { return (unified, anon.length) }
      if file.begins(next) { return (unified + 1, file.length) }
      return (0, 0)
    }
  }
}
