import BenchmarkSupport

/// How fast the job's stderr is passed on.
enum RelaySection {
  static func run(_ report: Report, isQuick: Bool) throws {
    let megabytes: UInt64 = isQuick ? 32 : 256
    report.begin(
      .relay, "stderr passed on, pipe to pipe",
      """
      A job writes \(megabytes) MB in lines of 100 bytes to its stderr, a pipe, in pieces of 64 KB;
      crunchstat, or cat, reads that and writes another pipe, which is read here. Runs in turns.
      """)
    guard let executable = Executables.crunchstat, let own = Executables.own?.text else {
      report.add(Row(demand: .relay, obstacle: Executables.noCrunchstat))
      return
    }
    let job = "\(own)\n--job=lines=\(megabytes * 1_000_000)"
    let watched = "\(executable)\n-scope\ninherit\n\(job)"
    var (product, floor) = (Samples(), Samples())
    for round in 0...(isQuick ? 3 : 9) {
      let ours = try rate(unsafe bench_pass_on(watched, nil), megabytes)
      let limit = try rate(unsafe bench_pass_on(job, "cat"), megabytes)
      guard round > 0 else { continue }
      product.append(ours)
      floor.append(limit)
    }
    let comparison = Comparison(product, over: floor)
    report.add(comparison.table("GB/s", floor: "cat", of: "runs"))
    report.add(comparison.row(.relay))
  }

  private static func rate(
    _ flow: bench_flow, _ megabytes: UInt64
  ) throws(BenchmarkFailure) -> Double {
    // All but the first piece has to have come.
    guard flow.time > 0, flow.bytes + 200_000 > megabytes * 1_000_000 else {
      throw BenchmarkFailure(text: "not all of stderr has come: \(flow.bytes) bytes")
    }
    return Double(flow.bytes) / Double(flow.time)
  }
}
