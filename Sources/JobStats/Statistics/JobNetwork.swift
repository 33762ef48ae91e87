import Glibc

/// The job's network namespace, through /proc/PID/net/dev of a process that is in it.
///
/// The open file stands for the namespace, not for the process: it goes on when the process
/// ends, and keeps the namespace alive. So it is looked after: after pauses that double up
/// to a second, since a program may enter a namespace of its own soon after its start. Of a
/// container that starts nothing is told before it has (`ContainerStart`).
final class JobNetwork {
  private var held: Held?
  private var isOther = false
  private var nextLook: UInt64 = 0
  private let context: SamplingContext
  private lazy var lists = context.locator.processLists.map { PreparedPath($0) }
  private var pause = LookPause()
  private var announced: BytePath?
  private var saidShared = false
  private var start: ContainerStart?
  private var step = JobNetwork.shortestStep
  private static let shortestStep: UInt64 = 1_000_000
  private static let longestStep: UInt64 = 1_000_000_000

  /// When to look though no poll is due, on the monotonic clock; nil once the job is a
  /// second old. Of a group that is only watched nobody tells when the last process ends.
  var nextAttention: UInt64? {
    let mayBeLeft = held != nil && context.locator.process == nil
    return step < Self.longestStep || mayBeLeft ? nextLook : nil
  }
  /// Of pauses that have doubled since.
  var attentionLeeway: UInt64 { step / 16 }
  /// Whether there ever was a process whose namespace could be told of.
  var wasFound: Bool { announced != nil }
  /// Whether there is one now of which nothing is told yet.
  var isStarting: Bool { held != nil && held?.file == nil }

  private struct Held {
    /// Nil as long as the namespace is not known to be the job's.
    let file: StatFile?
    /// net/dev again, to see whether the process is still there.
    let process: PreparedPath
    let namespaceFile: PreparedPath
    let namespace: FileIdentity?
  }

  func listPlaces(in list: inout PrefetchList) {
    list.add(self)
    held?.file?.listPlaces(in: &list)
  }

  init(_ context: SamplingContext) {
    self.context = context
    start = ContainerStart(context)
  }

  /// The interfaces' counters, and whether they are those of another namespace than at the
  /// last poll; nil where no process is known, or its namespace may be another in a moment.
  func read(_ poll: Poll) -> (ByteScanner, isOther: Bool)? {
    if _slowPath(poll.time >= nextLook || poll.isLast && isStarting) { look(poll) }
    if _slowPath(held == nil) { return find(poll) }
    guard let file = held?.file else { return nil }
    guard let scanner = file.read(poll) else {
      letGo()
      return nil
    }
    defer { isOther = false }
    return (scanner, isOther)
  }

  @inline(never)
  private func letGo() { held = nil }

  @inline(never)
  private func find(_ poll: Poll) -> (ByteScanner, isOther: Bool)? {
    guard pause.isOver(poll) else { return nil }
    locate(poll)
    if held == nil { pause.extend(poll.time) } else { pause.reset() }
    guard held?.file != nil else { return nil }
    defer { isOther = false }
    // As it was read to see whether it can be.
    return (context.buffer.scanner, isOther)
  }

  /// Looks whether the process is still there and in the same namespace.
  func look(_ poll: Poll) {
    nextLook = poll.time + step
    step = min(step * 2, Self.longestStep)
    guard let held else { return }
    // It can't be told of another user's process, nor of one that is no more.
    let namespace = context.root.identity(held.namespaceFile)
    if held.file != nil, namespace != nil, namespace == held.namespace { return }
    guard context.root.identity(held.process) != nil else {
      // The program itself has ended: what it left in its namespace is read once more. Of
      // a group that is only watched another process may serve; if there is none the
      // namespace must not be kept.
      if context.locator.process == nil { replace(poll) }
      return
    }
    if held.file == nil || namespace != nil { replace(poll) }
  }

  private func replace(_ poll: Poll) {
    let namespace = held?.namespace
    held = nil
    locate(poll)
    isOther = isOther || held?.namespace != namespace || namespace == nil
  }

  private func locate(_ poll: Poll) {
    if let process = context.locator.process {
      if hold("\(process)", poll) { return }
      // A program that has ended so soon was started in our namespace, and may have left it.
      if context.locator.isProgram { _ = hold("self", poll, isOwn: true) }
      return
    }
    for list in lists {
      let descriptor = context.root.read(list, context.buffer, .sequence)
      guard descriptor >= 0 else { continue }
      close(descriptor)
      for process in processes(context.buffer.scanner) where hold("\(process)", poll) { return }
    }
    start?.sawNone()
  }

  /// The first processes of a cgroup.procs; one that another process id namespace alone
  /// has is shown as 0. It is copied, since looking at them needs the buffer. In a recorded
  /// tree one of many may be the one that was recorded; no look at them is to take long.
  private func processes(_ scanner: ByteScanner) -> [UInt64] {
    var file = scanner
    var processes: [UInt64] = []
    let most = context.root.isLive ? 64 : 1 << 14
    while processes.count < most, var line = file.line() {
      if let process = line.number(), process > 0 { processes.append(process) }
    }
    return processes
  }

  private func hold(_ process: ByteText, _ poll: Poll, isOwn: Bool = false) -> Bool {
    let path = BytePath("/proc/\(process)/net/dev")
    let prepared = PreparedPath(path)
    // Of many most may be gone; one alone is opened, to see that.
    guard context.locator.process != nil || context.root.identity(prepared) != nil else {
      return false
    }
    // The file is opened later: if it is of another namespace then, the next look sees that.
    let mounts = start?.mounts(of: process)
    let namespaceFile = PreparedPath(BytePath("/proc/\(process)/ns/net"))
    let namespace = context.root.identity(namespaceFile)
    if start?.isOver(namespace, mounts: mounts, poll) == false {
      held = Held(
        file: nil, process: prepared, namespaceFile: namespaceFile, namespace: namespace)
      if start?.isNew(poll) == true { lookSoon(poll) }
      return true
    }
    // It is read once more when the process has gone.
    let file = StatFile(
      context, [Candidate(path)], .sequence, isAnnounced: false, isAlwaysHeld: true)
    guard file.read(poll) != nil else { return false }
    context.root.keepNamespace(namespaceFile)
    held = Held(
      file: file, process: prepared, namespaceFile: namespaceFile, namespace: namespace)
    announce(path, namespace, isOwn: isOwn)
    return true
  }

  private func lookSoon(_ poll: Poll) {
    step = Self.shortestStep
    nextLook = poll.time + step
  }

  private func announce(_ path: BytePath, _ namespace: FileIdentity?, isOwn: Bool) {
    if announced != path || isOther {
      announced = path
      context.log.notice("reading stats from \(text: path)")
    }
    guard !saidShared else { return }
    if isOwn {
      saidShared = true
      context.log.notice(
        """
        net: the program's network namespace was not seen (it may have ended too soon): \
        crunchstat's own is shown
        """)
      return
    }
    guard let namespace else { return }
    let own = PreparedPath(BytePath("/proc/self/ns/net"))
    context.root.keepNamespace(own)
    if context.root.identity(own) == namespace {
      saidShared = true
      context.log.notice(
        "net: covers the whole network namespace, which the job shares with crunchstat")
    }
  }
}
