import JobStats
import Testing

@Suite struct PerControllerTests {
  @Test func `each controller has a place of its own, in the order of declaration`() {
    #expect(Controller.allCases.map(\.index) == Array(Controller.allCases.indices))
    var values = PerController<Int>()
    for controller in Controller.allCases { values[controller] = controller.index }
    #expect(Controller.allCases.allSatisfy { values[$0] == $0.index })
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
