import BenchmarkSupport
import Glibc
import JobStats

/// How late the product's polls come, and how late a bare clock_nanosleep(2) loop wakes up: at
/// the same time, on the same processor, half a period apart, so that neither delays the other
/// and whatever else disturbs the machine disturbs both.
final class LatenessPair {
  private static let settling = 100
  /// Of time, of each pair.
  private static let blocks = 20
  private static let draws = 400

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
  init(seconds: UInt64, job: String = MeasuredChild.idleJob, isSecond: Bool = false) throws {
    self.isSecond = isSecond
    if !isSecond { try Shared.begin() }
    bench_pin(isSecond ? 1 : 0)
    defer { bench_pin(-1) }
    product = try MeasuredChild(Order(.late, isSecond: isSecond), job: job)
    while Shared[Self.start(isSecond)] == 0 {
      guard !product.hasEnded else { throw BenchmarkFailure(text: "a child has not polled") }
      usleep(1000)
    }
    bare = try MeasuredChild(Order(.bare, amount: seconds * 100, isSecond: isSecond))
  }

  /// Waits for the end: the product's lateness and the bare loop's, as many of both.
  private func finish() throws -> (ours: [UInt64], limit: [UInt64]) {
    while !bare.hasEnded { usleep(20_000) }
    try bare.end()
    try product.end()
    let ours = Shared[Self.lateness(isSecond)].dropFirst(Self.settling)
    let limit = Shared[Self.bareLateness(isSecond)].dropFirst(Self.settling)
    let count = min(ours.count, limit.count) / Self.blocks * Self.blocks
    return (Array(ours.prefix(count)), Array(limit.prefix(count)))
  }

  /// Waits for the end of all, and tells what came out of them together.
  /// - Parameter name: of the series of the two distributions.
  static func finish(
    _ pairs: LatenessPair..., as demand: Demand, _ name: String, _ report: Report
  ) throws {
    let results = try pairs.map { try $0.finish() }
    let ours = results.flatMap(\.ours)
    let limit = results.flatMap(\.limit)
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
    guard results.allSatisfy({ !$0.ours.isEmpty }) else {
      return report.add(Row(demand: demand, obstacle: "hardly any poll was made"))
    }
    report.add(
      Row(
        demand: demand, figure: Quantity(exactly: late(ours) / 1000),
        floor: Quantity(exactly: late(limit) / 1000),
        ratio: ratio(ours, limit, blocks * pairs.count)))
  }

  /// The 99th percentile.
  private static func late(_ values: [UInt64]) -> Double {
    Samples(values, per: 1).quantile(0.99)
  }

  /// The ratio of both, and between what it is in 95 of 100 cases where as many blocks of time
  /// are drawn from them again and again (bootstrap): time in which the machine is disturbed is
  /// so for both.
  private static func ratio(_ ours: [UInt64], _ limit: [UInt64], _ blocks: Int) -> Quantity {
    let size = ours.count / blocks
    func block(_ values: [UInt64], _ index: Int) -> ArraySlice<UInt64> {
      values[index * size..<(index + 1) * size]
    }
    var ratios = Samples()
    for _ in 0..<draws {
      let drawn = (0..<blocks).map { _ in Int.random(in: 0..<blocks) }
      ratios.append(
        late(drawn.flatMap { block(ours, $0) }) / late(drawn.flatMap { block(limit, $0) }))
    }
    return Quantity(
      late(ours) / late(limit), within: ratios.quantile(0.025)...ratios.quantile(0.975))
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
