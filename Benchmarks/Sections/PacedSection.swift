import BenchmarkSupport
import Glibc
import JobStats

/// Real polls of real control groups, 10 ms apart, on a machine that does nothing else: CPU time
/// per poll, how late they are, how many are missed.
enum PacedSection {
  static func run(_ report: Report, isQuick: Bool) throws {
    let seconds = isQuick ? 4 : 60
    let latenessSeconds = isQuick ? 2 : 20
    let costSeconds = isQuick ? 1 : 46
    report.begin(
      .paced, "Real polls, 10 ms apart, idle",
      """
      For \(seconds) s on one processor a run of the release executable that nobody interrupts. Beside it,
      on another one: for \(latenessSeconds) s how late polls come and a bare loop wakes up, half a
      period apart, in new processes again and again; then for \(costSeconds) s CPU time (user and system) per poll, release executable and
      floor process side by side, half a period of 10.1 ms apart, in new processes too.
      Output goes to /dev/null.
      """)
    guard let executable = Executables.crunchstat else {
      for demand: Demand in [.paced, .lateness, .pollsTold, .pollsMissed] {
        report.add(Row(demand: demand, obstacle: Executables.noCrunchstat))
      }
      return
    }
    bench_pin(1)
    let whole = try WholeRun(executable, period: "10", seconds: seconds)
    bench_pin(-1)
    let pairs = try LatenessPair.measure(
      seconds: latenessSeconds, jobs: MeasuredChild.idleJob)
    Lateness.tell(pairs, .lateness, "idle", report)
    let costs = try SideBySide(
      executable, seconds: costSeconds, processor: 0, job: MeasuredChild.idleJob)
    tell(costs, report)
    report.add(costs.comparison.row(.paced))
    let outcome = try whole.finish()
    report.say(outcome.text)
    report.add(
      Row(demand: .pollsTold, figure: Quantity(exactly: outcome.surplus(period: 0.01))))
    report.add(Row(demand: .pollsMissed, figure: Quantity(exactly: outcome.missed)))
  }

  static func tell(_ costs: SideBySide, _ report: Report) {
    var table = Table(PollUse.heading)
    table.add(["crunchstat"] + costs.product.cells)
    table.add(["floor"] + costs.floor.cells)
    report.add(table)
    // Once a second the product looks at more.
    if abs(costs.product.reads.median - costs.floor.reads.median) >= 0.5 {
      report.say("WARNING: product and floor do not read as often: the ratio means nothing")
    }
  }
}
