import BenchmarkSupport
import Glibc
import JobStats

/// How late the product's polls come, and how late a bare clock_nanosleep(2) loop wakes up: at
/// the same time, on the same processor, half a period apart, so that neither delays the other
/// and whatever else disturbs the machine disturbs both.
final class LatenessPair {
  private static let settling = 100
  private static let blocks = 20
  private static let draws = 400

  private let product: MeasuredChild
  private let bare: MeasuredChild

  /// Begins. There may be one at a time.
  /// - Parameter job: of the product.
  init(seconds: UInt64, job: String = MeasuredChild.idleJob) throws {
    try Shared.begin()
    bench_pin(0)
    defer { bench_pin(-1) }
    product = try MeasuredChild(Order(.late), job: job)
    while Shared[.start] == 0 {
      guard !product.hasEnded else { throw BenchmarkFailure(text: "a child has not polled") }
      usleep(1000)
    }
    bare = try MeasuredChild(Order(.bare, amount: seconds * 100))
  }

  /// Waits for the end, and tells what came out.
  /// - Parameter name: of the series of the two distributions.
  func finish(_ demand: Demand, _ name: String, _ report: Report) throws {
    while !bare.hasEnded { usleep(20_000) }
    try bare.end()
    try product.end()
    let ours = Array(Shared[.productLateness].dropFirst(Self.settling))
    let limit = Array(Shared[.floorLateness].dropFirst(Self.settling))
    var table = Table("lateness in us", "p50", "p90", "p99", "max", "polls")
    for (name, values) in [("crunchstat", ours), ("bare loop", limit)] {
      let samples = Samples(values, per: 1000)
      table.add(
        name, fixed(samples.median, 1), fixed(samples.quantile(0.9), 1),
        fixed(samples.quantile(0.99), 1), fixed(samples.maximum, 1), "\(values.count)")
    }
    report.add(table)
    report.add("lateness \(name), crunchstat", Self.distribution(ours))
    report.add("lateness \(name), bare loop", Self.distribution(limit))
    guard min(ours.count, limit.count) >= Self.blocks else {
      return report.add(Row(demand: demand, obstacle: "hardly any poll was made"))
    }
    report.add(
      Row(
        demand: demand, figure: Quantity(exactly: Self.late(ours) / 1000),
        floor: Quantity(exactly: Self.late(limit) / 1000), ratio: Self.ratio(ours, limit)))
  }

  /// The 99th percentile.
  private static func late(_ values: [UInt64]) -> Double {
    Samples(values, per: 1).quantile(0.99)
  }

  /// The ratio of both, and between what it is in 95 of 100 cases where as many blocks of time
  /// are drawn from them again and again (bootstrap): time in which the machine is disturbed is
  /// so for both.
  private static func ratio(_ ours: [UInt64], _ limit: [UInt64]) -> Quantity {
    let size = min(ours.count, limit.count) / blocks
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
