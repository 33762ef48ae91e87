/// The control groups that a process is in, found by itself: those that crunchstat made for
/// it, and for the other hierarchies those that it was started in.
public final class JobGroups: GroupLocator {
  public let process: Int32?
  public let isProgram: Bool
  private let own: [Controller: BytePath]
  private let inherited: [Controller: GroupPlace]
  /// Whether the inherited v2 group is the hierarchy's root, whose cpu.stat is the host's.
  private let unifiedIsHost: Bool

  /// - Parameters:
  ///   - own: the directories of groups made for the job.
  ///   - inherited: the groups that it was started in.
  ///   - root: where they are.
  ///   - process: the process, where it has files below `root`.
  ///   - isProgram: whether it is the program that crunchstat runs.
  public init(
    own: [Controller: BytePath], inherited: [Controller: GroupPlace], root: RootDirectory,
    process: Int32?, isProgram: Bool = true
  ) {
    self.own = own
    self.inherited = inherited
    self.process = process
    self.isProgram = isProgram
    // Every v2 group but the root has this file.
    let events = inherited[.unified]?.directory.appending("cgroup.events")
    unifiedIsHost = events.map { root.identity($0) == nil } ?? true
  }

  /// The groups of a process, by controller.
  public static func inherited(
    by process: String, _ root: RootDirectory, mounts: [ControlGroupMount]
  ) -> [Controller: GroupPlace] {
    guard let groups = try? ProcessGroups(root, process: process) else { return [:] }
    var places: [Controller: GroupPlace] = [:]
    for controller in Controller.allCases {
      places[controller] = groups.place(controller, in: mounts)
    }
    return places
  }

  public func candidates(_ controller: Controller, _ file: String) -> [Candidate] {
    if let directory = own[controller] { return [Candidate(directory.appending(file))] }
    if controller == .unified && unifiedIsHost { return [] }
    guard let place = inherited[controller] else { return [] }
    return place.upward.enumerated().map { level, directory in
      Candidate(directory.appending(file), coversMore: isOwn || level > 0)
    }
  }

  public func levels(_ controller: Controller) -> [[BytePath]] {
    let made = own[controller].map { [$0] } ?? []
    return (made + (inherited[controller]?.upward ?? [])).map { [$0] }
  }

  public var processLists: [BytePath] {
    Controller.allCases.compactMap { own[$0] ?? inherited[$0]?.directory }
      .map { $0.appending("cgroup.procs") }
  }

  public var isOwn: Bool { !own.isEmpty }
  public var marksAreTheJobs: Bool { own[.memory] != nil }
  public var isForeign: Bool { false }
}
