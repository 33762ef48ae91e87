import BenchmarkSupport
import Glibc
import JobStats

/// Polls 1 ms apart: whether they come when they should, what one costs, and what the process
/// takes of the memory meanwhile.
enum FastSection {
  private static let warmUp: UInt64 = 1000

  static func run(_ report: Report, isQuick: Bool) throws {
    let seconds = isQuick ? 3 : 14
    report.begin(
      .fast, "Polls 1 ms apart, and what is resident",
      """
      A run of the release executable of \(seconds) s that nobody interrupts, its resident pages read
      after \(warmUp) polls and at the end; and on another processor CPU time per poll at 1 ms, in
      turns with that at 10 ms.
      """)
    guard let executable = Executables.crunchstat else {
      for demand: Demand in [.fastPollsTold, .fastCost, .resident, .residentGrowth] {
        report.add(Row(demand: demand, obstacle: Executables.noCrunchstat))
      }
      return
    }
    bench_pin(1)
    let whole = try WholeRun(executable, period: "1", seconds: seconds)
    bench_pin(-1)
    while whole.child.cost.writes < warmUp * whole.child.writesPerPoll, !whole.child.hasEnded {
      usleep(10_000)
    }
    let first = bench_resident(whole.child.process)
    var turns = Turns()
    var last = first
    var polls = warmUp
    while !whole.child.hasEnded {
      try turns.addPair(
        processor: 0, turns: isQuick ? 2 : 8,
        { try MeasuredChild(executable, period: "1") },
        { try MeasuredChild(executable, period: "10") })
      let resident = bench_resident(whole.child.process)
      let made = whole.child.cost.writes / whole.child.writesPerPoll
      if resident > 0 { (last, polls) = (resident, made) }
    }
    let outcome = try whole.finish()
    report.say(outcome.text)
    report.say(
      "resident \(first) KiB after \(warmUp) polls, \(last) KiB after \(polls) (make soak: a million)"
    )
    report.add(
      Row(demand: .fastPollsTold, figure: Quantity(exactly: outcome.surplus(period: 0.001))))
    report.add(turns.comparison.row(.fastCost))
    guard first > 0 else {
      for demand: Demand in [.resident, .residentGrowth] {
        report.add(Row(demand: demand, obstacle: "the kernel has no smaps_rollup"))
      }
      return
    }
    report.add(
      Row(demand: .resident, figure: Quantity(exactly: Double(last) * 1024 / 1_000_000)))
    report.add(
      Row(demand: .residentGrowth, figure: Quantity(exactly: Double(last) - Double(first))))
  }
}
