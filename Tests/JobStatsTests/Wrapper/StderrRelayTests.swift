import CStatShim
import Glibc
import JobStats
import JobWrapper
import Testing

@Suite struct StderrRelayTests {
  private let program: TestPipe
  private let pipe: TestPipe
  private let sink: LineSink
  private let relay: StderrRelay

  init() throws {
    program = try TestPipe(size: 1 << 20)
    pipe = try TestPipe(size: 1 << 20)
    sink = try pipe.sink()
    relay = try StderrRelay(program.readingEnd(), sink)
  }

  /// Reads until nothing more comes.
  private func readAll() { readAll(relay) }

  private func readAll(_ relay: StderrRelay) {
    for _ in 0..<10_000 where !relay.read(0) { return }
    Issue.record("it never ends")
  }

  @Test func `whole lines are passed on, an unfinished one is held back`() {
    program.put("one\ntwo\nthr")
    readAll()
    #expect(pipe.takeText() == "one\ntwo\n")
    sink.write(lines("log\n"))
    program.put("ee\n")
    readAll()
    #expect(pipe.takeText() == "log\nthree\n")
    #expect(!relay.hasEnded && !relay.isBlocked && relay.nextPrompt == nil)
  }

  @Test func `a last line without an end comes after all log lines`() {
    program.put("one\nlast")
    program.closeInput()
    readAll()
    #expect(relay.hasEnded && relay.readable == -1)
    sink.write(lines("summary\n"))
    relay.deliverWhole()
    sink.finish()
    relay.finish()
    #expect(pipe.takeText() == "one\nsummary\nlast")
  }

  @Test func `all bytes pass unchanged`() {
    let bytes: [UInt8] = Array(UInt8.min...UInt8.max) + [0, 0, 10, 13, 10, 10, 0xFF, 10]
    #expect(program.put(bytes[...]) == bytes.count)
    readAll()
    #expect(pipe.take() == bytes)
  }

  @Test func `a line of 64 KiB is held back, a longer one goes out in pieces`() {
    let longest = StderrRelay.longestLine
    #expect(longest == 65_536)
    program.put(String(repeating: "x", count: longest))
    readAll()
    sink.write(lines("log 1\n"))
    #expect(pipe.takeText() == "log 1\n")
    program.put("y")
    readAll()
    sink.write(lines("log 2\n"))
    #expect(pipe.takeText() == String(repeating: "x", count: longest) + "y")
    program.put("more\nnext\nunfinished")
    readAll()
    #expect(pipe.takeText() == "more\nlog 2\nnext\n")
  }

  @Test func `a line without an end never stalls the program`() {
    let piece = String(repeating: "x", count: 50_000)
    var passed = 0
    for _ in 0..<40 {
      program.put(piece)
      readAll()
      passed += pipe.take().count
    }
    #expect(passed >= 40 * 50_000 - StderrRelay.longestLine)
    program.closeInput()
    readAll()
    relay.finish()
    #expect(passed + pipe.take().count == 40 * 50_000)
  }

  @Test func `a long line that comes byte by byte is held back, and passed on whole`() {
    for count in [1000, StderrRelay.longestLine - 1] {
      for _ in 0..<count {
        program.put("x")
        relay.read(0)
      }
      #expect(pipe.takeText() == "")
      program.put("\nnext")
      readAll()
      #expect(pipe.takeText() == String(repeating: "x", count: count) + "\n")
      program.put("\n")
      readAll()
      #expect(pipe.takeText() == "next\n")
    }
  }

  @Test func `where nobody reads the program waits, and goes on when somebody does`() throws {
    try pipe.resize(4096)
    let line = String(repeating: "x", count: 999) + "\n"
    program.put(String(repeating: line, count: 500))
    readAll()
    #expect(relay.isBlocked && relay.readable == -1)
    #expect(!relay.read(0))
    var all: [UInt8] = []
    // A page at a time, or more.
    for _ in 0..<1000 where relay.isBlocked || relay.readable >= 0 && relay.read(0) {
      all += pipe.take()
      sink.flush()
      relay.deliver()
    }
    all += pipe.take()
    #expect(all == Array(String(repeating: line, count: 500).utf8))
    #expect(relay.readable >= 0)
  }

  @Test func `when the reader has gone the program sees that, as without us`() throws {
    program.put("one\n")
    readAll()
    _ = pipe.take()
    pipe.closeOutput()
    program.put("two\n")
    readAll()
    #expect(sink.failure == EPIPE)
    #expect(relay.hasEnded && !relay.isBlocked)
    #expect(program.put("three\n") == -Int(EPIPE))
  }

  @Test func `a full disk does not stall the program`() throws {
    let full = try RootDirectory(BytePath("/")).open(BytePath("/dev/full"), O_WRONLY)
    let program = try TestPipe()
    let sink = LineSink(SinkTarget(file: full))
    let relay = try StderrRelay(program.readingEnd(), sink)
    for _ in 0..<10 {
      #expect(program.put(String(repeating: "line\n", count: 10_000)) == 50_000)
      readAll(relay)
    }
    #expect(sink.trouble == ENOSPC && sink.failure == 0)
    #expect(!relay.isBlocked)
    relay.finish()
  }

  @Test func `on a terminal a prompt is passed on after 50 ms`() throws {
    let terminal = try TestTerminal()
    let program = try TestPipe()
    let sink = LineSink(try SinkTarget(shared: terminal.line))
    let relay = try StderrRelay(program.readingEnd(), sink)
    program.put("hello\nname? ")
    relay.read(seconds(1))
    #expect(terminal.shown() == "hello\n")
    #expect(relay.nextPrompt == seconds(1) + 50_000_000)
    relay.deliverPrompt()
    #expect(relay.nextPrompt == nil)
    #expect(terminal.shown() == "name? ")
    sink.write(lines("log\n"))
    program.put("thanks\n")
    relay.read(seconds(2))
    #expect(relay.nextPrompt == nil)
    #expect(terminal.shown() == "\nlog\nthanks\n")
  }
}
