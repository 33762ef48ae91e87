import Glibc

/// Children of crunchstat's own: the program and orphans that it has adopted. What those
/// that have been reaped have used, theirs included, is ours to tell: exactly, not in ticks.
///
/// The kernel adds up (kernel/exit.c, wait_task_zombie): CPU time and faults for
/// getrusage(2), bytes in /proc/self/io, where our own are told apart by what our one thread
/// has in a file of its own.
public final class OwnChildren {
  /// crunchstat itself.
  let process = getpid()
  /// Children that it had before the program's start, left by what it was before exec.
  let others: [Int32]
  private let reader: ProcessReader
  /// Whether none has been reaped since getrusage(2) was asked; and its count of minor faults
  /// then, and when the bytes were read. Without a fault none has ever been reaped.
  private var isCurrent = false
  /// How often some have been reaped.
  private(set) var reapings: UInt64 = 0
  private var faults: UInt64 = 0
  private var bytesAreOf: UInt64 = 0
  private var wholeFile: CInt = -1
  private var ownFile: CInt = -1
  private var first = ProcessCounters()
  private var last = ProcessCounters()

  /// To be made before the program is started: what is there already is not the job's.
  public init(_ root: RootDirectory) {
    reader = ProcessReader(root, ReadBuffer(capacity: 1024))
    others = hasChild() ? reader.children(of: process) : []
  }

  /// To be called once the program runs, before any child is reaped that was not there when
  /// this was made: what has been used until now is not the job's.
  public func begin() {
    // Else nobody but our thread has read or written anything, and the files need not be read.
    if hasHadThreads() { bytesAreOf = .max }
    first = read(withBytes: true)
  }

  deinit {
    close(wholeFile)
    close(ownFile)
  }

  /// What children have used that have been reaped since.
  /// Cost: none while no child ends; one system call, three for bytes, after one has been reaped.
  /// - Parameter isLast: whether the program itself may have been reaped.
  func reaped(withBytes: Bool, isLast: Bool) -> ProcessCounters {
    if isLast { isCurrent = false }
    return read(withBytes: withBytes).excess(over: first)
  }

  /// The children that there are, orphans that were adopted, and all their descendants, where
  /// the kernel lists children. For the end: it allocates.
  public func descendants() -> [Int32] {
    var found = reader.children(of: process).filter { !others.contains($0) }
    var index = 0
    while index < found.count {
      found += reader.children(of: found[index], isThreaded: true)
      index += 1
    }
    return found
  }

  /// Reaps orphans that have ended.
  /// - Parameter program: the process whose status somebody else waits for.
  public func reapOrphans(besides program: Int32) {
    reapChildren(besides: program) { process in
      let isOther = others.contains(process)
      let before = isOther ? read(withBytes: true) : .none
      guard case .ended = childState(process) else { return false }
      isCurrent = false
      reapings &+= 1
      if isOther { first += read(withBytes: true).excess(over: before) }
      return true
    }
  }

  private func read(withBytes: Bool) -> ProcessCounters {
    if !isCurrent {
      guard let usage = childrenUsage() else { return last }
      isCurrent = true
      last.user = usage.user &* 1000
      last.system = usage.system &* 1000
      last.majorFaults = usage.major_faults
      faults = usage.minor_faults
    }
    // Any process that has run has had a fault: where none was added, none was reaped.
    if withBytes, faults != bytesAreOf {
      readBytes()
      bytesAreOf = faults
    }
    return last
  }

  private func readBytes() {
    guard reader.readFile(process, &wholeFile, "io", keeps: true) == 0,
      let whole = ProcessIO(reader.buffer.scanner, &reader.ioLines),
      reader.readFile(process, thread: process, &ownFile, "io", keeps: true) == 0,
      let own = ProcessIO(reader.buffer.scanner, &reader.ioLines)
    else { return }
    last.written = max(last.written, whole.written - min(own.written, whole.written))
    last.read = max(last.read, whole.read - min(own.read, whole.read))
  }
}
