import JobStats

/// Polls of real control groups without a pause, product and floor in turns (`TightTurns`).
enum TightSection {
  private static let bound = 1.15

  static func run(isQuick: Bool) throws(BenchmarkFailure) {
    heading(
      "Polls of real control groups in a tight loop",
      """
      CPU time (user and system) per poll, of blocks of \(TightTurns.pollsPerBlock) polls; product and
      floor take turns in one process, on the same files. Output goes to /dev/null.
      """)
    let child = try MeasuredChild(.tight, period: "10s", amount: isQuick ? 11 : 101)
    try child.finish()
    let polls = Double(TightTurns.pollsPerBlock)
    let product = Samples(Shared[.productCPU], per: 1000 * polls)
    let floor = Samples(Shared[.floorCPU], per: 1000 * polls)
    print("  reads files of \(Shared.text)")
    var table = Table("", "CPU µs/poll", "5 % to 95 % of blocks")
    for (name, samples) in [("crunchstat", product), ("floor", floor)] {
      table.add(
        name, fixed(samples.median, 2),
        "\(fixed(samples.quantile(0.05), 2)) to \(fixed(samples.quantile(0.95), 2))")
    }
    print(table.text + "\n")
    print(Comparison(product, over: floor).verdict("tight loop, over the floor", bound: bound))
  }
}
