/// What a line begins with: up to sixteen bytes.
struct LineWord {
  private let bytes: SIMD2<UInt64>
  private let mask: SIMD2<UInt64>
  let length: Int

  /// - Parameters:
  ///   - low: the first eight bytes, the first of them lowest. (Numbers, since the compiler
  ///     makes no constants of strings.)
  ///   - high: the others.
  @inline(__always)
  init(_ low: UInt64, _ high: UInt64 = 0, length: Int) {
    mask = SIMD2(ShortWord.mask(min(length, 8)), ShortWord.mask(max(length - 8, 0)))
    bytes = SIMD2(low, high) & mask
    self.length = length
  }

  private init(bytes: SIMD2<UInt64>, mask: SIMD2<UInt64>) {
    (self.bytes, self.mask, length) = (bytes, mask, 0)
  }

  private static var never: LineWord { LineWord(bytes: SIMD2(1, 0), mask: .zero) }

  /// One that no line begins with where there are more bytes, or none.
  init(_ bytes: ByteSlice) {
    guard (1...16).contains(bytes.count) else {
      self = .never
      return
    }
    let scanner = ByteScanner(bytes)
    self.init(
      scanner.eightBytes(after: 0), scanner.eightBytes(after: 8), length: bytes.count)
  }

  /// Whether what comes next begins with the word.
  @inline(__always)
  func begins(_ scanner: ByteScanner) -> Bool {
    let difference = scanner.sixteenBytes(after: 0) & mask ^ bytes
    return difference[0] | difference[1] == 0
  }
}
