import BenchmarkSupport
import Glibc
import JobStats

/// The executable `crunchstat` of the release build, exactly as it is, measured from outside.
enum ReleaseExecutable {
  // In µs. What is not counted: start-up, with first looks for what may change soon; and
  // the first polls of each turn.
  private static let starting: UInt32 = 1_200_000
  private static let settling: UInt32 = 25_000
  private static let turn: UInt32 = 100_000

  /// In the folder of this build's release configuration, if it has been built.
  static var path: String? {
    guard let root = try? RootDirectory(BytePath("/")),
      let own = root.linkTarget(BytePath("/proc/self/exe"))
    else { return nil }
    // .build/TRIPLE/CONFIGURATION/Benchmarks
    let build = own.components.dropLast(2).reduce(BytePath("/")) { $0.appending($1) }
    let path = build.appending("release/crunchstat")
    return root.identity(path)?.isRegular == true ? path.text : nil
  }

  /// Runs it and a process that is all floor, one of them stopped while the other is
  /// measured, and prints the ratio. Both run on the same processor; and in new processes
  /// again and again, since where a process's pages lie makes a difference.
  static func compare(
    _ path: String, processes: Int, turns: Int, _ writeBytes: UInt64, bound: Double
  ) throws(BenchmarkFailure) {
    defer { bench_pin(-1) }
    var costs = (product: Samples(), floor: Samples())
    for index in 0..<processes {
      bench_pin(CInt(index))
      let product = try MeasuredChild(.product, period: "10ms", executable: path)
      let floor = try MeasuredChild(.floor, period: "10ms", writeBytes: writeBytes)
      usleep(starting)
      floor.stop()
      product.stop()
      for _ in 0..<turns {
        costs.product.append(try measure(product))
        costs.floor.append(try measure(floor))
      }
      product.goOn()
      floor.goOn()
      try product.end()
      try floor.end()
    }
    let comparison = Comparison(costs.product, over: costs.floor)
    print(
      "release executable \(fixed(costs.product.median, 1)) us a poll, a floor process "
        + "\(fixed(costs.floor.median, 1))")
    print(comparison.verdict("release executable, over a floor process", bound: bound))
  }

  private static func measure(_ child: MeasuredChild) throws(BenchmarkFailure) -> Double {
    child.goOn()
    usleep(settling)
    let before = child.cost
    usleep(turn)
    let after = child.cost
    child.stop()
    return try perPoll(before, after)
  }

  /// CPU time per poll, in µs. A poll is one write.
  private static func perPoll(
    _ before: bench_cost, _ after: bench_cost
  ) throws(BenchmarkFailure) -> Double {
    guard after.writes > before.writes else {
      throw BenchmarkFailure(text: "a process has not polled, or its writes are not counted")
    }
    return Double(after.cpu - before.cpu) / Double(after.writes - before.writes) / 1000
  }
}
