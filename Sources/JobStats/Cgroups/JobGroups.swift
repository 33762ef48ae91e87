/// The control groups that a process is in, found by itself: those that crunchstat made for
/// it, and for the other hierarchies those that it was started in.
public final class JobGroups: GroupLocator {
  public let process: Int32?
  public let isProgram: Bool
  public let processes: JobProcesses?
  private let own: PerController<BytePath>
  private let inherited: PerController<GroupPlace>
  /// Whether the inherited v2 group is the hierarchy's root, whose cpu.stat is the host's.
  private let unifiedIsHost: Bool
  /// What `levels` has found, by the hierarchy that serves: most statistics ask for it.
  private var known = PerController<Levels>()

  private final class Levels {
    let all: [GroupLevel]
    init(_ all: [GroupLevel]) { self.all = all }
  }

  /// - Parameters:
  ///   - own: the directories of groups made for the job.
  ///   - inherited: the groups that it was started in.
  ///   - root: where they are.
  ///   - process: the process, where it has files below `root`.
  ///   - isProgram: whether it is the program that crunchstat runs.
  ///   - processes: which processes are to be counted one by one, where some are: all of
  ///     them, in place of any group, or where no group counts.
  public init(
    own: PerController<BytePath>, inherited: PerController<GroupPlace>, root: RootDirectory,
    process: Int32?, isProgram: Bool = true, processes: JobProcesses? = nil
  ) {
    self.own = own
    self.inherited = inherited
    self.process = process
    self.isProgram = isProgram
    self.processes = processes
    // Every v2 group but the root has this file.
    let events = inherited[.unified]?.directory.appending("cgroup.events")
    unifiedIsHost = events.map { root.identity($0) == nil } ?? true
  }

  /// The groups of a process, by controller.
  public static func inherited(
    by process: String, _ root: RootDirectory, mounts: [ControlGroupMount]
  ) -> PerController<GroupPlace> {
    guard let groups = try? ProcessGroups(root, process: process) else {
      return PerController()
    }
    return places(of: groups, root, mounts: mounts)
  }

  /// Where a process's groups are, by controller.
  public static func places(
    of groups: ProcessGroups, _ root: RootDirectory, mounts: [ControlGroupMount]
  ) -> PerController<GroupPlace> {
    var places = PerController<GroupPlace>()
    for controller in Controller.allCases {
      guard let place = groups.place(controller, in: mounts) else { continue }
      // Something may be mounted over the hierarchies, which the table does not tell.
      let isSeen = place.mount.isSeen && place.directory == place.mount.point
      guard !root.isLive || isSeen || root.identity(place.directory) != nil else { continue }
      places[controller] = place
    }
    return places
  }

  public func candidates(_ controller: Controller, _ file: GroupFile) -> [Candidate] {
    if processes?.use == .always { return [] }
    let levels = levels(controller)
    // What a group made for the job does not tell, no other tells of the job.
    if isMade(controller) { return levels[0].candidates(file) }
    // v1 counts CPU time of its own; the host's would come before it.
    if controller == .unified, unifiedIsHost, inherited[.cpuacct] != nil { return [] }
    // The job's own processes, rather than a group that covers more.
    if isOwn, processes != nil, Self.isCountedByProcess(controller, file) { return [] }
    return levels.flatMap { $0.candidates(file) }
  }

  private static func isCountedByProcess(_ controller: Controller, _ file: GroupFile) -> Bool {
    switch controller {
    case .cpuacct, .blkio: true
    case .unified: file.v2 == "cpu.stat"
    default: false
    }
  }

  public func levels(_ controller: Controller) -> [GroupLevel] {
    let serving = serving(controller)
    if let known = known[serving] { return known.all }
    let levels = findLevels(serving)
    known[serving] = Levels(levels)
    return levels
  }

  private func findLevels(_ serving: Controller) -> [GroupLevel] {
    let isUnified = serving == .unified
    let place = inherited[serving]
    let made = own[serving]
    // A group made elsewhere in the tree than the inherited one has other ancestors.
    let directories =
      made.map { made in place.map { made.upward(to: $0.mount.point) } ?? [made] }
      ?? place?.upward ?? []
    let isJobsAlone = !isOwn && processes?.use != .always && !(isUnified && unifiedIsHost)
    let coversMore = made == nil && !isJobsAlone
    return directories.enumerated().map { number, directory in
      GroupLevel(
        v1: isUnified ? [] : [directory], v2: isUnified ? [directory] : [],
        coversMore: coversMore || number > 0)
    }
  }

  /// The hierarchy whose group serves: what no v1 hierarchy carries, the v2 one does.
  private func serving(_ controller: Controller) -> Controller {
    let isUnified =
      own[controller].map { $0 == own[.unified] } ?? (inherited[controller] == nil)
    return isUnified ? .unified : controller
  }

  private func isMade(_ controller: Controller) -> Bool { own[serving(controller)] != nil }

  public var processLists: [BytePath] {
    Controller.allCases.compactMap { own[$0] ?? inherited[$0]?.directory }
      .map { $0.appending("cgroup.procs") }
  }

  public var isOwn: Bool { !own.isEmpty }
  public var killsAreTheJobs: Bool { isMade(.memory) }
  public var marksAreTheJobs: Bool { isMade(.memory) }
  public var isForeign: Bool { false }
}
