import CStatShim
import Glibc
import JobStats

/// The signals sent to crunchstat, all of them blocked and read from a descriptor, and the
/// state that they were in before, which is the program's.
package final class Signals {
  /// Readable when a signal is pending.
  package var descriptorNumber: CInt { descriptor.number }
  /// Whether SIGCHLD was ignored when crunchstat was started.
  let childWasIgnored: Bool
  private let descriptor: Descriptor
  private var original: sigset_t

  package init() throws(SystemError) {
    original = sigset_t()
    var ignored: CInt = 0
    let number = unsafe cstat_signals_open(&original, &ignored)
    descriptor = Descriptor(owning: try checked(number, "take signals"))
    childWasIgnored = ignored != 0
  }

  /// Takes the next pending signal, or nil where none is.
  func next() -> cstat_signal? {
    var signal = cstat_signal()
    return unsafe cstat_signals_next(descriptor.number, &signal) == 1 ? signal : nil
  }

  /// Runs `body` with the mask that crunchstat was started with.
  func withOriginalMask<Result>(_ body: (UnsafePointer<sigset_t>) -> Result) -> Result {
    unsafe withUnsafePointer(to: &original) { unsafe body($0) }
  }
}
