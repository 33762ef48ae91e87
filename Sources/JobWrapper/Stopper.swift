import Glibc

/// Job control: when the terminal stops the program (Ctrl-Z, or a read in the background),
/// crunchstat stops too, since the shell waits for that. It does so only once the program
/// has really stopped: one that ignores the signal, or that the kernel spares because no
/// shell could continue it, goes on, and so does crunchstat.
struct Stopper {
  private var isAsked = false

  /// The terminal has sent a signal to the whole process group.
  mutating func terminal(sent signal: CInt) {
    if [SIGTSTP, SIGTTIN, SIGTTOU].contains(signal) { isAsked = true }
  }

  /// The program has stopped, gone on, or ended.
  mutating func stopWith(_ job: Job?) {
    guard isAsked, let job, job.isStopped else { return }
    isAsked = false
    kill(getpid(), SIGSTOP)
  }
}
