/// A copy of what a file said last, to tell whether it says the same again: then nothing has
/// to be scanned. Comparing costs a twentieth of that.
final class LastText {
  private let copy = LineBuffer(capacity: 1024)
  private var isKnown = false

  /// Whether a text is that of the last call, which was not forgotten since.
  func isSame(_ text: ByteSlice) -> Bool {
    if isKnown, copy.bytes.equals(text) { return true }
    copy.clear()
    copy.append(text)
    isKnown = true
    return false
  }

  func forget() { isKnown = false }
}
