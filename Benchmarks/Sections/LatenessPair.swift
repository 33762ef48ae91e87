import BenchmarkSupport
import Glibc
import JobStats

/// How late the product's polls come, and how late a bare clock_nanosleep(2) loop wakes up: at
/// the same time, on the same processor, half a period apart, so that neither delays the other
/// and whatever else disturbs the machine disturbs both.
///
/// In new processes again and again: polls 10 ms apart stay as far from the scheduler's ticks as
/// they are at first, and that makes a difference.
final class LatenessPair {
  // Polls of a process, and how many of them at its start are left out.
  private static let polls = 250
  private static let settling = 50

  private let product: MeasuredChild
  private let bare: MeasuredChild
  private let isSecond: Bool

  static func start(_ isSecond: Bool) -> Shared.Number { isSecond ? .secondStart : .start }
  static func lateness(_ isSecond: Bool) -> Shared.List {
    isSecond ? .secondProductLateness : .productLateness
  }
  static func bareLateness(_ isSecond: Bool) -> Shared.List {
    isSecond ? .secondFloorLateness : .floorLateness
  }

  /// Begins. There may be two at a time.
  /// - Parameters:
  ///   - job: of the product.
  ///   - isSecond: whether there is one already; this one is on another processor.
  private init(job: String, isSecond: Bool) throws {
    self.isSecond = isSecond
    if !isSecond { try Shared.begin() }
    bench_pin(isSecond ? 1 : 0)
    defer { bench_pin(-1) }
    product = try MeasuredChild(Order(.late, isSecond: isSecond), job: job)
    while Shared[Self.start(isSecond)] == 0 {
      guard !product.hasEnded else { throw BenchmarkFailure(text: "a child has not polled") }
      usleep(1000)
    }
    bare = try MeasuredChild(Order(.bare, amount: UInt64(Self.polls), isSecond: isSecond))
  }

  private func wait() { while !bare.hasEnded { usleep(20_000) } }

  private func finish() throws -> Lateness {
    try bare.end()
    try product.end()
    let ours = Shared[Self.lateness(isSecond)].dropFirst(Self.settling)
    let limit = Shared[Self.bareLateness(isSecond)].dropFirst(Self.settling)
    let count = min(ours.count, limit.count)
    return Lateness(ours: Array(ours.prefix(count)), limit: Array(limit.prefix(count)))
  }

  /// For so long one pair after another, or two at a time: together, they are one of the results.
  /// - Parameter jobs: of one product, or of two.
  static func measure(seconds: Int, jobs: String...) throws -> [Lateness] {
    let end = MonotonicClock.now() + UInt64(seconds) * 1_000_000_000
    var results: [Lateness] = []
    repeat {
      var pairs: [LatenessPair] = []
      for (index, job) in jobs.enumerated() {
        pairs.append(try LatenessPair(job: job, isSecond: index > 0))
      }
      // Before any job ends: one may keep the processors busy for both.
      for pair in pairs { pair.wait() }
      let both = try pairs.map { try $0.finish() }
      results.append(Lateness(ours: both.flatMap(\.ours), limit: both.flatMap(\.limit)))
    } while MonotonicClock.now() < end
    return results
  }
}

/// Nanoseconds by which polls came late: of one pair, or of two at the same time.
struct Lateness {
  private static let draws = 400

  /// The product's, and the bare loop's: as many.
  let ours: [UInt64]
  let limit: [UInt64]

  /// Tells of all of them together.
  /// - Parameter name: of the series of the two distributions.
  static func tell(_ pairs: [Lateness], _ demand: Demand, _ name: String, _ report: Report) {
    let ours = pairs.flatMap(\.ours)
    let limit = pairs.flatMap(\.limit)
    var table = Table("lateness in us", "p50", "p90", "p99", "max", "polls")
    for (name, values) in [("crunchstat", ours), ("bare loop", limit)] {
      let samples = Samples(values, per: 1000)
      table.add(
        name, fixed(samples.median, 1), fixed(samples.quantile(0.9), 1),
        fixed(samples.quantile(0.99), 1), fixed(samples.maximum, 1), "\(values.count)")
    }
    report.add(table)
    report.add("lateness \(name), crunchstat", distribution(ours))
    report.add("lateness \(name), bare loop", distribution(limit))
    guard !ours.isEmpty else {
      return report.add(Row(demand: demand, obstacle: "hardly any poll was made"))
    }
    report.add(
      Row(
        demand: demand, figure: Quantity(exactly: late(ours) / 1000),
        floor: Quantity(exactly: late(limit) / 1000), ratio: ratio(pairs)))
  }

  /// The 99th percentile.
  private static func late(_ values: [UInt64]) -> Double {
    Samples(values, per: 1).quantile(0.99)
  }

  /// The ratio of both, and between what it is in 95 of 100 cases where as many are drawn
  /// from them again and again (bootstrap): time in which the machine is disturbed is so for both.
  private static func ratio(_ pairs: [Lateness]) -> Quantity {
    func ratio(_ pairs: [Lateness]) -> Double {
      late(pairs.flatMap(\.ours)) / late(pairs.flatMap(\.limit))
    }
    var ratios = Samples()
    for _ in 0..<draws {
      ratios.append(ratio(pairs.map { _ in pairs[Int.random(in: pairs.indices)] }))
    }
    return Quantity(ratio(pairs), within: ratios.quantile(0.025)...ratios.quantile(0.975))
  }

  /// The share of polls that come later, by lateness in µs: both with all that is rare.
  private static func distribution(_ values: [UInt64]) -> [[Double]] {
    let sorted = values.sorted()
    let count = sorted.count
    let steps = 200
    var points: [[Double]] = []
    for (index, value) in sorted.enumerated()
    where index * steps / max(1, count) != (index - 1) * steps / max(1, count)
      || count - index <= steps / 4
    {
      points.append([Double(value) / 1000, Double(count - index) / Double(count)])
    }
    return points
  }
}
