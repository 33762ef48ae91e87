/// Control group files as kernels write them, with values that change from step to step,
/// and so does the number of digits of every one of them.
struct RecordedTexts {
  let step: Int

  /// The process whose network interfaces are told of.
  static let process = 4242
  /// After so many steps the values come again.
  static let steps = 15

  /// A counter: it gets a digit more at each step, up to 15, and then begins anew. Counters
  /// of different phases begin anew at different steps.
  func counter(_ phase: Int) -> UInt64 {
    var value: UInt64 = 1
    for place in 0..<((step + phase) % Self.steps) {
      value = value * 10 + UInt64((place + phase) % 10)
    }
    return value
  }

  /// A level, of as many digits as it happens to have.
  private func level(_ phase: Int) -> UInt64 { counter((step * 7 + phase * 4) % Self.steps) }

  /// v1's memory.stat as Linux 6.18 has it, or without the keys that count groups below.
  /// - Parameter more: further keys, as later kernels have them.
  func memory(hasTotals: Bool, more: Int = 0) -> String {
    let keys = [
      "cache", "rss", "rss_huge", "shmem", "mapped_file", "dirty", "writeback",
      "workingset_refault_anon", "workingset_refault_file", "swap", "swapcached", "pgpgin",
      "pgpgout", "pgfault", "pgmajfault", "inactive_anon", "active_anon", "inactive_file",
      "active_file", "unevictable",
    ]
    let own = keys.enumerated().map { "\($1) \(level($0))\n" }.joined()
    let further = (0..<more).map { "workingset_of_another_kind_\($0) \(level($0))\n" }.joined()
    guard hasTotals else { return own + further }
    let limits = """
      hierarchical_memory_limit 9223372036854771712
      hierarchical_memsw_limit 9223372036854771712

      """
    return own + further + limits
      + keys.enumerated().map { "total_\($1) \(level($0 + 3))\n" }.joined()
  }

  /// v2's memory.stat as Linux 6.1 has it.
  var unifiedMemory: String {
    [
      "anon", "file", "kernel", "kernel_stack", "pagetables", "sec_pagetables", "percpu",
      "sock",
      "vmalloc", "shmem", "file_mapped", "file_dirty", "file_writeback", "swapcached",
      "anon_thp", "file_thp", "shmem_thp", "inactive_anon", "active_anon", "inactive_file",
      "active_file", "unevictable", "slab_reclaimable", "slab_unreclaimable", "slab",
      "workingset_refault_anon", "workingset_refault_file", "workingset_activate_anon",
      "workingset_activate_file", "workingset_restore_anon", "workingset_restore_file",
      "workingset_nodereclaim", "pgscan", "pgsteal", "pgscan_kswapd", "pgscan_direct",
      "pgsteal_kswapd", "pgsteal_direct", "pgfault", "pgmajfault", "pgrefill", "pgactivate",
      "pgdeactivate", "pglazyfree", "pglazyfreed", "thp_fault_alloc", "thp_collapse_alloc",
    ].enumerated().map { "\($1) \(level($0))\n" }.joined()
  }

  /// v2's memory.swap.current.
  var swap: String { "\(level(5))\n" }

  /// v2's io.stat: two devices, and one that has none.
  var ioStat: String {
    "253:0 \n"
      + ["8:16", "253:1"].enumerated().map { index, name in
        let (read, write) = (counter(index * 5), counter(index * 5 + 2))
        return "\(name) rbytes=\(read) wbytes=\(write) rios=\(read / 4096)"
          + " wios=\(write / 4096) dbytes=0 dios=0\n"
      }.joined()
  }

  /// v2's cpu.stat, in microseconds, as the v2 side of a hybrid has it.
  var cpuStat: String {
    """
    usage_usec \(counter(0) + counter(1))
    user_usec \(counter(0))
    system_usec \(counter(1))
    nice_usec 0
    nr_periods 0
    nr_throttled 0
    throttled_usec 0
    nr_bursts 0
    burst_usec 0

    """
  }

  /// v1's cpuacct.stat, in ticks of 10 ms.
  var cpuacctStat: String {
    let short = RecordedTexts(step: step % 9)
    return "user \(short.counter(0))\nsystem \(short.counter(1))\n"
  }

  var cpuacctUser: String { "\(counter(0))\n" }
  var cpuacctSystem: String { "\(counter(1))\n" }
  var cpuacctUsage: String { "\(counter(0) + counter(1))\n" }

  /// Two devices.
  var blockIO: String { blockIO(["8:16", "253:0"]) }

  func blockIO(_ names: [String]) -> String {
    let devices = names.enumerated().map { index, name in
      let (read, write) = (counter(index * 5), counter(index * 5 + 2))
      return """
        \(name) Read \(read)
        \(name) Write \(write)
        \(name) Sync \(write)
        \(name) Async \(read)
        \(name) Discard 0
        \(name) Total \(read + write)

        """
    }
    return devices.joined() + "Total \(counter(0) + counter(2) + counter(5) + counter(7))\n"
  }

  /// Three interfaces and lo.
  var interfaces: String { interfaces(["lo", "eth0", "ib0", "docker0"]) }

  func interfaces(_ names: [String]) -> String {
    let heading = """
      Inter-|   Receive                                                |  Transmit
       face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs \
      drop fifo colls carrier compressed

      """
    return heading
      + names.enumerated().map { index, name in
        let (received, sent) = (counter(index * 4), counter(index * 4 + 1))
        return right(name, 6) + ": " + right("\(received)", 7) + " "
          + right("\(received / 900)", 7) + "    0    0    0     0          0         0 "
          + right("\(sent)", 8) + " " + right("\(sent / 900)", 7)
          + "    0    0    0     0       0          0\n"
      }.joined()
  }

  private func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.utf8.count)) + text
  }

  /// The mounts of a hybrid host.
  static let mountinfo =
    ([
      "22 27 0:21 / /proc rw,relatime - proc proc rw",
      "23 27 0:22 / /sys rw,relatime - sysfs sysfs rw",
      "27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,discard",
      "31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755",
    ]
    + ["cpu", "cpuacct", "cpuset", "memory", "devices", "freezer", "blkio", "pids"]
    .enumerated().map { index, name in
      "\(32 + index) 31 0:\(29 + index) / /sys/fs/cgroup/\(name) rw,relatime shared:\(index + 2)"
        + " - cgroup cgroup rw,\(name)"
    } + ["41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw,nsdelegate"])
    .joined(separator: "\n") + "\n"
}
