/// A number that was read, with its digits as they stood there: what is logged as it was read
/// need not be made into text again.
package struct ScannedNumber: Equatable {
  package let value: UInt64
  /// The first sixteen bytes of the text; what stands behind the digits is of no account.
  let text: (low: UInt64, high: UInt64)
  /// How many digits were read.
  let digits: Int

  /// More digits than are kept.
  static let many = 17

  @inline(__always)
  init(_ value: UInt64, _ low: UInt64, _ high: UInt64, digits: Int) {
    self.value = value
    text = (low, high)
    self.digits = digits
  }

  /// One whose text is not known.
  @inline(__always)
  package init(_ value: UInt64) { self.init(value, Digits.zeros, 0, digits: Self.many) }

  /// Whether the numbers are the same, however they were written.
  package static func == (one: ScannedNumber, other: ScannedNumber) -> Bool {
    one.value == other.value
  }

  /// Whether the text is what a number is logged as: no leading zeros, and all of it known.
  @inline(__always)
  var hasText: Bool { text.low & 0xFF != 0x30 || digits == 1 }
}
