/// What makes choices for a test.
package protocol ChoiceSource {
  mutating func number(_ range: ClosedRange<Int>) -> Int
}

/// SplitMix64: the same numbers for the same seed, everywhere.
package struct SeededGenerator: RandomNumberGenerator, ChoiceSource {
  private var state: UInt64

  package init(_ seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  package mutating func number(_ range: ClosedRange<Int>) -> Int {
    Int.random(in: range, using: &self)
  }
}

/// Choices by bytes: one for each, two where there is more to choose from than one can tell;
/// the first of the range when there are no more.
package struct ByteChoices: ChoiceSource {
  private var bytes: ArraySlice<UInt8>

  package init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

  package var isAtEnd: Bool { bytes.isEmpty }

  package mutating func number(_ range: ClosedRange<Int>) -> Int {
    var chosen = Int(bytes.popFirst() ?? 0)
    if range.count > 256 { chosen = chosen << 8 | Int(bytes.popFirst() ?? 0) }
    return range.lowerBound + chosen % range.count
  }
}
