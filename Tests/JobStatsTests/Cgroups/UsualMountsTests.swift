import Testing

@testable import JobStats

/// On this machine as it is: its hierarchies, and its process's groups.
@Suite struct UsualMountsTests {
  private let root: RootDirectory

  init() throws { root = try RootDirectory("/") }

  /// What this machine has.
  private static var seesWholeHierarchies: Bool {
    (try? RootDirectory("/")).map { MountTable.seesWholeHierarchies($0) } ?? false
  }
  private static var hasUsual: Bool {
    guard let root = try? RootDirectory("/"),
      let groups = try? ProcessGroups(root, process: "self")
    else { return false }
    return MountTable.usual(groups, root) != nil
  }

  @Test(.enabled(if: hasUsual, "skipped: no mounts where they usually are"))
  func `usual mounts show the groups where the table shows them`() throws {
    let groups = try ProcessGroups(root, process: "self")
    let usual = try #require(MountTable.usual(groups, root))
    let places = JobGroups.places(of: groups, root, mounts: usual)
    let all = JobGroups.places(of: groups, root, mounts: MountTable.read(root))
    #expect(!places.isEmpty && places.controllers == all.controllers)
    for controller in all.controllers {
      let place = try #require(places[controller])
      let told = try #require(all[controller])
      #expect(place.directory == told.directory && place.path == told.path)
      #expect(place.mount.point == told.mount.point && place.mount.root == told.mount.root)
      #expect((place.mount.options == nil) == (told.mount.options == nil))
    }
  }

  @Test(
    .enabled(if: hasUsual, "skipped: no mounts where they usually are"),
    arguments: ["4:memory,pids:/\n", "4:memory:/\n0::/\n3:blkio,cpuset:/x\n"])
  func `hierarchies that are not where they usually are have the table read`(lines: String) {
    let groups = ProcessGroups(parsing: Array(lines.utf8))
    #expect(MountTable.usual(groups, root) == nil)
    #expect(MountTable.showing(groups, root) == MountTable.read(root))
  }

  @Test func `a recorded tree's mounts are those of its table`() throws {
    let tree = try TemporaryTree()
    try tree.write("1 2 0:3 / /a rw - cgroup2 none rw\n", to: "/proc/self/mountinfo")
    let groups = ProcessGroups(parsing: Array("0::/\n".utf8))
    #expect(MountTable.usual(groups, tree.root) == nil)
    #expect(MountTable.showing(groups, tree.root).map(\.point) == ["/a"])
  }

  @Test(arguments: ["/", "/proc", "/sys", "/nothing", "/etc/passwd"])
  func `what is no control group file system has no hierarchy`(path: String) {
    #expect(root.hierarchy(at: BytePath(path)) == nil)
  }

  @Test(.enabled(if: seesWholeHierarchies, "skipped: in a control group namespace"))
  func `the top of each mounted hierarchy is told, and no group below it`() {
    for mount in MountTable.read(root) where mount.root == "/" {
      let version: RootDirectory.HierarchyVersion = mount.options == nil ? .v2 : .v1
      #expect(root.hierarchy(at: mount.point) == version)
      let below = root.names(in: mount.point).map { mount.point.appending($0) }
      for path in below { #expect(root.hierarchy(at: path) == nil) }
    }
  }

  @Test func `only v1 hierarchies that carry something of interest are listed`() {
    let lines = "9:name=systemd:/\n8:cpu,cpuacct:/a\n7:net_cls:/\n6:memory:/b\n0::/c\n"
    let groups = ProcessGroups(parsing: Array(lines.utf8))
    #expect(groups.hierarchies == ["cpu,cpuacct", "memory"])
  }
}
