/// A value for each of some controllers.
///
/// A dictionary does the same; but its first use makes Swift's runtime look up who conforms to
/// what, a tenth of a millisecond of every start.
///
/// Inlinable, so that what is generic here is compiled for its values.
@frozen
public struct PerController<Value>: ExpressibleByDictionaryLiteral {
  @usableFromInline var values: [Value?] = [nil, nil, nil, nil, nil, nil, nil]

  @inlinable
  public init() {}

  @inlinable
  public init(dictionaryLiteral elements: (Controller, Value)...) {
    for (controller, value) in elements { self[controller] = value }
  }

  @inlinable
  public subscript(_ controller: Controller) -> Value? {
    get { values[controller.index] }
    set { values[controller.index] = newValue }
  }

  @inlinable
  public var isEmpty: Bool {
    for value in values where value != nil { return false }
    return true
  }

  /// Those that have one, in the order of their declaration.
  @inlinable
  public var controllers: [Controller] { Controller.allCases.filter { self[$0] != nil } }
}

extension PerController: Sendable where Value: Sendable {}
