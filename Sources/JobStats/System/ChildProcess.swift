import CStatShim
import Glibc

/// What has become of a child process since the last time it was asked for.
public enum ChildState {
  case unchanged, continued
  case stopped(by: CInt)
  /// It has ended, and been reaped: its status, as a shell shows it.
  case ended(CInt)
  /// Somebody else has reaped it.
  case lost
}

/// waitpid(2) of one child, which does not wait.
public func childState(_ process: pid_t) -> ChildState {
  var status: CInt = 0
  switch unsafe cstat_reap(process, &status) {
  case 0: return .unchanged
  case 1: return .ended(status)
  case 2: return .stopped(by: status)
  case 3: return .continued
  default: return .lost
  }
}

/// Reaps all children that have ended, but for one whose status somebody else waits for. (An
/// orphan is the child of the nearest subreaper above it, or of process 1.)
/// - Parameter reap: reaps one; returns false where that was not possible.
public func reapChildren(
  besides program: pid_t,
  reap: (pid_t) -> Bool = { if case .ended = childState($0) { true } else { false } }
) {
  while true {
    let process = cstat_ended_child()
    guard process > 0, process != program, reap(process) else { return }
  }
}

/// Whether this process has any child, alive or not, or that can't be told (before Linux 4.7).
func hasChild() -> Bool {
  var ended = unsafe siginfo_t()
  // __WALL: also one that is no ordinary child, as clone(2) can make it.
  let options = WEXITED | WNOHANG | WNOWAIT | __WALL
  return unsafe waitid(P_ALL, 0, &ended, options) == 0 || errno != ECHILD
}

/// Whether this process has had other threads than this one, before exec made it crunchstat: what
/// they have read and written is in /proc/self/io. It is told by their page faults: a
/// new thread's stack and its first steps take some.
func hasHadThreads() -> Bool {
  // RUSAGE_THREAD, which Glibc's module does not show.
  let thread: CInt = 1
  var all = rusage()
  var own = rusage()
  guard unsafe getrusage(CInt(RUSAGE_SELF.rawValue), &all) == 0,
    unsafe getrusage(thread, &own) == 0
  else { return true }
  return all.ru_minflt != own.ru_minflt || all.ru_majflt != own.ru_majflt
}

/// What all children that this process has reaped have used, and theirs; nil where the kernel
/// does not tell. One system call.
func childrenUsage() -> cstat_children? {
  var usage = cstat_children()
  return unsafe cstat_children_usage(&usage) == 0 ? usage : nil
}
