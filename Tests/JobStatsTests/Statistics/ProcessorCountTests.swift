import Glibc
import JobStats
import Testing

@Suite struct ProcessorCountTests {
  private let tree: TemporaryTree

  init() throws {
    tree = try TemporaryTree()
    try tree.write("user 0\nsystem 0\n", to: "/cg/cpuacct/job/cpuacct.stat")
    try tree.write("user 0\nsystem 0\n", to: "/c/job/cpuacct.stat")
  }

  /// What the cpu line says.
  private func cpus(_ job: Observation, at time: UInt64 = seconds(0)) -> String? {
    job.samples(time).first?.split(separator: " sys ").dropFirst().first
      .map { String($0.split(separator: " --")[0]) }
  }

  /// Of the group /cg/CONTROLLER/job with these files, named below /cg.
  private func cpus(_ files: [String: String]) throws -> String? {
    for (name, text) in files { try tree.write(text, to: "/cg/" + name) }
    return cpus(try Observation([CPUStatistic.self], tree))
  }

  /// Of the group "/job" that crunchstat was started in, on this machine.
  private func inheritedCPUs(_ files: [String: String]) throws -> String? {
    for (name, text) in files { try tree.write(text, to: name) }
    try tree.write("1:cpuset:/job\n2:cpu:/job\n3:cpuacct:/job\n", to: "/proc/self/cgroup")
    let mounts = [
      Mount("/s", "/", ["cpuset"]), Mount("/q", "/", ["cpu"]), Mount("/c", "/", ["cpuacct"]),
    ]
    let groups = JobGroups(
      own: [:],
      inherited: JobGroups.inherited(by: "self", tree.root, mounts: mounts.map(\.real)),
      root: tree.root, process: nil)
    return cpus(try Observation([CPUStatistic.self], tree.root, groups))
  }

  @Test(arguments: [
    (["cpuset/job/cpuset.cpus": "0-3,7\n"], "5 cpus"), (["job/cpuset.cpus": "0\n"], "1 cpus"),
    (
      [
        "cpuset/job/cpuset.cpus": "0-7\n", "cpuset/job/cpuset.effective_cpus": "0-3\n",
        "cpuset/job/cpuset.cpus.effective": "0-1\n",
      ], "2 cpus"
    ),
    (
      ["cpuset/job/cpuset.cpus": "0-7\n", "cpuset/job/cpuset.effective_cpus": "0-3\n"], "4 cpus"
    ),
    // an empty list defers to the parent group's
    (["cpuset/job/cpuset.cpus": "\n", "cpuset/cpuset.cpus": "0-5\n"], "6 cpus"),
    (["cpuset/job/cpuset.cpus": "", "cpuset/cpuset.cpus": "0-5\n"], "6 cpus"),
    // another machine's tree: what it does not tell is not known
    ([:], "0 cpus"), (["cpuset/job/cpuset.cpus": "\n"], "0 cpus"),
    (["cpuset/cpuset.cpus": "0-5\n"], "0 cpus"),
    (["cpuset/job/cpuset.cpus": "all of them\n"], "0 cpus"),
  ])
  func `the cpuset tells how many there are`(files: [String: String], shown: String) throws {
    #expect(try cpus(files) == shown)
  }

  @Test(arguments: [
    ("150000\n", "100000\n", "1.50 cpus"), ("100000\n", "100000\n", "1 cpus"),
    ("50000\n", "100000\n", "0.50 cpus"), ("25000\n", "100000\n", "0.25 cpus"),
    ("100000\n", "300000\n", "0.33 cpus"), ("200000\n", "300000\n", "0.67 cpus"),
    // the least that the kernel takes is not nothing
    ("1000\n", "1000000\n", "0.01 cpus"),
    // more than there are
    ("900000\n", "100000\n", "4 cpus"),
    // none, or none that makes sense
    ("-1\n", "100000\n", "4 cpus"), ("max\n", "100000\n", "4 cpus"), ("", "100000\n", "4 cpus"),
    ("150000\n", "0\n", "4 cpus"), ("150000\n", "", "4 cpus"), ("150000", "100000\n", "4 cpus"),
    ("\(largest)\n", "100000\n", "4 cpus"), ("\(tooLarge)\n", "100000\n", "4 cpus"),
  ])
  func `a quota is its share of the period, or all processors`(
    quota: String, period: String, shown: String
  ) throws {
    #expect(
      try cpus([
        "cpuset/job/cpuset.cpus": "0-3\n", "cpu/job/cpu.cfs_quota_us": quota,
        "cpu/job/cpu.cfs_period_us": period,
      ]) == shown)
  }

  @Test(arguments: [
    ("150000 100000\n", "1.50 cpus"), ("100000 100000\n", "1 cpus"), ("max 100000\n", "4 cpus"),
    ("20000 100000\n", "0.20 cpus"), ("1000 1000000\n", "0.01 cpus"),
    // more than there are, or nothing that makes sense
    ("900000 100000\n", "4 cpus"), ("150000 0\n", "4 cpus"), ("150000\n", "4 cpus"),
    ("150000 100000", "4 cpus"), ("150000 100000 7\n", "4 cpus"), ("", "4 cpus"),
    ("-1 100000\n", "4 cpus"), ("\(largest) 100000\n", "4 cpus"),
    ("\(tooLarge) 100000\n", "4 cpus"), ("150000 max\n", "4 cpus"),
  ])
  func `v2 has quota and period in one file`(file: String, shown: String) throws {
    try tree.write("", to: "/cg/job/cpu.stat")
    #expect(
      try cpus(["job/cpuset.cpus.effective": "0-3\n", "job/cpu.max": file]) == shown)
  }

  @Test func `of v2 quotas the tightest up the tree counts`() throws {
    #expect(
      try cpus([
        "job/cpuset.cpus.effective": "0-3\n", "job/cpu.max": "200000 100000\n",
        "cpu.max": "70000 50000\n",
      ]) == "1.40 cpus")
  }

  @Test func `in a v2 group that has no cpuset, the nearest ancestor's serves`() throws {
    try tree.write("0::/a/job\n", to: "/proc/self/cgroup")
    try tree.write("user_usec 0\nsystem_usec 0\n", to: "/u/a/job/cpu.stat")
    try tree.write("populated 1\n", to: "/u/a/job/cgroup.events")
    try tree.write("0-2\n", to: "/u/cpuset.cpus.effective")
    let groups = JobGroups(
      own: [:],
      inherited: JobGroups.inherited(
        by: "self", tree.root, mounts: [Mount("/u", "/", nil).real]),
      root: tree.root, process: nil)
    #expect(cpus(try Observation([CPUStatistic.self], tree.root, groups)) == "3 cpus")
    try tree.write("150000 100000\n", to: "/u/a/cpu.max")
    #expect(cpus(try Observation([CPUStatistic.self], tree.root, groups)) == "1.50 cpus")
    try tree.write("1\n", to: "/u/a/cpuset.cpus.effective")
    #expect(cpus(try Observation([CPUStatistic.self], tree.root, groups)) == "1 cpus")
  }

  @Test(arguments: ["184467440737095516", "184467440737095515", "18446744073709551615"])
  func `a quota at the edge of 64 bits ends nothing`(quota: String) async {
    // In a process of its own, since an overflow would end it.
    await #expect(processExitsWith: .success) { [quota = quota as String] in
      for period in ["100000", largest] {
        let shown = try ProcessorCountTests().cpus([
          "cpuset/job/cpuset.cpus": "0-3\n", "cpu/job/cpu.cfs_quota_us": quota + "\n",
          "cpu/job/cpu.cfs_period_us": period + "\n",
        ])
        #expect(shown != nil)
      }
    }
  }

  @Test func `the tightest quota up the tree counts`() throws {
    #expect(
      try cpus([
        "cpuset/job/cpuset.cpus": "0-3\n", "cpu/job/cpu.cfs_quota_us": "200000\n",
        "cpu/job/cpu.cfs_period_us": "100000\n", "cpu/cpu.cfs_quota_us": "70000\n",
        "cpu/cpu.cfs_period_us": "50000\n",
      ]) == "1.40 cpus")
  }

  @Test func `a quota tells even where the processors are not known`() throws {
    #expect(
      try cpus([
        "cpu/job/cpu.cfs_quota_us": "150000\n", "cpu/job/cpu.cfs_period_us": "100000\n",
      ]) == "1.50 cpus")
  }

  @Test func `on this machine the ancestors' cpuset serves, or the list of processors`() throws
  {
    let info =
      "processor\t: 0\nmodel name\t: x\n\nprocessor\t: 1\nprocessor : 2\nprocessors 9\n"
    #expect(try inheritedCPUs([:]) == "0 cpus")
    #expect(try inheritedCPUs(["/proc/cpuinfo": info]) == "3 cpus")
    #expect(try inheritedCPUs(["/s/cpuset.cpus": "0-4\n"]) == "5 cpus")
    #expect(try inheritedCPUs(["/s/job/cpuset.cpus": "1\n"]) == "1 cpus")
    #expect(
      try inheritedCPUs(["/q/cpu.cfs_quota_us": "5000\n", "/q/cpu.cfs_period_us": "10000\n"])
        == "0.50 cpus")
  }

  @Test func `it is looked at once a second at most`() throws {
    try tree.write("0-1\n", to: "/cg/cpuset/job/cpuset.cpus")
    let job = try Observation([CPUStatistic.self], tree)
    #expect(cpus(job, at: milliseconds(0)) == "2 cpus")
    try tree.write("0-5\n", to: "/cg/cpuset/job/cpuset.cpus")
    #expect(cpus(job, at: milliseconds(999)) == "2 cpus")
    #expect(cpus(job, at: milliseconds(1000)) == "6 cpus")
  }

  @Test func `cut off anywhere, a list does not name more than there are`() throws {
    let job = try Observation([CPUStatistic.self], tree)
    for (time, part) in truncations(of: "0-3,7,9-31\n").enumerated() {
      try tree.write(part, to: "/cg/cpuset/job/cpuset.cpus")
      let shown = cpus(job, at: seconds(UInt64(time)))
      let number = shown.flatMap { Int($0.dropLast(" cpus".count)) }
      #expect(number.map { (0...28).contains($0) } == true)
      if part.last == 0x0A { #expect(number == 28) }
    }
  }

  @Test(arguments: garbage)
  func `garbage tells nothing`(bytes: [UInt8]) throws {
    for name in [
      "cpuset/job/cpuset.cpus", "cpu/job/cpu.cfs_quota_us", "cpu/job/cpu.cfs_period_us",
    ] {
      try tree.write(bytes, to: "/cg/" + name)
    }
    #expect(cpus(try Observation([CPUStatistic.self], tree)) == "0 cpus")
  }
}
