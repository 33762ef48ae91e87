import CStatShim
import Glibc
import JobStats
import Testing

@Suite struct LineSinkTests {
  private let pipe: TestPipe
  private let sink: LineSink

  init() throws {
    pipe = try TestPipe(size: 4096)
    sink = LineSink(try SinkTarget(shared: pipe.input))
  }

  @Test func `log lines go out at once where nothing is in their way`() {
    sink.write(lines("one\n", "two\n"))
    #expect(pipe.takeText() == "one\ntwo\n")
    sink.write(lines())
    #expect(pipe.takeText() == "" && !sink.isBlocked && sink.failure == 0)
  }

  @Test func `log lines wait for the end of the program's line`() {
    #expect(sink.pass("half ") == 5)
    #expect(sink.isInsideProgramLine)
    sink.write(lines("log 1\n"))
    sink.write(lines("log 2\n"))
    // Nothing to wait for from the descriptor: it is the program that has to go on.
    #expect(!sink.isBlocked)
    sink.flush()
    #expect(sink.pass("a line\n") == 7)
    #expect(!sink.isInsideProgramLine)
    sink.flush()
    #expect(pipe.takeText() == "half a line\nlog 1\nlog 2\n")
    #expect(sink.takeDropped() == nil)
  }

  @Test func `the program's next line comes after the log lines that waited for the last`() {
    #expect(sink.pass("half ") == 5)
    sink.write(lines("log\n"))
    #expect(sink.pass("end\n") == 4)
    #expect(sink.pass("next\n") == 5)
    #expect(pipe.takeText() == "half end\nlog\nnext\n")
  }

  @Test func `a log line that got out in part is ended before anything else`() {
    #expect(sink.pass(String(repeating: "x", count: 4000) + "\n") == 4001)
    sink.write(lines(String(repeating: "L", count: 200) + "\n", "second\n"))
    #expect(sink.isBlocked)
    #expect(sink.pass("program\n") == 0)
    var all = pipe.takeText()
    #expect(sink.pass("program\n") == 8)
    all += pipe.takeText()
    let expected =
      String(repeating: "x", count: 4000) + "\n" + String(repeating: "L", count: 200)
      + "\nsecond\nprogram\n"
    #expect(all == expected)
    #expect(!sink.isBlocked)
  }

  @Test func `the newest log lines are dropped beyond the bound, and counted`() {
    fill()
    let line = String(repeating: "L", count: 1023) + "\n"
    let number = LineSink.waitingLimit / 1024
    for _ in 0..<number + 7 { sink.write(lines(line)) }
    sink.write(lines("a\n", "b\n", "c\n"))
    #expect(sink.isBlocked)
    // Not told while there is no room to say so.
    #expect(sink.takeDropped() == nil)
    let all = drain()
    #expect(all == String(repeating: line, count: number))
    #expect(sink.takeDropped()?.lines == 10)
    #expect(sink.takeDropped() == nil)
    sink.write(lines("again\n"))
    #expect(pipe.takeText() == "again\n")
  }

  @Test func `a shorter line that still fits is kept after a longer one was dropped`() {
    fill()
    sink.write(lines(String(repeating: "L", count: LineSink.waitingLimit - 10) + "\n"))
    sink.write(lines("too long for it\n"))
    sink.write(lines("fits\n"))
    #expect(drain().hasSuffix("L\nfits\n"))
    #expect(sink.takeDropped()?.lines == 1)
  }

  @Test func `of a poll over the bound, the line that has begun is ended`() {
    let first = String(repeating: "F", count: 6000) + "\n"
    let others = String(repeating: "o", count: LineSink.waitingLimit) + "\n"
    sink.write(lines(first, others, "last\n"))
    #expect(drain() == first)
    #expect(sink.takeDropped()?.lines == 2)
  }

  @Test func `after a reader has gone nothing is written and nothing waits`() throws {
    let other = try TestPipe()
    let sink = LineSink(try SinkTarget(shared: other.input))
    other.closeOutput()
    sink.write(lines("lost\n"))
    #expect(sink.failure == EPIPE)
    #expect(sink.pass("lost too") == 8)
    sink.write(lines("and this\n"))
    sink.flush()
    sink.finish()
    #expect(!sink.isBlocked && sink.takeDropped() == nil)
  }

  @Test func `a reader that goes while log lines wait ends the waiting`() throws {
    fill()
    sink.write(lines("waits\n"))
    #expect(sink.isBlocked)
    pipe.closeOutput()
    sink.finish()
    #expect(sink.failure == EPIPE && !sink.isBlocked)
  }

  @Test func `at the end an unfinished line is ended, and all that waits goes out`() throws {
    try finish(after: "unfinished", expecting: "unfinished\nlog\n")
    try finish(after: "finished\n", expecting: "finished\nlog\n")
    try finish(after: "", expecting: "log\n")
  }

  @Test func `at the end an unfinished line is ended though the pipe is full`() throws {
    let text = String(repeating: "x", count: 4096)
    try finish(after: text, expecting: text + "\nlog\n")
  }

  @Test func `at the end it waits for a slow reader`() throws {
    let text = String(repeating: "x", count: 4095) + "\n"
    try finish(after: text, expecting: text + "log\n")
  }

  @Test func `behind a prompt a log line begins on a fresh line`() throws {
    let terminal = try TestTerminal()
    let sink = LineSink(try SinkTarget(shared: terminal.line))
    #expect(sink.pass("name? ", isPrompt: true) == 6)
    sink.write(lines("log\n"))
    sink.write(lines("log 2\n"))
    #expect(sink.pass("and on\n") == 7)
    #expect(terminal.shown() == "name? \nlog\nlog 2\nand on\n")
  }

  @Test func `behind a piece of a long line a log line waits, on a terminal too`() throws {
    let terminal = try TestTerminal()
    let sink = LineSink(try SinkTarget(shared: terminal.line))
    #expect(sink.pass("a piece ") == 8)
    sink.write(lines("log\n"))
    #expect(terminal.shown() == "a piece ")
    #expect(sink.pass("and its end\n") == 12)
    sink.flush()
    #expect(terminal.shown() == "and its end\nlog\n")
  }

  @Test func `at the end it gives up when it is told to`() {
    fill()
    sink.write(lines("log\n"))
    var asked = 0
    sink.finish { _ in
      asked += 1
      return asked < 3
    }
    #expect(asked == 3 && sink.isBlocked && sink.failure == 0)
    sink.finish { _ in
      _ = pipe.take()
      return true
    }
    #expect(!sink.isBlocked && pipe.takeText().hasSuffix("log\n"))
  }

  /// Fills the pipe with whole program lines, and forgets them.
  private func fill() {
    for _ in 0..<64 where sink.failure == 0 {
      if sink.pass(String(repeating: "x", count: 1023) + "\n") < 1024 { return }
    }
    Issue.record("a pipe of a page takes more than 64 KiB")
  }

  /// Takes all that comes, program lines that filled the pipe aside.
  private func drain() -> String {
    var all: [UInt8] = []
    // A page at a time, or more.
    for _ in 0...LineSink.waitingLimit / 4096 + 4 {
      all += pipe.take()
      sink.flush()
      if !sink.isBlocked { break }
    }
    #expect(!sink.isBlocked)
    all += pipe.take()
    return String(decoding: all.filter { $0 != UInt8(ascii: "x") }, as: UTF8.self)
      .replacing(/^\n+/, with: "")
  }

  /// Passes a text, logs a line, finishes while somebody else reads, and looks at it all.
  private func finish(
    after text: String, expecting all: String, at line: SourceLocation = #_sourceLocation
  ) throws {
    let tree = try TemporaryTree()
    let pipe = try TestPipe(size: 4096)
    var reader = Program.shell("sleep 0.03; exec cat <&2 > \(tree.path)/all")
    // cat has to wait for more.
    let copy = try TestPipe.blockingCopy(of: pipe)
    reader.standardError = copy
    let process: pid_t
    do {
      let sink = LineSink(try SinkTarget(shared: pipe.input))
      #expect(sink.pass(text) == text.utf8.count, sourceLocation: line)
      sink.write(lines("log\n"))
      process = reader.spawn().result
      sink.finish()
      #expect(!sink.isBlocked && sink.failure == 0, sourceLocation: line)
    }
    close(copy)
    pipe.closeInput()
    #expect(reap(process) == 0, sourceLocation: line)
    let told = try tree.text("/all")
    #expect(told == all, sourceLocation: line)
  }
}

extension TestPipe {
  /// The reading end once more, as an open file of its own that waits for bytes.
  fileprivate static func blockingCopy(of pipe: TestPipe) throws -> CInt {
    let number = unsafe BytePath("/proc/self/fd/\(pipe.output)").withCString {
      unsafe cstat_openat(AT_FDCWD, $0, O_RDONLY)
    }
    return try checked(number, "open a pipe again")
  }
}
