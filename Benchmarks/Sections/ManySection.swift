import BenchmarkSupport
import Glibc
import JobStats

/// Many crunchstats on one host, each around its own job.
enum ManySection {
  private static let count = 64

  static func run(_ report: Report, isQuick: Bool) throws {
    report.begin(
      .many, "\(count) crunchstats at 10 ms at once, each around its own job",
      """
      CPU time per poll of all of them together, over that of one of them while the others are
      stopped, in turns. Missed: of the polls due in the turns of all, by the worst of them.
      """)
    guard let executable = Executables.crunchstat else {
      for demand: Demand in [.manyCost, .manyMissed] {
        report.add(Row(demand: demand, obstacle: Executables.noCrunchstat))
      }
      return
    }
    var all: [MeasuredChild] = []
    for _ in 0..<count { all.append(try MeasuredChild(executable, period: "10")) }
    sleep(isQuick ? 1 : 2)
    var (alone, together) = (PollUse(), PollUse())
    var missed = Array(repeating: 0.0, count: count)
    var due = Array(repeating: 0.0, count: count)
    for round in 0..<(isQuick ? 2 : 7) {
      try measureTogether(all, &together, &missed, &due)
      try measureAlone(all, round, &alone)
    }
    for child in all { try child.end() }

    var table = Table(PollUse.heading)
    table.add(["one of \(count)"] + together.cells)
    table.add(["one alone"] + alone.cells)
    report.add(table)
    let shares = zip(missed, due).map { 100 * $0 / $1 }
    report.say(
      "polls missed: \(fixed(missed.reduce(0, +), 0)) of \(fixed(due.reduce(0, +), 0)), by the worst "
        + "\(fixed(shares.max() ?? 0, 2)) %")
    report.add(Comparison(together.cpu, over: alone.cpu).row(.manyCost))
    report.add(
      Row(demand: .manyMissed, figure: Quantity(exactly: shares.max() ?? .nan)))
  }

  private static func measureTogether(
    _ all: [MeasuredChild], _ use: inout PollUse, _ missed: inout [Double],
    _ due: inout [Double]
  ) throws {
    for child in all { child.goOn() }
    usleep(200_000)
    let before = all.map { (time: MonotonicClock.now(), cost: $0.cost) }
    usleep(500_000)
    let after = all.map { (time: MonotonicClock.now(), cost: $0.cost) }
    var round = PollUse()
    for index in all.indices {
      let time = after[index].time - before[index].time
      try round.add(
        before[index].cost, after[index].cost, of: all[index], nanoseconds: time)
      // So many deadlines are in the time for certain; one more may be.
      let deadlines = Double(time / Floor.period)
      let writes = after[index].cost.writes - before[index].cost.writes
      let made = Double(writes / all[index].writesPerPoll)
      due[index] += deadlines
      missed[index] += max(0, deadlines - made)
    }
    use.addMeans(of: round)
  }

  private static func measureAlone(
    _ all: [MeasuredChild], _ round: Int, _ use: inout PollUse
  ) throws {
    let one = round % all.count
    for index in all.indices where index != one { all[index].stop() }
    usleep(100_000)
    let (start, before) = (MonotonicClock.now(), all[one].cost)
    usleep(300_000)
    try use.add(
      before, all[one].cost, of: all[one], nanoseconds: MonotonicClock.now() - start)
  }
}

extension PollUse {
  fileprivate mutating func addMeans(of other: PollUse) {
    cpu.append(other.cpu.mean)
    share.append(other.share.mean)
    reads.append(other.reads.mean)
    bytesRead.append(other.bytesRead.mean)
    bytesWritten.append(other.bytesWritten.mean)
  }
}
