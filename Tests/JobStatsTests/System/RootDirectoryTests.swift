import CStatShim
import Glibc
import JobStats
import Testing

@Suite struct RootDirectoryTests {
  @Test func `absolute paths are looked up below it`() throws {
    let tree = try TemporaryTree()
    try tree.write("here", to: "/proc/self/cgroup")
    #expect(try tree.text("/proc/self/cgroup") == "here")
    #expect(try tree.text("proc/self/cgroup") == "here")
    #expect(try tree.text("//proc//self/cgroup") == "here")
    #expect(!tree.root.isLive)
    #expect(tree.root.path == BytePath(tree.path))
  }

  @Test(arguments: [("/", true), ("//", true), ("/tmp", false), (".", false)])
  func `only the machine's own root is live`(path: String, isLive: Bool) throws {
    #expect(try RootDirectory(BytePath(path)).isLive == isLive)
  }

  @Test(arguments: [("/nowhere/at/all", ENOENT), ("/etc/passwd", ENOTDIR)])
  func `a root that is no folder is an error that names it`(path: String, code: CInt) {
    let error = #expect(throws: SystemError.self) { try RootDirectory(BytePath(path)) }
    #expect(error?.code == code && error?.path == BytePath(path))
    #expect(error?.operation == "open")
  }

  @Test func `errors name the path as it was given`() throws {
    let tree = try TemporaryTree()
    try tree.makeFolder("/folder")
    let missing = #expect(throws: SystemError.self) { try tree.text("/proc/missing") }
    #expect(missing?.message == "cannot open /proc/missing: No such file or directory")
    let folder = #expect(throws: SystemError.self) { try tree.text("/folder") }
    #expect(folder?.message == "cannot read /folder: Is a directory")
  }

  @Test func `a fifo that nobody writes to stops nobody`() throws {
    let tree = try TemporaryTree()
    #expect(unsafe mkfifo(tree.path + "/fifo", 0o600) == 0)
    #expect(throws: SystemError.self) { try tree.text("/fifo") }
  }

  @Test func `identities tell files apart, and their kinds`() throws {
    let tree = try TemporaryTree()
    try tree.write("1", to: "/folder/one")
    try tree.write("1", to: "/folder/two")
    let one = tree.root.identity(BytePath("/folder/one"))
    #expect(one != nil && one == tree.root.identity(BytePath("folder//one")))
    #expect(one != tree.root.identity(BytePath("/folder/two")))
    #expect(one?.isRegular == true && one?.isDirectory == false)
    #expect(tree.root.identity(BytePath("/folder"))?.isDirectory == true)
    #expect(tree.root.identity(BytePath("/"))?.isDirectory == true)
    #expect(tree.root.identity(BytePath("/missing")) == nil)
  }

  @Test func `prepared paths open what they stand for, or give the error`() throws {
    let tree = try TemporaryTree()
    try tree.write("1", to: "/one")
    let path = PreparedPath(BytePath("/one"))
    let file = tree.root.open(path)
    #expect(file >= 0)
    close(file)
    tree.remove("/one")
    #expect(tree.root.open(path) == -ENOENT)
    #expect(tree.root.identity(path) == nil)
  }

  @Test func `folders are made, listed and removed`() throws {
    let tree = try TemporaryTree()
    try tree.root.makeDirectory(BytePath("/group"))
    try tree.write("", to: "/group/b")
    try tree.write("", to: "/group/.a")
    let names = Set(tree.root.names(in: BytePath("/group")).map(\.text))
    #expect(names == ["b", ".a"])
    #expect(tree.root.names(in: BytePath("/missing")).isEmpty)
    #expect(tree.root.names(in: BytePath("/group/b")).isEmpty)
    let full = #expect(throws: SystemError.self) {
      try tree.root.removeDirectory(BytePath("/group"))
    }
    #expect(full?.code == ENOTEMPTY)
    let again = #expect(throws: SystemError.self) {
      try tree.root.makeDirectory(BytePath("/group"))
    }
    #expect(again?.message == "cannot make /group: File exists")
    tree.remove("/group/b")
    tree.remove("/group/.a")
    try tree.root.removeDirectory(BytePath("/group"))
    #expect(tree.root.identity(BytePath("/group")) == nil)
  }

  /// What stands outside is there to be read, if anything leads to it.
  @Test(arguments: [
    "/../secret", "/dir/../../secret", "/up", "/absolute", "/out/secret", "/dir/chain",
    "/self/fd",
  ])
  func `nothing in a recorded tree leads out of it`(path: String) throws {
    let outside = try TemporaryTree()
    try outside.write("secret", to: "/secret")
    try outside.makeFolder("/tree/dir")
    let tree = try RootDirectory(BytePath(outside.path + "/tree"))
    try outside.link("/tree/up", to: "../secret")
    try outside.link("/tree/absolute", to: outside.path + "/secret")
    try outside.link("/tree/out", to: "..")
    try outside.link("/tree/dir/chain", to: "../out/secret")
    try outside.link("/tree/self", to: "/proc/self")
    let place = BytePath(path)
    #expect(throws: SystemError.self) { try tree.contents(place) }
    #expect(tree.read(PreparedPath(place), ReadBuffer(), .stream) < 0)
    #expect(tree.identity(place)?.isRegular != true)
    #expect(tree.names(in: place).isEmpty)
  }

  @Test func `links in a recorded tree that stay in it are followed`() throws {
    let tree = try TemporaryTree()
    try tree.write("here", to: "/proc/7/cgroup")
    try tree.link("/proc/self", to: "7")
    try tree.link("/mounts", to: "proc/self/../7/cgroup")
    #expect(try tree.text("/proc/self/cgroup") == "here")
    #expect(try tree.text("/mounts") == "here")
    #expect(tree.root.identity(BytePath("/proc/self"))?.isDirectory == true)
    #expect(tree.root.linkTarget(BytePath("/proc/self")) == BytePath("7"))
  }

  @Test func `a link's target is told`() throws {
    let tree = try TemporaryTree()
    try tree.link("/link", to: "net:[4026531840]")
    #expect(tree.root.linkTarget(BytePath("/link")) == BytePath("net:[4026531840]"))
    #expect(tree.root.linkTarget(BytePath("/missing")) == nil)
  }
}

@Suite struct DescriptorTests {
  @Test func `a descriptor is closed when its owner lets go, or given away open`() throws {
    let tree = try TemporaryTree()
    try tree.write("", to: "/file")
    let kept = try tree.root.open(BytePath("/file")).release()
    #expect(cstat_open_flags(kept) >= 0)
    close(kept)
    let pipe = try Descriptor.pipe()
    let output = pipe.output.release()
    let end = TestEnd(output)
    // Its other end has been closed with `pipe.input`, which nobody holds any more.
    _ = consume pipe.input
    #expect(end.isAtEnd)
  }
}

private struct TestEnd {
  private let number: CInt
  init(_ number: CInt) { self.number = number }
  var isAtEnd: Bool {
    defer { close(number) }
    return ByteQueue(capacity: 1).fill(from: number) == 0
  }
}
