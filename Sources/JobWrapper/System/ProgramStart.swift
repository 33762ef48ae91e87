import CStatShim
import Glibc
import JobStats

/// In which state a program of the command line is to run. A class, since to let go of a struct with
/// an array in it Swift's runtime has to learn the array's type.
final class ProgramStart {
  /// Which word of the command line it is; its arguments follow.
  let index: Int
  let signals: Signals
  let streams: StandardStreams
  /// What becomes its descriptor 2; nil leaves that as it is.
  let standardError: CInt?
  /// Whether it is killed when crunchstat ends before it.
  let diesWithUs: Bool
  /// Directories of the control groups to enter before its first instruction.
  let groups: [CInt]

  init(
    index: Int, signals: Signals, streams: StandardStreams, standardError: CInt?,
    diesWithUs: Bool, groups: [CInt]
  ) {
    self.index = index
    self.signals = signals
    self.streams = streams
    self.standardError = standardError
    self.diesWithUs = diesWithUs
    self.groups = groups
  }

  enum Outcome {
    case started(pid_t)
    /// It could not be executed.
    case failed(CInt)
    /// A group could not be entered.
    case refused(group: Int, CInt)
  }

  /// Starts the program that stands at a path; one that is no executable, and does not say
  /// what runs it, is a script for the shell.
  func start(_ path: BytePath) -> Outcome {
    let arguments = unsafe Arguments.tail(from: index)
    let outcome = unsafe spawn(path, arguments)
    guard case .failed(ENOEXEC) = outcome else { return outcome }
    return unsafe Arguments.withShell(path, arguments) {
      unsafe spawn(BytePath("/bin/sh"), $0)
    }
  }

  private func spawn(_ path: BytePath, _ arguments: ArgumentVector) -> Outcome {
    var failedGroup: CInt = -1
    let result = unsafe path.withCString { path in
      unsafe signals.withOriginalMask { mask in
        unsafe groups.withUnsafeBufferPointer { groups in
          var program = unsafe cstat_program(
            path: path, arguments: arguments, environment: environ, mask: mask,
            standard_error: standardError ?? -1, closed: streams.closed,
            ignore_child: signals.wasIgnored(SIGCHLD) ? 1 : 0,
            dies_with_us: diesWithUs ? 1 : 0, groups: groups.baseAddress,
            group_count: CInt(groups.count))
          return unsafe cstat_spawn(&program, &failedGroup)
        }
      }
    }
    if result >= 0 { return .started(result) }
    return failedGroup >= 0 ? .refused(group: Int(failedGroup), -result) : .failed(-result)
  }
}
