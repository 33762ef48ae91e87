import Testing

@testable import JobStats

@Suite struct LastTextTests {
  private func isSame(_ last: LastText, _ bytes: [UInt8]) -> Bool {
    ByteScanner.scan(bytes) { last.isSame($0.rest) }
  }

  @Test(arguments: [0, 1, 15, 16, 17, 31, 32, 33, 47, 48, 49, 63, 64, 65, 100])
  func `a text of any length is told from one that differs anywhere`(length: Int) {
    let text = (0..<length).map { UInt8($0 % 200) }
    let last = LastText()
    #expect(!isSame(last, text))
    #expect(isSame(last, text))
    for place in text.indices {
      var other = text
      other[place] ^= 1
      #expect(!isSame(last, other), "byte \(place)")
      _ = isSame(last, text)
      // One in eight is kept where it has said something else too often.
      while !isSame(last, text) {}
    }
    #expect(!isSame(last, text + [1]))
  }

  @Test func `what stands behind a text is none of it`() {
    let last = LastText()
    _ = isSame(last, Array(repeating: 7, count: 60))
    #expect(!isSame(last, [7, 7, 7]))
    #expect(isSame(last, [7, 7, 7]))
    #expect(!isSame(last, [7, 7, 7, 7]))
  }

  @Test func `what is forgotten is not the same`() {
    let last = LastText()
    _ = isSame(last, [1, 2])
    last.forget()
    #expect(!isSame(last, [1, 2]))
    #expect(isSame(last, [1, 2]))
  }
}
