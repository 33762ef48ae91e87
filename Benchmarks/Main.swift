import BenchmarkSupport
import Glibc
import JobStats

@main
struct Main {
  private static let failed: CInt = 1
  private static let couldNotMeasure: CInt = 2

  static func main() {
    if let order = Order.own { exit(ChildMain.main(order)) }
    do {
      exit(try run(try Request(Array(CommandLine.arguments.dropFirst()))))
    } catch let failure as Request.Failure {
      complain(failure.text)
    } catch let failure as BenchmarkFailure {
      complain(failure.text)
    } catch let failure as SystemError {
      complain(failure.message)
    } catch {
      complain("\(error)")
    }
    exit(couldNotMeasure)
  }

  private static func run(_ request: Request) throws -> CInt {
    switch request.task {
    case .help: print(Request.help)
    case .job(.burn, let turns): return bench_job_burn(turns)
    case .job(.lines, let bytes): return bench_job_lines(bytes)
    case .barePolls(let polls):
      try RecordedPolls(RecordedLayout.v1.tree(), Registry.byDefault + Planted.wanted)
        .make(polls)
    case .gate:
      try checkCounter()
      guard Machine.isOptimised else {
        throw BenchmarkFailure(text: "unoptimised code allocates where optimised code does not")
      }
      return try AllocationGate.run() ? 0 : failed
    case .measure: try measure(request)
    }
    return 0
  }

  private static func checkCounter() throws {
    guard AllocationCounter.counts else {
      throw BenchmarkFailure(text: "the allocation counter does not count")
    }
  }

  private static func measure(_ request: Request) throws {
    try checkCounter()
    let machine = Machine.describe(try RootDirectory(BytePath("/")))
    // Built where it has to be, before anything is measured.
    _ = Executables.crunchstat
    let report = Report(
      isForMachines: request.isForMachines, isQuick: request.isQuick, machine: machine)
    let isQuick = request.isQuick
    for section in request.sections {
      switch section {
      case .scanners: ScannerSection.run(report, isQuick: isQuick)
      case .polls: try PollSection.run(report, isQuick: isQuick)
      case .growth: try GrowthSection.run(report, isQuick: isQuick)
      case .instructions: InstructionSection.run(report)
      case .allocations: try AllocationGate.report(report, isQuick: isQuick)
      case .calls: SystemCalls.run(report, isQuick: isQuick)
      case .tight: try TightSection.run(report, isQuick: isQuick)
      case .start: try StartSection.run(report, isQuick: isQuick)
      case .relay: try RelaySection.run(report, isQuick: isQuick)
      case .processes: try ProcessSection.run(report, isQuick: isQuick)
      case .many: try ManySection.run(report, isQuick: isQuick)
      case .fast: try FastSection.run(report, isQuick: isQuick)
      case .paced: try PacedSection.run(report, isQuick: isQuick)
      case .busy: try BusySection.run(report, isQuick: isQuick)
      case .periods: try PeriodSection.run(report, isQuick: isQuick)
      }
    }
    report.finish(request.sections)
  }

  private static func complain(_ text: String) {
    let line = LineBuffer()
    line.append(Array("Benchmarks: \(text)\n".utf8))
    _ = line.bytes.write(to: STDERR_FILENO)
  }
}
