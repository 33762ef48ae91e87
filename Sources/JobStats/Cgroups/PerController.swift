/// A value for each of some controllers.
///
/// A dictionary does the same; but its first use makes Swift's runtime look up who conforms to
/// what, a tenth of a millisecond of every start. With an array of optional values, or one in
/// line, or a field for each, it has to learn their types.
///
/// Inlinable, so that what is generic here is compiled for its values.
@frozen
public struct PerController<Value>: ExpressibleByDictionaryLiteral {
  /// Bit N: whether there is a value for the controller declared as number N.
  @usableFromInline var present: UInt8 = 0
  /// In the order of their controllers.
  @usableFromInline var values: [Value] = []

  @inlinable
  public init() {}

  @inlinable
  public init(dictionaryLiteral elements: (Controller, Value)...) {
    for (controller, value) in elements { self[controller] = value }
  }

  @inlinable
  public subscript(_ controller: Controller) -> Value? {
    get { present & controller.bit != 0 ? values[place(of: controller)] : nil }
    set {
      let place = place(of: controller)
      let isThere = present & controller.bit != 0
      if let newValue {
        present |= controller.bit
        if isThere { values[place] = newValue } else { values.insert(newValue, at: place) }
      } else if isThere {
        present &= ~controller.bit
        values.remove(at: place)
      }
    }
  }

  @inlinable
  func place(of controller: Controller) -> Int {
    (present & (controller.bit - 1)).nonzeroBitCount
  }

  @inlinable
  public var isEmpty: Bool { present == 0 }

  /// Those that have one, in the order of their declaration.
  @inlinable
  public var controllers: [Controller] { Controller.allCases.filter { present & $0.bit != 0 } }
}

extension PerController: Sendable where Value: Sendable {}

extension Controller {
  /// A bit of its own, in the order of declaration.
  @usableFromInline var bit: UInt8 {
    switch self {
    case .memory: 1
    case .cpuacct: 2
    case .cpuset: 4
    case .blkio: 8
    case .pids: 16
    case .cpu: 32
    case .unified: 64
    }
  }
}
