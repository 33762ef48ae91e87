import CStatShim
import Glibc
import TestSupport
import Testing

@Suite struct ShimRuntimeTests {
  @Test func `the start is told: when it was, and by whom`() {
    var now = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &now)
    let time = UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec)
    #expect(cstat_start_time() > 0)
    #expect(cstat_start_time() < time)
    #expect(cstat_first_parent() == getppid())
  }

  @Test func `sixteen bytes are compared each by itself`() {
    var random = SeededGenerator(5)
    for _ in 0..<2000 {
      var (one, other) = (SIMD16<UInt8>(), SIMD16<UInt8>())
      var equal = UInt32(0)
      for place in 0..<16 {
        one[place] = UInt8(random.number(0...255))
        other[place] = random.number(0...1) == 0 ? one[place] : UInt8(random.number(0...255))
        if one[place] == other[place] { equal |= 1 << UInt32(place) }
      }
      #expect(cstat_equal(one, other) == equal)
    }
  }

  @Test func `each of sixteen bytes is a digit or is not`() {
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    for place in 0..<16 {
      for byte in UInt8.min...UInt8.max {
        var bytes = SIMD16<UInt8>(repeating: UInt8(ascii: "0"))
        bytes[place] = byte
        let expected: UInt32 = digits.contains(byte) ? 0xFFFF : 0xFFFF & ~(1 << UInt32(place))
        #expect(cstat_is_digit(bytes) == expected)
      }
    }
  }
}
