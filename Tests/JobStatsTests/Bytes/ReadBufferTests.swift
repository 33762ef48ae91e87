import CStatShim
import Glibc
import JobStats
import Testing

private let modes: [ReadMode] = [.record, .sequence, .stream]

@Suite struct ReadBufferTests {
  @Test(arguments: modes, [0, 1, 15, 16, 17, 31, 32, 33, 3584, 4096, 8191, 8192, 100_003])
  func `a file is read whole, whatever its size`(mode: ReadMode, size: Int) throws {
    let tree = try TemporaryTree()
    let bytes = pattern(size)
    try tree.write(bytes, to: "/file")
    let file = try tree.root.open(BytePath("/file"))
    let buffer = ReadBuffer(capacity: 16)
    for _ in 1...2 {
      #expect(buffer.readAll(file.number, mode) == 0)
      #expect(buffer.scanner.rest.equals(bytes))
    }
  }

  @Test(arguments: modes)
  func `a shorter file leaves nothing of a longer one`(mode: ReadMode) throws {
    let tree = try TemporaryTree()
    let file = try tree.root.open(BytePath("/file"), O_RDWR | O_CREAT)
    let buffer = ReadBuffer(capacity: 64)
    for size in [500, 20, 0, 64, 1] {
      try tree.write(pattern(size), to: "/file")
      #expect(buffer.readAll(file.number, mode) == 0)
      #expect(buffer.scanner.rest.equals(pattern(size)))
    }
  }

  @Test(arguments: modes)
  func `a file over the limit is refused, and the next one is read again`(
    mode: ReadMode
  ) throws {
    let tree = try TemporaryTree()
    try tree.write("small\n", to: "/small")
    let buffer = ReadBuffer()
    for (size, result) in [(-1, 0), (0, 0), (1, -EFBIG), (1 << 30, -EFBIG)] {
      let file = try tree.root.open(BytePath("/file"), O_RDWR | O_CREAT)
      #expect(ftruncate(file.number, off_t(ReadBuffer.limit + size)) == 0)
      #expect(buffer.readAll(file.number, mode) == result)
      if result == 0 { #expect(buffer.scanner.rest.count == ReadBuffer.limit + size) }
      let small = try tree.root.open(BytePath("/small"))
      #expect(buffer.readAll(small.number, mode) == 0)
      #expect(buffer.scanner.rest == "small\n")
    }
  }

  /// A new text at each read, of 37 bytes, and none from further on: the pieces of two reads
  /// are never one file.
  @Test func `a record that needs more room is read anew`() throws {
    let root = try RootDirectory(BytePath("/"))
    let file = try root.open(BytePath("/proc/sys/kernel/random/uuid"))
    for capacity in [1, 16, 36, 37, 38, 64] {
      let buffer = ReadBuffer(capacity: capacity)
      #expect(buffer.readAll(file.number, .record) == 0)
      let bytes = buffer.scanner.rest.array
      #expect(bytes.count == 37 && bytes.last == 0x0A, "\(capacity)")
      #expect(bytes.filter { $0 == UInt8(ascii: "-") }.count == 4, "\(capacity)")
    }
  }

  @Test(arguments: modes)
  func `what can't be read gives the error`(mode: ReadMode) throws {
    let tree = try TemporaryTree()
    let buffer = ReadBuffer()
    #expect(buffer.readAll(-1, mode) == -EBADF)
    let folder = try tree.root.open(BytePath("/"))
    #expect(buffer.readAll(folder.number, mode) == -EISDIR)
    let pipe = try Descriptor.pipe()
    #expect(buffer.readAll(pipe.output.number, mode) == -ESPIPE)
    #expect(buffer.scanner.isAtEnd)
  }

  /// The kernel gives these out in pieces of at most a page, whatever room there is.
  @Test(arguments: ["/proc/crypto", "/proc/net/dev", "/proc/self/mountinfo"])
  func `a file that comes in pieces is read to its end`(path: String) throws {
    let root = try RootDirectory(BytePath("/"))
    guard root.identity(BytePath(path)) != nil else { return }
    for mode in [ReadMode.sequence, .stream] {
      // Counters move: what was read lies between two plain readings, or equals one.
      let isWhole = try (1...50).contains { _ in
        let before = try plainly(root, path)
        let file = try root.open(BytePath(path))
        let buffer = ReadBuffer()
        guard buffer.readAll(file.number, mode) == 0 else { return false }
        return buffer.scanner.rest.equals(before)
      }
      #expect(isWhole, "\(mode)")
    }
  }

  @Test func `smaps of a process that stands still is read as it is`() async {
    await #expect(processExitsWith: .success) {
      // This process itself maps and unmaps; its stopped child does not.
      let child = try spawnShell("kill -STOP $$")
      let path = "/proc/\(child)/smaps"
      let root = try RootDirectory(BytePath("/"))
      while try !stateIsStopped(root, child) { usleep(500) }
      let isWhole = try (1...20).contains { _ in
        let file = try root.open(BytePath(path))
        let buffer = ReadBuffer(capacity: 64)
        guard buffer.readAll(file.number, .stream) == 0 else { return false }
        return try buffer.scanner.rest.equals(plainly(root, path))
          && buffer.scanner.rest.count > 4096
      }
      kill(child, SIGKILL)
      #expect(isWhole)
    }
  }
}

/// Whether the process is stopped: the letter behind its name in /proc/PID/stat.
private func stateIsStopped(_ root: RootDirectory, _ process: pid_t) throws -> Bool {
  let bytes = try root.contents(BytePath("/proc/\(process)/stat"))
  return ByteScanner.scan(bytes) { scanner in
    _ = scanner.prefix(to: UInt8(ascii: ")"))
    return scanner.word() == "T"
  }
}

private func pattern(_ size: Int) -> [UInt8] {
  (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
}

/// A file read as anybody would: again and again until nothing comes.
private func plainly(_ root: RootDirectory, _ path: String) throws -> [UInt8] {
  let file = try root.open(BytePath(path))
  let queue = ByteQueue(capacity: 1 << 16)
  var bytes: [UInt8] = []
  while queue.fill(from: file.number) > 0 {
    bytes += queue.bytes.array
    queue.drop(queue.bytes.count)
  }
  return bytes
}
