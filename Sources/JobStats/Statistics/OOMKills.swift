/// How often a group was out of memory, and how many processes the kernel has killed there.
enum OOMKills {
  static let file = GroupFile(v1: "memory.oom_control", v2: "memory.events")

  /// "oom N" (v2) and "oom_kill N" among other keys: events, kills.
  static func scan(_ scanner: ByteScanner, malformed: inout UInt64) -> CounterValues {
    var values = CounterValues(repeating: nil)
    scanner.flatEntries(&malformed) { key, value in
      if key == "oom" { values[0] = value }
      if key == "oom_kill" { values[1] = value }
    }
    return values
  }
}
