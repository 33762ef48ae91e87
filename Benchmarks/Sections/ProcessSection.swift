import BenchmarkSupport
import JobStats

/// What `-scope tree` costs for each process: polls of real ones, all of which sleep.
enum ProcessSection {
  private static let counts = [1, 10, 100, 1000, 10_000]

  static func run(isQuick: Bool) throws {
    heading(
      "Processes looked at one by one (-scope tree)",
      """
      mem, cpu and blkio of a process and its sleeping children. CPU time per poll, median,
      and by process: while no process begins anywhere in the process id namespace, and
      after one has begun, so that all are asked for children.
      """)
    var table = Table(
      "processes", "µs/poll, quiet", "µs/process", "µs/poll, after a start", "µs/process",
      "allocations")
    for count in counts where !isQuick || count <= 1000 {
      let first = bench_crowd_start(CInt(count))
      guard first > 0 else {
        print("  \(count) processes can't be started: \(errorText(-first))")
        continue
      }
      defer { bench_crowd_end(first) }
      let row = try measure(first, polls: max(5, min(200, 20_000 / count)))
      let quiet = row.quiet.median / 1000
      let busy = row.busy.median / 1000
      table.add(
        "\(count)", fixed(quiet, 1), fixed(quiet / Double(count), 2), fixed(busy, 1),
        fixed(busy / Double(count), 2), "\(row.allocations)")
    }
    print(table.text)
  }

  private struct Row {
    var quiet = Samples()
    var busy = Samples()
    var allocations: UInt64 = 0
  }

  private static func measure(_ process: Int32, polls: Int) throws -> Row {
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
    for _ in 0..<5 { _ = poll() }
    var row = Row()
    for _ in 0..<polls {
      var used: UInt64 = 0
      row.allocations += AllocationCounter.count { used = poll() }
      row.quiet.append(used)
    }
    for _ in 0..<polls {
      bench_short_process()
      row.busy.append(poll())
    }
    return row
  }
}
