import JobStats

/// Real polls of real control groups, 10 ms apart: CPU time per poll, and how late they are.
///
/// First the product's event loop and the floor's take turns in one process (`PacedTurns`),
/// in which the product's code lies scattered among the benchmarks' own. Then, where the release
/// executable has been built, it is measured from outside, exactly as it is, in turns with a
/// process that is all floor: that is what the bound is held against.
enum PacedSection {
  private static let bound = 1.15

  static func run(isQuick: Bool) throws(BenchmarkFailure) {
    heading(
      "Real polls, 10 ms apart",
      """
      CPU time (user and system) per poll, of blocks of \(PacedTurns.pollsPerBlock) polls, product and floor in turns.
      Lateness: from the deadline (start + k * 10 ms) to the poll. Output goes to /dev/null.
      """)
    let child = try MeasuredChild(.paced, period: "10ms", amount: isQuick ? 12 : 75)
    try child.finish()
    let writeBytes = report()
    guard let executable = ReleaseExecutable.path else {
      print("(the release executable has not been built, so it is not measured: make)")
      return
    }
    try ReleaseExecutable.compare(
      executable, processes: isQuick ? 2 : 8, turns: isQuick ? 4 : 10, writeBytes, bound: bound)
  }

  /// Returns how many bytes a poll writes.
  private static func report() -> UInt64 {
    print("  reads files of \(Shared.text)")
    var costs = Table("", "CPU µs/poll", "reads/poll", "bytes in", "bytes out")
    var times = Table("lateness in µs", "p50", "p99", "max", "polls", "missed")
    func add(
      _ name: String, _ cpu: Samples, _ calls: CallCounts?, _ lateness: Samples,
      _ missed: Shared.Number
    ) {
      costs.add([name, fixed(cpu.median, 1)] + (calls?.cells ?? []))
      times.add(
        name, fixed(lateness.median, 1), fixed(lateness.quantile(0.99), 1),
        fixed(lateness.maximum, 1), "\(lateness.values.count)", "\(Shared[missed])")
    }
    let perPoll = 1000 * Double(PacedTurns.pollsPerBlock)
    let product = Samples(Shared[.productCPU], per: perPoll)
    let floor = Samples(Shared[.floorCPU], per: perPoll)
    let (productCalls, floorCalls) = (CallCounts(.productCalls), CallCounts(.floorCalls))
    let (late, floorLate) = (
      Samples(Shared[.productLateness], per: 1000), Samples(Shared[.floorLateness], per: 1000)
    )
    add("crunchstat", product, productCalls, late, .productMissed)
    add("floor", floor, floorCalls, floorLate, .floorMissed)
    print("\(costs.text)\n\n\(times.text)\n")
    print(Comparison(product, over: floor).verdict("both in one process", bound: nil))
    if let productCalls, let floorCalls, !productCalls.isAlike(floorCalls) {
      print("  WARNING: product and floor do not read the same files: the ratio means nothing")
    }
    return productCalls?.bytesWritten ?? 512
  }
}
