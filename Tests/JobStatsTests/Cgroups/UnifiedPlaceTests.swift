import JobStats
import Testing

/// Where nothing is to be changed: what the kernel has a say in is shown in the virtual machine
/// (Tests/VirtualMachine/checks/own.sh).
@Suite struct UnifiedPlaceTests {
  /// The place for a process that was started in "/a/job" of a v2 hierarchy at "/2".
  private func place(
    _ tree: TemporaryTree, elsewhere: [Controller], insists: Bool
  ) throws -> UnifiedPlace {
    try tree.write("0::/a/job\n", to: "/proc/self/cgroup")
    let mounts = [Mount("/2", "/", nil).real]
    let inherited = JobGroups.inherited(by: "self", tree.root, mounts: mounts)
    return try UnifiedPlace(
      tree.root, started: inherited[.unified]!, elsewhere: elsewhere, insists: insists)
  }

  /// Why there is none where nobody insists; nil where there is one.
  private func refusal(_ tree: TemporaryTree, elsewhere: [Controller]) throws -> String? {
    do {
      _ = try place(tree, elsewhere: elsewhere, insists: false)
      return nil
    } catch let error as UnifiedPlace.Refusal {
      return error.reason
    }
  }

  private static let allOnV1: [Controller] = [.memory, .cpuacct, .blkio, .pids]

  @Test func `on a hybrid host it is the group that crunchstat was started in`() throws {
    let tree = try TemporaryTree()
    try tree.write("\n", to: "/2/a/job/cgroup.subtree_control")
    let place = try place(tree, elsewhere: Self.allOnV1, insists: false)
    #expect(place.directory.text == "/2/a/job")
    #expect(place.remarks.isEmpty && place.missing == nil && place.aside == nil)
    #expect(place.putBack().isEmpty)
    #expect(try tree.text("/2/a/job/cgroup.subtree_control") == "\n")
  }

  @Test(
    arguments: [
      ("cpu\n", true), ("memory cpu pids\n", true), ("cpuset\n", false), ("memory\n", false),
      ("\n", false), ("", false), (nil, false),
    ] as [(String?, Bool)])
  func `where groups get shares of the processors only who insists gets one`(
    control: String?, isShared: Bool
  ) throws {
    let tree = try TemporaryTree()
    if let control { try tree.write(control, to: "/2/a/job/cgroup.subtree_control") }
    let own = try place(tree, elsewhere: Self.allOnV1, insists: true)
    #expect(own.remarks.count == (isShared ? 1 : 0))
    #expect(own.remarks.allSatisfy { $0.hasPrefix("/2/a/job: ") && $0.contains("processors") })
    #expect(try refusal(tree, elsewhere: Self.allOnV1) == own.remarks.first)
  }

  @Test func `without any controller only who insists gets one, and is told`() throws {
    let tree = try TemporaryTree()
    try tree.write("cpuset cpu hugetlb\n", to: "/2/cgroup.controllers")
    let own = try place(tree, elsewhere: [], insists: true)
    #expect(own.directory.text == "/2/a/job")
    #expect(
      own.missing == "no controller memory, io, pids, so it does not count memory use, "
        + "bytes per disk, processes: /2 has no memory controller")
    #expect(try refusal(tree, elsewhere: []) == "/2 has no memory controller")
  }
}
