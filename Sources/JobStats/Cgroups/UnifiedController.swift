/// The controllers of the v2 hierarchy that count something for the job. `cpu` is not among
/// them: cpu.stat counts time without it, and with it the job's group would get a share of
/// the processors of its own.
public enum UnifiedController: String, CaseIterable, Sendable {
  case memory, io, pids

  /// The v1 controller that counts the same; a controller is in one hierarchy at a time.
  var v1: Controller {
    switch self {
    case .memory: .memory
    case .io: .blkio
    case .pids: .pids
    }
  }

  /// What is not counted without it.
  var numbers: String {
    switch self {
    case .memory: "memory use"
    case .io: "bytes per disk"
    case .pids: "processes"
    }
  }
}
