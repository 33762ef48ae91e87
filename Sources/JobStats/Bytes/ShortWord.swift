/// Up to eight bytes to look for, compared all at once with what `ByteScanner.next` gives.
struct ShortWord {
  let length: Int
  private let bytes: UInt64
  private let mask: UInt64

  /// - Parameter bytes: the first of them lowest; those beyond `length` are of no account.
  @inline(__always)
  init(_ bytes: UInt64, length: Int) {
    mask = length < 8 ? 1 << (UInt64(length) * 8) &- 1 : .max
    self.bytes = bytes & mask
    self.length = length
  }

  /// Whether bytes that come next begin with the word.
  @inline(__always)
  func begins(_ next: UInt64) -> Bool { next & mask == bytes }
}
