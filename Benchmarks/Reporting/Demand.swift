/// What crunchstat is to reach: the one list of bounds, a row of the table each.
enum Demand: String, CaseIterable {
  case tight, paced, pacedBusy, instructions, allocations, systemCalls
  case lateness, latenessBusy, pollsTold, pollsMissed, fastPollsTold, fastCost
  case resident, residentGrowth, start, startInGroup, relay, loss, manyCost, manyMissed, growth

  /// Which of a row's quantities is bound.
  enum Bounded { case figure, ratio }

  struct Terms {
    let section: Request.Section
    let what: String
    /// Of the figure and the floor's figure.
    let unit: String
    let decimals: Int
    let bounded: Bounded
    let bound: ClosedRange<Double>
  }

  var terms: Terms {
    func terms(
      _ section: Request.Section, _ what: String, _ unit: String, _ decimals: Int,
      _ bounded: Bounded, _ bound: ClosedRange<Double>
    ) -> Terms {
      Terms(
        section: section, what: what, unit: unit, decimals: decimals, bounded: bounded,
        bound: bound)
    }
    func most(_ value: Double) -> ClosedRange<Double> { -.infinity...value }
    return switch self {
    case .tight: terms(.tight, "CPU per poll, tight loop", "us", 2, .ratio, most(1.10))
    case .paced: terms(.paced, "CPU per poll at 10 ms, idle", "us", 1, .ratio, most(1.10))
    case .pacedBusy:
      terms(.busy, "CPU per poll at 10 ms, every core busy", "us", 1, .ratio, most(1.10))
    case .instructions:
      terms(.instructions, "instructions per poll, scan and format", "", 0, .figure, most(6000))
    case .allocations: terms(.allocations, "allocations per poll", "", 2, .figure, most(0))
    case .systemCalls:
      terms(.calls, "system calls per poll", "", 2, .figure, most(SystemCalls.bound))
    case .lateness: terms(.paced, "lateness at 10 ms, p99, idle", "us", 1, .ratio, most(1.25))
    case .latenessBusy:
      terms(.busy, "lateness at 10 ms, p99, every core busy", "us", 1, .ratio, most(1.25))
    case .pollsTold:
      terms(.paced, "polls made + missed in 60 s, over those due", "", 0, .figure, -1...1)
    case .pollsMissed:
      terms(.paced, "polls missed in 6,000, idle", "", 0, .figure, most(6))
    case .fastPollsTold:
      terms(.fast, "1 ms polls made + missed, over those due", "", 0, .figure, -1...1)
    case .fastCost:
      terms(.fast, "CPU per poll at 1 ms, over that at 10 ms", "us", 1, .ratio, most(1))
    case .resident: terms(.fast, "resident", "MB", 2, .figure, most(3))
    case .residentGrowth:
      terms(.fast, "resident, growth after the first 1,000 polls", "KiB", 0, .figure, most(0))
    case .start:
      terms(.start, "crunchstat true over true, no group made", "ms", 2, .figure, most(1))
    case .startInGroup:
      terms(.start, "with its own group, more than a C program", "ms", 2, .figure, most(1.5))
    case .relay:
      terms(.relay, "stderr passed on, over cat", "GB/s", 2, .ratio, 0.7...(.infinity))
    case .loss:
      terms(.busy, "what a job on every core loses", "%", 3, .ratio, most(1.10))
    case .manyCost:
      terms(.many, "64 at once, CPU per poll over one alone", "us", 1, .ratio, most(1.2))
    case .manyMissed:
      terms(.many, "64 at once, polls missed by the worst", "%", 2, .figure, most(1))
    case .growth:
      terms(.growth, "growth of CPU with bytes read, exponent", "ns/B", 2, .ratio, most(1.1))
    }
  }

  /// "<= 1.10", ">= 0.7", "0 +- 1".
  var boundText: String {
    let (low, high) = (terms.bound.lowerBound, terms.bound.upperBound)
    let decimals = terms.bounded == .ratio || high.rounded() != high ? 2 : 0
    let unit = terms.bounded == .figure && !terms.unit.isEmpty ? " \(terms.unit)" : ""
    if low == -.infinity { return "<= \(fixed(high, decimals))\(unit)" }
    if high == .infinity { return ">= \(fixed(low, decimals))\(unit)" }
    return "\(fixed((low + high) / 2, decimals)) +- \(fixed((high - low) / 2, decimals))\(unit)"
  }
}
