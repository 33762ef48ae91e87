import BenchmarkSupport
import Glibc
import JobStats

/// What polls of the release executable cost, beside the floor's, measured from outside: both
/// poll on the same processor, half a period apart, so that a poll of the one comes as long after
/// a poll of the other as the other way round, and whatever changes on the machine changes both.
///
/// In new processes again and again, since it makes a difference where a process's pages lie: a
/// sample is what all polls of a second have cost, with what is done once a second. A pair is
/// measured on each of two processors at a time.
struct SideBySide {
  /// Not 10 ms: what else comes every so many milliseconds, in this kernel or below it, would
  /// meet the polls of one of the two for as long as they live.
  private static let period: UInt64 = 10_100_000
  // In µs. What is not counted: start-up, with first looks for what may change soon.
  private static let beginning: UInt32 = 100_000
  private static let starting: UInt32 = 400_000
  private static let measured: UInt32 = 1_010_000
  private static let processors: CInt = 2

  private(set) var product = PollUse()
  private(set) var floor = PollUse()
  var comparison: Comparison { Comparison(product.cpu, over: floor.cpu) }

  /// What is lost of so many processors by polls that come every 10 ms, in percent.
  func loss(ofProcessors count: Double) -> Comparison {
    let percent = 100 / count * Double(Self.period) / Double(Floor.period)
    return Comparison(product.share.scaled(percent), over: floor.share.scaled(percent))
  }

  /// Measures pairs for so long, at least one on each processor.
  /// - Parameter job: of each of the processes.
  init(_ executable: String, seconds: Int, job: String) throws {
    try Shared.begin()
    let bytes = try PollUse.bytesWritten(executable, job: job)
    let end = MonotonicClock.now() + UInt64(seconds) * 1_000_000_000
    repeat { try measurePairs(executable, bytes, job) } while MonotonicClock.now() < end
  }

  private mutating func measurePairs(
    _ executable: String, _ bytes: UInt64, _ job: String
  ) throws {
    defer { bench_pin(-1) }
    var products: [MeasuredChild] = []
    for processor in 0..<Self.processors {
      bench_pin(processor)
      let period = "\(Self.period / 1000)us"
      products.append(try MeasuredChild(executable, period: period, job: job))
    }
    usleep(Self.beginning)
    var floors: [MeasuredChild] = []
    for processor in 0..<Self.processors {
      bench_pin(processor)
      Shared[.start] = try Self.nextPoll(products[Int(processor)])
      let order = Order(.floor, writeBytes: bytes, period: Self.period)
      let floor = try MeasuredChild(order, job: job)
      // It takes the time from there when it begins.
      _ = try Self.nextPoll(floor)
      floors.append(floor)
    }
    bench_pin(-1)
    usleep(Self.starting)
    let before = (products + floors).map { (time: MonotonicClock.now(), cost: $0.cost) }
    usleep(Self.measured)
    let after = (products + floors).map { (time: MonotonicClock.now(), cost: $0.cost) }
    for index in before.indices {
      let (first, last) = (before[index], after[index])
      let time = last.time - first.time
      if index < products.count {
        try product.add(first.cost, last.cost, nanoseconds: time)
      } else {
        try floor.add(first.cost, last.cost, nanoseconds: time)
      }
    }
    for child in products + floors { try child.end() }
  }

  /// Waits for a poll of a process. Returns when it was, to a tenth of a millisecond.
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
