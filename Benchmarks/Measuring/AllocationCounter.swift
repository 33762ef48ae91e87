import BenchmarkSupport

/// The executable's malloc and its kin, counted.
enum AllocationCounter {
  /// How many blocks `body` has asked for.
  static func count(_ body: () -> Void) -> UInt64 {
    bench_allocations_begin()
    body()
    bench_allocations_pause()
    return bench_allocations()
  }

  /// Whether the counter sees what it is to see: C's calls, one by one, and what Swift's
  /// runtime asks for when an instance is made and when an array grows.
  static var counts: Bool {
    let inC = count { bench_allocate_in_every_way() }
    let nothing = count { bench_keep(1) }
    let instance = count { keep(Probe(bench_allocations())) }
    let array = count {
      var values: [UInt64] = []
      for value in 0..<(100 + bench_allocations()) { values.append(value) }
      keep(Probe(values.reduce(0, +)))
    }
    return inC == 6 && nothing == 0 && instance == 1 && array > 2
  }

  private final class Probe {
    let value: UInt64
    init(_ value: UInt64) { self.value = value }
  }

  /// Lets an instance out of sight, so that it can't live on the stack.
  @inline(never)
  private static func keep(_ probe: Probe) {
    unsafe last = probe
    unsafe bench_keep(last?.value ?? 0)
  }
  nonisolated(unsafe) private static var last: Probe?
}
