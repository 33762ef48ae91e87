import CStatShim
import Glibc
import JobStats
import Testing

@Suite struct SinkTargetTests {
  @Test func `a file is written to, and is no terminal`() throws {
    let tree = try TemporaryTree()
    try tree.write("before\n", to: "/log")
    let file = try tree.root.open(BytePath("/log"), O_WRONLY | O_APPEND)
    let sink = LineSink(SinkTarget(file: file))
    sink.write(lines("one\n", "two\n"))
    #expect(!sink.isTerminal && !sink.isBlocked)
    #expect(try tree.text("/log") == "before\none\ntwo\n")
  }

  @Test func `a file that others hold too is written to where they stand`() throws {
    let tree = try TemporaryTree()
    let file = try tree.root.open(BytePath("/log"), O_RDWR | O_CREAT)
    #expect(write("theirs\n", to: file.number))
    let sink = LineSink(try SinkTarget(shared: file.number))
    sink.write(lines("ours\n"))
    #expect(write("theirs\n", to: file.number))
    #expect(try tree.text("/log") == "theirs\nours\ntheirs\n")
  }

  @Test func `a pipe is opened again, so that it blocks nobody and changes nothing`() throws {
    let pipe = try TestPipe(size: 4096)
    do {
      let sink = LineSink(try SinkTarget(shared: pipe.input))
      #expect(sink.descriptor != pipe.input)
      #expect(cstat_open_flags(sink.descriptor) & O_NONBLOCK != 0)
      #expect(cstat_open_flags(pipe.input) & O_NONBLOCK == 0)
      #expect(fcntl(sink.descriptor, F_GETFD) & FD_CLOEXEC != 0)
      #expect(sink.pass(String(repeating: "x", count: 5000)) == 4096)
    }
    // The caller's end is still there.
    #expect(pipe.take().count == 4096)
    #expect(write("theirs", to: pipe.input))
    #expect(pipe.takeText() == "theirs")
  }

  @Test func `a pipe that can't be opened again takes a page at a time`() throws {
    let pipe = try TestPipe(unreopenable: ())
    let sink = try pipe.sink()
    #expect(cstat_open_flags(sink.descriptor) & O_NONBLOCK == 0)
    // Far more than it holds, and it does not block.
    let text = String(repeating: "x", count: 300_000)
    let taken = sink.pass(text)
    #expect(taken >= 4096 && taken < text.utf8.count && taken % 4096 == 0)
    #expect(sink.pass("x") == 0)
    #expect(pipe.take().count == taken)
    #expect(sink.pass("y\n") == 2)
    #expect(sink.failure == 0)
  }

  @Test func `a socket is not blocked on, and stays as it is for others`() throws {
    let pipe = try TestPipe(socketsOf: 4096)
    let sink = LineSink(try SinkTarget(shared: pipe.input))
    let text = String(repeating: "x", count: 1 << 20)
    let taken = sink.pass(text)
    #expect(taken > 0 && taken < text.utf8.count)
    #expect(cstat_open_flags(pipe.input) & O_NONBLOCK == 0)
    #expect(cstat_open_flags(sink.descriptor) & O_NONBLOCK == 0)
    #expect(pipe.take().count == taken)
  }

  @Test func `a terminal is told by its kind`() throws {
    let terminal = try TestTerminal()
    let sink = LineSink(try SinkTarget(shared: terminal.line))
    #expect(sink.isTerminal)
    #expect(cstat_open_flags(terminal.line) & O_NONBLOCK == 0)
    sink.write(lines("hello\n"))
    #expect(terminal.shown() == "hello\n")
  }

  @Test(arguments: [TestPipe.Kind.pipe, .socket, .unreopenable])
  func `a sink closes its own descriptor and no other`(kind: TestPipe.Kind) async {
    await #expect(processExitsWith: .success) { [kind = kind as TestPipe.Kind] in
      let pipe = try TestPipe(kind)
      let before = descriptors(of: pipe.input)
      do {
        let sink = try pipe.sink()
        let open = descriptors(of: pipe.input)
        // Its own, and those that the test holds, which may have got other numbers.
        #expect(open.count == before.count + 1 && open.contains(sink.descriptor))
      }
      #expect(descriptors(of: pipe.input).count == before.count)
      #expect([0, 1, 2, pipe.input, pipe.output].allSatisfy { fcntl($0, F_GETFD) >= 0 })
    }
  }

  @Test func `a descriptor that is closed is an error that names it`() {
    let error = #expect(throws: SystemError.self) {
      _ = LineSink(try SinkTarget(shared: 1_000_000))
    }
    #expect(error?.message == "cannot look at descriptor 1000000: Bad file descriptor")
  }
}

/// The descriptors of this process for the file that `number` is open for: other threads may
/// open and close others meanwhile.
private func descriptors(of number: CInt) -> Set<CInt> {
  func identity(_ number: CInt) -> [UInt64]? {
    var identity = cstat_identity()
    let result = unsafe cstat_identify(number, nil, &identity)
    return result == 0 ? [identity.device, identity.inode] : nil
  }
  let wanted = identity(number)
  return Set((0..<1024).filter { identity($0) == wanted })
}
