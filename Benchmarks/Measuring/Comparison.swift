/// What the product costs, over what the floor costs: measured in turns.
struct Comparison {
  /// How wide the interval may be, as a share of the ratio, before it is worth nothing.
  private static let widest = 0.2

  /// The median of the ratios of each round to its neighbour: what disturbs the machine for
  /// longer than a round, or changes its clock, is in both and cancels out.
  let ratio: Double
  /// See `Samples.medianInterval`.
  let interval: ClosedRange<Double>
  /// The ratio of the two medians: the same thing, on a quiet machine.
  let ratioOfMedians: Double

  init(_ product: Samples, over floor: Samples) {
    var pairs = Samples()
    for (ours, limit) in zip(product.values, floor.values) { pairs.append(ours / limit) }
    ratio = pairs.median
    interval = pairs.medianInterval
    ratioOfMedians = product.median / floor.median
  }

  /// Whether the rounds differ too much for the ratio to say anything.
  var isWorthless: Bool {
    let width = interval.upperBound - interval.lowerBound
    return !(width <= Self.widest * ratio && abs(ratioOfMedians - ratio) <= width + 0.02)
  }

  /// The ratio beside its bound, if it has one, and whether that is kept; or a warning that
  /// this can't be told.
  func verdict(_ what: String, bound: Double?) -> String {
    let line =
      "\(what): \(fixed(ratio, 3)) (95 %: \(fixed(interval.lowerBound, 3)) to "
      + "\(fixed(interval.upperBound, 3)); ratio of medians \(fixed(ratioOfMedians, 3)))"
      + (bound.map { ", bound \(fixed($0, 2))" } ?? "")
    guard isWorthless else {
      return line + (bound.map { ratio <= $0 ? ": kept" : ": BROKEN" } ?? "")
    }
    return line
      + "\n  WARNING: the rounds differ too much for this ratio to be worth anything;"
      + " repeat on a quieter machine"
  }
}
