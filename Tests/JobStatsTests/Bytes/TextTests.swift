import JobStats
import Testing

@Suite struct TextTests {
  @Test(arguments: [0, 9, 10, -1, -10, 1_000_000, .max, .min] as [Int])
  func `whole numbers are interpolated as the library would`(number: Int) {
    #expect("\(number)" == number.description)
    #expect(
      "\(Int32(truncatingIfNeeded: number))" == Int32(truncatingIfNeeded: number).description)
    #expect("\(number.magnitude)" == number.magnitude.description)
    #expect("\(UInt64(number.magnitude))" == UInt64(number.magnitude).description)
  }

  @Test func `texts are joined, empty ones too`() {
    #expect(joined([], ", ") == "" && joined(["a"], ", ") == "a")
    #expect(joined(["", "a", "", "b"], ", ") == ", a, , b")
  }
}
