import CStatShim
import Glibc
import JobStats
import Testing

@Suite struct ByteQueueTests {
  @Test func `bytes come out as they went in, while it is filled and emptied at random`() throws
  {
    let pipe = try TestPipe(size: 4096)
    let queue = ByteQueue(capacity: 1000)
    var random = SeededGenerator(7)
    var written: [UInt8] = []
    var taken: [UInt8] = []
    for step in 0..<5000 {
      let more = (0..<random.number(0...300)).map { UInt8(truncatingIfNeeded: $0 &+ step) }
      if !more.isEmpty { written += more.prefix(max(0, pipe.put(more[...]))) }
      if !queue.isFull, random.number(0...1) == 0 {
        let before = queue.bytes.count
        let count = queue.fill(from: pipe.output)
        #expect(count == -Int(EAGAIN) || count > 0)
        #expect(queue.bytes.count == before + max(count, 0))
      }
      let part = random.number(0...queue.bytes.count)
      taken += queue.bytes[0..<part].array
      queue.drop(part)
    }
    pipe.closeInput()
    repeat {
      taken += queue.bytes.array
      queue.drop(queue.bytes.count)
    } while queue.fill(from: pipe.output) > 0
    #expect(taken == written)
    #expect(queue.isEmpty)
  }

  @Test func `it takes no more than it has room for`() throws {
    let pipe = try TestPipe()
    pipe.put("0123456789")
    let queue = ByteQueue(capacity: 4)
    #expect(queue.fill(from: pipe.output) == 4)
    #expect(queue.isFull && queue.bytes == "0123")
    queue.drop(3)
    #expect(!queue.isFull)
    #expect(queue.fill(from: pipe.output) == 3)
    #expect(queue.bytes == "3456")
    queue.drop(4)
    #expect(queue.isEmpty && !queue.isFull)
  }

  @Test func `the end, an empty pipe and an error are told apart`() throws {
    let pipe = try TestPipe()
    let queue = ByteQueue(capacity: 4)
    #expect(queue.fill(from: pipe.output) == -Int(EAGAIN))
    pipe.closeInput()
    #expect(queue.fill(from: pipe.output) == 0)
    #expect(queue.fill(from: -1) == -Int(EBADF))
    #expect(queue.isEmpty)
  }
}

@Suite struct ByteSliceTests {
  @Test func `slices compare by their bytes`() {
    let text = lines("total_rss")
    #expect(text.bytes == "total_rss")
    #expect(!(text.bytes == "total_rs"))
    #expect(!(text.bytes == "total_rsz"))
    #expect(text.bytes.equals(Array("total_rss".utf8)))
    #expect(!text.bytes.equals(Array("total_rsz".utf8)))
    #expect(text.bytes[6..<9] == "rss")
    #expect(text.bytes[4..<4].isEmpty)
    #expect(text.bytes[4..<4] == "" && text.bytes[9..<9].equals([]))
    withExtendedLifetime(text) {}
  }

  @Test func `the first and the last of a byte are found`() {
    let text = lines("a:b:c")
    let bytes = text.bytes
    let colon = UInt8(ascii: ":")
    #expect(bytes.firstIndex(of: colon) == 1)
    #expect(bytes.firstIndex(of: colon, from: 2) == 3)
    #expect(bytes.firstIndex(of: colon, from: 4) == nil)
    #expect(bytes.firstIndex(of: colon, from: 5) == nil)
    #expect(bytes.lastIndex(of: colon) == 3)
    #expect(bytes.lastIndex(of: 0) == nil)
    #expect(bytes[0..<0].firstIndex(of: colon) == nil)
    withExtendedLifetime(text) {}
  }

  @Test func `all bytes are written, or it says that they were not`() throws {
    let pipe = try TestPipe()
    #expect(write("all of it", to: pipe.input))
    #expect(pipe.takeText() == "all of it")
    #expect(write("", to: -1))
    #expect(!write("x", to: -1))
  }
}
