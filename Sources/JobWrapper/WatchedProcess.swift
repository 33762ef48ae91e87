import Glibc
import JobStats

/// A process that runs already, named by -pid: where its control groups are, and when it has
/// ended. One of a recorded tree never ends.
final class WatchedProcess {
  let process: pid_t
  private var groups: PerController<GroupPlace>
  private var membership: GroupMembership?
  private var hasMoved = false
  private let root: RootDirectory
  private let handle: ProcessHandle?
  private let buffer = ReadBuffer(capacity: 1024)

  private let scope: Options.Scope

  init(
    _ process: pid_t, _ scope: Options.Scope, _ root: RootDirectory
  ) throws(OptionError) {
    do throws(SystemError) {
      handle = root.isLive ? try ProcessHandle(process, root) : nil
      // Read for its error: a process without this file can't be watched.
      _ = try root.contents(BytePath("/proc/\(process)/cgroup"))
    } catch {
      throw Self.failure(process, error.code == ENOENT ? ESRCH : error.code)
    }
    groups = PerController()
    self.process = process
    self.root = root
    self.scope = scope
    findGroups()
    // What has been read was its own only if it is there still.
    if hasEnded { throw Self.failure(process, ESRCH) }
  }

  private static func failure(_ process: pid_t, _ code: CInt) -> OptionError {
    let reason =
      switch code {
      case ESRCH: "there is no such process"
      case EPERM, EACCES: "it is another user's: \(errorText(code))"
      case EINVAL: "it is a thread, not a process"
      default: errorText(code)
      }
    return OptionError("flag -pid: \"\(process)\" can't be watched: \(reason)")
  }

  private func findGroups() {
    groups = JobGroups.inherited(by: "\(process)", root, mounts: MountTable.read(root))
    if root.isLive, scope != .tree {
      membership = try? GroupMembership(of: process, in: groups, root)
    }
  }

  /// Whether it has gone to other groups since the last call, which are its own from now on.
  func follow() -> Bool {
    guard let changes = membership?.changes(), !changes.isEmpty else { return false }
    hasMoved = true
    findGroups()
    return true
  }

  /// Whether it has ended, reaped or not. One system call.
  var hasEnded: Bool { handle?.hasEnded(buffer) ?? false }

  /// Can be read once it has ended; nil where it has to be asked from time to time, if ever.
  var endDescriptor: CInt? { handle?.endDescriptor }

  /// Whether its end has to be asked for.
  var hasToBeAsked: Bool { handle != nil && endDescriptor == nil }

  var locator: JobGroups {
    let processes = JobProcesses(
      .process(process), scope == .tree ? .always : .whereGroupsDoNot)
    return JobGroups(
      own: PerController(), inherited: groups, root: root, process: process, isProgram: false,
      processes: processes)
  }

  /// Says once what is measured.
  func announce(_ log: Log) {
    if scope == .tree {
      log.notice("scope tree: process \(process) and its descendants, from /proc")
      return
    }
    let shared = SharedGroups(groups, root, besides: process)
    let remark: ByteText =
      shared.others.map { "; \($0), so the numbers cover more than the process" } ?? ""
    let those: ByteText =
      hasMoved ? "process \(process) has gone there" : "those of process \(process)"
    log.notice("scope inherit: \(shared.places): \(those)\(remark)")
  }
}
