/// A copy of what a file said last, to tell whether it says the same again: then nothing has
/// to be scanned. Comparing costs a twentieth of that.
///
/// As long as it says something else each time, most of the texts are not kept: that would be in
/// vain.
final class LastText {
  private let copy = LineBuffer(capacity: 1024)
  private var isKnown = false
  /// How often it has said something else, up to now.
  private var changes = 0

  private static let many = 8

  /// Whether a text is known to be that of the last call, which was not forgotten since.
  func isSame(_ text: ByteSlice) -> Bool {
    if isKnown, copy.bytes.equals(text) {
      changes = 0
      return true
    }
    changes &+= 1
    isKnown = changes < Self.many || changes % Self.many == 0
    if isKnown { keep(text) }
    return false
  }

  @inline(never)
  private func keep(_ text: ByteSlice) {
    copy.clear()
    copy.append(text)
  }

  func forget() { isKnown = false }
}
