import CStatShim
import Glibc
import JobStats

/// What a test spawns; the arguments end with NULL by themselves.
struct Program {
  var path: String
  var arguments: [String]
  var standardError: CInt = -1
  var closed: CInt = 0
  var ignoresChild = false
  var diesWithUs = false
  var groups: [CInt] = []
  /// The signal mask to run it with: bit N - 1 for signal N.
  var blocked: [CInt] = []

  init(_ path: String, _ arguments: String...) {
    self.path = path
    self.arguments = [path] + arguments
  }

  static func shell(_ script: String) -> Program { Program("/bin/sh", "-c", script) }

  /// Runs it. Returns its process id, or -errno and the group that could not be entered.
  func spawn() -> (result: pid_t, failedGroup: CInt) {
    var mask = sigset_t()
    unsafe sigemptyset(&mask)
    for signal in blocked { unsafe sigaddset(&mask, signal) }
    var words: [UnsafeMutablePointer<CChar>?] =
      unsafe arguments.map { unsafe strdup($0) } + [nil]
    defer { unsafe words.forEach { unsafe free($0) } }
    var failedGroup: CInt = -2
    let result = unsafe path.withCString { path in
      unsafe words.withUnsafeMutableBufferPointer { words in
        unsafe groups.withUnsafeBufferPointer { groups in
          unsafe withUnsafePointer(to: &mask) { mask in
            var request = unsafe cstat_program(
              path: path, arguments: words.baseAddress, environment: environ, mask: mask,
              standard_error: standardError, closed: closed,
              ignore_child: ignoresChild ? 1 : 0, dies_with_us: diesWithUs ? 1 : 0,
              groups: groups.baseAddress,
              group_count: CInt(groups.count))
            return unsafe cstat_spawn(&request, &failedGroup)
          }
        }
      }
    }
    return (result, failedGroup)
  }

  /// Runs it to its end. Returns its status as a shell shows it, or -errno.
  func status() -> CInt {
    let (process, _) = spawn()
    return process < 0 ? process : reap(process)
  }
}

/// Waits for a child's end. Returns its status as a shell shows it, or -errno.
func reap(_ process: pid_t) -> CInt {
  var status: CInt = -1
  while true {
    switch unsafe cstat_reap(process, &status) {
    case 1: return status
    // It runs on, has been stopped, or continued.
    case 0, 2, 3: usleep(500)
    case let error: return error
    }
  }
}

/// Starts a shell in the background.
func spawnShell(_ script: String) throws -> pid_t {
  try checked(Program.shell(script).spawn().result, "spawn a shell")
}

func killAndReap(_ process: pid_t) {
  kill(process, SIGKILL)
  _ = reap(process)
}
