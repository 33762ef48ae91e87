/// Measurements of one thing. What is told of them is robust: other people's work on the
/// machine lengthens some, and shortens none.
struct Samples {
  private(set) var values: [Double] = []

  init() {}

  /// Values in a unit that is `unit` times as large.
  init(_ values: [UInt64], per unit: Double) { self.values = values.map { Double($0) / unit } }

  init(_ values: [Double]) { self.values = values }

  mutating func append(_ value: Double) { values.append(value) }
  mutating func append(_ value: UInt64) { values.append(Double(value)) }

  var median: Double { quantile(0.5) }
  var maximum: Double { values.max() ?? .nan }

  var mean: Double { values.reduce(0, +) / Double(values.count) }

  /// The same in another unit.
  func scaled(_ factor: Double) -> Samples { Samples(values.map { $0 * factor }) }

  /// What each is more than its neighbour among others.
  func minus(_ others: Samples) -> Samples {
    Samples(zip(values, others.values).map { $0 - $1 })
  }

  /// The value that a share of the samples does not exceed, interpolated.
  func quantile(_ share: Double) -> Double {
    let sorted = values.sorted()
    guard let last = sorted.last else { return .nan }
    let position = share * Double(sorted.count - 1)
    let index = Int(position)
    guard index + 1 < sorted.count else { return last }
    return sorted[index] + (sorted[index + 1] - sorted[index]) * (position - Double(index))
  }

  /// An interval that holds the median of what the samples were drawn from in 95 of 100
  /// cases, whatever its distribution (order statistics, binomial); with fewer than six
  /// samples it is their whole range, and less sure.
  var medianInterval: ClosedRange<Double> {
    let sorted = values.sorted()
    guard let first = sorted.first, let last = sorted.last else { return 0...0 }
    var dropped = 0
    var term = 1.0
    for _ in sorted { term /= 2 }
    var tail = term
    // `tail` is how likely it is that `dropped` samples or fewer lie on one side.
    for next in 1..<max(2, sorted.count / 2) {
      term *= Double(sorted.count - next + 1) / Double(next)
      tail += term
      if 2 * tail > 0.05 { break }
      dropped = next
    }
    guard dropped > 0 else { return first...last }
    return sorted[dropped]...sorted[sorted.count - 1 - dropped]
  }
}
