/// Eight digits at a time, in one register: no loop, no table.
enum Digits {
  /// 10^8, the first number that has no eight digits.
  static let bound: UInt64 = 100_000_000
  /// Eight times "0".
  static let zeros: UInt64 = 0x3030_3030_3030_3030

  /// Nanoseconds in 10,000ths of a second, rounded to the nearest.
  @inline(__always)
  static func tenThousandths(_ nanoseconds: UInt64) -> UInt64 {
    (nanoseconds / 50_000 &+ 1) / 2
  }

  /// The eight decimal digits of a number below `bound`, as values 0 to 9: the first digit
  /// in the lowest byte.
  @inline(__always)
  static func values(of number: UInt64) -> UInt64 {
    // Halves of four digits, then pairs, then digits: each time the quotient goes into the lower
    // half, and the remainder, x - quotient * divisor, into the upper one.
    // x * 3518437209 >> 45 is x / 10,000 below 2^32, x * 10486 >> 20 is x / 100 below 10,000,
    // and x * 103 >> 10 is x / 10 below 100.
    let thousands = (number &* 3_518_437_209) >> 45
    let halves = number << 32 &+ thousands &* (1 &- 10_000 << 32)
    let hundreds = (halves &* 10_486) >> 20 & 0x0000_007F_0000_007F
    let pairs = halves << 16 &+ hundreds &* (1 &- 100 << 16)
    let tens = (pairs &* 103) >> 10 & 0x000F_000F_000F_000F
    return pairs << 8 &+ tens &* (1 &- 10 << 8)
  }

  /// The same as text.
  @inline(__always)
  static func text(of number: UInt64) -> UInt64 { values(of: number) | zeros }

  /// The number that eight digits stand for, the first of them in the lowest byte.
  /// - Parameter text: a byte that is 0 serves for a leading "0".
  @inline(__always)
  static func number(_ text: UInt64) -> UInt64 {
    // Pairs, fours, eights; what overflows is cut off.
    let values = text & 0x0F0F_0F0F_0F0F_0F0F
    let pairs = (values &* (1 &+ 10 << 8)) >> 8 & 0x00FF_00FF_00FF_00FF
    let fours = (pairs &* (1 &+ 100 << 16)) >> 16 & 0x0000_FFFF_0000_FFFF
    return (fours &* (1 &+ 10_000 << 32)) >> 32
  }
}
