/// Up to eight bytes to put into lines, by one store.
struct ShortText {
  /// The first of them lowest.
  private(set) var bytes: UInt64 = 0
  private(set) var count = 0

  init(_ texts: StaticString...) {
    for text in texts {
      for index in 0..<text.utf8CodeUnitCount {
        precondition(count < 8)
        bytes |= UInt64(unsafe text.utf8Start[index]) << UInt64(8 * count)
        count += 1
      }
    }
  }
}
