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
    let levels = tree("/cg", "p/q", "c").levels(.cpu).map { $0.map(normal) }
    #expect(
      levels == [
        ["/cg/cpu/p/q/c", "/cg/p/q/c"], ["/cg/cpu/p/q", "/cg/p/q"], ["/cg/cpu/p", "/cg/p"],
        ["/cg/cpu", "/cg"],
      ])
  }

  @Test func `processes are listed in the group's own folders`() {
    let lists = tree("/cg", "p", "c").processLists.map(\.text)
    #expect(lists.first == "/cg/cpuacct/p/c/cgroup.procs")
    #expect(lists.last == "/cg/p/c/cgroup.procs")
    #expect(lists.contains("/cg/memory/p/c/cgroup.procs"))
    #expect(lists.allSatisfy { $0.hasSuffix("/p/c/cgroup.procs") })
  }

  @Test func `the group is where any of its folders is`() {
    let directories = tree("/cg", "p", "c").directories.map(\.text)
    #expect(directories.contains("/cg/memory/p/c"))
    #expect(directories.contains("/cg/p/c"))
    #expect(!directories.contains("/cg"))
  }

  private func normal(_ path: BytePath) -> String {
    path.components.reduce(BytePath("/")) { $0.appending($1) }.text
  }
}
