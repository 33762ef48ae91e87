import BenchmarkSupport
import Glibc
import JobStats

/// The same while every core is busy with the jobs that are measured themselves, so that what is
/// read changes from poll to poll.
enum BusySection {
  private static let job = "--job=burn"

  static func run(_ report: Report, isQuick: Bool) throws {
    report.begin(
      .busy, "Real polls, 10 ms apart, every core busy",
      """
      As `paced`; but with jobs that are a thread on each core which never waits: for CPU time those of
      both processes, for lateness that of one crunchstat beside two bare loops on two cores and a
      second crunchstat, whose job sleeps. What a job loses: CPU time by time, of all cores.
      """)
    guard let executable = Executables.crunchstat, let own = Executables.own?.text else {
      for demand: Demand in [.pacedBusy, .latenessBusy, .loss] {
        report.add(Row(demand: demand, obstacle: Executables.noCrunchstat))
      }
      return
    }
    let burn = "\(own)\n\(job)"
    // Long, and two: at one poll in a hundred lateness jumps from tens of microseconds to
    // milliseconds.
    let pairs = try LatenessPair.measure(
      seconds: isQuick ? 2 : 28, jobs: burn, MeasuredChild.idleJob)
    Lateness.tell(pairs, .latenessBusy, "busy", report)
    let costs = try SideBySide(
      executable, seconds: isQuick ? 1 : 20, processor: 1, job: burn)
    PacedSection.tell(costs, report)
    report.add(costs.comparison.row(.pacedBusy))
    let cores = Double(sysconf(CInt(_SC_NPROCESSORS_ONLN)))
    report.add(costs.loss(ofProcessors: cores).row(.loss))
    try tellWallTime(executable, own, report, rounds: isQuick ? 1 : 7)
  }

  /// For information: a percent is less than what the machine itself varies by.
  private static func tellWallTime(
    _ executable: String, _ own: String, _ report: Report, rounds: Int
  ) throws {
    // Some tenths of a second, however fast the machine is.
    let trial = try timed("\(own)\n\(job)=10000000")
    let work = "\(own)\n\(job)=\(UInt64(10_000_000 * 0.4e9 / max(trial, 1e6)))"
    let watched = "\(executable)\n-poll\n10\n-log\n/dev/null\n\(work)"
    var (alone, with) = (Samples(), Samples())
    _ = try timed(work)
    for _ in 0..<rounds {
      alone.append(try timed(work) / 1e6)
      with.append(try timed(watched) / 1e6)
    }
    let ratio = Quantity(Comparison(with, over: alone).ratios)
    report.say(
      "wall time of work on every core: \(fixed(alone.median, 1)) ms, under crunchstat "
        + "\(fixed(with.median, 1)) ms with its start: \(fixed(ratio.value, 4)) times "
        + "(95 %: \(fixed(ratio.interval.lowerBound, 4)) to "
        + "\(fixed(ratio.interval.upperBound, 4))); where it makes "
        + "groups, v1 lets whoever enters one after a pause wait, for milliseconds")
  }

  private static func timed(_ words: String) throws(BenchmarkFailure) -> Double {
    let time = unsafe bench_run(words)
    guard time > 0 else { throw BenchmarkFailure(text: "a job can't be run: \(words)") }
    return Double(time)
  }
}
