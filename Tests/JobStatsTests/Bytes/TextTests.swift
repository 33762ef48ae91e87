import JobStats
import Testing

@Suite struct TextTests {
  @Test(arguments: [0, 9, 10, -1, -10, 1_000_000, .max, .min] as [Int])
  func `whole numbers in a text of bytes are written as elsewhere`(number: Int) {
    let text: ByteText = "<\(number)>"
    #expect(text.bytes == Array("<\(number.description)>".utf8))
    let others: ByteText =
      "\(Int32(truncatingIfNeeded: number)) \(UInt64(number.magnitude)) \(UInt32.max)"
    let wanted =
      "\(Int32(truncatingIfNeeded: number).description) \(number.magnitude.description) 4294967295"
    #expect(others.bytes == Array(wanted.utf8))
  }

  @Test func `paths in a text of bytes are shown as messages show them`() {
    let odd = BytePath(Array("/a/".utf8) + [0xFF] + Array("ü".utf8))
    let text: ByteText = "\(text: "/a") \(text: odd) \(list: ["/b", "/c"])\(list: [])"
    #expect(text.bytes == Array("/a /a/\\xffü /b, /c".utf8))
    #expect(BytePath("/proc/\(7)/\("net")").bytes == Array("/proc/7/net".utf8))
  }

  @Test func `texts of bytes are lists, with something between their elements`() {
    var text = ByteText()
    text.append("a", after: "; ")
    text.append("b", after: "; ")
    #expect(!text.isEmpty && text.bytes == Array("a; b".utf8))
    let buffer = LineBuffer()
    buffer.append(decimal: 12)
    #expect(ByteText(buffer).bytes == Array("12".utf8))
  }

  @Test(arguments: [("/a/b", "b"), ("/a/", ""), ("a", "a"), ("/", ""), ("", "")])
  func `a path's name is its last part`(path: String, name: String) {
    #expect(BytePath(path).name == BytePath(name))
  }

  @Test func `texts are joined, empty ones too`() {
    #expect(joined([], ", ") == "" && joined(["a"], ", ") == "a")
    #expect(joined(["", "a", "", "b"], ", ") == ", a, , b")
  }
}
