import JobStats

/// Polls of real control groups without a pause, product and floor in turns (`TightTurns`).
enum TightSection {
  static func run(_ report: Report, isQuick: Bool) throws(BenchmarkFailure) {
    report.begin(
      .tight, "Polls of real control groups in a tight loop",
      """
      CPU time (user and system) per poll, of blocks of \(TightTurns.pollsPerBlock) polls; product and
      floor take turns in one process, on the same files. Output goes to /dev/null.
      """)
    try Shared.begin()
    let order = Order(.tight, amount: isQuick ? 11 : 101, period: 10_000_000_000)
    let child = try MeasuredChild(order)
    try child.finish()
    let polls = Double(TightTurns.pollsPerBlock)
    let product = Samples(Shared[.productCPU], per: 1000 * polls)
    let floor = Samples(Shared[.floorCPU], per: 1000 * polls)
    report.say("reads files of \(Shared.text)")
    let comparison = Comparison(product, over: floor)
    report.add(comparison.table("CPU µs/poll", floor: "floor", of: "blocks"))
    report.add(comparison.row(.tight))
  }
}
