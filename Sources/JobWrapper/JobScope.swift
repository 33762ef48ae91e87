import Glibc
import JobStats

/// The control groups that the job runs in: which it was to have, and which it got. A class, since
/// to copy or destroy what is that large Swift's runtime is asked for its parts' types.
final class JobScope {
  /// Made for the job; the program enters them before its first instruction.
  private(set) var groups: [OwnGroup]
  /// Those that crunchstat was started in.
  private var inherited = PerController<GroupPlace>()
  private let root: RootDirectory
  private let scope: Options.Scope
  /// Why no group of the job's own was to be made in a hierarchy.
  private var remarks: [String] = []
  /// What went wrong where one was.
  private var failures: [String] = []
  /// Those that the job has to share with others, where it has none of its own.
  private var shared: SharedGroups?
  /// The job's processes, on this machine, where no group serves.
  private(set) var processes: ProcessScope?
  /// Where the v2 group is, and what was changed for it.
  private var unified: UnifiedPlace?

  /// The groups that `finish` is to find: others are in all of them, so that nothing of them has to
  /// be known before the program runs.
  private var sharedByParent: ProcessGroups?

  /// Makes groups where the scope wants some. Throws where `own` can't be had. To be made
  /// before the program is started, and finished once it runs.
  init(_ scope: Options.Scope, _ root: RootDirectory, _ log: Log) throws(OptionError) {
    self.root = root
    self.scope = scope
    groups = []
    if scope == .inherit || scope == .tree {
      sharedByParent = Self.groupsOfParent(root)
      if sharedByParent == nil { findInherited() }
      lookAround()
      return
    }
    findInherited()
    defer { lookAround() }
    guard root.isLive else {
      try refuse("no group can be made in the recorded tree \(root.path.text)")
      return
    }
    var plan = OwnGroupPlan(root, inherited: inherited, insists: scope == .own)
    if let started = plan.unified {
      do throws(UnifiedPlace.Refusal) {
        let place = try UnifiedPlace(
          root, started: started, elsewhere: plan.elsewhere, insists: scope == .own)
        plan.add(place)
        unified = place
        if let aside = place.aside { log.debug("crunchstat itself is in \(text: aside)") }
        for remark in place.remarks {
          if scope == .own { log.warning("\(remark)") } else { log.debug("\(remark)") }
        }
      } catch {
        // Beside v1 groups it is one of many; alone it is all.
        if plan.parents.isEmpty {
          try refuse(error.reason)
        } else {
          log.debug("\(error.reason)")
        }
      }
    }
    remarks = plan.remarks
    for remark in remarks where scope == .own { log.warning("\(remark)") }
    for remark in remarks where scope == .auto { log.debug("no group: \(remark)") }
    let made = OwnGroup.make(root, below: plan.parents)
    groups = made.groups
    unified?.release()
    if !hasUnified { leaveUnified() }
    for failure in made.failures { try refuse(failure.message) }
    if plan.parents.isEmpty && failures.isEmpty {
      try refuse("no hierarchy is mounted that could have one")
    }
  }

  /// Finds out what need not be known before the program runs: the program does not wait.
  func finish() {
    processes?.begin()
    guard let groups = sharedByParent else { return }
    findPlaces(of: groups)
    shared = SharedGroups(inherited) { _ in true }
  }

  private func findInherited() {
    if let groups = try? ProcessGroups(root, process: "self") { findPlaces(of: groups) }
  }

  private func findPlaces(of groups: ProcessGroups) {
    inherited = JobGroups.places(of: groups, root, mounts: MountTable.showing(groups, root))
  }

  /// Our groups, if our parent is in all of them, as it nearly always is. Then the lists of
  /// their processes, for which the kernel sorts all of a v1 group, need not be read.
  private static func groupsOfParent(_ root: RootDirectory) -> ProcessGroups? {
    // 0 where it is nobody whom we can see.
    let parent = getppid()
    guard root.isLive, parent > 0,
      let ours = try? root.contents(BytePath("/proc/self/cgroup")),
      let theirs = try? root.contents(BytePath("/proc/\(parent)/cgroup")),
      !ours.isEmpty, ours == theirs
    else { return nil }
    return ProcessGroups(parsing: ours)
  }

  private var hasUnified: Bool { groups.contains { $0.controllers.contains(.unified) } }

  /// Puts back what was changed for the v2 group. Returns what can't be.
  @discardableResult
  private func leaveUnified() -> [String] { unified.take()?.putBack() ?? [] }

  /// Takes note of a group that the program could not enter: it does without.
  func drop(_ index: Int, error: CInt) throws(OptionError) {
    let group = groups.remove(at: index)
    _ = group.remove()
    if !hasUnified { leaveUnified() }
    try refuse(SystemError("enter", group.path, code: error).message)
    if groups.isEmpty { lookAround() }
  }

  /// Without a group of its own: who shares those that there are, and whether to count the
  /// job's processes rather than them.
  private func lookAround() {
    if groups.isEmpty, sharedByParent == nil {
      let hasCompany = Self.groupsOfParent(root) != nil
      shared = SharedGroups(inherited) {
        hasCompany || root.hasProcesses(in: $0, besides: getpid())
      }
    }
    guard root.isLive else { return }
    let isShared = shared.map { $0.isEmpty || !$0.paths.isEmpty } ?? false
    let isAll = scope == .tree || scope == .auto && isShared
    processes = ProcessScope(isAll: isAll, root)
  }

  private func refuse(_ reason: String) throws(OptionError) {
    failures.append(reason)
    guard scope == .own else { return }
    _ = remove()
    throw OptionError("flag -scope: no control group of its own: \(reason)")
  }

  /// Where the program's files are, now that it runs.
  func locator(process: pid_t) -> JobGroups {
    var own = PerController<BytePath>()
    for group in groups {
      for controller in group.controllers { own[controller] = group.path }
    }
    return JobGroups(
      own: own, inherited: inherited, root: root, process: root.isLive ? process : nil,
      processes: processes?.processes(in: groups))
  }

  /// Tells whether the program is still in the groups that are measured; nil where none is.
  func membership(of process: pid_t) -> GroupMembership? {
    guard root.isLive, processes?.isAll != true else { return nil }
    var places = PerController<GroupPlace>()
    for controller in [Controller.memory, .cpuacct, .blkio, .pids, .unified] {
      guard let place = inherited[controller] else { continue }
      if groups.isEmpty {
        places[controller] = place
      } else if let group = groups.first(where: { $0.controllers.contains(controller) }) {
        places[controller] = GroupPlace(directory: group.path, mount: place.mount)
      }
    }
    return try? GroupMembership(of: process, in: places, root)
  }

  /// Says once what is measured.
  func announce(_ log: Log) {
    if !groups.isEmpty {
      log.notice("scope own: \(list: groups.map(\.path))")
      for failure in failures { log.notice("a group of its own is missing: \(failure)") }
      if let missing = unified?.missing { log.notice("the job's v2 group has \(missing)") }
      return
    }
    // One reason says enough: the others are alike.
    var reasons: ByteText = "\(failures.first ?? "")"
    if scope != .auto { reasons.append("as asked for", after: "; ") }
    if let processes, processes.isAll {
      if scope == .auto, let others = shared?.others { reasons.append(others, after: "; ") }
      processes.announce(log, reasons)
      return
    }
    // crunchstat itself is there in any case, but in the group that a recorded tree tells of.
    let itself: ByteText? =
      root.isLive && shared?.isEmpty == false ? "crunchstat is in it too" : nil
    if let others = shared?.others ?? itself {
      reasons.append("\(others), so the numbers cover more than the job", after: "; ")
    }
    log.notice("scope inherit: \(shared?.places ?? ""): \(reasons)")
  }

  /// Removes the groups, and puts back what was changed for them. Returns what to say of what
  /// could not be.
  func remove() -> String? {
    var texts = removeGroups().map { [$0] } ?? []
    if let left = Self.listed(processes?.left() ?? []) {
      texts.append("the job left processes behind: \(left)")
    }
    texts += leaveUnified()
    return texts.isEmpty ? nil : joined(texts, "; ")
  }

  /// Lets go of the groups, removed or not.
  private func removeGroups() -> String? {
    defer { groups = [] }
    let left = groups.filter { !$0.remove() }
    guard !left.isEmpty else { return nil }
    let what = left.contains { $0.hasProcesses } ? "processes" : "control groups"
    let paths = joined(left.map(\.path.text), ", ")
    // They are in all of the groups, as a rule.
    let most = left.map { $0.processes() }.max { $0.count < $1.count } ?? []
    let list = Self.listed(most).map { ": \($0)" } ?? ""
    return "the job left \(what) behind in \(paths): the group stays with them\(list)"
  }

  /// "3 (17, 18, 19)", of many only the first; nil for none.
  private static func listed(_ processes: [pid_t]) -> String? {
    if processes.isEmpty { return nil }
    let numbers = Set(processes).sorted()
    let texts = numbers.prefix(20).map { "\($0)" } + (numbers.count > 20 ? ["..."] : [])
    return "\(numbers.count) (\(joined(texts, ", ")))"
  }
}
