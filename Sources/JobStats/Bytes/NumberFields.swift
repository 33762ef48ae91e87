/// Which of eight bytes, the first in the lowest, are digits, and which are neither digits nor
/// blanks. Of blanks (0x20) and digits (0x30 to 0x39) bit 4 tells which.
struct NumberFields {
  /// Bit 0 of each byte that is a digit, up to the first that is neither.
  let digits: UInt64
  /// Bit 0 of the first digit of each number.
  let starts: UInt64
  /// Not 0 in bytes that are neither; above the first of them it may be wrong.
  let others: UInt64

  /// - Parameter afterDigit: bit 0: whether a digit stands before the bytes.
  @inline(__always)
  init(_ bytes: UInt64, _ afterDigit: UInt64) {
    // Of a blank nothing is left, of a digit 0x10 and its value.
    let values = bytes ^ 0x2020_2020_2020_2020
    var digits = (values >> 4) & 0x0101_0101_0101_0101
    others =
      values & ~(digits &* 0x1F) | (values &+ 0x0606_0606_0606_0606) & 0x2020_2020_2020_2020
    if others != 0 { digits &= 1 << UInt64(others.trailingZeroBitCount & ~7) &- 1 }
    self.digits = digits
    starts = digits & ~(digits << 8 | afterDigit)
  }

  /// How many numbers begin.
  @inline(__always)
  var count: Int { Int(truncatingIfNeeded: (starts &* 0x0101_0101_0101_0101) >> 56) }
}
