/// A value for each of some controllers.
///
/// A dictionary does the same; but its first use makes Swift's runtime look up who conforms to
/// what, a tenth of a millisecond of every start. An array of optional values, or one in line,
/// has it learn their types.
///
/// Inlinable, so that what is generic here is compiled for its values.
@frozen
public struct PerController<Value>: ExpressibleByDictionaryLiteral {
  @usableFromInline var memory: Value?
  @usableFromInline var cpuacct: Value?
  @usableFromInline var cpuset: Value?
  @usableFromInline var blkio: Value?
  @usableFromInline var pids: Value?
  @usableFromInline var cpu: Value?
  @usableFromInline var unified: Value?

  @inlinable
  public init() {}

  @inlinable
  public init(dictionaryLiteral elements: (Controller, Value)...) {
    for (controller, value) in elements { self[controller] = value }
  }

  @inlinable
  public subscript(_ controller: Controller) -> Value? {
    get {
      switch controller {
      case .memory: memory
      case .cpuacct: cpuacct
      case .cpuset: cpuset
      case .blkio: blkio
      case .pids: pids
      case .cpu: cpu
      case .unified: unified
      }
    }
    set {
      switch controller {
      case .memory: memory = newValue
      case .cpuacct: cpuacct = newValue
      case .cpuset: cpuset = newValue
      case .blkio: blkio = newValue
      case .pids: pids = newValue
      case .cpu: cpu = newValue
      case .unified: unified = newValue
      }
    }
  }

  @inlinable
  public var isEmpty: Bool { !Controller.allCases.contains { self[$0] != nil } }

  /// Those that have one, in the order of their declaration.
  @inlinable
  public var controllers: [Controller] { Controller.allCases.filter { self[$0] != nil } }
}

extension PerController: Sendable where Value: Sendable {}
