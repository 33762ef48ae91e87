/// A number that was read, with its digits as they stood there: what is logged as it was read
/// need not be made into text again.
package struct ScannedNumber: Equatable {
  /// The first sixteen bytes of the text; what stands behind the digits is of no account.
  let text: SixteenBytes
  package let value: UInt64
  /// How many digits were read.
  let digits: Int

  /// More digits than are kept.
  static let many = 17

  @inline(__always)
  init(_ value: UInt64, _ text: SixteenBytes, digits: Int) {
    self.text = text
    self.value = value
    self.digits = digits
  }

  /// One whose text is not known.
  @inline(__always)
  package init(_ value: UInt64) {
    self.init(value, SixteenBytes(bytes: SIMD16(repeating: 0x30)), digits: Self.many)
  }

  /// Whether the numbers are the same, however they were written.
  package static func == (one: ScannedNumber, other: ScannedNumber) -> Bool {
    one.value == other.value
  }

  /// Whether the text is what a number is logged as: no leading zeros, and all of it known.
  @inline(__always)
  var hasText: Bool { text.first != 0x30 || digits == 1 }
}
