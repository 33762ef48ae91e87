/// A measured quantity: mostly the median of its samples, and where it is likely to be.
struct Quantity {
  let value: Double
  /// See `Samples.medianInterval`; a point for what does not vary.
  let interval: ClosedRange<Double>

  init(_ samples: Samples) {
    value = samples.median
    interval = samples.medianInterval
  }

  init(exactly value: Double) { self.init(value, within: value...value) }

  init(_ value: Double, within interval: ClosedRange<Double>) {
    self.value = value
    self.interval = interval
  }
}

/// One line of the table: what was reached of a demand.
struct Row {
  let demand: Demand
  /// crunchstat's; the floor's in the same unit; and the one over the other.
  var figure: Quantity?
  var floor: Quantity?
  var ratio: Quantity?
  /// Why it could not be measured.
  var obstacle: String?

  enum Verdict: String {
    case met
    case notMet = "NOT met"
    case cannotSay = "spread too wide to say"
    case notMeasured = "not measured"
  }

  var bounded: Quantity? { demand.terms.bounded == .ratio ? ratio : figure }

  /// The bound is met where all of the interval is within it, and not met where none is.
  var verdict: Verdict {
    guard obstacle == nil, let bounded, bounded.value.isFinite else { return .notMeasured }
    let bound = demand.terms.bound
    let (low, high) = (bounded.interval.lowerBound, bounded.interval.upperBound)
    if bound.contains(low) && bound.contains(high) { return .met }
    return high < bound.lowerBound || low > bound.upperBound ? .notMet : .cannotSay
  }

  /// Whether the rounds differ too much for the ratio to be worth anything.
  var isWorthless: Bool {
    guard let ratio, demand.terms.bounded == .ratio else { return false }
    let width = ratio.interval.upperBound - ratio.interval.lowerBound
    return !(width <= 0.2 * ratio.value)
  }

  static let heading = [
    "what", "crunchstat", "floor", "ratio", "95 % interval", "bound", "verdict",
  ]

  var cells: [String] {
    let terms = demand.terms
    let unit = terms.unit.isEmpty ? "" : " \(terms.unit)"
    func text(_ quantity: Quantity?) -> String {
      quantity.map { fixed($0.value, terms.decimals) + unit } ?? "-"
    }
    let decimals = terms.bounded == .ratio ? 3 : terms.decimals
    let interval = bounded.map {
      "\(fixed($0.interval.lowerBound, decimals)) to \(fixed($0.interval.upperBound, decimals))"
    }
    return [
      terms.what, text(figure), text(floor), ratio.map { fixed($0.value, 3) } ?? "-",
      interval ?? "-", demand.boundText,
      verdict.rawValue + (isWorthless && verdict != .cannotSay ? " (wide spread)" : ""),
    ]
  }

  var json: JSON {
    func json(_ quantity: Quantity?) -> JSON {
      guard let quantity else { return .null }
      return .object([
        ("value", .number(quantity.value)), ("low", .number(quantity.interval.lowerBound)),
        ("high", .number(quantity.interval.upperBound)),
      ])
    }
    let terms = demand.terms
    return .object([
      ("name", .text(demand.rawValue)), ("what", .text(terms.what)),
      ("unit", .text(terms.unit)),
      ("crunchstat", json(figure)), ("floor", json(floor)), ("ratio", json(ratio)),
      ("bounds", .text(terms.bounded == .ratio ? "ratio" : "crunchstat")),
      ("least", .number(terms.bound.lowerBound)), ("most", .number(terms.bound.upperBound)),
      ("verdict", .text(verdict.rawValue)),
      ("obstacle", obstacle.map { .text($0) } ?? .null),
      ("cells", .array(cells.map { .text($0) })),
    ])
  }
}
