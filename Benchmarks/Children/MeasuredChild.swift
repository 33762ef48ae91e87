import BenchmarkSupport
import Glibc
import JobStats

/// A measurement that could not be made.
struct BenchmarkFailure: Error { let text: String }

/// A process that is measured: crunchstat around a program that does nothing (cat, which
/// waits for our end of its stdin to be closed).
///
/// It is this executable, started again: it runs the product's own code from the command
/// line to the exit status, control groups and event loop included, with one more statistic
/// that takes notes or does the floor's work (`ChildMain`). When the parent dies, cat
/// reads the end of its stdin, and all ends as it should: no group stays behind.
final class MeasuredChild {
  private let child: bench_child
  private var isRunning = true

  /// - Parameters:
  ///   - role: what it is to do.
  ///   - period: its polling period, as crunchstat's -poll takes it.
  ///   - amount: how much of it.
  ///   - writeBytes: how many bytes a poll of the floor writes.
  ///   - scope: what it measures, as crunchstat's -scope takes it.
  ///   - executable: a crunchstat to run instead, as it is.
  init(
    _ role: Shared.Role, period: String, amount: Int = 0, writeBytes: UInt64 = 0,
    scope: String = "auto", executable: String? = nil
  ) throws(BenchmarkFailure) {
    guard bench_shared_make() == 0 else {
      throw BenchmarkFailure(text: "no memory to share with a child")
    }
    bench_shared_clear()
    Shared.role = role
    Shared[.amount] = UInt64(amount)
    Shared[.writeBytes] = writeBytes
    let words = "\(ChildMain.name) -scope \(scope) -poll \(period) -log /dev/null cat"
    child = unsafe bench_child_start(executable ?? "/proc/self/exe", words)
    guard child.process > 0 else {
      throw BenchmarkFailure(text: "cannot run a child: \(errorText(-child.process))")
    }
  }

  deinit { if isRunning { _ = bench_child_end(child) } }

  /// What it has used so far.
  var cost: bench_cost { bench_process_cost(child.process) }

  func stop() { kill(child.process, SIGSTOP) }
  func goOn() { kill(child.process, SIGCONT) }

  /// Waits until it has done what it was to do, and lets it end.
  func finish() throws(BenchmarkFailure) {
    let limit = MonotonicClock.now() + 60_000_000_000
    while Shared[.isDone] == 0 {
      if bench_child_has_ended(child) != 0 || MonotonicClock.now() > limit {
        try end()
        throw BenchmarkFailure(text: "a child did not do what it was to do")
      }
      usleep(20_000)
    }
    try end()
  }

  /// Lets it end: its program, and so itself.
  func end() throws(BenchmarkFailure) {
    isRunning = false
    let status = bench_child_end(child)
    if status != 0 { throw BenchmarkFailure(text: "a child ended with status \(status)") }
  }
}
