import CStatShim
import Glibc
import JobStats

/// The signals sent to crunchstat, all of them blocked and read from a descriptor, and the
/// state that they were in before, which is the program's.
package final class Signals {
  /// Readable when a signal is pending.
  package var descriptorNumber: CInt { descriptor.number }
  /// Those of the signals that end a process, and of SIGCHLD, that were ignored when
  /// crunchstat was started: bit N - 1 for signal N.
  private let ignored: UInt64
  private let descriptor: Descriptor
  private var original: sigset_t

  package init() throws(SystemError) {
    original = sigset_t()
    var ignored: UInt64 = 0
    let number = unsafe cstat_signals_open(&original, &ignored)
    descriptor = Descriptor(owning: try checked(number, "take signals"))
    self.ignored = ignored
  }

  /// Whether SIGHUP, SIGINT, SIGQUIT, SIGTERM or SIGCHLD was ignored at the start.
  func wasIgnored(_ number: CInt) -> Bool { ignored & 1 << UInt64(number - 1) != 0 }

  /// Takes the next pending signal, or nil where none is.
  func next() -> cstat_signal? {
    var signal = cstat_signal()
    return unsafe cstat_signals_next(descriptor.number, &signal) == 1 ? signal : nil
  }

  /// Takes all that are pending: those that came before the program was there.
  func takePending() -> [cstat_signal] {
    var taken: [cstat_signal] = []
    while let signal = next() { taken.append(signal) }
    return taken
  }

  /// Runs `body` with the mask that crunchstat was started with.
  func withOriginalMask<Result>(_ body: (UnsafePointer<sigset_t>) -> Result) -> Result {
    unsafe withUnsafePointer(to: &original) { unsafe body($0) }
  }
}

extension cstat_signal {
  /// Whether the program has it without our help: the terminal, or a session that ended,
  /// has signalled the whole process group.
  var reachesWholeGroup: Bool {
    guard from_kernel != 0 else { return false }
    switch number {
    case SIGINT, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU, SIGWINCH: return true
    // A terminal that hangs up tells the session's leader alone.
    case SIGHUP, SIGCONT: return getsid(0) != getpid()
    default: return false
    }
  }

  /// Whether crunchstat caused it: a write to a pipe that nobody reads, or beyond a limit;
  /// CPU time of its own.
  var isOurs: Bool {
    sender == getpid() || from_kernel != 0 && [SIGXCPU, SIGVTALRM, SIGPROF].contains(number)
  }

  /// Passes it on to a process, with its value if it has one.
  func pass(to process: pid_t) {
    var signal = self
    _ = unsafe cstat_signals_pass(process, &signal)
  }
}
