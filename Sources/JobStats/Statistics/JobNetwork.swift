import CStatShim
import Glibc

/// The job's network namespace, through /proc/PID/net/dev of a process that is in it.
///
/// The open file stands for the namespace, not for the process: it goes on when the process
/// ends, and keeps the namespace alive. So it is looked after: after pauses that double up
/// to a second, since a program may enter a namespace of its own soon after its start.
final class JobNetwork {
  private let context: SamplingContext
  private let lists: [PreparedPath]
  private var held: Held?
  private var pause = LookPause()
  private var isOther = false
  private var announced: BytePath?
  private var saidShared = false
  /// When to look next, on the monotonic clock.
  private(set) var nextLook: UInt64? = 0
  private var step: UInt64 = 1_000_000

  private struct Held {
    let descriptor: CInt
    let path: BytePath
    let file: PreparedPath
    let namespaceFile: PreparedPath
    let namespace: FileIdentity?
  }

  init(_ context: SamplingContext) {
    self.context = context
    lists = context.locator.processLists.map { PreparedPath($0) }
  }

  deinit { letGo() }

  /// The interfaces' counters, and whether they are those of another namespace than at the
  /// last poll; nil where no process is known.
  func read(_ poll: Poll) -> (ByteScanner, isOther: Bool)? {
    if let nextLook, poll.time >= nextLook { look(poll.time) }
    if held == nil, pause.isOver(poll) {
      locate()
      if held == nil { pause.extend(poll.time) } else { pause.reset() }
    }
    guard let held else { return nil }
    guard context.buffer.readAll(held.descriptor, .sequence) == 0 else {
      letGo()
      return nil
    }
    defer { isOther = false }
    return (context.buffer.scanner, isOther)
  }

  /// Looks whether the process is still there and in the same namespace.
  func look(_ time: UInt64) {
    nextLook = time + step
    step = min(step * 2, 1_000_000_000)
    guard let held else { return }
    guard context.root.identity(held.file) != nil else {
      // The program itself has ended: what it left in its namespace is read once more. Of
      // a group that is only watched another process may serve; if there is none the
      // namespace must not be kept.
      if context.locator.process == nil { replace() }
      return
    }
    if context.root.identity(held.namespaceFile) != held.namespace { replace() }
  }

  private func replace() {
    let namespace = held?.namespace
    letGo()
    locate()
    isOther = isOther || held?.namespace != namespace || namespace == nil
  }

  private func letGo() {
    if let held { close(held.descriptor) }
    held = nil
  }

  private func locate() {
    if let process = context.locator.process {
      hold("\(process)")
      return
    }
    for list in lists {
      let descriptor = context.root.open(list)
      guard descriptor >= 0 else { continue }
      defer { close(descriptor) }
      guard context.buffer.readAll(descriptor, .sequence) == 0 else { continue }
      // Ids of processes that this process id namespace does not have are shown as 0.
      var file = context.buffer.scanner
      while var line = file.line() {
        if let process = line.number(), process > 0, hold("\(process)") { return }
      }
    }
  }

  @discardableResult
  private func hold(_ process: String) -> Bool {
    let path = BytePath("/proc/\(process)/net/dev")
    let file = PreparedPath(path)
    let descriptor = context.root.open(file)
    guard descriptor >= 0 else { return false }
    let namespaceFile = PreparedPath(BytePath("/proc/\(process)/ns/net"))
    let namespace = context.root.identity(namespaceFile)
    held = Held(
      descriptor: descriptor, path: path, file: file, namespaceFile: namespaceFile,
      namespace: namespace)
    announce(path, namespace)
    return true
  }

  private func announce(_ path: BytePath, _ namespace: FileIdentity?) {
    if announced != path || isOther {
      announced = path
      context.log.notice("reading stats from \(path.text)")
    }
    guard let namespace, !saidShared else { return }
    let own = context.root.identity(BytePath("/proc/self/ns/net"))
    if own == namespace {
      saidShared = true
      context.log.notice(
        "net: covers the whole network namespace, which the job shares with crunchstat")
    }
  }
}
