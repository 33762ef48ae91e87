import BenchmarkSupport
import Glibc
import JobStats

/// A measurement that could not be made.
struct BenchmarkFailure: Error { let text: String }

/// A process that is measured: crunchstat around a job.
///
/// It is the release executable as it is, or this executable, started again: then it runs the
/// product's own code from the command line to the exit status, control groups and event loop
/// included, with one more statistic that takes notes or does the floor's work (`ChildMain`).
/// The job waits for the end of its stdin, our end of a pipe. When the parent dies, all ends as
/// it should: no group stays behind.
final class MeasuredChild {
  /// What does nothing until its stdin ends.
  static let idleJob = "cat"

  private let child: bench_child
  private var isRunning = true

  /// The process.
  var process: pid_t { child.process }

  /// The release executable.
  /// - Parameters:
  ///   - period: in milliseconds: a bare number, as most people write it. To read one with a unit
  ///     takes code, and so 0.3 MB of resident pages, that nothing else touches.
  ///   - log: a file; with time stamps if it is none of /dev.
  init(
    _ executable: String, period: String, log: String = "/dev/null", job: String = idleJob
  ) throws(BenchmarkFailure) {
    let stamps = log.hasPrefix("/dev/") ? [] : ["-timestamps"]
    let words = ["crunchstat", "-poll", period, "-log", log] + stamps
    child = try Self.start(executable, words + [job])
  }

  /// This one.
  /// - Parameter scope: what it measures, as crunchstat's -scope takes it.
  init(
    _ order: Order, scope: String = "auto", job: String = idleJob
  ) throws(BenchmarkFailure) {
    let period = "\(order.period / 1000)us"
    let words = ["-scope", scope, "-poll", period, "-log", "/dev/null", job]
    child = try Self.start("/proc/self/exe", [order.word] + words)
  }

  private static func start(
    _ executable: String, _ words: [String]
  ) throws(BenchmarkFailure) -> bench_child {
    let child = unsafe bench_child_start(executable, words.joined(separator: "\n"))
    guard child.process > 0 else {
      throw BenchmarkFailure(text: "cannot run a child: \(errorText(-child.process))")
    }
    return child
  }

  deinit {
    guard isRunning else { return }
    goOn()
    _ = bench_child_end(child)
  }

  /// What it has used so far.
  var cost: bench_cost { bench_process_cost(child.process) }

  /// How often a poll writes, once there has been one: what it logs, and to the memory.peak of a
  /// group where the kernel resets it for one descriptor alone.
  var writesPerPoll: UInt64 { UInt64(1 + bench_marks(child.process)) }

  /// Both with its job.
  func stop() { kill(-child.process, SIGSTOP) }
  func goOn() { kill(-child.process, SIGCONT) }

  var hasEnded: Bool { bench_child_has_ended(child) != 0 }

  /// Waits until it has done what it was to do, and lets it end.
  func finish() throws(BenchmarkFailure) {
    let limit = MonotonicClock.now() + 60_000_000_000
    while Shared[.isDone] == 0 {
      if hasEnded || MonotonicClock.now() > limit {
        try end()
        throw BenchmarkFailure(text: "a child did not do what it was to do")
      }
      usleep(20_000)
    }
    try end()
  }

  /// Lets it end: its program, and so itself.
  func end() throws(BenchmarkFailure) {
    guard isRunning else { return }
    isRunning = false
    goOn()
    let status = bench_child_end(child)
    if status != 0 { throw BenchmarkFailure(text: "a child ended with status \(status)") }
  }
}
