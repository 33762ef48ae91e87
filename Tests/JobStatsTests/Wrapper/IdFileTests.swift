import Glibc
import JobStats
import JobWrapper
import Testing

@Suite struct IdFileTests {
  private let tree: TemporaryTree

  init() throws { tree = try TemporaryTree() }

  private func idFile(wait: UInt64 = 5_000_000_000) -> IdFile {
    IdFile(BytePath(tree.path + "/cid"), wait: wait, start: seconds(0))
  }

  @Test(arguments: [
    ("3f1c", "3f1c"), ("3f1c\n", "3f1c"), ("  3f1c \r\n\t\n", "3f1c"), ("\n\n3f1c", "3f1c"),
    ("docker-3f1c.scope", "docker-3f1c.scope"), ("a/b", "a/b"), ("ümlaut", "ümlaut"),
    ("..3f", "..3f"),
  ])
  func `white space around an id is dropped`(text: String, id: String) throws {
    try tree.write(text, to: "/cid")
    var file = idFile()
    #expect(file.look(seconds(0)) == .found(BytePath(id)))
  }

  @Test(arguments: ["", "\n", " \t\r\n\u{B}\u{C}"])
  func `an empty file is still to be written`(text: String) throws {
    try tree.write(text, to: "/cid")
    var file = idFile()
    #expect(file.look(seconds(0)) == .waiting)
    try tree.write("3f1c\n", to: "/cid")
    #expect(file.look(file.next) == .found(BytePath("3f1c")))
  }

  @Test(arguments: [
    "two words", "a\nb", "a\tb", "../..", "a/../b", "..", "\u{1}", "a\u{0}b", "a\u{7F}",
    String(repeating: "x", count: 4097), String(repeating: "x", count: 1 << 20),
  ])
  func `what is no id is an error that names the flag and the file`(text: String) throws {
    try tree.write(text, to: "/cid")
    var file = idFile()
    #expect(
      file.look(seconds(0))
        == .failed("flag -cgroup-cid: \(tree.path)/cid holds no container id"))
  }

  @Test func `an id of 4096 bytes is one`() throws {
    let id = String(repeating: "x", count: 4096)
    try tree.write(id, to: "/cid")
    var file = idFile()
    #expect(file.look(seconds(0)) == .found(BytePath(id)))
  }

  @Test func `it comes late, and is looked for with growing pauses`() throws {
    var file = idFile()
    #expect(file.next == seconds(0))
    var pauses: [UInt64] = []
    var looks = 0
    while file.next < seconds(4) {
      let now = file.next
      #expect(file.look(now) == .waiting)
      pauses.append((file.next - now) / 1_000_000)
      looks += 1
    }
    #expect(pauses.prefix(8) == [1, 2, 4, 8, 16, 32, 64, 100])
    #expect(pauses.max() == 100 && looks < 60)
    try tree.write("3f1c", to: "/cid")
    #expect(file.look(file.next) == .found(BytePath("3f1c")))
  }

  @Test(
    arguments: [(5_000_000_000, "5.0"), (500_000_000, "0.5"), (0, "0.0")] as [(UInt64, String)])
  func `when it never comes that is told, at the time that was set`(
    wait: UInt64, shown: String
  ) {
    var file = idFile(wait: wait)
    while file.next < seconds(0) + wait { #expect(file.look(file.next) == .waiting) }
    #expect(file.next == seconds(0) + wait)
    #expect(
      file.look(file.next)
        == .failed("flag -cgroup-cid: \(tree.path)/cid: no container id after \(shown) s"))
  }

  @Test func `a folder or a file below a file is an error at once`() throws {
    try tree.makeFolder("/cid")
    var folder = idFile()
    #expect(
      folder.look(seconds(0))
        == .failed("flag -cgroup-cid: cannot read \(tree.path)/cid: Is a directory"))
    try tree.write("", to: "/file")
    var below = IdFile(BytePath(tree.path + "/file/cid"), wait: 1, start: seconds(0))
    #expect(
      below.look(seconds(0))
        == .failed("flag -cgroup-cid: cannot open \(tree.path)/file/cid: Not a directory"))
  }

  @Test(arguments: garbage)
  func `garbage is an id, an error or still to come, but no path that climbs`(bytes: [UInt8]) {
    if case .found(let id) = IdFile.id(in: bytes, BytePath("/cid")) {
      #expect(!id.isEmpty && !id.climbs && id.bytes.allSatisfy { $0 > 0x20 })
    }
  }

  @Test func `cut off anywhere, it is a part of the id or nothing yet`() {
    for part in truncations(of: " 3f1cdeadbeef\n") {
      switch IdFile.id(in: part, BytePath("/cid")) {
      case .found(let id): #expect("3f1cdeadbeef".hasPrefix(id.text))
      case .waiting: #expect(part.count <= 1)
      case .failed(let text): Issue.record("\(text)")
      }
    }
  }
}
