extension RootDirectory {
  /// Where copies are kept: reads what else a replay needs to find the groups of a process
  /// that runs now, and lets the replay take it for its own.
  public func keepGroups(of process: Int32) {
    guard let recorder, isLive,
      let groups = try? contents(BytePath("/proc/\(process)/cgroup"))
    else { return }
    func keep(_ bytes: [UInt8], as file: String) {
      ByteScanner.scan(bytes) {
        recorder.keep(PreparedPath(BytePath(file)), $0.rest, again: true)
      }
    }
    keep(Array("\(process)\n".utf8), as: "/JOB_PID")
    keep(groups, as: "/proc/self/cgroup")
    let places = JobGroups(
      own: [:],
      inherited: JobGroups.inherited(by: "\(process)", self, mounts: MountTable.read(self)),
      root: self, process: nil)
    for list in places.processLists { _ = try? contents(list) }
  }
}
