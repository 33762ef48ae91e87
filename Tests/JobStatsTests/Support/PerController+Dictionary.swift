import JobStats

extension PerController {
  /// As a dictionary, which tests compare and write down.
  var dictionary: [Controller: Value] {
    Dictionary(uniqueKeysWithValues: controllers.map { ($0, self[$0]!) })
  }

  init(_ dictionary: [Controller: Value]) {
    self.init()
    for (controller, value) in dictionary { self[controller] = value }
  }

  func filter(_ isIncluded: ((key: Controller, value: Value)) -> Bool) -> PerController {
    PerController(dictionary.filter(isIncluded))
  }
}
