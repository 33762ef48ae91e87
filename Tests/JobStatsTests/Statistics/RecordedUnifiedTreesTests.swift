import JobStats
import Testing

/// Trees that were recorded on a host with v2 alone (Debian 12, Linux 6.1); what is expected
/// was read from their files by hand.
@Suite struct RecordedUnifiedTreesTests {
  private static let prefix = "v2-debian12-kernel61"

  /// What a group logs where its tree is named, and what is said at the end.
  struct Case: Sendable, CustomTestStringConvertible {
    let tree: String
    let group: String
    let samples: [String]
    let summary: [String]
    var testDescription: String { "\(group)\(tree)" }
  }

  static let cases = [
    Case(
      tree: "", group: "job",
      samples: [
        "mem 17031168 cache 0 swap 0 pgmajfault 51433472 rss",
        "cpu 1.4786 user 0.5898 sys 2 cpus", "blkio:254:0 50465792 write 16812032 read",
        "net:eth0 728 tx 302 rx",
      ],
      summary: [
        "notice: peak memory 70762496 bytes (memory.peak)",
        "notice: total cpu 0.0000 user 0.0000 sys",
        "notice: total blkio:254:0 0 write 0 read", "notice: total net:eth0 0 tx 0 rx",
      ]),
    Case(
      tree: "-t1", group: "job",
      samples: [
        "mem 0 cache 0 swap 0 pgmajfault 50372608 rss", "cpu 1.0468 user 0.3408 sys 2 cpus",
        "net:eth0 728 tx 302 rx",
      ],
      summary: [
        "notice: peak memory 50577408 bytes (memory.peak)",
        "notice: total cpu 0.0000 user 0.0000 sys",
        "notice: did not find blkio: no device was counted", "notice: total net:eth0 0 tx 0 rx",
      ]),
    Case(
      tree: "-t3-job-ended", group: "job",
      samples: [
        "mem 17031168 cache 0 swap 0 pgmajfault 0 rss", "cpu 1.4786 user 0.6130 sys 2 cpus",
        "blkio:254:0 50465792 write 16812032 read",
      ],
      summary: [
        "notice: peak memory 70762496 bytes (memory.peak)",
        "notice: total cpu 0.0000 user 0.0000 sys",
        "notice: total blkio:254:0 0 write 0 read",
      ]),
    Case(
      tree: "-netns", group: "netjob",
      samples: [
        "mem 4096 cache 0 swap 0 pgmajfault 49152 rss", "cpu 0.0071 user 0.0953 sys 2 cpus",
        "net:veth1 602 tx 602 rx",
      ],
      summary: [
        "notice: peak memory 815104 bytes (memory.peak)",
        "notice: total cpu 0.0000 user 0.0000 sys",
        "notice: did not find blkio: no device was counted",
        "notice: total net:veth1 0 tx 0 rx",
      ]),
    Case(
      tree: "-throttle", group: "thr",
      samples: [
        "mem 0 cache 0 swap 0 pgmajfault 0 rss", "cpu 0.5611 user 0.0521 sys 0.20 cpus",
      ],
      summary: [
        "notice: peak memory 1294336 bytes (memory.peak)",
        "notice: total cpu 0.0000 user 0.0000 sys",
        "notice: did not find blkio: no device was counted",
      ]),
    Case(
      tree: "-oom", group: "oom",
      samples: [
        "mem 0 cache 0 swap 0 pgmajfault 0 rss", "cpu 0.0119 user 0.1192 sys 2 cpus",
      ],
      summary: [
        "notice: peak memory 33554432 bytes (memory.peak)",
        "notice: total cpu 0.0000 user 0.0000 sys",
        "notice: did not find blkio: no device was counted",
      ]),
    Case(
      tree: "-swap", group: "swp",
      samples: [
        "mem 4096 cache 34639872 swap 4 pgmajfault 32563200 rss",
        "cpu 0.0040 user 0.5569 sys 2 cpus", "blkio:254:0 34643968 write 61440 read",
        "net:eth0 728 tx 302 rx",
      ],
      summary: [
        "notice: peak memory 33554432 bytes (memory.peak)",
        "notice: total cpu 0.0000 user 0.0000 sys",
        "notice: total blkio:254:0 0 write 0 read", "notice: total net:eth0 0 tx 0 rx",
      ]),
  ]

  @Test(arguments: cases)
  func `a group that is named gives its numbers`(recorded: Case) throws {
    let root = try Fixtures.tree(Self.prefix + recorded.tree)
    let tree = ExplicitTree(
      root: BytePath("/sys/fs/cgroup"), parent: BytePath(""), id: BytePath(recorded.group))
    let job = try Observation(Registry.byDefault, root, tree)
    #expect(job.samples(seconds(0)) == recorded.samples)
    #expect(job.summary() == recorded.summary)
  }

  @Test func `the group of a process is found, and its numbers are logged`() throws {
    let root = try Fixtures.tree(Self.prefix)
    let inherited = JobGroups.inherited(by: "130", root, mounts: MountTable.read(root))
    #expect(
      inherited.dictionary.mapValues { $0.directory.text } == [.unified: "/sys/fs/cgroup/job"])
    let groups = JobGroups(own: [:], inherited: inherited, root: root, process: 130)
    let job = try Observation(Registry.byDefault, root, groups)
    let (samples, messages) = job.poll(seconds(0))
    #expect(samples == Self.cases[0].samples)
    let folder = "/sys/fs/cgroup/job/"
    #expect(
      messages == [
        "notice: reading stats from \(folder)memory.stat",
        "notice: reading stats from \(folder)cpu.stat",
        "notice: reading stats from \(folder)io.stat",
        "notice: reading stats from /proc/130/net/dev",
      ])
    // The group was there before: its mark may be of others.
    #expect(job.summary().first == "notice: peak memory 51433472 bytes (rss, sampled)")
  }

  @Test func `of the host the numbers of all its disks are logged`() throws {
    let root = try Fixtures.tree(Self.prefix)
    let tree = ExplicitTree(
      root: BytePath("/sys/fs/cgroup"), parent: BytePath(""), id: BytePath(""))
    let job = try Observation([BlockIOStatistic.self], root, tree)
    #expect(
      job.samples(seconds(0)) == [
        "blkio:254:32 0 write 21610496 read", "blkio:254:16 0 write 4096 read",
        "blkio:254:0 59049984 write 25423872 read",
      ])
  }

  /// What the statistics log that are not logged by default; statfs is this machine's.
  private static let further: [(tree: String, group: String, samples: [String])] = [
    (
      "", "job",
      [
        "pressure:cpu 0.0113 some 0.0113 full", "pressure:memory 0.0000 some 0.0000 full",
        "pressure:io 0.0516 some 0.0516 full",
        "oom 0 events 0 kills", "usage 70762496 current", "procs 1 current 1 peak",
      ]
    ),
    (
      "-t3-job-ended", "job",
      [
        "pressure:cpu 0.0116 some 0.0116 full", "pressure:memory 0.0000 some 0.0000 full",
        "pressure:io 0.0516 some 0.0516 full",
        "oom 0 events 0 kills", "usage 19181568 current", "procs 0 current 1 peak",
      ]
    ),
    (
      "-netns", "netjob",
      [
        "pressure:cpu 0.0076 some 0.0074 full", "pressure:memory 0.0000 some 0.0000 full",
        "pressure:io 0.0000 some 0.0000 full",
        "oom 0 events 0 kills", "usage 446464 current", "procs 1 current 2 peak",
      ]
    ),
    (
      "-throttle", "thr",
      [
        "pressure:cpu 2.3545 some 2.3545 full", "pressure:memory 0.0000 some 0.0000 full",
        "pressure:io 0.0000 some 0.0000 full",
        "throttle 31 periods 30 throttled 2.3510 waited", "oom 0 events 0 kills",
        "usage 139264 current", "procs 0 current 1 peak",
      ]
    ),
    (
      "-oom", "oom",
      [
        "pressure:cpu 0.0011 some 0.0011 full", "pressure:memory 0.0052 some 0.0052 full",
        "pressure:io 0.0000 some 0.0000 full",
        "oom 1 events 1 kills", "usage 16384 current 33554432 limit", "procs 0 current 1 peak",
      ]
    ),
    (
      "-swap", "swp",
      [
        "pressure:cpu 0.0038 some 0.0038 full", "pressure:memory 0.2546 some 0.2546 full",
        "pressure:io 0.0000 some 0.0000 full",
        "oom 0 events 0 kills", "usage 33533952 current 33554432 limit",
        "procs 1 current 1 peak",
      ]
    ),
  ]

  @Test(arguments: further.indices)
  func `further statistics have their numbers`(index: Int) throws {
    let recorded = Self.further[index]
    let root = try Fixtures.tree(Self.prefix + recorded.tree)
    let tree = ExplicitTree(
      root: BytePath("/sys/fs/cgroup"), parent: BytePath(recorded.group), id: BytePath(""))
    let job = try Observation(furtherStatistics, root, tree)
    #expect(job.samples(seconds(0)) == recorded.samples)
  }
}
