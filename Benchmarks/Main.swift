import Glibc
import JobStats

@main
struct Main {
  private static let failed: CInt = 1
  private static let couldNotMeasure: CInt = 2

  static func main() {
    if ChildMain.isCalled { exit(ChildMain.main()) }
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
    if request.isHelp {
      print(Request.help)
      return 0
    }
    if let polls = request.barePolls {
      try RecordedPolls(RecordedLayout.v1.tree(), Registry.byDefault).make(polls)
      return 0
    }
    guard AllocationCounter.counts else {
      throw BenchmarkFailure(text: "the allocation counter does not count")
    }
    print(Machine.describe(try RootDirectory(BytePath("/"))))
    if !Machine.isOptimised { print("\n" + Machine.unoptimisedWarning) }
    if request.isGate {
      guard Machine.isOptimised else {
        throw BenchmarkFailure(text: "unoptimised code allocates where optimised code does not")
      }
      print()
      return try AllocationGate.run() ? 0 : failed
    }
    for section in request.sections {
      switch section {
      case .scanners: ScannerSection.run(isQuick: request.isQuick)
      case .polls: try PollSection.run(isQuick: request.isQuick)
      case .tight: try TightSection.run(isQuick: request.isQuick)
      case .processes: try ProcessSection.run(isQuick: request.isQuick)
      case .paced: try PacedSection.run(isQuick: request.isQuick)
      }
      fflush(nil)
    }
    if !Machine.isOptimised { print("\n" + Machine.unoptimisedWarning) }
    return 0
  }

  private static func complain(_ text: String) {
    let line = LineBuffer()
    line.append(Array("Benchmarks: \(text)\n".utf8))
    _ = line.bytes.write(to: STDERR_FILENO)
  }
}
