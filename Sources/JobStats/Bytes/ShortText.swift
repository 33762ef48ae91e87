/// Up to sixteen bytes to put into lines, by one store.
struct ShortText {
  private(set) var bytes = SixteenBytes.zero
  private(set) var count = 0

  init(_ texts: StaticString...) {
    for text in texts {
      for index in 0..<text.utf8CodeUnitCount {
        precondition(count < 16)
        unsafe bytes.bytes[count] = text.utf8Start[index]
        count += 1
      }
    }
  }
}
