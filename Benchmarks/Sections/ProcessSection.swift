import BenchmarkSupport
import JobStats

/// What `-scope tree` costs for each process: polls of real ones, all of which sleep.
enum ProcessSection {
  private static let counts = [1, 10, 100, 1000, 10_000]

  static func run(_ report: Report, isQuick: Bool) throws {
    report.begin(
      .processes, "Processes looked at one by one (-scope tree)",
      """
      mem, cpu and blkio of a process and its sleeping children. CPU time per look at all of
      them, median, and by process: while no process begins anywhere in the process id
      namespace, and after one has begun, so that all are asked for children. Where looks
      would take more than 5 % of a core, most polls make none: those are left out of the
      looks' time, and their number is told, 10 ms apart.
      """)
    var table = Table(
      "processes", "us/look, quiet", "us/process", "us/look, after a start", "us/process",
      "polls/look", "us/poll without", "allocations")
    for count in counts where !isQuick || count <= 1000 {
      let first = bench_crowd_start(CInt(count))
      guard first > 0 else {
        report.say("\(count) processes can't be started: \(errorText(-first))")
        continue
      }
      defer { bench_crowd_end(first) }
      let row = try measure(first, looks: max(5, min(200, 20_000 / count)))
      let quiet = row.quiet.median / 1000
      let busy = row.busy.median / 1000
      table.add(
        "\(count)", fixed(quiet, 1), fixed(quiet / Double(count), 2), fixed(busy, 1),
        fixed(busy / Double(count), 2), fixed(Double(row.polls) / Double(row.looks), 1),
        fixed(row.without.median / 1000, 1), "\(row.allocations)")
    }
    report.add(table)
  }

  private struct Row {
    /// CPU time of polls that look, in ns; and of those that don't.
    var quiet = Samples()
    var busy = Samples()
    var without = Samples()
    var looks = 0
    var polls = 0
    var allocations: UInt64 = 0
  }

  private static func measure(_ process: Int32, looks: Int) throws -> Row {
    let root = try RootDirectory(BytePath("/"))
    let locator = JobGroups(
      own: [:], inherited: [:], root: root, process: process, isProgram: false,
      processes: JobProcesses(.process(process), .always))
    let sink = try nullSink()
    let context = SamplingContext(
      root: root, locator: locator, log: Log(sink, timestamps: false, debug: false))
    let types: [any Statistic.Type] = [
      MemoryStatistic.self, CPUStatistic.self, BlockIOStatistic.self,
    ]
    let sampler = Sampler(types, context, sink, timestamps: false)
    var time = MonotonicClock.now()
    func poll() -> UInt64 {
      time += Floor.period
      let start = OwnCPUTime.now()
      sampler.poll(time)
      return OwnCPUTime.now() - start
    }
    var row = Row()
    /// Polls until one has looked: one that has not has nothing to log.
    func look(_ begin: () -> Void = {}) -> UInt64 {
      while true {
        begin()
        let used = poll()
        row.polls += 1
        if sampler.lastBytes > 0 {
          row.looks += 1
          return used
        }
        row.without.append(used)
      }
    }
    for _ in 0..<3 { _ = look() }
    (row.looks, row.polls) = (0, 0)
    for _ in 0..<looks {
      var used: UInt64 = 0
      row.allocations += AllocationCounter.count { used = poll() }
      row.polls += 1
      if sampler.lastBytes > 0 {
        row.looks += 1
        row.quiet.append(used)
      } else {
        row.quiet.append(look())
      }
    }
    for _ in 0..<looks { row.busy.append(look(bench_short_process)) }
    return row
  }
}
