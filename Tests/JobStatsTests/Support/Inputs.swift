import JobStats

/// SplitMix64: the same numbers for the same seed, everywhere.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }
}

let largest = "18446744073709551615"
let tooLarge = "18446744073709551616"

/// Files that hold nothing of use, for scanners that must not fall over them.
let garbage: [[UInt8]] = [
  Array("\n\n\n".utf8), Array("   \n\t\n".utf8), Array("one two three four\n".utf8),
  Array(":::::\n||||\n,,,,\n----\n".utf8), Array("-1\n+1\n1e9\n0x10\n1.5\n".utf8),
  Array(repeating: 0x0A, count: 5000), Array(repeating: 0x39, count: 9000),
  Array(repeating: 0xFF, count: 300) + [0x0A], [0, 0, 0, 0x0A, 0],
  Array((UInt8.min...UInt8.max)), Array((UInt8.min...UInt8.max).reversed()),
]

/// A file cut off after each of its bytes, from none to all.
func truncations(of text: String) -> [[UInt8]] {
  let bytes = Array(text.utf8)
  return (0...bytes.count).map { Array(bytes[..<$0]) }
}

/// The lines of a file that have an end.
func wholeLines(_ bytes: [UInt8]) -> [String] {
  guard let end = bytes.lastIndex(of: 0x0A) else { return [] }
  return bytes[..<end].split(separator: 0x0A, omittingEmptySubsequences: false)
    .map { String(decoding: $0, as: UTF8.self) }
}
