/// Reads memory.stat again and again: the wanted lines stand where they stood before, or
/// nearly, and in the order that all kernels have, so the others are hardly looked at. If one
/// is missing there, all lines are.
///
/// What it has read is in it as it is logged: to hand numbers on costs as much as to read them.
package struct MemoryReader {
  /// The values, in the order in which they are logged.
  enum Key: Int, CaseIterable { case cache, swap, majorFaults, rss }

  fileprivate struct Field {
    let key: ShortText
    var line: WantedLine

    init(_ key: StaticString, _ word: LineWord) {
      self.key = ShortText(key)
      line = WantedLine(word)
    }

    /// Puts " NUMBER KEY". (It changes nothing; but else the compiler copies it all first.)
    @inline(__always)
    mutating func put(_ text: inout LineCursor) {
      text.putBlank()
      text.put(line.number, key)
    }
  }

  private var fields = Field.v1
  /// Which of them there are, by bits: absent is not 0.
  private var present = 0
  /// The order of the lines in the file.
  private var order: InlineArray<4, Key> = [.cache, .rss, .swap, .majorFaults]
  /// How many lines the last reading had, if all that are wanted; else 0.
  private var known = 0
  /// How many fields there are. Not a constant: four copies of the same code would be longer.
  private let size = Key.allCases.count
  /// Whether it is a v2 group's, which tells of swap in a file of its own.
  private(set) var isUnified = false

  package init() {}

  package mutating func read(_ scanner: ByteScanner, malformed: inout UInt64) {
    var count: UInt64 = 0
    if known > 0, again(scanner, &count) {
      malformed += count + (scanner.isTorn ? 1 : 0)
      return
    }
    readAll(scanner, &malformed)
  }

  /// Returns whether all were found.
  @inline(__always)
  private mutating func again(_ scanner: ByteScanner, _ malformed: inout UInt64) -> Bool {
    var file = scanner
    for index in 0..<known {
      guard file.take(&fields[order[index].rawValue].line, malformed: &malformed) else {
        return false
      }
    }
    return true
  }

  @inline(never)
  private mutating func readAll(_ scanner: ByteScanner, _ malformed: inout UInt64) {
    let values = MemoryValues(scanner, malformed: &malformed)
    isUnified = values.isUnified
    fields = isUnified ? Field.v2 : Field.v1
    order =
      isUnified ? [.rss, .cache, .majorFaults, .swap] : [.cache, .rss, .swap, .majorFaults]
    known = !values.isComplete ? 0 : isUnified ? 3 : 4
    self[.cache] = values.cache
    self[.swap] = values.swap
    self[.majorFaults] = values.majorFaults
    self[.rss] = values.rss
  }

  /// What the last reading said, and what is not in memory.stat.
  subscript(key: Key) -> ScannedNumber? {
    get { present >> key.rawValue & 1 != 0 ? fields[key.rawValue].line.number : nil }
    set {
      present &= ~(1 << key.rawValue)
      guard let newValue else { return }
      fields[key.rawValue].line.number = newValue
      present |= 1 << key.rawValue
    }
  }

  /// 0 where it is absent.
  var rss: UInt64 { self[.rss]?.value ?? 0 }

  /// Whether it says nothing of use.
  var isEmpty: Bool { present == 0 }

  /// Puts " NUMBER KEY" for all that are present.
  @inline(__always)
  mutating func put(_ line: inout LineCursor) {
    for index in 0..<size where present &>> index & 1 != 0 { fields[index].put(&line) }
  }
}

extension MemoryReader.Field {
  static var v1: InlineArray<4, Self> {
    [
      Self(" cache", LineWord(0x6163_5F6C_6174_6F74, 0x65_6863, length: 11)),  // total_cache
      Self(" swap", LineWord(0x7773_5F6C_6174_6F74, 0x7061, length: 10)),  // total_swap
      // total_pgmajfault
      Self(" pgmajfault", LineWord(0x6770_5F6C_6174_6F74, 0x746C_7561_666A_616D, length: 16)),
      Self(" rss", LineWord(0x7372_5F6C_6174_6F74, 0x73, length: 9)),  // total_rss
    ]
  }

  static var v2: InlineArray<4, Self> {
    [
      Self(" cache", LineWord(0x656C_6966, length: 4)),  // file
      Self(" swap", LineWord(0x7061_7773, length: 4)),  // in a file of its own
      Self(" pgmajfault", LineWord(0x7561_666A_616D_6770, 0x746C, length: 10)),  // pgmajfault
      Self(" rss", LineWord(0x6E6F_6E61, length: 4)),  // anon
    ]
  }
}

extension MemoryReader {
  /// All of it.
  package var values: MemoryValues {
    MemoryValues(
      cache: self[.cache], swap: self[.swap], majorFaults: self[.majorFaults], rss: self[.rss],
      isUnified: isUnified)
  }
}
