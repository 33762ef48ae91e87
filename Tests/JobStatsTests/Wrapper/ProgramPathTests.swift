import Glibc
import JobStats
import JobWrapper
import Testing

@Suite struct ProgramPathTests {
  private let tree: TemporaryTree

  init() throws {
    tree = try TemporaryTree()
    for (file, mode) in [
      ("/a/plain", 0o644), ("/b/plain", 0o755), ("/b/prog", 0o755), ("/c/prog", 0o755),
      ("/a/both", 0o644),
    ] as [(String, mode_t)] {
      try tree.write("#!/bin/sh\n", to: file)
      #expect(unsafe chmod(tree.path + file, mode) == 0)
    }
    try tree.makeFolder("/a/prog")
  }

  /// PATH of folders in the tree.
  private func search(_ folders: String...) -> BytePath {
    BytePath(folders.map { tree.path + $0 }.joined(separator: ":"))
  }

  private func look(_ word: String, _ search: BytePath?) -> (path: String, error: CInt) {
    let found = ProgramPath(BytePath(word), search: search)
    return (found.path.text.replacing(tree.path, with: ""), found.error)
  }

  @Test func `the first folder that has it serves`() {
    #expect(look("prog", search("/b", "/c")) == ("/b/prog", 0))
    #expect(look("prog", search("/c", "/b")) == ("/c/prog", 0))
    #expect(look("prog", search("/missing", "/c")) == ("/c/prog", 0))
  }

  @Test func `folders and files that may not be executed are passed over`() {
    #expect(look("prog", search("/a", "/c")) == ("/c/prog", 0))
    #expect(look("plain", search("/a", "/b")) == ("/b/plain", 0))
  }

  @Test func `one that may not be executed is told from one that is not there`() {
    #expect(look("both", search("/a", "/b")) == ("/a/both", EACCES))
    #expect(look("prog", search("/a")) == ("/a/prog", EACCES))
    #expect(look("missing", search("/a", "/b")) == ("missing", ENOENT))
    #expect(look("", search("/a", "/b")) == ("", ENOENT))
  }

  @Test(arguments: ["./prog", "/prog", "a/prog", "prog/", "/no/where"])
  func `a word with a slash is a path, whatever it leads to`(word: String) {
    #expect(look(word, search("/b")) == (word, 0))
  }

  @Test func `an empty part of PATH is the working directory`() {
    // No test changes where it is, so the file is looked for from there.
    let climb = String(repeating: "../", count: 40)
    for path in [":" + tree.path + "/x", tree.path + "/x:", ""] {
      let found = ProgramPath(BytePath("no-such-program"), search: BytePath(path))
      #expect(found.error == ENOENT)
    }
    #expect(look(climb + "x", BytePath("")).error == 0)
  }

  @Test func `without PATH the system's folders are searched`() {
    let found = ProgramPath(BytePath("sh"), search: nil)
    #expect(found.error == 0 && ["/bin/sh", "/usr/bin/sh"].contains(found.path.text))
    #expect(look("crunchstat-no-such-program", nil).error == ENOENT)
  }
}
