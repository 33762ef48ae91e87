import BenchmarkSupport
import Glibc
import JobStats

/// What two kinds of processes cost per poll, measured from outside in turns: one of them is
/// stopped, with its job, while the other is measured.
///
/// Both run on the same processor; and in new processes again and again, since where a process's
/// pages lie makes a difference.
struct Turns {
  // In µs. What is not counted: start-up, with first looks for what may change soon; and
  // the first polls of each turn.
  private static let starting: UInt32 = 1_200_000
  private static let settling: UInt32 = 25_000
  private static let turn: UInt32 = 100_000

  private(set) var product = PollUse()
  private(set) var floor = PollUse()
  var comparison: Comparison { Comparison(product.cpu, over: floor.cpu) }

  /// A pair of processes, measured in so many turns each.
  mutating func addPair(
    processor: CInt, turns: Int, _ makeProduct: () throws -> MeasuredChild,
    _ makeFloor: () throws -> MeasuredChild
  ) throws {
    bench_pin(processor)
    defer { bench_pin(-1) }
    let product = try makeProduct()
    let floor = try makeFloor()
    usleep(Self.starting)
    floor.stop()
    product.stop()
    for _ in 0..<turns {
      try Self.measure(product, &self.product)
      try Self.measure(floor, &self.floor)
    }
    try product.end()
    try floor.end()
  }

  private static func measure(
    _ child: MeasuredChild, _ use: inout PollUse
  ) throws(BenchmarkFailure) {
    child.goOn()
    usleep(settling)
    let (start, before) = (MonotonicClock.now(), child.cost)
    usleep(turn)
    let (end, after) = (MonotonicClock.now(), child.cost)
    child.stop()
    try use.add(before, after, of: child, nanoseconds: end - start)
  }
}
