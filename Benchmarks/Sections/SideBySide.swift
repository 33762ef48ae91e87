import BenchmarkSupport
import Glibc
import JobStats

/// What polls of the release executable cost, beside the floor's, measured from outside: both
/// poll on the same processor, half a period apart, so that a poll of the one comes as long after
/// a poll of the other as the other way round, and whatever changes on the machine changes both.
///
/// In new processes again and again, since it makes a difference where a process's pages lie: a
/// sample is what all polls of a second have cost, with what is done once a second.
struct SideBySide {
  /// Not 10 ms: what else comes every so many milliseconds, in this kernel or below it, would
  /// meet the polls of one of the two for as long as they live.
  private static let period: UInt64 = 10_100_000
  // In µs. What is not counted: start-up, with first looks for what may change soon.
  private static let beginning: UInt32 = 50_000
  private static let starting: UInt32 = 400_000
  private static let measured: UInt32 = 1_010_000

  private(set) var product = PollUse()
  private(set) var floor = PollUse()
  var comparison: Comparison { Comparison(product.cpu, over: floor.cpu) }

  /// What is lost of so many processors by polls that come every 10 ms, in percent.
  func loss(ofProcessors count: Double) -> Comparison {
    let percent = 100 / count * Double(Self.period) / Double(Floor.period)
    return Comparison(product.share.scaled(percent), over: floor.share.scaled(percent))
  }

  /// Measures pairs for so long, at least one.
  /// - Parameters:
  ///   - processor: where they poll.
  ///   - job: of each of the processes.
  init(_ executable: String, seconds: Int, processor: CInt, job: String) throws {
    try Shared.begin()
    let bytes = try PollUse.bytesWritten(executable, job: job)
    let end = MonotonicClock.now() + UInt64(seconds) * 1_000_000_000
    repeat {
      try measurePair(executable, bytes, processor, job)
    } while MonotonicClock.now() < end
  }

  private mutating func measurePair(
    _ executable: String, _ bytes: UInt64, _ processor: CInt, _ job: String
  ) throws {
    func pinned(_ make: () throws -> MeasuredChild) rethrows -> MeasuredChild {
      bench_pin(processor)
      defer { bench_pin(-1) }
      return try make()
    }
    let product = try pinned {
      try MeasuredChild(executable, period: "\(Self.period / 1000)us", job: job)
    }
    usleep(Self.beginning)
    let order = Order(
      .floor, amount: try Self.deadline(of: product), writeBytes: bytes, period: Self.period)
    let floor = try pinned { try MeasuredChild(order, job: job) }
    usleep(Self.starting)
    let first = (MonotonicClock.now(), product.cost, floor.cost)
    usleep(Self.measured)
    let last = (MonotonicClock.now(), product.cost, floor.cost)
    try self.product.add(
      first.1, last.1, of: product, nanoseconds: last.0 - first.0)
    try self.floor.add(first.2, last.2, of: floor, nanoseconds: last.0 - first.0)
    try product.end()
    try floor.end()
  }

  /// One of the times at which a process is to poll, or a quarter of a millisecond later: of some
  /// polls, as they are seen from here, the one that comes the least late.
  private static func deadline(of child: MeasuredChild) throws(BenchmarkFailure) -> UInt64 {
    let first = try nextPoll(child)
    var earliest = first
    for _ in 1...8 {
      let late = (try nextPoll(child) - first) % period
      if late > period / 2 { earliest = min(earliest, first - (period - late)) }
    }
    return earliest
  }

  private static func nextPoll(_ child: MeasuredChild) throws(BenchmarkFailure) -> UInt64 {
    let limit = MonotonicClock.now() + 2_000_000_000
    let before = child.cost.writes
    while child.cost.writes == before {
      if child.hasEnded || MonotonicClock.now() > limit {
        throw BenchmarkFailure(text: "a process does not poll, or its writes are not counted")
      }
      usleep(50)
    }
    return MonotonicClock.now()
  }
}
