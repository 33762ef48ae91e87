import CStatShim
import Glibc
import JobStats

/// The program that crunchstat runs.
final class Job {
  let process: pid_t
  /// The status to leave with, once the program has ended and been reaped.
  private(set) var status: CInt?

  /// Why the program could not be started.
  enum Failure: Error {
    /// The status to leave with, and the text.
    case program(CInt, String)
    /// A control group could not be entered.
    case group(index: Int, CInt)
  }

  /// Starts the program, found as the shell does.
  init(_ start: ProgramStart) throws(Failure) {
    let word = Arguments.words[start.index]
    let program = ProgramPath(word, search: environmentVariable("PATH"))
    guard program.error == 0 else { throw Self.failure(word, program.error) }
    switch start.start(program.path) {
    case .started(let process): self.process = process
    case .failed(let error): throw Self.failure(word, error)
    case .refused(let group, let error): throw .group(index: group, error)
    }
  }

  private static func failure(_ word: BytePath, _ error: CInt) -> Failure {
    let status: CInt
    switch error {
    case ENOENT, ENOTDIR, ENAMETOOLONG, ELOOP: status = 127
    case EAGAIN, ENOMEM, EMFILE, ENFILE: status = Crunchstat.failed
    default: status = 126
    }
    return .program(status, "cannot run \(word.text): \(errorText(error))")
  }

  /// The signal that has stopped the program, where it has not been continued since.
  private(set) var stopSignal: CInt?

  /// Whether the program has ended; reaps it.
  func hasEnded() -> Bool {
    while status == nil {
      switch childState(process) {
      case .unchanged: return false
      case .stopped(let signal): stopSignal = signal
      case .continued: stopSignal = nil
      case .ended(let status): self.status = status
      case .lost: status = Crunchstat.failed
      }
    }
    return true
  }

  /// Passes a signal on. The process has not been reaped, so its id is still its own.
  func pass(_ signal: cstat_signal) {
    if status == nil { signal.pass(to: process) }
  }
}
