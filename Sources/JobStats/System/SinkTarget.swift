import CStatShim
import Glibc

/// A descriptor to write to, with the way to do so without blocking, if there is one, that
/// changes nothing for others who hold the same open file.
public struct SinkTarget: ~Copyable {
  private enum Way {
    /// Ours alone and non-blocking, or one that never blocks for long: files, devices.
    case plain
    /// A socket: send(2) has a flag for it.
    case socket
    /// A pipe that could not be opened again: POLLOUT promises room for 4 KiB (PIPE_BUF).
    case sharedPipe
  }

  private let descriptor: Descriptor
  private let way: Way
  /// Whether a person sits at the other end.
  public let isTerminal: Bool

  public var number: CInt { descriptor.number }

  /// A file of ours. The descriptor must be nobody else's.
  public init(file descriptor: consuming Descriptor) {
    isTerminal = isatty(descriptor.number) == 1
    self.descriptor = descriptor
    way = .plain
  }

  /// A descriptor that others hold too, such as stderr; its number stays the caller's.
  /// Pipes and terminals are opened again through /proc, so that O_NONBLOCK is ours alone.
  public init(shared number: CInt) throws(SystemError) {
    // All is decided in locals before anything is stored: the right side of || is a closure,
    // and one over a half-initialised self made unoptimised builds of Swift 6.3 close
    // descriptor 0.
    let isTerminal = isatty(number) == 1
    var status = stat()
    try checkedErrno(unsafe fstat(number, &status), "look at descriptor \(number)")
    let kind = status.st_mode & S_IFMT
    let canBeReopened = kind == S_IFIFO || isTerminal
    let path = BytePath("/proc/self/fd/\(number)")
    var own =
      canBeReopened
      ? unsafe path.withCString {
        unsafe cstat_openat(AT_FDCWD, $0, O_WRONLY | O_NONBLOCK | O_NOCTTY)
      } : -ENXIO
    var way = Way.plain
    if own < 0 {
      own = try checkedErrno(fcntl(number, F_DUPFD_CLOEXEC, 3), "copy descriptor \(number)")
      way = kind == S_IFSOCK ? .socket : kind == S_IFIFO ? .sharedPipe : .plain
    }
    self.isTerminal = isTerminal
    self.way = way
    descriptor = Descriptor(owning: own)
  }

  /// Waits until it takes bytes again, or its reader has gone.
  func waitUntilWritable() { _ = wait(-1) }

  private func wait(_ nanoseconds: Int64) -> Bool {
    var event = cstat_event(
      descriptor: descriptor.number, wanted: Int16(CSTAT_WRITABLE), happened: 0)
    return unsafe cstat_wait(&event, 1, nanoseconds) == 1
  }

  /// Writes what is taken at once. Returns the number of bytes, or -errno.
  func write(_ bytes: ByteSlice) -> Int {
    let start = unsafe bytes.bytes.baseAddress
    if _fastPath(way == .plain) {
      return unsafe cstat_write(descriptor.number, start, bytes.count)
    }
    return writeShared(bytes)
  }

  @inline(never)
  private func writeShared(_ bytes: ByteSlice) -> Int {
    let start = unsafe bytes.bytes.baseAddress
    if way == .socket { return unsafe cstat_send(descriptor.number, start, bytes.count) }
    guard wait(0) else { return -Int(EAGAIN) }
    return unsafe cstat_write(descriptor.number, start, min(bytes.count, 4096))
  }
}
