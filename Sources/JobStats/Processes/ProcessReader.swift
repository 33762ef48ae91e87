import CStatShim
import Glibc

/// Reads the files of processes, by process id. In a steady poll it allocates nothing.
final class ProcessReader {
  let root: RootDirectory
  let buffer: ReadBuffer
  private let directories = DirectoryReader()
  /// Made anew, in its own room, for every file.
  private var path = PreparedPath(BytePath("/proc/2147483647/task/2147483647/children"))
  private let processes = PreparedPath(BytePath("/proc"))
  private let memory = PreparedPath(BytePath("/proc/meminfo"))
  private let load = PreparedPath(BytePath("/proc/loadavg"))
  private var loadFile: CInt = -1
  /// Whether that is the kernel's own, once it has been opened: somebody's replacement, such
  /// as lxcfs's, may be out of date.
  private var isLoadTrue = true
  /// Files with numbers below it are held open: half of those that may be open at all.
  private let mostHeld = CInt(min(256, (systemValue(.openFiles) ?? 1024) / 2))
  var ioLines = ProcessIO.Lines()
  private var threads: [Int32] = []
  private var found: [Int32] = []

  init(_ root: RootDirectory, _ buffer: ReadBuffer) {
    self.root = root
    self.buffer = buffer
  }

  deinit { close(loadFile) }

  /// Reads a process's file, or one of its threads', into the buffer. Returns 0 or -errno.
  /// - Parameters:
  ///   - file: the file where it is held open, else negative.
  ///   - keeps: whether to hold it open, if there is room. A held one stands for this process alone, and
  ///     can't be read once that has gone (-ESRCH).
  func readFile(
    _ process: Int32, thread: Int32? = nil, _ file: inout CInt, _ name: StaticString,
    keeps: Bool, _ mode: ReadMode = .record
  ) -> CInt {
    file >= 0
      ? buffer.readAll(file, mode)
      : openFile(process, thread: thread, &file, name, keeps: keeps, mode)
  }

  @inline(never)
  private func openFile(
    _ process: Int32, thread: Int32?, _ file: inout CInt, _ name: StaticString, keeps: Bool,
    _ mode: ReadMode
  ) -> CInt {
    path.set(process: process, thread: thread, name)
    let opened = root.read(path, buffer, mode)
    guard opened >= 0 else { return opened }
    // A recorded tree's file goes on being there when its process is not.
    if keeps, root.isLive, opened < mostHeld {
      file = opened
    } else {
      close(opened)
    }
    return 0
  }

  func readFile(_ process: Int32, _ name: StaticString) -> CInt {
    var file: CInt = -1
    return readFile(process, &file, name, keeps: false)
  }

  /// The id that was given last to a process or thread in our process id namespace, or nil.
  /// While it stays the same nothing new has begun. (The fifth word of /proc/loadavg.)
  func newestProcess() -> Int32? {
    guard root.isLive, isLoadTrue else { return nil }
    if loadFile < 0 {
      loadFile = root.open(load)
      isLoadTrue = loadFile >= 0 && cstat_is_kernel_file(loadFile) > 0
      guard isLoadTrue else { return nil }
    }
    guard buffer.readAll(loadFile, .record) == 0 else { return nil }
    let text = buffer.scanner.rest
    guard let blank = text.lastIndex(of: 0x20) else { return nil }
    var word = ByteScanner(text[blank + 1..<text.count])
    return word.singleNumber().flatMap { Int32(exactly: $0) }
  }

  /// The exact CPU time in nanoseconds of a process; nil where it is gone, or a recorded tree
  /// does not tell. It is no file: -dump keeps it as one.
  func exactTime(_ process: Int32) -> UInt64? {
    guard root.isLive else {
      guard readFile(process, "CPU_TIME") == 0 else { return nil }
      var file = buffer.scanner
      return file.singleNumber()
    }
    let time = cstat_process_time(process)
    guard time >= 0 else { return nil }
    if root.recorder != nil {
      path.set(process: process, "CPU_TIME")
      root.keep("\(time)", as: path)
    }
    return UInt64(time)
  }

  /// Whether a process that can't be seen is there all the same: another user's, or one that
  /// has gained privileges (setuid).
  func isHidden(_ process: Int32) -> Bool {
    root.isLive && (kill(process, 0) == 0 || errno != ESRCH)
  }

  /// Whether anything is swapped out on this machine, or that is not known.
  func isSwapInUse() -> Bool {
    let file = root.read(memory, buffer, .record)
    guard file >= 0 else { return true }
    close(file)
    return JobStats.isSwapInUse(buffer.scanner)
  }

  /// Whether the kernel lists children (Linux 4.2 with CONFIG_PROC_CHILDREN, 3.5 with
  /// CONFIG_CHECKPOINT_RESTORE).
  func listsChildren(of process: Int32) -> Bool {
    path.set(process: process, thread: process, "children")
    return root.identity(path) != nil
  }

  /// A process's children, those that have ended and were not reaped among them; valid
  /// until the next call. While children end others may be left out.
  /// - Complexity: three system calls for each of its threads.
  func children(of process: Int32, isThreaded: Bool = false) -> [Int32] {
    threads.removeAll(keepingCapacity: true)
    if isThreaded {
      path.set(process: process, "task")
      let directory = root.open(path)
      if directory >= 0 { _ = directories.numbers(directory, into: &threads) }
      close(directory)
    } else {
      threads.append(process)
    }
    found.removeAll(keepingCapacity: true)
    for thread in threads {
      var file: CInt = -1
      guard readFile(process, thread: thread, &file, "children", keeps: false, .sequence) == 0
      else { continue }
      append(buffer.scanner)
    }
    return found
  }

  /// The processes of a cgroup.procs, valid until the next call; nil where it can't be read.
  /// It is opened each time unless it is held: a held one of v1 goes on showing what it has
  /// shown (a list that is kept for a second after each read, kernel/cgroup/cgroup-v1.c).
  /// - Parameter held: the list where it is held open (`hold`), else negative.
  func members(_ list: PreparedPath, held: CInt = -1) -> [Int32]? {
    found.removeAll(keepingCapacity: true)
    if held < 0 || buffer.readAll(held, .sequence) != 0 {
      let file = root.read(list, buffer, .sequence)
      guard file >= 0 else { return nil }
      close(file)
    }
    append(buffer.scanner)
    if found.count > Self.mostMembers {
      root.warn(list, "lists more than \(Self.mostMembers) processes: others are not looked at")
      found.removeLast(found.count - Self.mostMembers)
    }
    return found
  }

  /// A look at more takes seconds, in which nothing else is done; lists have no repetitions.
  private static let mostMembers = 1 << 16

  /// Opens a list that may be held open: v2's shows at each read who is in the group then.
  /// Returns the descriptor, or one that is negative where it is not one of those.
  func hold(_ list: PreparedPath) -> CInt {
    guard root.isLive else { return -1 }
    let file = root.open(list)
    guard file >= 0 else { return file }
    if file < mostHeld, cstat_is_kernel_file(file) == 2 { return file }
    close(file)
    return -1
  }

  /// All processes there are to be seen; valid until the next call.
  func all() -> [Int32] {
    found.removeAll(keepingCapacity: true)
    let directory = root.open(processes)
    if directory >= 0 { _ = directories.numbers(directory, into: &found) }
    close(directory)
    return found
  }

  /// Numbers with blanks or newlines between them. One of another process id namespace is
  /// shown as 0.
  private func append(_ scanner: ByteScanner) {
    var list = scanner
    while let byte = list.next {
      if byte == 0x20 || byte == 0x0A {
        list.skip(1)
      } else if let number = list.number(), let process = Int32(exactly: number) {
        if process > 0 { found.append(process) }
      } else {
        return
      }
    }
  }
}
