/// A copy of what a file said last, to tell whether it says the same again: then nothing has
/// to be scanned. Comparing costs a twentieth of that.
///
/// As long as it says something else each time, most of the texts are not kept: that would be in
/// vain.
final class LastText {
  private let copy = LineBuffer(capacity: 64)
  private var isKnown = false
  /// How often it has said something else, up to now.
  private var changes = 0

  private static let many = 8

  /// Whether a text is known to be that of the last call, which was not forgotten since.
  func isSame(_ text: ByteSlice) -> Bool {
    if isKnown, Self.areSame(copy.bytes, text) {
      changes = 0
      return true
    }
    changes &+= 1
    isKnown = changes < Self.many || changes % Self.many == 0
    if isKnown { keep(text) }
    return false
  }

  /// By 64 bytes, and what is shorter by sixteen: less code, which a poll finds cold, than
  /// memcmp(3) has, and than the way there.
  @inline(__always)
  private static func areSame(_ one: ByteSlice, _ other: ByteSlice) -> Bool {
    guard one.count == other.count else { return false }
    let (first, second) = (ByteScanner(one), ByteScanner(other))
    if one.count < 64 { return areSame(first, second, one.count) }
    let last = one.count &- 64
    var place = 0
    while true {
      let others =
        (first.sixteenBytes(after: place) ^ second.sixteenBytes(after: place))
        | (first.sixteenBytes(after: place &+ 16) ^ second.sixteenBytes(after: place &+ 16))
        | (first.sixteenBytes(after: place &+ 32) ^ second.sixteenBytes(after: place &+ 32))
        | (first.sixteenBytes(after: place &+ 48) ^ second.sixteenBytes(after: place &+ 48))
      guard others.equal(0) == SixteenBytes.all else { return false }
      if place == last { return true }
      place = min(place &+ 64, last)
    }
  }

  @inline(__always)
  private static func areSame(
    _ first: ByteScanner, _ second: ByteScanner, _ count: Int
  ) -> Bool {
    var place = 0
    while place < count {
      let same = first.sixteenBytes(after: place).equal(second.sixteenBytes(after: place))
      // Those behind the end do not matter.
      let ours = SixteenBytes.all >> UInt32(truncatingIfNeeded: max(0, 16 &- (count &- place)))
      guard same & ours == ours else { return false }
      place &+= 16
    }
    return true
  }

  @inline(never)
  private func keep(_ text: ByteSlice) {
    copy.clear()
    copy.append(text)
  }

  func listPlaces(in list: inout PrefetchList) {
    list.add(self)
    copy.listPlaces(in: &list)
  }

  func forget() { isKnown = false }
}
