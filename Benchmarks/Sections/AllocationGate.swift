import BenchmarkSupport
import Glibc
import JobStats

/// The gate: a steady poll allocates nothing.
///
/// Statistics are polled each alone, then all together, on trees whose values and numbers of
/// digits change at every poll: the default ones on one of each layout, all of the registry
/// on trees from real systems of v1 and v2; and then all of them on real control groups, in
/// the product's whole event loop. Counted are the calls of malloc and its kin. The rewriting
/// of the tree is not.
enum AllocationGate {
  private static let polls: UInt64 = 2000

  /// Returns whether nothing was allocated.
  static func run() throws -> Bool {
    print("allocations in \(polls) steady polls, by what is polled\n")
    var table = Table("", "statistics", "allocations")
    var culprits: [(first: String, polled: String)] = []
    func tell(_ place: String, _ what: String, _ allocations: UInt64, _ first: String) {
      table.add(place, what, "\(allocations)")
      guard allocations > 0, !culprits.contains(where: { $0.first == first }) else { return }
      culprits.append((first, "\(what), \(place)"))
    }
    for layout in RecordedLayout.allCases {
      try measure(layout.tree(), "recorded, \(layout.rawValue)", Registry.byDefault, tell)
    }
    for fixture in RecordedFixture.allCases {
      try measure(fixture.tree(), fixture.rawValue, Registry.all, tell)
    }
    for scope in ["auto", "tree"] {
      let (count, first) = try allocationsInEventLoop(scope)
      tell("real, event loop, -scope \(scope)", "all", count, first)
    }
    print(table.text)
    if culprits.isEmpty {
      print("\nno allocation: the gate is passed")
    } else {
      print("\nFAILED: a steady poll allocates. The first block was asked for")
      for culprit in culprits { print("  (\(culprit.polled)) in\n\(culprit.first)") }
    }
    return culprits.isEmpty
  }

  /// For the table: allocations per poll of all statistics, in fewer polls and in this process.
  static func report(_ report: Report, isQuick: Bool) throws {
    let polls: UInt64 = isQuick ? 100 : 500
    report.begin(
      .allocations, "Allocations",
      """
      Calls of malloc and its kin in \(polls) steady polls of every statistic, on recorded trees in
      which every value changes. The gate (--allocations) counts in many more ways.
      """)
    var total: UInt64 = 0
    for fixture in RecordedFixture.allCases {
      let count = try allocations(RecordedPolls(fixture.tree(), Registry.all), polls)
      report.say("\(fixture.rawValue): \(count)")
      total += count
    }
    let trees = UInt64(RecordedFixture.allCases.count)
    report.add(
      Row(
        demand: .allocations,
        figure: Quantity(exactly: Double(total) / Double(polls * trees))))
  }

  private static func measure(
    _ tree: RecordedTree, _ place: String, _ statistics: [any Statistic.Type],
    _ tell: (String, String, UInt64, String) -> Void
  ) throws {
    var cases = statistics.map { (name: "\($0.name)", types: [$0], timestamps: false) }
    cases.append(("all of them", statistics + Planted.wanted, false))
    cases.append(("all, -timestamps", statistics, true))
    for (name, types, timestamps) in cases {
      let recorded = try RecordedPolls(tree, types, timestamps: timestamps)
      tell(place, name, try allocations(recorded, polls), firstAllocation())
      guard recorded.silentPolls == 0 else {
        throw BenchmarkFailure(text: "\(name) logged nothing on the tree \(place): no gate")
      }
    }
  }

  private static func allocations(
    _ recorded: RecordedPolls, _ polls: UInt64
  ) throws -> UInt64 {
    try recorded.warmUp()
    bench_allocations_begin()
    for _ in 0..<polls {
      bench_allocations_pause()
      try recorded.change()
      bench_allocations_resume()
      recorded.poll()
    }
    bench_allocations_pause()
    return bench_allocations()
  }

  /// The least of three runs: on a real machine an interface may appear, for which room has
  /// to be made. What every poll allocates is in all three.
  private static func allocationsInEventLoop(_ scope: String) throws -> (UInt64, String) {
    var least: (UInt64, String) = (.max, "")
    for _ in 0..<3 {
      try Shared.begin()
      let order = Order(.count, amount: polls, period: 1_000_000)
      let child = try MeasuredChild(order, scope: scope)
      try child.finish()
      if Shared[.allocations] < least.0 { least = (Shared[.allocations], Shared.text) }
      if least.0 == 0 { break }
    }
    return least
  }

  private static func firstAllocation() -> String {
    unsafe String(cString: bench_first_allocation())
  }
}
