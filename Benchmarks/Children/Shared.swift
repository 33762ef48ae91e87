import BenchmarkSupport

/// What the parent and a measured child tell each other, in memory that both see.
enum Shared {
  /// Numbers, zero at first.
  enum Number: CInt {
    /// Set to 1 by the child when it has done what it was to do.
    case isDone
    case allocations
    /// When the first poll was, on the monotonic clock: of the first pair, and of the second.
    case start, secondStart
  }

  /// Lists, empty at first.
  enum List: CInt {
    /// Nanoseconds of CPU time of each block.
    case productCPU, floorCPU
    /// Nanoseconds from the deadline to the poll: of the first pair, and of the second.
    case productLateness, floorLateness, secondProductLateness, secondFloorLateness
    /// What the kernel counted in the first block: reads, bytes read, bytes written.
    case productCalls, floorCalls
  }

  /// Makes it, and forgets what was in it.
  static func begin() throws(BenchmarkFailure) {
    guard bench_shared_make() == 0 else {
      throw BenchmarkFailure(text: "no memory to share with a child")
    }
    bench_shared_clear()
  }

  static subscript(_ number: Number) -> UInt64 {
    get { bench_get(number.rawValue) }
    set { bench_set(number.rawValue, newValue) }
  }

  static func note(_ value: UInt64, _ list: List) { bench_note(list.rawValue, value) }

  static subscript(_ list: List) -> [UInt64] {
    (0..<bench_note_count(list.rawValue)).map { bench_noted(list.rawValue, $0) }
  }

  /// What the child has said, for people.
  static var text: String { unsafe String(cString: bench_told()) }

  static func tell(_ text: String) { unsafe bench_tell(text) }
}
