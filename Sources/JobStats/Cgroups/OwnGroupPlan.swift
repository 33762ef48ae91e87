/// In which hierarchies a group of the job's own is to be made.
///
/// Making one must not change how the job runs, so some hierarchies are left out, unless
/// the user asked for groups with `-scope own`; then they are in, with a warning.
public struct OwnGroupPlan {
  /// A group below which one is to be made, and what the hierarchy counts.
  public struct Parent {
    public let directory: BytePath
    public let controllers: [Controller]
  }

  /// Those of v1 hierarchies.
  public private(set) var parents: [Parent] = []
  /// The v2 group that crunchstat was started in; `UnifiedPlace` knows what can be done there.
  public let unified: GroupPlace?
  /// The controllers that v1 hierarchies carry.
  public let elsewhere: [Controller]
  /// Why a hierarchy was left out, or what making a group in it changes: one line each.
  public private(set) var remarks: [String] = []

  private static let counting: [Controller] = [.memory, .cpuacct, .blkio, .pids]

  /// - Parameters:
  ///   - inherited: the groups that crunchstat was started in.
  ///   - insists: whether the user asked for groups of the job's own.
  public init(
    _ root: RootDirectory, inherited: PerController<GroupPlace>, insists: Bool
  ) {
    unified = inherited[.unified]
    elsewhere = inherited.controllers.filter { $0 != .unified }
    var seen: [ControlGroupMount] = []
    for controller in Self.counting {
      guard let place = inherited[controller], !seen.contains(place.mount) else { continue }
      seen.append(place.mount)
      if let remark = Self.remark(root, place) {
        remarks.append("\(place.mount.point.text): \(remark)")
        if !insists { continue }
      }
      let controllers = Self.counting.filter { place.mount.carries($0) }
      parents.append(Parent(directory: place.directory, controllers: controllers))
    }
  }

  /// Adds the place for the v2 group, which was found meanwhile.
  public mutating func add(_ place: UnifiedPlace) {
    parents.append(Parent(directory: place.directory, controllers: [.unified]))
  }

  /// What a group of its own would change for the job in this hierarchy, or nil.
  private static func remark(_ root: RootDirectory, _ place: GroupPlace) -> String? {
    let mount = place.mount
    if mount.carries(.cpu) {
      return "a group in a hierarchy with cpu gets a share of the processors of its own"
    }
    guard mount.carries(.memory) else { return nil }
    let isHierarchical = try? root.contents(place.directory.appending("memory.use_hierarchy"))
    guard isHierarchical?.first == UInt8(ascii: "0") else { return nil }
    return "use_hierarchy is 0: a group escapes the memory limit of its parent"
  }
}
