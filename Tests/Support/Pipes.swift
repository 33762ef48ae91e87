import CStatShim
import Glibc
import JobStats

/// A pipe between the code under test and the test, which waits for nothing.
package final class TestPipe {
  package private(set) var output: CInt
  package private(set) var input: CInt
  private var fifo: TemporaryTree?

  /// What a sink may have to deal with.
  package enum Kind: Sendable, Codable { case pipe, socket, unreopenable }

  package convenience init(_ kind: Kind) throws {
    switch kind {
    case .pipe: try self.init(size: 4096)
    case .socket: try self.init(socketsOf: 4096)
    case .unreopenable:
      try self.init(unreopenable: ())
      try resize(4096)
    }
  }

  /// - Parameter size: how much it holds, at least a page.
  package init(size: CInt? = nil) throws {
    let pipe = try Descriptor.pipe()
    try checked(cstat_set_nonblocking(pipe.output.number), "set up a pipe")
    output = pipe.output.release()
    input = pipe.input.release()
    if let size { try resize(size) }
    // The product takes SIGPIPE through its signal descriptor.
    _ = signal(SIGPIPE, SIG_IGN)
  }

  /// Two sockets that are connected, in the place of a pipe's ends.
  package init(socketsOf size: CInt) throws {
    var ends: [CInt] = [-1, -1]
    let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    try checkedErrno(unsafe socketpair(AF_UNIX, kind, 0, &ends), "make sockets")
    (output, input) = (ends[0], ends[1])
    try checked(cstat_set_nonblocking(output), "set up a socket")
    var room = size
    unsafe setsockopt(input, SOL_SOCKET, SO_SNDBUF, &room, 4)
  }

  /// A pipe that could not be opened again when its sink was made; call `sink` once.
  package init(unreopenable: Void) throws {
    let tree = try TemporaryTree()
    fifo = tree
    try checkedErrno(unsafe mkfifo(tree.path + "/fifo", 0o600), "make a pipe")
    let fifo = BytePath("/fifo")
    output = try tree.root.open(fifo).release()
    input = try tree.root.open(fifo, O_WRONLY).release()
    _ = signal(SIGPIPE, SIG_IGN)
    // As it was inherited.
    _ = fcntl(input, F_SETFL, 0)
  }

  /// A sink for the shared writing end.
  package func sink() throws -> LineSink {
    guard let fifo else { return LineSink(try SinkTarget(shared: input)) }
    // While nobody reads it, it is not opened for writing.
    close(output)
    let sink = LineSink(try SinkTarget(shared: input))
    output = try fifo.root.open(BytePath("/fifo")).release()
    return sink
  }

  deinit {
    closeInput()
    closeOutput()
  }

  package func closeInput() {
    if input >= 0 { close(input) }
    input = -1
  }

  package func closeOutput() {
    if output >= 0 { close(output) }
    output = -1
  }

  /// The reading end as the code under test owns it; this pipe has none any more.
  package func readingEnd() -> Descriptor {
    defer { output = -1 }
    return Descriptor(owning: output)
  }

  /// Makes room for all that may still come.
  package func widen() throws {
    var room: CInt = 1 << 20
    if unsafe setsockopt(input, SOL_SOCKET, SO_SNDBUF, &room, 4) != 0 { try resize(room) }
  }

  package func resize(_ size: CInt) throws {
    let setPipeSize: CInt = 1031  // F_SETPIPE_SZ, hidden behind _GNU_SOURCE
    try checkedErrno(fcntl(input, setPipeSize, size), "resize a pipe")
  }

  /// Takes at most so many bytes out of it, as many as are there; the others stay in it.
  package func take(_ most: Int = 1 << 20) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < most {
      let room = min(most - bytes.count, 8192)
      let piece = unsafe [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
        count = unsafe max(cstat_read(output, buffer.baseAddress!, room), 0)
      }
      if piece.isEmpty { break }
      bytes += piece
    }
    return bytes
  }

  package func takeText() -> String { String(decoding: take(), as: UTF8.self) }

  /// Writes as much as goes in without waiting. Returns how much did, or -errno.
  package func put(_ bytes: ArraySlice<UInt8>) -> Int {
    _ = cstat_set_nonblocking(input)
    return unsafe bytes.withUnsafeBufferPointer {
      unsafe cstat_write(input, $0.baseAddress, $0.count)
    }
  }

  @discardableResult
  package func put(_ text: String) -> Int { put(Array(text.utf8)[...]) }
}

/// A terminal: what the program under test writes to, and what a person would see.
package final class TestTerminal {
  package let line: CInt
  private let screen: CInt

  /// Throws where there are no pseudo terminals.
  package init() throws {
    let flags = O_RDWR | O_NOCTTY
    screen = try checked(unsafe cstat_openat(AT_FDCWD, "/dev/ptmx", flags), "make a terminal")
    // TIOCSPTLCK and TIOCGPTN of ioctl_tty(2), which Glibc's module does not show.
    var isLocked: CInt = 0
    var number: CInt = -1
    try checkedErrno(unsafe ioctl(screen, 0x4004_5431, &isLocked), "unlock a terminal")
    try checkedErrno(unsafe ioctl(screen, 0x8004_5430, &number), "name a terminal")
    line = try checked(
      unsafe cstat_openat(AT_FDCWD, "/dev/pts/\(number)", flags), "open a terminal")
    try checked(cstat_set_nonblocking(screen), "set up a terminal")
  }

  deinit {
    close(line)
    close(screen)
  }

  /// What has been shown since the last call; a newline takes the carriage back too.
  package func shown() -> String {
    let queue = ByteQueue(capacity: 1 << 16)
    while queue.fill(from: screen) > 0 {}
    return String(decoding: queue.bytes.array.filter { $0 != 0x0D }, as: UTF8.self)
  }
}

/// Log lines as a buffer.
package func lines(_ texts: String...) -> LineBuffer {
  let buffer = LineBuffer()
  for text in texts { buffer.append(Array(text.utf8)) }
  return buffer
}

/// Writes a text, which waits where it has to. Returns whether that worked.
package func write(_ text: String, to descriptor: CInt) -> Bool {
  let buffer = lines(text)
  // Its bytes are valid only as long as it is.
  return withExtendedLifetime(buffer) { buffer.bytes.write(to: descriptor) }
}

extension LineSink {
  /// Passes program bytes. Returns how many have been taken.
  package func pass(_ text: String, isPrompt: Bool = false) -> Int {
    let buffer = lines(text)
    return withExtendedLifetime(buffer) { pass(buffer.bytes, isPrompt: isPrompt) }
  }
}
