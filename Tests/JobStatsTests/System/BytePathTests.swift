import Glibc
import JobStats
import Testing

@Suite struct BytePathTests {
  @Test(arguments: [
    ("/a", "b", "/a/b"), ("/a/", "b", "/a/b"), ("/a", "/b", "/a/b"), ("/", "b", "/b"),
    ("/a", "", "/a"), ("", "b", "b"), ("", "/b", "/b"), ("", "", ""), ("/a", "/", "/a"),
    ("/a", "b/c", "/a/b/c"), ("a", "//b", "a/b"),
  ])
  func `paths are joined by one slash, and empty parts vanish`(
    path: String, other: String, joined: String
  ) {
    #expect(BytePath(path).appending(other) == BytePath(joined))
    #expect(BytePath(path).appending(BytePath(other)).text == joined)
  }

  @Test(
    arguments: [
      ("/a/b/c", "/a", "/b/c"), ("/a", "/a", "/"), ("/a", "/", "/a"), ("/a/b", "/a/", "/b"),
      ("/ab", "/a", nil), ("/a", "/a/b", nil), ("/", "/", "/"),
      ("/", "/a", nil), ("/a/b", "/b", nil), ("/", "/..", nil),
    ] as [(String, String, String?)])
  func `what is below an ancestor is told by whole parts`(
    path: String, ancestor: String, rest: String?
  ) {
    #expect(BytePath(path).relative(to: BytePath(ancestor))?.text == rest)
  }

  @Test(arguments: [
    ("..", true), ("/a/../b", true), ("../a", true), ("a/..", true), ("/..", true),
    ("", false), ("a..b", false), ("...", false), ("/a/.b", false), (".", false),
  ])
  func `a path climbs if one of its parts does`(path: String, climbs: Bool) {
    #expect(BytePath(path).climbs == climbs)
  }

  @Test func `bytes that are no text stay as they are, and are spelled out in messages alone`()
  {
    let path = BytePath([0x2F, 0xFF, 0x61])
    #expect(path.bytes == [0x2F, 0xFF, 0x61])
    #expect(path.text == "/\\xffa")
    #expect(
      BytePath([0xC3, 0x28, 0xC3, 0xA9, 0x05, 0xF0, 0x9F]).text == "\\xc3(é\u{5}\\xf0\\x9f")
    #expect(path.isAbsolute && !path.isEmpty)
    #expect(path.components == [BytePath([0xFF, 0x61])])
    let length = unsafe path.withCString { unsafe strlen($0) }
    #expect(length == 3)
  }
}

@Suite struct SystemErrorTests {
  @Test(
    arguments: [
      ("open", "/x", ENOENT, "cannot open /x: No such file or directory"),
      ("take signals", nil, EPERM, "cannot take signals: Operation not permitted"),
      ("read", "", 4095, "cannot read : Unknown error 4095"),
    ] as [(String, String?, CInt, String)])
  func `an error names the operation, the path and why`(
    operation: String, path: String?, code: CInt, message: String
  ) {
    let error = SystemError(operation, path.map { BytePath($0) }, code: code)
    #expect(error.message == message)
  }

  @Test func `a negative result is thrown, any other is the value`() throws {
    #expect(try checked(5, "open") == 5)
    #expect(try checked(0, "open") == 0)
    let error = #expect(throws: SystemError.self) {
      try checked(-EACCES, "open", BytePath("/x"))
    }
    #expect(error?.code == EACCES && error?.path == BytePath("/x"))
    errno = EBUSY
    let other = #expect(throws: SystemError.self) { try checkedErrno(-1, "remove") }
    #expect(other?.code == EBUSY && other?.path == nil)
  }
}
