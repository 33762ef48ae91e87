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

  /// What a process has used in its turns.
  struct Use {
    /// CPU time per poll, in µs.
    var cpu = Samples()
    /// CPU time by time, as a share of one processor.
    var share = Samples()
    /// Per poll.
    var reads = Samples()
    var bytesRead = Samples()
    var bytesWritten = Samples()

    /// Cells of a table.
    var cells: [String] {
      [
        fixed(cpu.median, 1), fixed(reads.median, 1), fixed(bytesRead.median, 0),
        fixed(bytesWritten.median, 0),
      ]
    }
    static let heading = ["", "CPU us/poll", "reads/poll", "bytes in", "bytes out"]
  }

  private(set) var product = Use()
  private(set) var floor = Use()
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

  /// How many bytes a poll writes.
  static func bytesWritten(_ executable: String, job: String) throws -> UInt64 {
    let child = try MeasuredChild(executable, period: "10", job: job)
    usleep(starting)
    var use = Use()
    try measure(child, &use)
    try child.end()
    return UInt64(use.bytesWritten.median.rounded())
  }

  private static func measure(
    _ child: MeasuredChild, _ use: inout Use
  ) throws(BenchmarkFailure) {
    child.goOn()
    usleep(settling)
    let (start, before) = (MonotonicClock.now(), child.cost)
    usleep(turn)
    let (end, after) = (MonotonicClock.now(), child.cost)
    child.stop()
    try use.add(before, after, nanoseconds: end - start)
  }
}

extension Turns.Use {
  /// A poll is one write.
  mutating func add(
    _ before: bench_cost, _ after: bench_cost, nanoseconds: UInt64
  ) throws(BenchmarkFailure) {
    guard after.writes > before.writes else {
      throw BenchmarkFailure(text: "a process has not polled, or its writes are not counted")
    }
    let polls = Double(after.writes - before.writes)
    cpu.append(Double(after.cpu - before.cpu) / polls / 1000)
    share.append(Double(after.cpu - before.cpu) / Double(nanoseconds))
    reads.append(Double(after.reads - before.reads) / polls)
    bytesRead.append(Double(after.bytes_read - before.bytes_read) / polls)
    bytesWritten.append(Double(after.bytes_written - before.bytes_written) / polls)
  }
}
