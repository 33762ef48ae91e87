/// What a line begins with: up to sixteen bytes.
struct LineWord {
  /// The first eight bytes and the last eight, the first of them lowest; of fewer than sixteen
  /// some are in both.
  private let front: UInt64
  private let back: UInt64
  private let count: UInt8
  /// How many bytes come before the last eight.
  private let place: UInt8
  /// Of fewer than eight bytes: how many bits are of no account.
  private let unused: UInt8

  /// - Parameters:
  ///   - low: the first eight bytes, the first of them lowest. (Numbers, since the compiler
  ///     makes no constants of strings.)
  ///   - high: the others.
  ///   - length: 1 to 16.
  @inline(__always)
  init(_ low: UInt64, _ high: UInt64 = 0, length: Int) {
    let place = max(length - 8, 0)
    front = low
    back = low >> UInt64(place * 8) | (place > 0 ? high << UInt64(64 - place * 8) : 0)
    count = UInt8(truncatingIfNeeded: length)
    self.place = UInt8(truncatingIfNeeded: place)
    unused = UInt8(truncatingIfNeeded: max(8 - length, 0) * 8)
  }

  /// Nil where there are more bytes, or none.
  init?(_ bytes: ByteSlice) {
    guard (1...16).contains(bytes.count) else { return nil }
    let scanner = ByteScanner(bytes)
    self.init(
      scanner.eightBytes(after: 0), scanner.eightBytes(after: 8), length: bytes.count)
  }

  @inline(__always)
  var length: Int { Int(count) }

  /// Whether what comes next begins with the word, be it behind the end.
  @inline(__always)
  fileprivate func begins(_ scanner: ByteScanner) -> Bool {
    let difference =
      (scanner.next(after: 0) ^ front) | (scanner.next(after: Int(place)) ^ back)
    return difference &<< UInt64(unused) == 0
  }
}

extension ByteScanner {
  /// Passes over a word if it comes next.
  @inline(__always)
  mutating func skip(_ word: LineWord) -> Bool {
    guard word.begins(self), word.length <= left else { return false }
    skip(word.length)
    return true
  }
}
