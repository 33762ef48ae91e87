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
  static func list(_ words: ByteSlice) -> [Controller] {
    var controllers: [Controller] = []
    var start = 0
    while start < words.count {
      let end = words.firstIndex(of: UInt8(ascii: ","), from: start) ?? words.count
      if let controller = Controller(word: words[start..<end]) {
        controllers.append(controller)
      }
      start = end + 1
    }
    return controllers
  }
}
