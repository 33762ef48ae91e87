/// What a line begins with: up to sixteen bytes.
struct LineWord {
  private let bytes: SixteenBytes
  /// Bit N: whether byte N is of account.
  private let mask: UInt16
  private let count: UInt8

  /// - Parameters:
  ///   - low: the first eight bytes, the first of them lowest. (Numbers, since the compiler
  ///     makes no constants of strings.)
  ///   - high: the others.
  ///   - length: 1 to 16.
  @inline(__always)
  init(_ low: UInt64, _ high: UInt64 = 0, length: Int) {
    bytes = SixteenBytes(low, high)
    mask = UInt16(truncatingIfNeeded: SixteenBytes.all >> UInt32(16 - length))
    count = UInt8(truncatingIfNeeded: length)
  }

  /// Nil where there are more bytes, or none, or zeros, as there are behind what was read.
  init?(_ bytes: ByteSlice) {
    guard (1...16).contains(bytes.count), bytes.firstIndex(of: 0) == nil else { return nil }
    let scanner = ByteScanner(bytes)
    self.init(
      scanner.eightBytes(after: 0), scanner.eightBytes(after: 8), length: bytes.count)
  }

  @inline(__always)
  var length: Int { Int(count) }

  /// Whether the word comes next, or after some bytes, be it behind the end.
  @inline(__always)
  func begins(_ scanner: ByteScanner, after offset: Int = 0) -> Bool {
    ~scanner.sixteenBytes(after: offset).equal(bytes) & UInt32(mask) == 0
  }
}
