import Glibc
import JobStats

/// A run of the release executable that nobody interrupts, and what it says of itself at the end.
final class WholeRun {
  let child: MeasuredChild
  private let log: String

  /// - Parameter seconds: how long its job lasts.
  init(_ executable: String, period: String, seconds: Int) throws {
    let place = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
    log = "\(place)/crunchstat-benchmark-\(getpid()).log"
    unsafe unlink(log)
    child = try MeasuredChild(
      executable, period: period, log: log, job: "sleep\n\(seconds)")
  }

  deinit { unsafe unlink(log) }

  /// Of its last line: "cost: N polls made, N missed, worst lateness N ms, ...".
  func finish() throws -> (made: Double, missed: Double, latest: Double) {
    while !child.hasEnded { usleep(10_000) }
    try child.end()
    let text = try RootDirectory(BytePath("/")).contents(BytePath(log))
    let line = String(decoding: text, as: UTF8.self).split(separator: "\n")
      .last { $0.hasPrefix("crunchstat: notice: cost: ") }
    let words = line?.split(separator: " ") ?? []
    guard words.count > 10, let made = Double(words[3]), let missed = Double(words[6]),
      let latest = Double(words[10])
    else { throw BenchmarkFailure(text: "crunchstat has not told what it has cost") }
    return (made, missed, latest)
  }
}
