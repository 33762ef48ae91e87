/// Eight digits at a time, in one register: no loop, no table.
enum Digits {
  /// 10^8, the first number that has no eight digits.
  static let bound: UInt64 = 100_000_000
  /// Eight times "0".
  static let zeros: UInt64 = 0x3030_3030_3030_3030

  /// The eight decimal digits of a number below `bound`, as values 0 to 9: the first digit
  /// in the lowest byte.
  @inline(__always)
  static func values(of number: UInt64) -> UInt64 {
    // Halves of four digits, then pairs, then digits; x * 10486 >> 20 is x / 100 below
    // 10,000, and x * 103 >> 10 is x / 10 below 100.
    let halves = number / 10_000 | (number % 10_000) << 32
    let hundreds = (halves &* 10_486) >> 20 & 0x0000_007F_0000_007F
    let pairs = hundreds | (halves &- hundreds &* 100) << 16
    let tens = (pairs &* 103) >> 10 & 0x000F_000F_000F_000F
    return tens | (pairs &- tens &* 10) << 8
  }

  /// The same as text.
  @inline(__always)
  static func text(of number: UInt64) -> UInt64 { values(of: number) | zeros }

  /// How many of eight bytes, the first in the lowest byte, are digits before one is not.
  @inline(__always)
  static func count(in text: UInt64) -> Int {
    let values = text ^ zeros
    // Bit 7 of a byte is set where it is above 9, by itself or after adding.
    let others = values | ((values & 0x7F7F_7F7F_7F7F_7F7F) &+ 0x7676_7676_7676_7676)
    return (others & 0x8080_8080_8080_8080).trailingZeroBitCount / 8
  }

  /// The number that the first `count` of eight bytes, all of them digits, stand for.
  @inline(__always)
  static func number(_ text: UInt64, count: Int) -> UInt64 {
    // Leading zeros take the place of what comes behind.
    var value = (text ^ zeros) << UInt64(64 &- count &* 8)
    value = value &* 10 &+ value >> 8
    let pairs: UInt64 = 0x0000_00FF_0000_00FF
    let high = (value & pairs) &* (100 &+ 1_000_000 << 32)
    let low = (value >> 16 & pairs) &* (1 &+ 10_000 << 32)
    return (high &+ low) >> 32
  }

  /// 10 to the power of `exponent`, which is below 8.
  @inline(__always)
  static func power(_ exponent: Int) -> UInt64 {
    (exponent & 1 == 0 ? 1 : 10) &* (exponent & 2 == 0 ? 1 : 100)
      &* (exponent & 4 == 0 ? 1 : 10_000)
  }
}
