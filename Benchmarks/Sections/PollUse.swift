import BenchmarkSupport
import Glibc
import JobStats

/// What polls of a process have used, measured from outside again and again.
struct PollUse {
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

  /// Polls are counted by what they write.
  mutating func add(
    _ before: bench_cost, _ after: bench_cost, of child: MeasuredChild, nanoseconds: UInt64
  ) throws(BenchmarkFailure) {
    guard after.writes > before.writes else {
      throw BenchmarkFailure(text: "a process has not polled, or its writes are not counted")
    }
    let polls = Double(after.writes - before.writes) / Double(child.writesPerPoll)
    cpu.append(Double(after.cpu - before.cpu) / polls / 1000)
    share.append(Double(after.cpu - before.cpu) / Double(nanoseconds))
    reads.append(Double(after.reads - before.reads) / polls)
    bytesRead.append(Double(after.bytes_read - before.bytes_read) / polls)
    bytesWritten.append(Double(after.bytes_written - before.bytes_written) / polls)
  }

  /// How many bytes a poll of the release executable writes.
  static func bytesWritten(_ executable: String, job: String) throws -> UInt64 {
    let child = try MeasuredChild(executable, period: "10", job: job)
    usleep(1_200_000)
    let (start, before) = (MonotonicClock.now(), child.cost)
    usleep(100_000)
    var use = PollUse()
    try use.add(before, child.cost, of: child, nanoseconds: MonotonicClock.now() - start)
    try child.end()
    return UInt64(use.bytesWritten.median.rounded())
  }
}
