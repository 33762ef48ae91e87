import BenchmarkSupport

/// What the parent and a measured child tell each other, in memory that both see.
enum Shared {
  /// What the child is to do beside, or instead of, the product's own work.
  enum Role: UInt64 {
    /// Nothing: it is the product and no more.
    case product
    /// The floor's polls, in place of the product's.
    case floor
    /// Blocks of polls 10 ms apart, the product's and the floor's in turns.
    case paced
    /// The same without a pause between polls.
    case tight
    /// The product's polls, of every statistic, with allocations counted.
    case count
  }

  /// Numbers, zero at first.
  enum Number: CInt {
    case role
    /// How much there is to do: pairs of blocks, or polls.
    case amount
    /// How many bytes a poll of the floor writes.
    case writeBytes
    /// Set to 1 by the child when it has done what it was to do.
    case isDone
    case allocations
    /// Deadlines that went by without a poll.
    case productMissed, floorMissed
  }

  /// Lists, empty at first.
  enum List: CInt {
    /// Nanoseconds of CPU time of each block.
    case productCPU, floorCPU
    /// Nanoseconds from the deadline to the poll.
    case productLateness, floorLateness
    /// What the kernel counted in the first block: reads, bytes read, bytes written.
    case productCalls, floorCalls
  }

  static subscript(_ number: Number) -> UInt64 {
    get { bench_get(number.rawValue) }
    set { bench_set(number.rawValue, newValue) }
  }

  static func note(_ value: UInt64, _ list: List) { bench_note(list.rawValue, value) }

  static subscript(_ list: List) -> [UInt64] {
    (0..<bench_note_count(list.rawValue)).map { bench_noted(list.rawValue, $0) }
  }

  static var role: Role {
    get { Role(rawValue: Self[.role]) ?? .product }
    set { Self[.role] = newValue.rawValue }
  }

  /// What the child has said, for people.
  static var text: String { unsafe String(cString: bench_told()) }

  static func tell(_ text: String) { unsafe bench_tell(text) }
}
