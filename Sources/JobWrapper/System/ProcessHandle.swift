import CStatShim
import Glibc
import JobStats

/// A process that is not our child, held so that its end can be told: a pidfd, or on kernels
/// that have none (before Linux 5.3) its open /proc/PID/stat. Both stand for this process
/// alone: a later one with the same id is never taken for it.
final class ProcessHandle {
  private let descriptor: Descriptor
  private let isPidfd: Bool

  /// Takes hold of a process that this user may send signals to, or throws: ESRCH where there
  /// is none, EPERM for another user's, EINVAL for a thread.
  init(_ process: pid_t, _ root: RootDirectory) throws(SystemError) {
    try checkedErrno(kill(process, 0), "watch")
    let number = cstat_pidfd(process)
    isPidfd = number != -ENOSYS
    if isPidfd {
      // Newer kernels say ENOENT of a thread.
      let code = number == -ENOENT ? -EINVAL : number
      descriptor = Descriptor(owning: try checked(code, "watch"))
    } else {
      guard Self.group(of: process, root) == process else {
        throw SystemError("watch", code: EINVAL)
      }
      descriptor = try root.open(BytePath("/proc/\(process)/stat"))
    }
  }

  /// The process that a thread belongs to: "Tgid:" in /proc/PID/status.
  private static func group(of thread: pid_t, _ root: RootDirectory) -> pid_t? {
    guard let bytes = try? root.contents(BytePath("/proc/\(thread)/status")) else { return nil }
    return ByteScanner.scan(bytes) { scanner in
      while var line = scanner.line() {
        if line.skip("Tgid:") { return line.numberField().flatMap { pid_t(exactly: $0) } }
      }
      return nil
    }
  }

  /// Can be read once the process has ended; nil where it has to be asked.
  var endDescriptor: CInt? { isPidfd ? descriptor.number : nil }

  /// Whether the process has ended, reaped or not. One system call.
  func hasEnded(_ buffer: ReadBuffer) -> Bool {
    if isPidfd {
      var event = cstat_event(
        descriptor: descriptor.number, wanted: Int16(CSTAT_READABLE), happened: 0)
      return unsafe cstat_wait(&event, 1, 0) == 1
    }
    guard buffer.readAll(descriptor.number, .record) == 0 else { return true }
    return ProcessStat(buffer.scanner)?.hasEnded ?? false
  }
}
