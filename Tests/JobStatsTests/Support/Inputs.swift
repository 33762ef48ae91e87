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
