import JobStats

/// The trees that the tests have, recorded on real systems, as trees whose numbers change: so
/// that the gate has files for every statistic there is, and for one to come.
enum RecordedFixture: String, CaseIterable {
  case v1 = "v1-hybrid-host"
  case v2 = "v2-debian12-kernel61"

  private var group: String { self == .v1 ? "cs-job" : "job" }

  func tree(from file: String = #filePath) throws -> RecordedTree {
    let repository = BytePath(file).components.dropLast(3).reduce(BytePath("/")) {
      $0.appending($1)
    }
    let fixture = repository.appending("Tests/JobStatsTests/Fixtures/trees")
    let root = try RootDirectory(fixture.appending(rawValue))
    return try RecordedTree(
      Self.files(root, below: BytePath("/")).map { try Self.source(root, $0) },
      hierarchies: "/sys/fs/cgroup", group: group)
  }

  private static func files(_ root: RootDirectory, below folder: BytePath) -> [BytePath] {
    root.names(in: folder).flatMap { name in
      let path = folder.appending(name)
      let isFolder = root.identity(path)?.isDirectory == true
      return isFolder ? files(root, below: path) : [path]
    }
  }

  private static func source(
    _ root: RootDirectory, _ path: BytePath
  ) throws -> RecordedTree.Source {
    for (name, quota) in quotas where path.components.last == BytePath(name) {
      return RecordedTree.Source(path.text) { _ in quota }
    }
    let bytes = try root.contents(path)
    let keeps = steady.contains { path.components.last == BytePath($0) }
    return RecordedTree.Source(path.text) { keeps ? text(bytes) : changed(bytes, $0) }
  }

  /// Lists of processes and processors; and the files that tell of processes killed, which is
  /// told in a notice: no steady poll.
  private static let steady = [
    "cgroup.procs", "cpuset.cpus", "cpuset.cpus.effective", "cpuset.effective_cpus",
    "memory.events", "memory.oom_control",
  ]

  /// Half a processor: throttling is told of groups with a quota alone.
  private static let quotas = [
    "cpu.cfs_quota_us": "50000\n", "cpu.cfs_period_us": "100000\n", "cpu.max": "50000 100000\n",
  ]

  /// A file with another number in place of each that stands for a value: all but those that
  /// begin a line of several words.
  private static func changed(_ bytes: [UInt8], _ texts: RecordedTexts) -> String {
    var phase = 0
    let lines = text(bytes).split(separator: "\n", omittingEmptySubsequences: false)
    return lines.map { line in
      let words = line.split(separator: " ", omittingEmptySubsequences: false)
      return words.enumerated().map { index, word in
        let parts = word.split(separator: "=", omittingEmptySubsequences: false)
        guard let value = parts.last, !value.isEmpty, value.allSatisfy(\.isWholeNumber),
          index > 0 || words.count == 1
        else { return String(word) }
        phase += 1
        return parts.dropLast().map { $0 + "=" }.joined() + "\(texts.counter(phase))"
      }.joined(separator: " ")
    }.joined(separator: "\n")
  }

  private static func text(_ bytes: [UInt8]) -> String {
    String(decoding: bytes, as: UTF8.self)
  }
}
