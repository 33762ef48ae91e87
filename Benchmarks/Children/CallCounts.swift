import BenchmarkSupport

/// What the kernel counted of some polls, per poll: whether two loops do the same.
struct CallCounts {
  /// Hundredths of a read.
  private let reads: UInt64
  let bytesRead: UInt64
  let bytesWritten: UInt64

  init(from before: bench_cost, to after: bench_cost, _ polls: Int) {
    func mean(_ sum: UInt64) -> UInt64 { (sum + UInt64(polls / 2)) / UInt64(polls) }
    // Without the read that asking took, the first time.
    let asking: UInt64 = before.own_bytes > 0 ? 1 : 0
    reads = mean((after.reads - before.reads - asking) * 100)
    bytesRead = mean(after.bytes_read - before.bytes_read - before.own_bytes)
    bytesWritten = mean(after.bytes_written - before.bytes_written)
  }

  /// Tells the parent.
  func note(_ list: Shared.List) {
    for value in [reads, bytesRead, bytesWritten] { Shared.note(value, list) }
  }

  /// What a child has told.
  init?(_ list: Shared.List) {
    let values = Shared[list]
    guard values.count == 3 else { return nil }
    (reads, bytesRead, bytesWritten) = (values[0], values[1], values[2])
  }

  /// Cells of a table: reads, bytes in, bytes out.
  var cells: [String] { [fixed(Double(reads) / 100, 1), "\(bytesRead)", "\(bytesWritten)"] }

  /// Whether both read as often; once a second the product may look at more.
  func isAlike(_ other: CallCounts) -> Bool {
    max(reads, other.reads) - min(reads, other.reads) < 50
  }
}
