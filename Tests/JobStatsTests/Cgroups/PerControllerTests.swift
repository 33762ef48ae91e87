import JobStats
import Testing

@Suite struct PerControllerTests {
  @Test func `each controller has a place of its own, in the order of declaration`() {
    var values = PerController<Int>()
    for (index, controller) in Controller.allCases.enumerated() { values[controller] = index }
    #expect(Controller.allCases.map { values[$0] } == Array(Controller.allCases.indices))
    #expect(values.controllers == Controller.allCases)
  }

  @Test func `what is not set is nil, and what is taken away again`() {
    var values: PerController<String> = [.blkio: "b", .unified: "u"]
    #expect(values[.memory] == nil && values[.blkio] == "b" && !values.isEmpty)
    #expect(values.controllers == [.blkio, .unified])
    values[.blkio] = nil
    values[.unified] = nil
    #expect(values.isEmpty && values.controllers.isEmpty)
  }
}
