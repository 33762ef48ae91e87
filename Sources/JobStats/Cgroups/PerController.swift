/// A value for each of some controllers.
///
/// A dictionary does the same; but its first use makes Swift's runtime look up who conforms to
/// what, a tenth of a millisecond of every start. With an array of optional values, or one in
/// line, or a field for each, it has to learn their types.
///
/// Inlinable, so that what is generic here is compiled for its values.
@frozen
public struct PerController<Value>: ExpressibleByDictionaryLiteral {
  /// Those that have one.
  @usableFromInline var present = ControllerSet()
  /// In the order of their controllers' declaration.
  @usableFromInline var values: [Value] = []

  @inlinable
  public init() {}

  @inlinable
  public init(dictionaryLiteral elements: (Controller, Value)...) {
    for (controller, value) in elements { self[controller] = value }
  }

  @inlinable
  public subscript(_ controller: Controller) -> Value? {
    get {
      present.contains(controller) ? values[present.count(before: controller)] : nil
    }
    set {
      let place = present.count(before: controller)
      let isThere = present.contains(controller)
      if let newValue {
        present.insert(controller)
        if isThere { values[place] = newValue } else { values.insert(newValue, at: place) }
      } else if isThere {
        present.remove(controller)
        values.remove(at: place)
      }
    }
  }

  @inlinable
  public var isEmpty: Bool { present.isEmpty }

  /// Those that have one, in the order of their declaration.
  @inlinable
  public var controllers: [Controller] { Controller.allCases.filter { present.contains($0) } }
}

extension PerController: Sendable where Value: Sendable {}
