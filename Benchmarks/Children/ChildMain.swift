import BenchmarkSupport
import Glibc
import JobStats
import JobWrapper

/// The child's side of `MeasuredChild`.
enum ChildMain {
  /// All that crunchstat does, with other statistics.
  static func main(_ order: Order) -> CInt {
    do {
      try checked(bench_shared_take(), "find the shared memory")
      if order.role == .bare { return wait(order) }
      var options = try Options.parse(Arguments.words)
      switch order.role {
      case .bare: break
      case .floor: options.statistics = [FloorAlone.self]
      case .late: options.statistics = Registry.byDefault + [LatenessNotes.self]
      case .tight: options.statistics = [TightTurns.self]
      case .count: options.statistics = Registry.all + [CountedPolls.self]
      case .groups: options.statistics = [GroupsMade.self]
      }
      return try Crunchstat.measure(options, StandardStreams())
    } catch {
      print("a child failed: \(error)")
      return 2
    }
  }

  private static func wait(_ order: Order) -> CInt {
    let result = bench_sleep_run(
      Shared[LatenessPair.start(order.isSecond)] + order.period / 2, order.period, order.amount,
      LatenessPair.bareLateness(order.isSecond).rawValue)
    return result == 0 ? 0 : 1
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
      try Floor.write(Order.own?.writeBytes ?? 0)
      try Floor.run(
        besides: Order.own?.amount ?? 0, period: Order.own?.period ?? Floor.period)
    }
  }

  func summarize(_ log: Log) {}
}

/// How late the product's polls come: it is the last of the statistics, so what it takes itself
/// makes no poll later.
private final class LatenessNotes: Statistic {
  static let name: StaticString = "lateness"
  static let summary: StaticString = "how late polls come"

  private let isSecond = Order.own?.isSecond == true
  private var start: UInt64 = 0

  init(_ context: SamplingContext) {}

  func sample(_ poll: Poll) {
    guard start > 0 else {
      // The product's deadlines are the time of its first poll + k * period.
      start = poll.time
      Shared[LatenessPair.start(isSecond)] = start
      return
    }
    guard !poll.isLast else { return }
    Shared.note((poll.time - start) % Floor.period, LatenessPair.lateness(isSecond))
  }

  func summarize(_ log: Log) {}
}

/// Tells the directories of the groups that the product has made for its program.
private final class GroupsMade: Statistic {
  static let name: StaticString = "groups"
  static let summary: StaticString = "groups"

  init(_ context: SamplingContext) {
    guard context.locator.isOwn else { return }
    let made = context.locator.processLists.map(\.directory)
      .filter { $0.components.last?.text.hasPrefix("crunchstat-") == true }
    for directory in Set(made) { Shared.tell(directory.text + "\n") }
  }

  func sample(_ poll: Poll) { Shared[.isDone] = 1 }
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

  init(_ context: SamplingContext) { last = Self.warmUp + (Order.own?.amount ?? 0) }

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
