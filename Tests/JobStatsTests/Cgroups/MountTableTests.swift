import JobStats
import Testing

@Suite struct MountTableTests {
  @Test(
    arguments: [
      // v1, v2, a named hierarchy
      (
        "32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu",
        Mount("/sys/fs/cgroup/cpu", "/", ["rw", "cpu"])
      ),
      (
        "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw,nsdelegate",
        Mount("/sys/fs/cgroup/unified", "/", nil)
      ),
      (
        "37 27 0:34 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd",
        Mount("/sys/fs/cgroup/systemd", "/", ["rw", "xattr", "name=systemd"])
      ),
      // any number of optional fields before the dash
      (
        "1 2 0:3 / /a rw shared:5 master:1 propagate_from:2 unbindable - cgroup none rw,blkio",
        Mount("/a", "/", ["rw", "blkio"])
      ),
      // controllers that are mounted together
      (
        "1 2 0:3 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct",
        Mount("/sys/fs/cgroup/cpu,cpuacct", "/", ["rw", "cpu", "cpuacct"])
      ),
      // a bind mount, and another control group namespace
      (
        "1 2 0:3 /docker/3f /sys/fs/cgroup/memory ro master:9 - cgroup cgroup rw,memory",
        Mount("/sys/fs/cgroup/memory", "/docker/3f", ["rw", "memory"])
      ),
      ("1 2 0:3 /../.. /mnt rw - cgroup2 none rw", Mount("/mnt", "/../..", nil)),
      // blanks, tabs, newlines and backslashes; other backslashes stay
      (
        "1 2 0:3 /a\\040b /c\\011d\\012e\\134040f rw - cgroup2 none rw",
        Mount("/c\td\ne\\040f", "/a b", nil)
      ),
      ("1 2 0:3 / /a\\04 rw - cgroup2 none rw", Mount("/a\\04", "/", nil)),
      ("1 2 0:3 / /a\\849\\777 rw - cgroup2 none rw", Mount("/a\\849\\777", "/", nil)),
      ("1 2 0:3 / /ümlaut rw - cgroup2 none rw", Mount("/ümlaut", "/", nil)),
      // an empty source, which the kernel shows as nothing between two blanks
      ("1 2 0:3 / /a rw - cgroup2  rw", Mount("/a", "/", nil)),
      // a dash may be a mount point's name
      ("1 2 0:3 / /- rw - cgroup2 none rw", Mount("/-", "/", nil)),
    ] as [(String, Mount)])
  func `a line of mountinfo tells a mount`(line: String, mount: Mount) {
    let parsed = MountTable.parse(mountinfo: Array((line + "\n").utf8))
    #expect(parsed.map { Mount($0) } == [mount])
  }

  @Test(arguments: [
    "22 27 0:21 / /proc rw,relatime - proc proc rw", "1 2 0:3 / /a rw - cgroup3 none rw,memory",
    "1 2 0:3 / /a rw cgroup none rw", "1 2 0:3 / /a rw -", "1 2 0:3 / /a rw - cgroup none",
    "1 2 0:3 / /a rw - cgroup", "", " ", "-", "- - - - - -",
  ])
  func `other lines of mountinfo are passed over`(line: String) {
    #expect(MountTable.parse(mountinfo: Array((line + "\n").utf8)).isEmpty)
  }

  @Test(
    arguments: [
      (
        "cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,nosuid,cpu,cpuacct 0 0",
        [Mount("/sys/fs/cgroup/cpu,cpuacct", "/", ["rw", "nosuid", "cpu", "cpuacct"])]
      ),
      (
        "cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0",
        [Mount("/sys/fs/cgroup/unified", "/", nil)]
      ),
      ("none /a\\040b cgroup2 rw 0 0", [Mount("/a b", "/", nil)]),
      ("proc /proc proc rw 0 0", []), ("cgroup /a cgroup", []), ("cgroup", []), ("", []),
    ] as [(String, [Mount])])
  func `a line of mounts tells one with the hierarchy's root`(
    line: String, mounts: [Mount]
  ) {
    let parsed = MountTable.parse(mounts: Array((line + "\n").utf8))
    #expect(parsed.map { Mount($0) } == mounts)
  }

  @Test func `a table cut off anywhere gives the mounts whose lines are whole`() {
    let file = """
      22 27 0:21 / /proc rw,relatime - proc proc rw
      32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu
      35 31 0:32 /x\\040y /sys/fs/cgroup/memory rw shared:2 - cgroup cgroup rw,memory
      41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw

      """
    let all = MountTable.parse(mountinfo: Array(file.utf8))
    #expect(all.count == 3)
    for part in truncations(of: file) {
      let count = wholeLines(part).count { $0.contains("cgroup") }
      #expect(MountTable.parse(mountinfo: part) == Array(all.prefix(count)))
    }
  }

  @Test func `a mount hides what was mounted at the same place`() {
    let file = """
      1 2 0:3 / /memory rw - cgroup cgroup rw,memory
      3 2 0:4 / /pids rw - cgroup cgroup rw,pids
      4 1 0:3 /w /memory rw - cgroup cgroup rw,memory

      """
    let mounts = MountTable.parse(mountinfo: Array(file.utf8))
    #expect(mounts.map(\.point.text) == ["/pids", "/memory"])
    #expect(mounts.last?.root.text == "/w")
  }

  @Test(arguments: garbage)
  func `garbage has no mounts`(bytes: [UInt8]) {
    #expect(MountTable.parse(mountinfo: bytes).isEmpty)
    #expect(MountTable.parse(mounts: bytes).isEmpty)
  }

  @Test func `mounts serves where a recorded tree has no mountinfo`() throws {
    let tree = try TemporaryTree()
    #expect(MountTable.read(tree.root).isEmpty)
    try tree.write("cgroup2 /two cgroup2 rw 0 0\n", to: "/proc/mounts")
    #expect(MountTable.read(tree.root) == [Mount("/two", "/", nil).real])
    try tree.write("1 2 0:3 /x /one rw - cgroup2 none rw\n", to: "/proc/self/mountinfo")
    #expect(MountTable.read(tree.root) == [Mount("/one", "/x", nil).real])
  }

  @Test(arguments: [
    ("rw,cpu,cpuacct", [Controller.cpuacct, .cpu]), ("rw,memory", [.memory]),
    ("rw,name=memory", []), ("rw,cpuset,noprefix", [.cpuset]), ("rw,unified", []),
    ("rw,blkio,release_agent=/a/pids", [.blkio]), ("rw", []),
  ])
  func `a v1 mount carries the controllers among its options`(
    options: String, controllers: [Controller]
  ) {
    let line = "1 2 0:3 / /a rw - cgroup none \(options)\n"
    let mount = MountTable.parse(mountinfo: Array(line.utf8)).first
    #expect(Controller.allCases.filter { mount?.carries($0) == true } == controllers)
  }

  @Test func `a v2 mount carries what v1 does not`() {
    let mount = MountTable.parse(mountinfo: Array("1 2 0:3 / /a rw - cgroup2 none rw\n".utf8))
    #expect(Controller.allCases.filter { mount[0].carries($0) } == [.unified])
  }
}
