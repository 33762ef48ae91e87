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

  struct Outcome {
    var made = 0.0
    var missed = 0.0
    /// How late the latest poll was, in ms.
    var latest = 0.0
    /// Seconds from the first poll to the last sample, by their time stamps.
    var seconds = 0.0

    /// How many more polls were made or missed than were due: at the first poll and whenever a
    /// period had gone by, and at the program's end. One more or less may be the clock's.
    func surplus(period: Double) -> Double {
      made + missed - 2 - (seconds / period).rounded(.down)
    }

    var text: String {
      "a run of \(fixed(seconds, 3)) s: \(fixed(made, 0)) polls made, \(fixed(missed, 0)) missed, "
        + "the latest \(fixed(latest, 3)) ms late"
    }
  }

  /// Of its lines "TIME crunchstat: mem ..." and of "TIME crunchstat: notice: cost: N polls made,
  /// N missed, worst lateness N ms, ...".
  func finish() throws -> Outcome {
    while !child.hasEnded { usleep(10_000) }
    try child.end()
    // Of megabytes the first lines and the last.
    let lines = ["head", "tail"].flatMap {
      Script.text([$0, "-n", "20", log]).split(separator: "\n").map { $0.split(separator: " ") }
    }
    let samples = lines.filter { $0.count > 2 && $0[2] == "mem" }
    let words = lines.last { $0.count > 11 && $0[3] == "cost:" } ?? []
    guard words.count > 11, let made = Double(words[4]), let missed = Double(words[7]),
      let latest = Double(words[11]), let first = samples.first.flatMap({ Self.time($0[0]) }),
      let last = samples.last.flatMap({ Self.time($0[0]) })
    else { throw BenchmarkFailure(text: "crunchstat has not told what it has cost") }
    // An hour may have ended.
    let seconds = last < first ? last - first + 3600 : last - first
    return Outcome(made: made, missed: missed, latest: latest, seconds: seconds)
  }

  /// Seconds of the hour, of "2026-01-02T03:04:05.678901234Z".
  private static func time(_ stamp: Substring) -> Double? {
    let parts = stamp.dropLast().split(separator: ":")
    guard parts.count == 3, let minutes = Double(parts[1]), let seconds = Double(parts[2])
    else { return nil }
    return 60 * minutes + seconds
  }
}
