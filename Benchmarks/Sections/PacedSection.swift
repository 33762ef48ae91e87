import BenchmarkSupport
import Glibc
import JobStats

/// Real polls of real control groups, 10 ms apart, on a machine that does nothing else: CPU time
/// per poll, how late they are, how many are missed.
///
/// All three are measured in the same window, since each leaves more than 97 % of a processor
/// idle: what they do to each other can only make the product look worse.
enum PacedSection {
  static func run(_ report: Report, isQuick: Bool) throws {
    let seconds = isQuick ? 4 : 60
    report.begin(
      .paced, "Real polls, 10 ms apart, idle",
      """
      For \(seconds) s at the same time: on one processor how late polls come and a bare loop wakes up,
      in turns half a period long; on another one CPU time (user and system) per poll, release
      executable and floor process in turns of 10 polls, in new processes again and again; and a
      run of the release executable that nobody interrupts. Output goes to /dev/null.
      """)
    guard let executable = Executables.crunchstat else {
      for demand: Demand in [.paced, .lateness, .pollsTold, .pollsMissed] {
        report.add(Row(demand: demand, obstacle: Executables.noCrunchstat))
      }
      return
    }
    let bytes = try Turns.bytesWritten(executable, job: MeasuredChild.idleJob)
    let pair = try LatenessPair(seconds: UInt64(seconds))
    bench_pin(1)
    let whole = try WholeRun(executable, period: "10", seconds: seconds)
    var turns = Turns()
    while !whole.child.hasEnded {
      try turns.addPair(
        processor: 1, turns: isQuick ? 4 : 10,
        { try MeasuredChild(executable, period: "10") },
        { try MeasuredChild(Order(.floor, writeBytes: bytes)) })
    }
    tell(turns, report)
    report.add(turns.comparison.row(.paced))
    try pair.finish(.lateness, "idle", report)
    let outcome = try whole.finish()
    report.say(outcome.text)
    report.add(
      Row(demand: .pollsTold, figure: Quantity(exactly: outcome.surplus(period: 0.01))))
    report.add(Row(demand: .pollsMissed, figure: Quantity(exactly: outcome.missed)))
  }

  static func tell(_ turns: Turns, _ report: Report) {
    var table = Table(Turns.Use.heading)
    table.add(["crunchstat"] + turns.product.cells)
    table.add(["floor"] + turns.floor.cells)
    report.add(table)
    // Once a second the product looks at more.
    if abs(turns.product.reads.median - turns.floor.reads.median) >= 0.5 {
      report.say("WARNING: product and floor do not read as often: the ratio means nothing")
    }
  }
}
