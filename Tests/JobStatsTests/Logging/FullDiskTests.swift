import CStatShim
import Glibc
import JobStats
import JobWrapper
import Testing

/// A disk that fills up: a limit on the size of files gives the same course of events, in a
/// process of its own.
@Suite struct FullDiskTests {
  @Test func `it is no stall, and neither log lines nor the program wait for it`() throws {
    let full = try RootDirectory(BytePath("/")).open(BytePath("/dev/full"), O_WRONLY)
    let sink = LineSink(SinkTarget(file: full))
    sink.write(lines("lost\n"))
    #expect(sink.trouble == ENOSPC && sink.failure == 0 && !sink.isBlocked)
    #expect(sink.pass("program\n") == 8)
    #expect(sink.takeDropped() == nil)
    sink.finish()
    #expect(!sink.isBlocked)
  }

  @Test func `when there is room again it goes on, and tells the loss`() async {
    await #expect(processExitsWith: .success) {
      let disk = try Disk(room: 20)
      disk.sink.write(lines("log 1\n"))
      #expect(disk.sink.pass("program 1\n") == 10)
      // Four bytes of it fit; the rest waits. The program does not.
      disk.sink.write(lines("log 2\n"))
      #expect(disk.sink.trouble == EFBIG && !disk.sink.isBlocked)
      #expect(disk.sink.pass("program 2\n") == 10)
      disk.sink.write(lines("log 3\n"))
      #expect(disk.sink.takeDropped() == nil)
      disk.setRoom(1000)
      disk.sink.write(lines("log 4\n"))
      #expect(disk.sink.trouble == 0)
      let lost = disk.sink.takeDropped()
      #expect(lost?.lines == 0 && lost?.bytes == 10 && lost?.error == EFBIG)
      #expect(disk.sink.pass("program 3\n") == 10)
      #expect(try disk.text() == "log 1\nprogram 1\nlog 2\nlog 3\nlog 4\nprogram 3\n")
    }
  }

  @Test func `a line of the program's that was cut is ended before anything else`() async {
    await #expect(processExitsWith: .success) {
      let disk = try Disk(room: 7)
      #expect(disk.sink.pass("program 1\n") == 10)
      disk.sink.write(lines("log\n"))
      disk.setRoom(1000)
      #expect(disk.sink.pass("program 2\n") == 10)
      #expect(try disk.text() == "program\nlog\nprogram 2\n")
      let lost = disk.sink.takeDropped()
      #expect(lost?.lines == 0 && lost?.bytes == 3 && lost?.error == EFBIG)
    }
  }

  @Test func `log lines beyond the bound are dropped and counted`() async {
    await #expect(processExitsWith: .success) {
      let disk = try Disk(room: 0)
      let line = String(repeating: "L", count: 1023) + "\n"
      for _ in 0..<LineSink.waitingLimit / 1024 + 5 { disk.sink.write(lines(line)) }
      disk.setRoom(1 << 30)
      disk.sink.write(lines("more\n"))
      let lost = disk.sink.takeDropped()
      #expect(lost?.lines == 5 && lost?.bytes == 0 && lost?.error == EFBIG)
      #expect(try disk.text().utf8.count == LineSink.waitingLimit + 5)
    }
  }
}

/// A file that may grow to some size.
private struct Disk {
  let sink: LineSink
  private let tree: TemporaryTree

  init(room: UInt) throws {
    _ = signal(SIGXFSZ, SIG_IGN)
    tree = try TemporaryTree()
    let file = try tree.root.open(BytePath("/file"), O_WRONLY | O_CREAT)
    sink = LineSink(SinkTarget(file: file))
    setRoom(room)
  }

  func setRoom(_ room: UInt) {
    var limit = rlimit()
    unsafe getrlimit(fileSize, &limit)
    limit.rlim_cur = room
    unsafe setrlimit(fileSize, &limit)
  }

  func text() throws -> String { try tree.text("/file") }

  private var fileSize: __rlimit_resource_t { __rlimit_resource_t(1) }  // RLIMIT_FSIZE
}
