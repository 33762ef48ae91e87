/// A text that has been looked at once, to tell whether the same stands there again: then it need
/// not be looked at. Of 33 to 48 bytes; no other is kept.
struct KnownText {
  /// The first 32 bytes, and the last 16.
  private var parts: (SIMD2<UInt64>, SIMD2<UInt64>, SIMD2<UInt64>) = (.zero, .zero, .zero)
  private var length = 0

  /// Passes over the text if it comes next.
  @inline(__always)
  func skip(_ scanner: inout ByteScanner) -> Bool {
    guard length > 0, length <= scanner.left else { return false }
    let difference =
      (scanner.sixteenBytes(after: 0) ^ parts.0) | (scanner.sixteenBytes(after: 16) ^ parts.1)
      | (scanner.sixteenBytes(after: length &- 16) ^ parts.2)
    guard difference[0] | difference[1] == 0 else { return false }
    scanner.skip(length)
    return true
  }

  /// Keeps the first bytes of what comes next.
  mutating func keep(_ count: Int, of scanner: ByteScanner) {
    guard (33...48).contains(count), count <= scanner.left else {
      length = 0
      return
    }
    length = count
    parts = (
      scanner.sixteenBytes(after: 0), scanner.sixteenBytes(after: 16),
      scanner.sixteenBytes(after: count - 16)
    )
  }
}
