import BenchmarkSupport
import Glibc
import JobStats

/// What a poll costs by how far apart they are: for the picture.
enum PeriodSection {
  private static let periods: [UInt64] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]
  private static let starting: UInt32 = 1_200_000

  static func run(_ report: Report, isQuick: Bool) throws {
    report.begin(
      .periods, "CPU time per poll by period",
      """
      Release executable and floor process on one processor each, exchanged from round to round,
      for 1 s or 12 polls, whichever is longer; median of the rounds, of which there are three: for
      the curve, not for a ratio. The longer the period, the colder are caches and code.
      """)
    guard let executable = Executables.crunchstat else {
      report.say(Executables.noCrunchstat)
      return
    }
    let bytes = try PollUse.bytesWritten(executable, job: MeasuredChild.idleJob)
    var table = Table("period, ms", "crunchstat us/poll", "floor us/poll", "% of a core")
    var points: [[Double]] = []
    for period in periods {
      var (product, floor) = (PollUse(), PollUse())
      for round in 0..<(isQuick ? 1 : 3) {
        bench_pin(CInt(round))
        let ours = try MeasuredChild(executable, period: "\(period)")
        bench_pin(CInt(round + 1))
        let limit = try MeasuredChild(
          Order(.floor, writeBytes: bytes, period: period * 1_000_000))
        bench_pin(-1)
        usleep(starting)
        let before = (MonotonicClock.now(), ours.cost, limit.cost)
        usleep(UInt32(max(1000, period * 12) * 1000))
        let after = (MonotonicClock.now(), ours.cost, limit.cost)
        try product.add(before.1, after.1, of: ours, nanoseconds: after.0 - before.0)
        try floor.add(before.2, after.2, of: limit, nanoseconds: after.0 - before.0)
        try ours.end()
        try limit.end()
      }
      table.add(
        "\(period)", fixed(product.cpu.median, 1), fixed(floor.cpu.median, 1),
        fixed(100 * product.share.median, 3))
      points.append([
        Double(period), product.cpu.median, floor.cpu.median, 100 * product.share.median,
      ])
    }
    report.add(table)
    report.add("cost by period", points)
  }
}
