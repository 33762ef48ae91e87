/// What counts or limits in a control group. Each v1 hierarchy carries one or more; the
/// unified (v2) one carries all that v1 does not.
public enum Controller: String, CaseIterable, Sendable {
  case memory, cpuacct, cpuset, blkio, pids, cpu
  /// The v2 hierarchy itself, whose groups have cpu.stat even without any controller.
  case unified

  /// The controller of a word in mount options and in /proc/PID/cgroup; v2 has none there.
  init?(word: ByteSlice) {
    switch word {
    case _ where word == "memory": self = .memory
    case _ where word == "cpuacct": self = .cpuacct
    case _ where word == "cpuset": self = .cpuset
    case _ where word == "blkio": self = .blkio
    case _ where word == "pids": self = .pids
    case _ where word == "cpu": self = .cpu
    default: return nil
    }
  }

  /// The controllers among words with commas between them.
  static func list(_ words: ByteSlice) -> ControllerSet {
    var controllers = ControllerSet()
    var start = 0
    while start < words.count {
      let end = words.firstIndex(of: UInt8(ascii: ","), from: start) ?? words.count
      if let controller = Controller(word: words[start..<end]) {
        controllers.insert(controller)
      }
      start = end + 1
    }
    return controllers
  }
}

/// Some of the controllers. (Swift's runtime would have to learn the type of a list of them.)
@frozen
public struct ControllerSet: Sendable {
  /// A bit for each, in the order of their declaration.
  @usableFromInline var bits: UInt8 = 0

  @inlinable
  public init() {}

  /// What the v2 hierarchy carries by itself.
  static var unified: ControllerSet {
    var set = ControllerSet()
    set.insert(.unified)
    return set
  }

  @inlinable
  public var isEmpty: Bool { bits == 0 }

  @inlinable
  public func contains(_ controller: Controller) -> Bool { bits & controller.bit != 0 }

  @inlinable
  public mutating func insert(_ controller: Controller) { bits |= controller.bit }

  @inlinable
  public mutating func remove(_ controller: Controller) { bits &= ~controller.bit }

  /// How many of them are declared before one.
  @inlinable
  func count(before controller: Controller) -> Int {
    (bits & (controller.bit - 1)).nonzeroBitCount
  }
}

extension Controller {
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
