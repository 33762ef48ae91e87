import CStatShim
import Glibc
import JobStats

/// The process that started crunchstat, and what the program gets when it has gone.
struct ParentProcess {
  /// The signal for the program, or 0: none, or it has been told of already.
  private var signal: CInt

  /// - Parameter signal: 0 turns this off.
  init(signal: CInt) throws(SystemError) {
    self.signal = signal
    // SIGCHLD, because it is never passed on and only makes us look: the kernel sends it when
    // the parent's thread ends, too, while the parent lives on.
    if signal != 0 { try checked(cstat_signal_parents_end(SIGCHLD), "watch the parent") }
  }

  /// What the program is to be sent now, once; nil while the parent is there.
  mutating func takeSignal() -> cstat_signal? {
    guard signal != 0, getppid() != cstat_first_parent() else { return nil }
    defer { signal = 0 }
    return cstat_signal(number: signal, from_kernel: 0, sender: 0, has_value: 0, value: 0)
  }
}
