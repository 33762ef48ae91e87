/// Up to sixteen bytes to put into lines, by one store.
struct ShortText {
  /// The first of them lowest.
  private(set) var bytes: SIMD2<UInt64> = .zero
  private(set) var count = 0

  init(_ texts: StaticString...) {
    for text in texts {
      for index in 0..<text.utf8CodeUnitCount {
        precondition(count < 16)
        bytes[count / 8] |= UInt64(unsafe text.utf8Start[index]) << UInt64(count % 8 * 8)
        count += 1
      }
    }
  }
}
