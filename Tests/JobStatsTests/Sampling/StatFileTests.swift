import Glibc
import Testing

@testable import JobStats

@Suite struct StatFileTests {
  private let tree: TemporaryTree
  private let log: LogFile
  private let context: SamplingContext
  private let nothing = LineBuffer(capacity: 0)

  init() throws {
    tree = try TemporaryTree()
    log = try LogFile()
    context = SamplingContext(root: tree.root, locator: jobTree, log: log.log)
  }

  private func file(_ paths: String..., isAnnounced: Bool = true) -> StatFile {
    StatFile(context, paths.map { Candidate(BytePath($0)) }, isAnnounced: isAnnounced)
  }

  /// What the file holds at a time; nil where it is not read.
  private func read(_ file: StatFile, _ time: UInt64, isLast: Bool = false) -> String? {
    let poll = Poll(time: time, timeOfDay: nil, isLast: isLast, lines: nothing)
    return file.read(poll).map { String(decoding: $0.rest.array, as: UTF8.self) }
  }

  @Test func `a file that is replaced at once is read at once, the second candidate's too`()
    throws
  {
    try tree.write("old", to: "/two")
    let file = file("/one", "/two")
    #expect(read(file, milliseconds(1000)) == "old")
    for (number, text) in ["new", "newer", "newest"].enumerated() {
      try tree.replace("/two", with: text)
      #expect(read(file, milliseconds(1010 + 10 * UInt64(number))) == text)
    }
    #expect(log.take() == ["notice: reading stats from /two"])
  }

  @Test func `the first candidate that can be read serves`() throws {
    try tree.write("two", to: "/two")
    try tree.write("three", to: "/three")
    try tree.makeFolder("/zero")
    let file = file("/zero", "/one", "/two", "/three")
    #expect(read(file, milliseconds(0)) == "two")
    #expect(file.source == 2 && file.isOpen && file.path == BytePath("/two"))
    #expect(log.take() == ["notice: reading stats from /two"])
  }

  @Test func `what is written into the file is seen at the next read, and not told of`() throws
  {
    let file = file("/f")
    for number in 0..<50 {
      try tree.write("value \(number)", to: "/f")
      #expect(read(file, milliseconds(UInt64(number) * 10)) == "value \(number)")
    }
    #expect(log.take().count == 1)
  }

  @Test func `a file that was replaced is read anew at once`() throws {
    try tree.write("old", to: "/f")
    let file = file("/f")
    #expect(read(file, milliseconds(0)) == "old")
    try tree.replace("/f", with: "new")
    #expect(read(file, milliseconds(10)) == "new")
    try tree.replace("/f", with: "newer")
    #expect(read(file, milliseconds(20)) == "newer")
    #expect(log.take() == ["notice: reading stats from /f"])
  }

  @Test func `a file that goes is absent, told once, and read again when it returns`() throws {
    try tree.write("here", to: "/f")
    let file = file("/f")
    #expect(read(file, seconds(0)) == "here")
    tree.remove("/f")
    for time in 2..<6 { #expect(read(file, seconds(UInt64(time))) == nil) }
    #expect(log.take() == ["notice: reading stats from /f", "notice: lost /f"])
    try tree.write("back", to: "/f")
    #expect(read(file, seconds(7)) == "back")
    #expect(read(file, seconds(8)) == "back")
    #expect(log.take() == ["notice: reading stats from /f"])
  }

  @Test func `one that comes and goes at polling rate is not told of each time`() throws {
    let file = file("/f")
    for number in 0..<200 as Range<UInt64> {
      if number % 2 == 0 { try tree.write("here", to: "/f") } else { tree.remove("/f") }
      _ = read(file, milliseconds(number * 10))
    }
    #expect(log.take().count <= 4)
  }

  @Test func `a better candidate is taken, at most a second after it appears`() throws {
    try tree.write("second", to: "/second")
    let file = file("/first", "/second")
    #expect(read(file, milliseconds(0)) == "second")
    try tree.write("first", to: "/first")
    #expect(read(file, milliseconds(10)) == "second")
    #expect(read(file, milliseconds(999)) == "second")
    #expect(read(file, milliseconds(1000)) == "first")
    #expect(file.source == 0)
    tree.remove("/first")
    #expect(read(file, milliseconds(2010)) == "second")
    #expect(
      log.take() == ["/second", "/first", "/second"].map { "notice: reading stats from \($0)" })
  }

  @Test func `the last sample looks for everything once more`() throws {
    try tree.write("second", to: "/second")
    let file = file("/first", "/second")
    let late = self.file("/late")
    #expect(read(file, milliseconds(0)) == "second")
    #expect(read(late, milliseconds(0)) == nil)
    try tree.write("first", to: "/first")
    try tree.write("late", to: "/late")
    #expect(read(late, milliseconds(1)) == nil)
    #expect(read(file, milliseconds(2), isLast: true) == "first")
    #expect(read(late, milliseconds(2), isLast: true) == "late")
  }

  /// After so many looks in vain, which the pauses allow at these times, in milliseconds.
  private static let looks: [UInt64] = [
    0, 5, 15, 35, 75, 155, 315, 635, 1275, 2275, 3275, 4275, 5275,
  ]

  @Test(arguments: 1..<looks.count)
  func `looks for a missing file pause from 5 ms to a second`(count: Int) throws {
    let file = file("/f")
    for time in Self.looks[..<count] { #expect(read(file, milliseconds(time)) == nil) }
    try tree.write("here", to: "/f")
    let next = milliseconds(Self.looks[count])
    #expect(read(file, next - 1) == nil)
    #expect(read(file, next) == "here")
  }

  @Test func `a file that was there long is looked for with short pauses again`() throws {
    let file = file("/f")
    for time in Self.looks { #expect(read(file, milliseconds(time)) == nil) }
    try tree.write("here", to: "/f")
    #expect(read(file, seconds(10)) == "here")
    tree.remove("/f")
    #expect(read(file, seconds(20)) == nil)
    try tree.write("back", to: "/f")
    #expect(read(file, seconds(20) + 4_999_999) == nil)
    #expect(read(file, seconds(20) + 5_000_000) == "back")
  }

  @Test func `an ancestor is said to cover more than the job`() throws {
    try tree.write("x", to: "/a/f")
    let file = StatFile(
      context, [Candidate(BytePath("/a/b/f")), Candidate(BytePath("/a/f"), coversMore: true)])
    #expect(read(file, milliseconds(0)) == "x")
    #expect(
      log.take() == [
        "notice: reading stats from /a/f (an ancestor: covers more than the job)"
      ])
  }

  @Test func `files that are of no interest by themselves are not announced`() throws {
    try tree.write("x", to: "/f")
    let file = file("/f", isAnnounced: false)
    #expect(read(file, seconds(0)) == "x")
    tree.remove("/f")
    #expect(read(file, seconds(5)) == nil)
    #expect(log.take().isEmpty)
  }

  /// Its numbers are logged from that read, whatever the file says when its source is told of.
  @Test func `a copy is kept of what the first lines come from`() throws {
    let copies = try TemporaryTree()
    let recorder = try TreeRecorder(BytePath(copies.path), log.log)
    let root = try RootDirectory(BytePath(tree.path), recorder: recorder)
    let context = SamplingContext(root: root, locator: jobTree, log: log.log)
    let file = StatFile(context, [Candidate(BytePath("/f"))], isAnnounced: false)
    func copy() throws -> String {
      String(decoding: try copies.root.contents(BytePath("/f")), as: UTF8.self)
    }
    try tree.write("nothing", to: "/f")
    #expect(read(file, milliseconds(0)) == "nothing")
    try tree.write("8:0 1", to: "/f")
    #expect(read(file, milliseconds(10)) == "8:0 1")
    #expect(try copy() == "nothing")
    file.keepAgain()
    try tree.write("8:0 2", to: "/f")
    #expect(file.announce() && !file.announce())
    #expect(try copy() == "8:0 1")
  }

  @Test func `with no candidate there is nothing to read`() {
    let file = file()
    #expect(read(file, milliseconds(0)) == nil)
    #expect(read(file, milliseconds(0), isLast: true) == nil)
    #expect(file.path == nil && !file.isOpen)
  }

  @Test func `a file that rests is not read for a while`() throws {
    try tree.write("x", to: "/f")
    let file = file("/f")
    #expect(read(file, milliseconds(0)) == "x")
    file.rest(Poll(time: milliseconds(0), timeOfDay: nil, isLast: false, lines: nothing))
    #expect(!file.isOpen)
    #expect(read(file, milliseconds(4)) == nil)
    #expect(read(file, milliseconds(5)) == "x")
    file.shut()
    #expect(!file.isOpen && read(file, milliseconds(6)) == "x")
  }

  @Test func `a file of the kernel is held while it rests, and let go of when it has gone`()
    throws
  {
    let root = try RootDirectory(BytePath("/"))
    let context = SamplingContext(root: root, locator: jobTree, log: log.log)
    let child = try spawnShell("exec sleep 1000")
    let file = StatFile(context, [Candidate(BytePath("/proc/\(child)/cgroup"))])
    func held() -> Int { (3..<200 as Range<CInt>).count { fcntl($0, F_GETFD) >= 0 } }
    let before = held()
    let text = read(file, milliseconds(0))
    #expect(text?.isEmpty == false)
    let during = held()
    #expect(during != before)
    func rest(_ time: UInt64) {
      file.rest(Poll(time: time, timeOfDay: nil, isLast: false, lines: nothing))
    }
    rest(milliseconds(0))
    #expect(read(file, milliseconds(4)) == nil && held() == during)
    #expect(read(file, milliseconds(5)) == text && held() == during)
    rest(milliseconds(5))
    killAndReap(child)
    #expect(read(file, milliseconds(15)) == nil && !file.isOpen && held() == before)
    #expect(read(file, seconds(5)) == nil)
  }

  @Test func `of one group of the kernel's no other name is looked for`() throws {
    let root = try RootDirectory(BytePath("/"))
    let context = SamplingContext(root: root, locator: jobTree, log: log.log)
    func better(_ paths: String...) -> Int32 {
      let file = StatFile(context, paths.map { Candidate(BytePath($0)) })
      #expect(read(file, seconds(0)) != nil)
      return file.better
    }
    #expect(better("/proc/self/stat") == 0)
    #expect(better("/proc/self/none", "/proc/self/stat") == 0)
    #expect(better("/proc/self/none/stat", "/proc/self/none", "/proc/self/stat") == 1)
    #expect(better("/proc/self/none", "/proc/self/none/stat", "/proc/self/stat") == 2)
  }

  @Test func `an empty file is there`() throws {
    try tree.write("", to: "/f")
    #expect(read(file("/f"), milliseconds(0)) == "")
  }

  @Test func `with -debug it is told what was tried, once`() throws {
    let log = try LogFile(debug: true)
    let context = SamplingContext(root: tree.root, locator: jobTree, log: log.log)
    let file = StatFile(context, [Candidate(BytePath("/a")), Candidate(BytePath("/b"))])
    for time in 0..<5 as Range<UInt64> { _ = read(file, seconds(time)) }
    #expect(
      log.take() == ["/a", "/b"].map { "notice: debug: no \($0): No such file or directory" })
    // Also while another one serves.
    try tree.write("c", to: "/c")
    let other = StatFile(
      context, [Candidate(BytePath("/a")), Candidate(BytePath("/c"))], isAnnounced: false)
    for time in 0..<5 as Range<UInt64> { #expect(read(other, seconds(time)) == "c") }
    #expect(log.take() == ["notice: debug: no /a: No such file or directory"])
  }

  @Test func `a file of the kernel is read through the descriptor that is held`() throws {
    let root = try RootDirectory(BytePath("/"))
    let context = SamplingContext(root: root, locator: jobTree, log: log.log)
    let child = try spawnShell("exec sleep 1000")
    let path = "/proc/\(child)/cgroup"
    let file = StatFile(context, [Candidate(BytePath(path))])
    #expect(read(file, seconds(0))?.isEmpty == false)
    #expect(read(file, seconds(1))?.isEmpty == false)
    killAndReap(child)
    #expect(read(file, seconds(3)) == nil)
    #expect(log.take() == ["notice: reading stats from \(path)", "notice: lost \(path)"])
  }
}
