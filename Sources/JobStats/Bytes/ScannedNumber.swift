/// A number that was read, with its digits as they stood there: what is logged as it was read
/// need not be made into text again.
package struct ScannedNumber: Equatable {
  package let value: UInt64
  /// The first sixteen bytes of the text; what stands behind the digits is of no account.
  let text: (low: UInt64, high: UInt64)
  /// How many digits were read; 0: none.
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

/// Reads a number of up to fifteen digits; `many` stands for more.
///
/// Not inlined: code that a poll finds cold costs more than calls.
@inline(never)
func readNumber(_ scanner: ByteScanner) -> ScannedNumber {
  let low = scanner.next(after: 0)
  let first = low ^ Digits.zeros
  let bits = Digits.bits(in: first)
  if bits < 64 {
    // Leading zeros take the place of what comes behind.
    let value = Digits.number(first &<< UInt64(truncatingIfNeeded: 64 &- bits))
    return ScannedNumber(value, low, 0, digits: bits >> 3)
  }
  let high = scanner.next(after: 8)
  let more = Digits.bits(in: high ^ Digits.zeros)
  if more == 64 { return ScannedNumber(0) }
  // The last eight digits, and those in front of them.
  let last = Digits.number(scanner.next(after: more >> 3) ^ Digits.zeros)
  let front = Digits.number((first << 1) &<< UInt64(truncatingIfNeeded: 63 &- more))
  return ScannedNumber(front &* Digits.bound &+ last, low, high, digits: 8 &+ more >> 3)
}
