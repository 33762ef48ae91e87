/// The lines of a file of devices, as its last reading had them: as long as each begins as it
/// did then, what is wanted stands where it stood, and no name is looked at.
struct KnownLines {
  /// What stands behind the word that a line begins with.
  enum Content: UInt8 {
    /// A number, and the line's end: of the two counters one, or neither.
    case first, second, unwanted
    /// Both counters, in a way that the file's own scanner knows.
    case both
    /// Nothing, or what is passed over and ends in a digit.
    case nothing, others
  }

  struct Line {
    let word: LineWord
    let content: Content
    /// Whose they are.
    let row: Int32
  }

  private(set) var lines: ContiguousArray<Line> = []
  /// Whether they are all lines of the file, and there are any: a span of none may trap.
  private(set) var areAll = false

  /// Begins a reading that knows nothing.
  mutating func begin() {
    if !lines.isEmpty { lines.removeAll(keepingCapacity: true) }
    areAll = false
  }

  /// Adds a line, unless it begins with more than a word.
  mutating func add(_ start: ByteSlice, _ content: Content, row: Int = 0) {
    guard let word = LineWord(start), lines.count < Self.most else { return }
    lines.append(Line(word: word, content: content, row: Int32(row)))
  }

  /// More than any machine has; a file that is none of the kernel's may have any number.
  private static let most = 1 << 16

  /// Ends the reading of a file of so many lines.
  mutating func end(of count: Int, isTorn: Bool) {
    areAll = count > 0 && lines.count == count && !isTorn
  }
}
