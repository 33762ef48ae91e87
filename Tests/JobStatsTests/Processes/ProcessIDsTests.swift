import Testing
import TestSupport

@testable import JobStats

@Suite struct ProcessIDsTests {
  @Test func `ids are found as in a set, whatever came and went`() {
    var random = SeededGenerator(11)
    var ids = ProcessIDs()
    var model: Set<Int32> = []
    for _ in 0..<5000 {
      let id = Int32(random.number(0...40)) - 3
      if random.number(0...2) == 0 {
        ids.remove(id)
        model.remove(id)
      } else {
        #expect(ids.insert(id) == model.insert(id).inserted)
      }
      let other = Int32(random.number(0...40)) - 3
      #expect(ids.contains(id) == model.contains(id))
      #expect(ids.contains(other) == model.contains(other))
    }
  }

  @Test func `the least and the highest id have their places`() {
    var ids = ProcessIDs()
    for id in [Int32.max, 1, .min] { #expect(ids.insert(id) && !ids.insert(id)) }
    #expect(ids.contains(.max) && ids.contains(.min) && !ids.contains(0))
    ids.remove(1)
    #expect(!ids.contains(1) && ids.contains(.max) && ids.contains(.min))
  }
}
