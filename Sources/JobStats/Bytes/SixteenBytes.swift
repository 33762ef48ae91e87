import CStatShim

/// Sixteen bytes that are looked at together, in a few instructions whatever they are.
struct SixteenBytes {
  var bytes: SIMD16<UInt8>

  init(bytes: SIMD16<UInt8>) { self.bytes = bytes }

  /// - Parameters: the first eight bytes and the others, the first of them lowest.
  @inline(__always)
  init(_ low: UInt64, _ high: UInt64) {
    bytes = unsafe unsafeBitCast(
      SIMD2(low.littleEndian, high.littleEndian), to: SIMD16<UInt8>.self)
  }

  static var zero: Self { Self(0, 0) }

  /// The first of them.
  @inline(__always)
  var first: UInt8 {
    UInt8(truncatingIfNeeded: unsafe unsafeBitCast(bytes, to: SIMD2<UInt64>.self)[0])
  }

  /// All sixteen, as bits.
  static let all: UInt32 = 0xFFFF

  /// Bit N: whether byte N is the same in both.
  @inline(__always)
  func equal(_ other: Self) -> UInt32 { cstat_equal(bytes, other.bytes) }

  /// What is another in both: zeros where bits are the same.
  @inline(__always)
  static func ^ (one: Self, other: Self) -> Self { Self(bytes: one.bytes ^ other.bytes) }

  @inline(__always)
  static func | (one: Self, other: Self) -> Self { Self(bytes: one.bytes | other.bytes) }

  /// Bit N: whether byte N is this one.
  @inline(__always)
  func equal(_ byte: UInt8) -> UInt32 { cstat_equal(bytes, SIMD16(repeating: byte)) }

  /// How many bytes, from the first one on, are this one.
  @inline(__always)
  func count(of byte: UInt8) -> Int { (~equal(byte)).trailingZeroBitCount }

  /// How many are digits before one is not.
  @inline(__always)
  var digits: Int { (~cstat_is_digit(bytes)).trailingZeroBitCount }
}
