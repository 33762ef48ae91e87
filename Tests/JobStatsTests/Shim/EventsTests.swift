import CStatShim
import Glibc
import JobStats
import Testing

@Suite struct ShimEventsTests {
  @Test func `a wait of no time sees what is ready and nothing else`() throws {
    let pipe = try TestPipe()
    var events = [
      cstat_event(descriptor: pipe.output, wanted: Int16(CSTAT_READABLE), happened: 0),
      cstat_event(descriptor: -1, wanted: Int16(CSTAT_READABLE), happened: 7),
      cstat_event(descriptor: pipe.input, wanted: Int16(CSTAT_WRITABLE), happened: 0),
    ]
    #expect(wait(&events, 0) == 1)
    #expect(events.map(\.happened) == [0, 0, Int16(CSTAT_WRITABLE)])
    pipe.put("x")
    #expect(wait(&events, -1) == 2)
    #expect(events.map(\.happened) == [Int16(CSTAT_READABLE), 0, Int16(CSTAT_WRITABLE)])
  }

  @Test func `a full pipe is not writable, an ended one is both`() throws {
    let pipe = try TestPipe(size: 4096)
    #expect(pipe.put([UInt8](repeating: 1, count: 5000)[...]) == 4096)
    var events = [
      cstat_event(descriptor: pipe.input, wanted: Int16(CSTAT_WRITABLE), happened: 0)
    ]
    #expect(wait(&events, 0) == 0)
    events[0] = cstat_event(
      descriptor: pipe.output, wanted: Int16(CSTAT_READABLE), happened: 0)
    _ = pipe.take()
    #expect(wait(&events, 0) == 0)
    pipe.closeInput()
    #expect(wait(&events, -1) == 1)
    #expect(events[0].happened & Int16(CSTAT_ENDED) != 0)
  }

  @Test func `a closed descriptor has ended`() {
    var events = [
      cstat_event(descriptor: 1_000_000, wanted: Int16(CSTAT_READABLE), happened: 0)
    ]
    #expect(wait(&events, -1) == 1)
    #expect(events[0].happened & Int16(CSTAT_ENDED) != 0)
  }

  @Test func `nothing to wait for is a pause, which is not shorter than it was to be`() {
    var events: [cstat_event] = []
    let start = MonotonicClock.now()
    #expect(wait(&events, 2_000_000) == 0)
    #expect(MonotonicClock.now() - start >= 2_000_000)
  }

  @Test func `what poll allows itself goes by niceness and policy`() async {
    await #expect(processExitsWith: .success) {
      _ = nice(3)
      #expect(cstat_wait_slack_divisor() == 200)
      var parameters = sched_param(sched_priority: 1)
      // Some environments allow nobody a real-time policy.
      if unsafe sched_setscheduler(0, SCHED_FIFO, &parameters) == 0 {
        #expect(cstat_wait_slack_divisor() == 0)
      }
    }
  }

  @Test func `timer slack is set, for this thread`() {
    #expect(cstat_set_timer_slack(50_000) == 0)
  }

  @Test func `slices are asked for, which are no more than that`() async {
    await #expect(processExitsWith: .success) {
      _ = nice(3)
      // In the environments of other kernels, or where a filter forbids it, nothing changes.
      #expect([0, -EPERM, -ENOSYS, -EINVAL].contains(cstat_set_slice(100_000)))
      #expect(getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0) == 3)
    }
  }

  @Test func `signals are taken one by one, and told where they are from`() async {
    await #expect(processExitsWith: .success) {
      let descriptor = openSignals().descriptor
      var next = cstat_signal()
      #expect(unsafe cstat_signals_next(descriptor, &next) == 0)
      pthread_kill(pthread_self(), SIGUSR1)
      pthread_kill(pthread_self(), SIGUSR1)
      pthread_kill(pthread_self(), SIGTERM)
      var taken: [CInt: Int] = [:]
      while unsafe cstat_signals_next(descriptor, &next) == 1 {
        taken[next.number, default: 0] += 1
        #expect(next.sender == getpid() && next.from_kernel == 0)
      }
      // Standard signals that are pending twice merge.
      #expect(taken == [SIGUSR1: 1, SIGTERM: 1])
    }
  }

  @Test func `real-time signals arrive as often as they were sent`() async {
    await #expect(processExitsWith: .success) {
      let descriptor = openSignals().descriptor
      for _ in 0..<5 { pthread_kill(pthread_self(), 40) }
      var next = cstat_signal()
      var count = 0
      while unsafe cstat_signals_next(descriptor, &next) == 1 {
        count += next.number == 40 ? 1 : 0
      }
      #expect(count == 5)
    }
  }

  @Test func `the mask that was in force is told, and all signals are blocked`() async {
    await #expect(processExitsWith: .success) {
      var before = sigset_t()
      unsafe sigemptyset(&before)
      unsafe sigaddset(&before, SIGUSR2)
      unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
      var (_, original, _) = openSignals()
      var now = sigset_t()
      unsafe pthread_sigmask(SIG_SETMASK, nil, &now)
      let told = (1...64).filter { unsafe sigismember(&original, $0) == 1 }
      let open = (1...64).filter { unsafe sigismember(&now, $0) != 1 }
      // The two that glibc keeps for itself, and those that can't be blocked.
      #expect(told == [SIGUSR2] && Set(open) == [SIGKILL, SIGSTOP, 32, 33])
    }
  }

  @Test(arguments: [SIGSEGV, SIGILL])
  func `a fault ends the process though its signal is blocked`(fault: CInt) async {
    await #expect(processExitsWith: .signal(fault)) { [fault = fault as CInt] in
      _ = signal(fault, SIG_DFL)
      var none = rlimit()
      unsafe setrlimit(__rlimit_resource_t(4), &none)  // RLIMIT_CORE
      _ = openSignals()
      // What is trapped so is an illegal instruction.
      if fault == SIGILL { _ = [Int]()[Int(fault)] }
      unsafe UnsafeMutablePointer<Int>(bitPattern: 8)!.pointee = 1
    }
  }

  @Test func `a child's end is seen though SIGCHLD was ignored`() async {
    await #expect(processExitsWith: .success) {
      _ = signal(SIGCHLD, SIG_IGN)
      let (descriptor, _, ignored) = openSignals()
      let child = try spawnShell("exit 7")
      let status = reap(child)
      var next = cstat_signal()
      var numbers: [CInt] = []
      while unsafe cstat_signals_next(descriptor, &next) == 1 { numbers.append(next.number) }
      // Any thread of the process may have been sent it; only its status is certain.
      #expect(ignored && status == 7 && numbers.allSatisfy { $0 == SIGCHLD })
    }
  }

  @Test func `where SIGCHLD was not ignored, that is told too`() async {
    await #expect(processExitsWith: .success) {
      _ = signal(SIGCHLD, SIG_DFL)
      #expect(!openSignals().ignored)
    }
  }
}

private func openSignals() -> (descriptor: CInt, original: sigset_t, ignored: Bool) {
  var original = sigset_t()
  var ignored: UInt64 = 0
  let descriptor = unsafe cstat_signals_open(&original, &ignored)
  return (descriptor, original, ignored & 1 << UInt64(SIGCHLD - 1) != 0)
}

private func wait(_ events: inout [cstat_event], _ nanoseconds: Int64) -> CInt {
  let count = CInt(events.count)
  return unsafe events.withUnsafeMutableBufferPointer {
    unsafe cstat_wait($0.baseAddress, count, nanoseconds)
  }
}
