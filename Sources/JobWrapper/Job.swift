import CStatShim
import Glibc
import JobStats

/// The program that crunchstat runs.
final class Job {
  let process: pid_t
  /// The status to leave with, once the program has ended and been reaped.
  private(set) var status: CInt?

  private init(_ process: pid_t) { self.process = process }

  /// Why the program could not be started.
  struct Failure: Error {
    let status: CInt
    let message: String
    /// The group that could not be entered, where that was it, and why.
    let group: (index: Int, error: CInt)?
  }

  /// Starts the program named by a word of the command line.
  /// - Parameters:
  ///   - index: which word it is; its arguments follow.
  ///   - standardError: what becomes its descriptor 2; nil leaves that as it is.
  ///   - groups: the control groups to enter before its first instruction.
  static func start(
    at index: Int, _ signals: Signals, _ streams: StandardStreams, standardError: CInt?,
    groups: [OwnGroup]
  ) throws(Failure) -> Job {
    let word = Arguments.words[index]
    let program = ProgramPath(word, search: Arguments.variable("PATH"))
    guard program.error == 0 else { throw failure(word, program.error) }
    let directories = groups.map(\.directoryNumber)
    func spawn(
      _ path: BytePath, _ arguments: UnsafePointer<UnsafeMutablePointer<CChar>?>
    ) -> (pid_t, CInt) {
      var failedGroup: CInt = -1
      let result = unsafe path.withCString { path in
        unsafe signals.withOriginalMask { mask in
          unsafe directories.withUnsafeBufferPointer { directories in
            var request = unsafe cstat_program(
              path: path, arguments: arguments, environment: environ, mask: mask,
              standard_error: standardError ?? -1, closed: streams.closed,
              ignore_child: signals.childWasIgnored ? 1 : 0,
              groups: directories.baseAddress, group_count: CInt(directories.count))
            return unsafe cstat_spawn(&request, &failedGroup)
          }
        }
      }
      return (result, failedGroup)
    }
    let arguments = unsafe Arguments.tail(from: index)
    var (result, failedGroup) = unsafe spawn(program.path, arguments)
    if result == -ENOEXEC, failedGroup < 0 {
      // A script that does not say what runs it: the shell does.
      (result, failedGroup) = unsafe Arguments.withShell(program.path, arguments) {
        unsafe spawn(BytePath("/bin/sh"), $0)
      }
    }
    if result >= 0 { return Job(result) }
    if failedGroup >= 0 {
      throw Failure(
        status: 125, message: "", group: (Int(failedGroup), CInt(-result)))
    }
    throw failure(word, -result)
  }

  private static func failure(_ word: BytePath, _ error: CInt) -> Failure {
    let status: CInt
    switch error {
    case ENOENT, ENOTDIR, ENAMETOOLONG, ELOOP: status = 127
    case EAGAIN, ENOMEM, EMFILE, ENFILE: status = 125
    default: status = 126
    }
    return Failure(
      status: status, message: "cannot run \(word.text): \(errorText(error))", group: nil)
  }

  /// Whether the program has ended; reaps it.
  func hasEnded() -> Bool {
    if status != nil { return true }
    var ended: CInt = 0
    let result = unsafe cstat_reap(process, &ended)
    if result == 1 { status = ended }
    // Somebody else has reaped it: its status is lost.
    if result < 0 { status = 125 }
    return status != nil
  }

  /// Passes a signal on. The process has not been reaped, so its id is still its own.
  func send(_ signal: CInt) {
    if status == nil { kill(process, signal) }
  }
}

extension Arguments {
  /// Runs `body` with the arguments for a shell that runs a script: sh, the script's path,
  /// and what follows the first of its own arguments.
  fileprivate static func withShell<Result>(
    _ script: BytePath, _ arguments: UnsafePointer<UnsafeMutablePointer<CChar>?>,
    _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
  ) -> Result {
    unsafe BytePath("sh").withCString { shell in
      unsafe script.withCString { path in
        var words: [UnsafeMutablePointer<CChar>?] = unsafe [
          UnsafeMutablePointer(mutating: shell), UnsafeMutablePointer(mutating: path),
        ]
        var index = 0
        while unsafe arguments[index] != nil {
          index += 1
          unsafe words.append(arguments[index])
        }
        return unsafe words.withUnsafeBufferPointer { unsafe body($0.baseAddress!) }
      }
    }
  }
}
