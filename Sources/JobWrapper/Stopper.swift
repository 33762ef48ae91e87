import Glibc
import JobStats

/// Job control: when the program is stopped as a job (Ctrl-Z, a read in the background, an
/// editor's own command for it), crunchstat stops too, since the shell waits for that. It does
/// so only once the program has really stopped: one that ignores the signal, or that the
/// kernel spares because no shell could continue it, goes on, and so does crunchstat.
struct Stopper {
  /// The signals that stop a job.
  private static let stops: Set<CInt> = [SIGTSTP, SIGTTIN, SIGTTOU]
  /// How long after the signal a SIGSTOP still counts as the program's way to obey it, in
  /// nanoseconds. Later it is somebody's who means the program alone.
  private static let patience = 2 * second
  /// When a signal came that stops jobs, on the monotonic clock.
  private var asked: UInt64?

  /// Takes note of a signal that crunchstat has got, as its whole group has.
  mutating func took(_ signal: CInt) {
    if Self.stops.contains(signal) { asked = MonotonicClock.now() }
    if signal == SIGCONT { asked = nil }
  }

  /// The program may have stopped.
  mutating func stopWith(_ job: Job?) {
    guard let asked, let signal = job?.stopSignal else { return }
    self.asked = nil
    if signal == SIGSTOP, MonotonicClock.now() - asked > Self.patience { return }
    kill(getpid(), SIGSTOP)
  }
}
