import BenchmarkSupport
import Glibc
import JobStats

/// One poll of a recorded tree with two devices and three interfaces, whose values and
/// numbers of digits change at every poll.
///
/// The kernel does not tell user time apart finely enough for a poll. So the same system
/// calls, made by a loop in C on the same files, are timed too, poll by poll in turns; what
/// the product takes longer is what it does in user space: scan, subtract, format.
enum PollSection {
  static func run(_ report: Report, isQuick: Bool) throws {
    report.begin(
      .polls, "One poll of a recorded tree, all default statistics",
      """
      Median of single polls, in ns. System calls: the same ones made by the loop in C, on
      the same files. User: the difference. Every value changes, and its number of digits.
      """)
    var table = Table(
      "layout", "polls", "bytes in", "bytes out", "ns/poll", "ns system", "ns user",
      "allocations")
    for layout in RecordedLayout.allCases {
      let row = try measure(layout.tree(), polls: isQuick ? 500 : 3000)
      table.add(
        layout.rawValue, "\(row.product.values.count)", fixed(row.bytesIn, 0),
        fixed(row.bytesOut, 0), fixed(row.product.median, 0), fixed(row.system.median, 0),
        fixed(row.product.median - row.system.median, 0), fixed(row.allocations, 2))
    }
    report.add(table)
  }

  /// Polls of a tree, product and floor in turns: wall time in ns, and bytes.
  struct Turns {
    var product = Samples()
    var system = Samples()
    var bytesIn = 0.0
    var bytesOut = 0.0
    var allocations = 0.0
  }

  static func measure(_ tree: RecordedTree, polls: Int) throws -> Turns {
    var row = Turns()
    let recorded = try RecordedPolls(tree, Registry.byDefault)
    try recorded.warmUp()
    (row.bytesIn, row.bytesOut) = try bytes(recorded)
    try tree.openFloor(writeBytes: UInt64(row.bytesOut))
    var allocations: UInt64 = 0
    var time: UInt64 = 0
    for poll in 0..<polls {
      try recorded.change()
      // The one that comes second finds the files in the caches.
      if poll % 2 == 1 { try row.system.append(timeOfFloor()) }
      allocations += AllocationCounter.count {
        let start = MonotonicClock.now()
        recorded.poll()
        time = MonotonicClock.now() - start
      }
      row.product.append(time)
      if poll % 2 == 0 { try row.system.append(timeOfFloor()) }
    }
    row.allocations = Double(allocations) / Double(polls)
    return row
  }

  /// How many bytes a poll reads and writes, in the mean of all steps.
  static func bytes(_ recorded: RecordedPolls) throws -> (read: Double, written: Double) {
    var sum = (read: 0.0, written: 0.0)
    for _ in 0..<RecordedTexts.steps {
      try recorded.change()
      let before = bench_process_cost(getpid())
      recorded.poll()
      let calls = CallCounts(from: before, to: bench_process_cost(getpid()), 1)
      sum.read += Double(calls.bytesRead)
      sum.written += Double(calls.bytesWritten)
    }
    let count = Double(RecordedTexts.steps)
    return (sum.read / count, sum.written / count)
  }

  private static func timeOfFloor() throws(SystemError) -> UInt64 {
    let start = MonotonicClock.now()
    try Floor.poll()
    return MonotonicClock.now() - start
  }
}
