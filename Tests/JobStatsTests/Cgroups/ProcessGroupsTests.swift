import Glibc
import JobStats
import Testing

private let memory = Mount("/sys/fs/cgroup/memory", "/", ["rw", "memory"])

@Suite struct ProcessGroupsTests {
  @Test(
    arguments: [
      ("4:memory:/job\n", Controller.memory, "/job"), ("4:memory:/\n", .memory, "/"),
      ("7:cpu,cpuacct:/a/b\n", .cpu, "/a/b"), ("7:cpu,cpuacct:/a/b\n", .cpuacct, "/a/b"),
      ("0::/user.slice/x\n", .unified, "/user.slice/x"),
      ("4:memory:/a:b:c\n", .memory, "/a:b:c"), ("0::/:\n", .unified, "/:"),
      ("4:memory:/a b (deleted)\n", .memory, "/a b (deleted)"),
      ("4:memory:/../x\n", .memory, "/../x"), ("12:memory:/\n0::/v2\n", .unified, "/v2"),
      ("1:name=memory:/named\n", .memory, nil), ("1:name=systemd:/\n", .unified, nil),
      ("4:memory:/job", .memory, nil), ("4:memory:job\n", .memory, nil),
      ("4:memory\n", .memory, nil), ("memory:/job\n", .memory, nil),
      ("1::/not-v2\n", .unified, nil), ("4:memory,:/job\n", .memory, "/job"),
      ("", .memory, nil),
    ] as [(String, Controller, String?)])
  func `a group's path is told by controller`(
    file: String, controller: Controller, path: String?
  ) {
    let groups = ProcessGroups(parsing: Array(file.utf8))
    #expect(groups.path(controller)?.text == path)
  }

  @Test func `a file cut off anywhere gives the right groups or none`() {
    let file = "7:cpu,cpuacct:/docker/3f\n1:name=systemd:/\n4:memory:/docker/3f\n0::/two\n"
    let all = ProcessGroups(parsing: Array(file.utf8))
    for part in truncations(of: file) {
      let groups = ProcessGroups(parsing: part)
      for controller in Controller.allCases {
        let path = groups.path(controller)
        #expect(path == nil || path == all.path(controller))
      }
    }
  }

  @Test(arguments: garbage)
  func `garbage has no groups`(bytes: [UInt8]) {
    let groups = ProcessGroups(parsing: bytes)
    #expect(Controller.allCases.allSatisfy { groups.path($0) == nil })
  }

  @Test func `a process that is not there is an error that names the file`() throws {
    let tree = try TemporaryTree()
    let error = #expect(throws: SystemError.self) {
      try ProcessGroups(tree.root, process: "7")
    }
    #expect(error?.code == ENOENT && error?.path == BytePath("/proc/7/cgroup"))
  }

  @Test(
    arguments: [
      // the whole hierarchy
      ("/", [memory], "/sys/fs/cgroup/memory"),
      ("/a/b", [memory], "/sys/fs/cgroup/memory/a/b"),
      // a bind mount of the group, of one above it, of one beside it
      ("/docker/3f", [Mount("/mem", "/docker/3f", ["memory"])], "/mem"),
      ("/docker/3f/sub", [Mount("/mem", "/docker/3f", ["memory"])], "/mem/sub"),
      ("/docker/3f", [Mount("/mem", "/docker", ["memory"])], "/mem/3f"),
      ("/docker/3f", [Mount("/mem", "/docker/3", ["memory"])], nil),
      ("/other", [Mount("/mem", "/docker/3f", ["memory"])], nil),
      // a control group namespace: the process sees its own group as "/"
      ("/", [Mount("/mem", "/", ["memory"])], "/mem"),
      ("/", [Mount("/mem", "/..", ["memory"])], nil),
      ("/", [Mount("/mem", "/../..", ["memory"]), memory], "/sys/fs/cgroup/memory"),
      // a group outside the namespace can't be seen
      ("/../other", [memory], nil), ("/..", [memory], nil),
      // of several mounts the first that shows it
      ("/a", [Mount("/x", "/b", ["memory"]), Mount("/y", "/a", ["memory"]), memory], "/y"),
      // mounts of others
      ("/a", [Mount("/x", "/", ["cpu"]), Mount("/y", "/", nil)], nil),
      ("/a", [Mount("/x", "/", ["cpu", "memory"])], "/x/a"), ("/a", [], nil),
    ] as [(String, [Mount], String?)])
  func `a group is found through the mount that shows it`(
    path: String, mounts: [Mount], directory: String?
  ) {
    let groups = ProcessGroups(parsing: Array("4:memory:\(path)\n".utf8))
    #expect(groups.place(.memory, in: mounts.map(\.real))?.directory.text == directory)
  }

  @Test func `on a hybrid each controller has its own place`() {
    let groups = ProcessGroups(parsing: Array("4:memory:/m\n0::/u\n7:cpu,cpuacct:/c\n".utf8))
    let mounts = [memory, Mount("/cpu", "/", ["cpu", "cpuacct"]), Mount("/two", "/", nil)]
    let places = Controller.allCases.map {
      groups.place($0, in: mounts.map(\.real))?.directory.text
    }
    let expected: [Controller: String] = [
      .memory: "/sys/fs/cgroup/memory/m", .cpu: "/cpu/c", .cpuacct: "/cpu/c",
      .unified: "/two/u",
    ]
    #expect(places == Controller.allCases.map { expected[$0] })
  }

  @Test(arguments: [
    ("/a/b", memory, ["/a/b", "/a", ""]), ("/", memory, [""]),
    ("/docker/3f/x", Mount("/mem", "/docker", ["memory"]), ["/3f/x", "/3f", ""]),
  ])
  func `ancestors end where the mount does`(
    path: String, mount: Mount, below: [String]
  ) {
    let groups = ProcessGroups(parsing: Array("4:memory:\(path)\n".utf8))
    let place = groups.place(.memory, in: [mount.real])
    #expect(place?.upward.map(\.text) == below.map { mount.point + $0 })
  }
}
