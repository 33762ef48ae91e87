import Glibc

extension OwnGroup {
  /// Ends every process that is in the groups or in one below them, by SIGKILL, and waits for
  /// a second at most until they have gone. The groups of several hierarchies hold the same
  /// processes.
  ///
  /// `cgroup.kill` (Linux 5.14, v2) ends them all at once. Elsewhere they are sent the signal
  /// one by one until none is left, while the pids controller, where there is one, lets them
  /// start no others. Nothing is frozen: a frozen v1 group is not killed until it thaws.
  /// - Returns: how many there were to begin with.
  public static func endProcesses(in groups: [OwnGroup]) -> Int {
    let count = groups.map { $0.processes().count }.max() ?? 0
    guard count > 0 else { return 0 }
    // Not every group has the first, not every kernel the second.
    for group in groups { try? group.write("0", "pids.max") }
    for group in groups { try? group.write("1", "cgroup.kill") }
    for _ in 0..<100 {
      var isEmpty = true
      for group in groups {
        let left = group.processes()
        isEmpty = isEmpty && left.isEmpty
        for process in left { kill(process, SIGKILL) }
      }
      if isEmpty { break }
      usleep(10_000)
    }
    return count
  }
}
