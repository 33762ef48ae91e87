import Glibc
import JobWrapper
import Testing

@Suite struct SignalNameTests {
  @Test(
    arguments: [
      (1, "SIGHUP"), (2, "SIGINT"), (3, "SIGQUIT"), (6, "SIGABRT"), (9, "SIGKILL"),
      (10, "SIGUSR1"), (12, "SIGUSR2"), (13, "SIGPIPE"), (14, "SIGALRM"), (15, "SIGTERM"),
      (17, "SIGCHLD"), (18, "SIGCONT"), (20, "SIGTSTP"), (21, "SIGTTIN"), (22, "SIGTTOU"),
      (23, "SIGURG"), (24, "SIGXCPU"), (28, "SIGWINCH"), (29, "SIGIO"), (30, "SIGPWR"),
      (31, "SIGSYS"), (34, "SIGRTMIN"), (35, "SIGRTMIN+1"), (49, "SIGRTMIN+15"),
      (50, "SIGRTMAX-14"), (63, "SIGRTMAX-1"), (64, "SIGRTMAX"), (0, "signal 0"),
      (32, "signal 32"),
      (65, "signal 65"), (-1, "signal -1"),
    ] as [(CInt, String)])
  func `a signal is called as kill -l has it`(number: CInt, name: String) {
    #expect(signalName(number) == name)
  }

  @Test func `every signal has a name of its own`() {
    let names = Set((1...64).map { signalName($0) })
    #expect(names.count == 64)
    #expect(names.allSatisfy { !$0.contains(" ") || ["signal 32", "signal 33"].contains($0) })
  }

  @Test func `the signals are taken over with a descriptor to wait for`() async {
    await #expect(processExitsWith: .success) {
      let signals = try Signals()
      #expect(signals.descriptorNumber > 2)
    }
  }
}
