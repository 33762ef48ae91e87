/// A text that has been looked at once, to tell whether the same stands there again: then it need
/// not be looked at. Of 33 to 48 bytes; no other is kept.
struct KnownText {
  /// The first 32 bytes, and the last 16.
  private var parts: (SixteenBytes, SixteenBytes, SixteenBytes) = (.zero, .zero, .zero)
  private var length = Self.none
  /// More than any file has.
  private static let none = Int.max

  /// Passes over the text if it comes next.
  @inline(__always)
  func skip(_ scanner: inout ByteScanner) -> Bool {
    guard length <= scanner.left else { return false }
    let same =
      scanner.sixteenBytes().equal(parts.0) & scanner.sixteenBytes(after: 16).equal(parts.1)
      & scanner.sixteenBytes(after: length &- 16).equal(parts.2)
    guard same == SixteenBytes.all else { return false }
    scanner.skip(length)
    return true
  }

  /// Keeps the first bytes of what comes next.
  mutating func keep(_ count: Int, of scanner: ByteScanner) {
    guard (33...48).contains(count), count <= scanner.left else {
      length = Self.none
      return
    }
    length = count
    parts = (
      scanner.sixteenBytes(), scanner.sixteenBytes(after: 16),
      scanner.sixteenBytes(after: count - 16)
    )
  }
}
