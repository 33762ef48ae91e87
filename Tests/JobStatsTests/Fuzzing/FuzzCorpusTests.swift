import FuzzProperties
import JobStats
import Testing

/// What is kept of fuzzing: Tests/Fuzzing/Corpus/TARGET holds seeds, and inputs that once were
/// read wrongly or that reach code that no other does.
@Suite struct FuzzCorpusTests {
  private let corpus: RootDirectory

  init() throws {
    let tests = BytePath(#filePath).components.dropLast(3).reduce(BytePath("/")) {
      $0.appending($1)
    }
    corpus = try RootDirectory(tests.appending("Fuzzing/Corpus"))
  }

  @Test(arguments: FuzzTarget.all.map(\.name))
  func `what has to hold for any bytes holds for those that are kept`(name: String) throws {
    let target = try #require(FuzzTarget.all.first { $0.name == name })
    try target.check([])
    for file in corpus.names(in: BytePath(name)) {
      let bytes = try corpus.contents(BytePath(name).appending(file))
      do { try target.check(bytes) } catch { Issue.record("\(file.text): \(error)") }
    }
  }

  @Test func `each folder that is kept is a target's`() {
    let folders = corpus.names(in: BytePath("/")).map(\.text)
    #expect(folders.count >= 15)
    #expect(Set(folders).isSubset(of: FuzzTarget.all.map(\.name)))
  }
}
