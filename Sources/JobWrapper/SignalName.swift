import Glibc

/// The name of a signal, as kill -l has it, with SIG in front; the real-time ones count
/// from SIGRTMIN (34) and from SIGRTMAX (64).
package func signalName(_ number: CInt) -> String {
  if let name = names[number] { return "SIG" + name }
  switch number {
  case 34: return "SIGRTMIN"
  case 35...49: return "SIGRTMIN+\(number - 34)"
  case 50...63: return "SIGRTMAX-\(64 - number)"
  case 64: return "SIGRTMAX"
  default: return "signal \(number)"
  }
}

private let names: [CInt: String] = [
  SIGHUP: "HUP", SIGINT: "INT", SIGQUIT: "QUIT", SIGILL: "ILL", SIGTRAP: "TRAP",
  SIGABRT: "ABRT", SIGBUS: "BUS", SIGFPE: "FPE", SIGKILL: "KILL", SIGUSR1: "USR1",
  SIGSEGV: "SEGV", SIGUSR2: "USR2", SIGPIPE: "PIPE", SIGALRM: "ALRM", SIGTERM: "TERM",
  SIGSTKFLT: "STKFLT", SIGCHLD: "CHLD", SIGCONT: "CONT", SIGSTOP: "STOP",
  SIGTSTP: "TSTP", SIGTTIN: "TTIN", SIGTTOU: "TTOU", SIGURG: "URG", SIGXCPU: "XCPU",
  SIGXFSZ: "XFSZ", SIGVTALRM: "VTALRM", SIGPROF: "PROF", SIGWINCH: "WINCH",
  SIGPOLL: "IO", SIGPWR: "PWR", SIGSYS: "SYS",
]
