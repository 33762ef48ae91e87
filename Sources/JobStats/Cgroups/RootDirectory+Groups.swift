import Glibc

extension RootDirectory {
  /// Where copies are kept: reads what else a replay needs to find the groups of a process
  /// that runs now, and lets the replay take it for its own.
  public func keepGroups(of process: Int32) {
    guard let recorder, isLive,
      let groups = try? contents(BytePath("/proc/\(process)/cgroup"))
    else { return }
    keep("\(process)", as: PreparedPath(BytePath("/JOB_PID")), again: true)
    ByteScanner.scan(groups) {
      recorder.keep(PreparedPath(BytePath("/proc/self/cgroup")), $0.rest, again: true)
    }
    let places = JobGroups(
      own: PerController(),
      inherited: JobGroups.inherited(by: "\(process)", self, mounts: MountTable.read(self)),
      root: self, process: nil)
    for list in places.processLists { _ = try? contents(list) }
  }

  /// Where copies are kept: keeps a line that is no file's, for a replay to read.
  func keep(_ line: @autoclosure () -> String, as path: PreparedPath, again: Bool = false) {
    guard let recorder, again || !recorder.hasKept(path) else { return }
    ByteScanner.scan(Array((line() + "\n").utf8)) { recorder.keep(path, $0.rest, again: again) }
  }

  /// The processes in a control group; those of other process id namespaces are listed as 0.
  /// For set-up: it allocates.
  func processes(in group: BytePath) -> [pid_t] {
    guard let list = try? contents(group.appending("cgroup.procs")) else { return [] }
    return ByteScanner.scan(list) { scanner in
      var processes: [pid_t] = []
      while var line = scanner.line() {
        if let process = line.number().flatMap({ pid_t(exactly: $0) }) {
          processes.append(process)
        }
      }
      return processes
    }
  }

  /// Whether others than a process are in a control group.
  public func hasProcesses(in group: BytePath, besides process: pid_t) -> Bool {
    processes(in: group).contains { $0 != process }
  }
}
