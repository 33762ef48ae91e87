import BenchmarkSupport
import JobStats

/// What it takes to be there at all: `crunchstat true` beside `true`, and beside C programs that
/// start it, with and without control groups.
enum StartSection {
  static func run(_ report: Report, isQuick: Bool) throws {
    let rounds = isQuick ? 20 : 100
    report.begin(
      .start, "From the start of crunchstat true to its end",
      """
      Wall time in ms, median of \(rounds) rounds in which each is run once. Both executables are
      copies, as `make install` makes one. The C program is static, as crunchstat is; it starts the
      program, waits for it, and where groups are wanted makes those that crunchstat makes, lets the
      program enter them and removes them.
      """)
    func fail(_ demands: [Demand], _ obstacle: String) {
      for demand in demands { report.add(Row(demand: demand, obstacle: obstacle)) }
    }
    guard Executables.crunchstat != nil else {
      return fail([.start, .startInGroup], Executables.noCrunchstat)
    }
    guard Executables.startFloor != nil else {
      return fail([.start, .startInGroup], Executables.noStartFloor)
    }
    guard let (executable, floor) = Executables.installed else {
      return fail([.start, .startInGroup], "the executables can't be copied")
    }
    let groups = try groupsMade()
    var ways = [
      ("true", ["true"]), ("C program", [floor, "--", "true"]),
      ("crunchstat -scope inherit", [executable, "-scope", "inherit", "true"]),
    ]
    if !groups.isEmpty {
      ways.append(("C program, \(groups.count) groups", [floor] + groups + ["--", "true"]))
      ways.append(("crunchstat -scope own", [executable, "-scope", "own", "true"]))
    }
    // For information: see `Executables.installed`.
    if let linked = Executables.crunchstat {
      ways.append(("the same as linked, inherit", [linked, "-scope", "inherit", "true"]))
    }
    let times = try measure(ways.map(\.1), rounds)
    var table = Table("", "ms", "more than true")
    for (way, samples) in zip(ways, times) {
      table.add(
        way.0, fixed(samples.median, 2), fixed(samples.minus(times[0]).median, 2))
    }
    report.add(table)
    report.add(row(.start, times[2].minus(times[0]), times[1].minus(times[0])))
    guard !groups.isEmpty else {
      return fail([.startInGroup], "no group can be made here for the job alone")
    }
    // What it takes longer than the C program; the ratio is of one over the other as they are.
    report.add(
      Row(
        demand: .startInGroup, figure: Quantity(times[4].minus(times[3])),
        floor: Quantity(times[3]), ratio: Quantity(exactly: times[4].median / times[3].median)))
  }

  private static func row(_ demand: Demand, _ figure: Samples, _ floor: Samples) -> Row {
    Row(
      demand: demand, figure: Quantity(figure), floor: Quantity(floor),
      ratio: Quantity(exactly: figure.median / floor.median))
  }

  private static func measure(
    _ ways: [[String]], _ rounds: Int
  ) throws(BenchmarkFailure) -> [Samples] {
    var times = ways.map { _ in Samples() }
    // The first round finds nothing in the caches.
    for round in 0...rounds {
      for index in ways.indices {
        let time = unsafe bench_run(ways[index].joined(separator: "\n"))
        guard time > 0 else { throw BenchmarkFailure(text: "\(ways[index]) has failed") }
        if round > 0 { times[index].append(Double(time) / 1e6) }
      }
    }
    return times
  }

  /// Groups beside those that crunchstat makes for its job.
  private static func groupsMade() throws -> [String] {
    try Shared.begin()
    let child = try MeasuredChild(Order(.groups), scope: "own")
    do { try child.finish() } catch { return [] }
    return Shared.text.split(separator: "\n").map {
      BytePath(String($0)).directory.appending("benchmark-\(child.process)").text
    }.sorted()
  }
}
