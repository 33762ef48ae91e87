import Glibc

/// Whether a process is still in the control groups that its numbers are read from.
///
/// It reads /proc/PID/cgroup, held open where that is possible, so that it is about this
/// process and no later one of the same id. Cost of a look: one system call as long as the
/// process stays where it is.
public final class GroupMembership {
  private let process: Int32
  private let root: RootDirectory
  private let places: PerController<GroupPlace>
  private let buffer = ReadBuffer(capacity: 1024)
  private let last = LineBuffer(capacity: 0)
  private let file: Descriptor

  /// - Parameter places: where it has to be, or below that. Those of controllers that are of
  ///   no interest can be left out.
  public init(
    of process: Int32, in places: PerController<GroupPlace>, _ root: RootDirectory
  ) throws(SystemError) {
    self.process = process
    self.places = places
    self.root = root
    file = try root.open(BytePath("/proc/\(process)/cgroup"))
  }

  /// The directories that it has left, and the paths where it is instead; nil where nothing
  /// has changed since the last call, or the process is ending.
  public func changes() -> [(left: BytePath, now: BytePath)]? {
    guard buffer.readAll(file.number, .sequence) == 0 else { return nil }
    let text = buffer.scanner.rest
    if last.bytes.equals(text) { return nil }
    let bytes = text.array
    // v1 says of a process that is about to end that it is in "/".
    guard !isEnding else { return nil }
    last.clear()
    last.append(bytes)
    let now = ProcessGroups(parsing: bytes)
    var changes: [(left: BytePath, now: BytePath)] = []
    for controller in Controller.allCases {
      guard let place = places[controller], let path = now.path(controller),
        path.relative(to: place.path) == nil,
        !changes.contains(where: { $0.left == place.directory })
      else { continue }
      changes.append((place.directory, path))
    }
    return changes
  }

  private var isEnding: Bool {
    let stat = root.read(PreparedPath(BytePath("/proc/\(process)/stat")), buffer, .record)
    guard stat >= 0 else { return true }
    close(stat)
    return ProcessStat(buffer.scanner)?.isEnding ?? true
  }
}
