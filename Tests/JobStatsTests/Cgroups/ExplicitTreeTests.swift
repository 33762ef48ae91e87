import JobStats
import Testing

@Suite struct ExplicitTreeTests {
  private func tree(_ root: String, _ parent: String, _ id: String) -> ExplicitTree {
    ExplicitTree(root: BytePath(root), parent: BytePath(parent), id: BytePath(id))
  }

  @Test(arguments: [
    ("/cg", "p", "c", ["/cg/memory/p/c/f", "/cg/p/c/f"]),
    ("/cg", "p", "", ["/cg/memory/p/f", "/cg/p/f"]),
    ("/cg", "", "c", ["/cg/memory/c/f", "/cg/c/f"]),
    ("/cg", "/p/q/", "/c", ["/cg/memory/p/q/c/f", "/cg/p/q/c/f"]),
    ("/", "p", "c", ["/memory/p/c/f", "/p/c/f"]),
    // the whole host, where nothing else is asked for
    ("/cg", "", "", ["/cg/memory/f", "/cg/f"]), ("/cg/", "/", "", ["/cg/memory/f", "/cg/f"]),
  ])
  func `the places for a file come in order, the host's only without a group`(
    root: String, parent: String, id: String, paths: [String]
  ) {
    let tree = tree(root, parent, id)
    let candidates = tree.candidates(.memory, "f")
    #expect(candidates.map { normal($0.path) } == paths)
    #expect(candidates.allSatisfy { !$0.coversMore })
  }

  @Test(arguments: Controller.allCases)
  func `each controller has its own folder`(controller: Controller) {
    let paths = tree("/cg", "p", "c").candidates(controller, "f").map(\.path.text)
    #expect(paths == ["/cg/\(controller.rawValue)/p/c/f", "/cg/p/c/f"])
  }

  @Test(arguments: [("", "", true), ("/", "", true), ("p", "", false), ("", "c", false)])
  func `without parent and id the numbers are the host's`(
    parent: String, id: String, isHost: Bool
  ) {
    let tree = tree("/cg", parent, id)
    #expect(tree.isHost == isHost)
    #expect(tree.isForeign && !tree.isOwn && tree.process == nil)
  }

  @Test func `levels go up to the root, nearest first`() {
    let levels = tree("/cg", "p/q", "c").levels(.cpu).map { $0.v1.map(normal) }
    #expect(
      levels == [
        ["/cg/cpu/p/q/c", "/cg/p/q/c"], ["/cg/cpu/p/q", "/cg/p/q"], ["/cg/cpu/p", "/cg/p"],
        ["/cg/cpu", "/cg"],
      ])
  }

  @Test func `processes are listed in the group's own folders`() {
    let lists = tree("/cg", "p", "c").processLists.map(\.text)
    #expect(lists.first == "/cg/cpuacct/p/c/cgroup.procs")
    #expect(lists.contains("/cg/p/c/cgroup.procs"))
    #expect(lists.contains("/cg/memory/p/c/cgroup.procs"))
    // and where crun puts them
    let ends = ["/p/c/cgroup.procs", "/p/c/container/cgroup.procs"]
    #expect(lists.allSatisfy { list in ends.contains { list.hasSuffix($0) } })
  }

  @Test func `in a v2 tree a file has its v2 name, and one place`() {
    let tree = tree("/cg", "p", "c")
    let both = tree.candidates(.memory, GroupFile(v1: "one", v2: "two")).map(\.path.text)
    #expect(both == ["/cg/memory/p/c/one", "/cg/p/c/one", "/cg/p/c/two"])
    #expect(
      tree.candidates(.blkio, GroupFile(v2: "io.stat")).map(\.path.text)
        == ["/cg/p/c/io.stat"])
    #expect(
      tree.candidates(.unified, GroupFile(v2: "cpu.stat")).map(\.path.text)
        == ["/cg/unified/p/c/cpu.stat", "/cg/p/c/cpu.stat"])
    #expect(tree.candidates(.unified, GroupFile(v1: "f")).isEmpty)
  }

  @Test(arguments: ["/cg/memory/p/c", "/cg/unified/p/c", "/cg/p/c"])
  func `the group is where any of its folders is`(folder: String) throws {
    let files = try TemporaryTree()
    let group = tree("/cg", "p", "c")
    try files.makeFolder("/cg/memory/p")
    try files.write("", to: "/cg/p/c.scope")
    #expect(!group.exists(in: files.root))
    try files.makeFolder(folder)
    #expect(group.exists(in: files.root))
  }

  private func spellings(_ parent: String, _ id: String) -> [String] {
    ExplicitTree.spellings(root: BytePath("/cg"), parent: BytePath(parent), id: BytePath(id))
      .map(\.group.text)
  }

  @Test func `a container is looked for where engines put it, first where it was said to be`() {
    let id = "3f1c"
    #expect(
      spellings("docker", id).prefix(4) == [
        "docker/3f1c", "docker/docker-3f1c.scope", "docker/libpod-3f1c.scope",
        "docker/libpod-3f1c",
      ])
    for parent in ["", "docker", "machine.slice", "a/b"] {
      let all = spellings(parent, id)
      #expect(all.first == (parent.isEmpty ? id : "\(parent)/\(id)"))
      #expect(
        Set(all).isSuperset(of: [
          "docker/3f1c", "system.slice/docker-3f1c.scope", "machine.slice/libpod-3f1c.scope",
        ]))
      #expect(Set(all).count == all.count)
    }
    #expect(spellings("kubepods.slice", id).contains("kubepods.slice/crio-3f1c.scope"))
    #expect(
      spellings("a-b-c.slice", id).contains("a.slice/a-b.slice/a-b-c.slice/docker-3f1c.scope"))
    #expect(spellings("p", "docker/3f1c") == ["p/docker/3f1c"])
  }

  private func normal(_ path: BytePath) -> String {
    path.components.reduce(BytePath("/")) { $0.appending($1) }.text
  }
}
