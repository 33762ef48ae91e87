/// Up to 48 bytes that go into one line after the other: by three stores, however many they are.
struct LineText {
  private(set) var parts: (SixteenBytes, SixteenBytes, SixteenBytes) = (.zero, .zero, .zero)
  private(set) var count = 0

  static let most = 48

  init() {}

  /// The first bytes of a part of a buffer's text, `most` of them at most. (Behind all that a
  /// `LineBuffer` holds so much can be read: `LineCursor.slack`.)
  init(_ part: Range<Int>, of buffer: LineBuffer) {
    let scanner = ByteScanner(buffer.bytes[part])
    parts = (
      scanner.sixteenBytes(), scanner.sixteenBytes(after: 16), scanner.sixteenBytes(after: 32)
    )
    count = min(part.count, Self.most)
  }
}
