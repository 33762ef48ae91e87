/// What counts or limits in a control group. Each v1 hierarchy carries one or more; the
/// unified (v2) one carries all that v1 does not.
public enum Controller: String, CaseIterable, Sendable {
  case memory, cpuacct, cpuset, blkio, pids, cpu
  /// The v2 hierarchy itself, whose groups have cpu.stat even without any controller.
  case unified

  /// The word in mount options and in /proc/PID/cgroup; none for v2.
  var word: BytePath? { self == .unified ? nil : BytePath(rawValue) }
}
