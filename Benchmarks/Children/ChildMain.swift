import BenchmarkSupport
import Glibc
import JobStats
import JobWrapper

/// The child's side of `MeasuredChild`.
enum ChildMain {
  /// The name that the executable is started again by.
  static let name = "crunchstat-benchmark-child"

  static var isCalled: Bool { Arguments.words.first == BytePath(name) }

  /// All that crunchstat does, with other statistics.
  static func main() -> CInt {
    _ = Crunchstat.start
    do {
      try checked(bench_shared_take(), "find the shared memory")
      var options = try Options.parse(Arguments.words)
      switch Shared.role {
      case .product: break
      case .floor: options.statistics = [FloorAlone.self]
      case .paced: options.statistics = Registry.byDefault + [PacedTurns.self]
      case .tight: options.statistics = [TightTurns.self]
      case .count: options.statistics = Registry.all + [CountedPolls.self]
      }
      return try Crunchstat.measure(options, StandardStreams())
    } catch {
      print("a child failed: \(error)")
      return 2
    }
  }
}

/// Runs `body`, or ends the process: the parent sees its status, and nothing else can be
/// told, since crunchstat has closed its own descriptors 0 to 2.
func orExit(_ body: () throws -> Void) {
  do { try body() } catch { exit(2) }
}

/// The floor's loop, in place of the product's: the first poll ends with the program.
private final class FloorAlone: Statistic {
  static let name: StaticString = "floor"
  static let summary: StaticString = "the floor alone"

  private let context: SamplingContext
  private var isOver = false

  init(_ context: SamplingContext) { self.context = context }

  func sample(_ poll: Poll) {
    guard !isOver else { return }
    isOver = true
    orExit {
      try Floor.open(context)
      try Floor.write(Shared[.writeBytes])
      try Floor.run(polls: .max)
    }
  }

  func summarize(_ log: Log) {}
}

/// Counts the allocations of a number of polls, and of all that the event loop does between
/// them, after polls in which all room is made.
private final class CountedPolls: Statistic {
  static let name: StaticString = "counted"
  static let summary: StaticString = "allocations"
  private static let warmUp: UInt64 = 1000

  private let last: UInt64
  private var polls: UInt64 = 0

  init(_ context: SamplingContext) { last = Self.warmUp + Shared[.amount] }

  func sample(_ poll: Poll) {
    polls += 1
    if polls == Self.warmUp { bench_allocations_begin() }
    guard polls == last else { return }
    bench_allocations_pause()
    Shared[.allocations] = bench_allocations()
    if bench_allocations() > 0 { unsafe bench_tell(bench_first_allocation()) }
    Shared[.isDone] = 1
  }

  func summarize(_ log: Log) {}
}
