import Glibc

/// The place for the job's own group in the v2 hierarchy, with controllers handed on there.
///
/// A group that hands controllers on holds no processes, the hierarchy's root excepted. So it
/// is the group that crunchstat was started in where that is the root, or where nobody else is
/// in it: then crunchstat moves into a group of its own below. Otherwise it is the nearest
/// group above that can be had.
public final class UnifiedPlace {
  /// Why there is none that is worth it.
  public struct Refusal: Error {
    public let reason: String
  }

  /// The group below which the job's is to be made.
  public private(set) var directory: BytePath
  /// What the place changes for the job: one line each.
  public private(set) var remarks: [String] = []
  /// Which controllers the job's group will lack, and why; nil where none.
  public private(set) var missing: String?

  /// Whether the user asked for a group of the job's own.
  private let insists: Bool
  /// The group that crunchstat was started in and those above it, nearest first.
  private let levels: [UnifiedLevel]
  private let wanted: [UnifiedController]
  private let root: RootDirectory
  private let changes: UnifiedChanges

  /// Finds the place and changes what is needed there; other crunchstats are kept from changing
  /// it until `release`.
  ///
  /// - Parameters:
  ///   - started: the v2 group that crunchstat was started in.
  ///   - elsewhere: the controllers that v1 hierarchies carry.
  ///   - insists: whether the user asked for a group of the job's own; then one without
  ///     controllers is better than none.
  public init(
    _ root: RootDirectory, started: GroupPlace, elsewhere: [Controller], insists: Bool
  ) throws(Refusal) {
    self.root = root
    self.insists = insists
    directory = started.directory
    levels = started.upward.map { UnifiedLevel(root: root, directory: $0) }
    wanted = UnifiedController.allCases.filter { !elsewhere.contains($0.v1) }
    changes = UnifiedChanges(root, levels)
    let offered = levels[levels.count - 1].available
    guard let reason = try choose(offered) else { return }
    guard insists || !wanted.contains(.memory) else { throw Refusal(reason: reason) }
    // A group can be made anywhere, and counts CPU time without any controller.
    if let remark = share(levels[0]) {
      guard insists else { throw Refusal(reason: remark) }
      remarks.append(remark)
    }
    missing = lacking([], otherwise: reason)
  }

  /// To be called when the job's group has been made.
  public func release() { changes.unlock() }

  /// Where crunchstat is meanwhile, when not where it was started.
  public var aside: BytePath? { changes.aside?.path }

  /// Puts back what was changed, when the job's group has gone. Returns what can't be.
  public func putBack() -> [String] {
    guard !wanted.isEmpty else { return [] }
    // Without the lock it is still better than not at all.
    try? changes.begin()
    defer { changes.unlock() }
    return changes.putBack().map(\.message)
  }

  /// Returns why there is no place, or nil.
  private func choose(_ offered: [UnifiedController]) throws(Refusal) -> String? {
    let lacksMemory = !insists && wanted.contains(.memory) && !offered.contains(.memory)
    if lacksMemory || !offered.contains(where: wanted.contains) {
      return noMemory(levels[levels.count - 1])
    }
    do throws(SystemError) { try changes.begin() } catch {
      throw Refusal(reason: error.message)
    }
    let needsMemory = wanted.contains(.memory) && offered.contains(.memory)
    var first: String?
    for (index, level) in levels.enumerated() {
      guard let reason = attempt(index, needsMemory: needsMemory) else {
        if let first { remarks.append("\(first); its limits don't hold for the job") }
        return nil
      }
      first = first ?? reason
      guard needsMemory, mayLeave(level) else { break }
    }
    changes.unlock()
    return first
  }

  /// Whether the job's group may be made outside of this one.
  private func mayLeave(_ level: UnifiedLevel) -> Bool {
    // Another crunchstat counts what is in its group.
    if StaleGroups.isNamed(level.directory.name) { return false }
    // What a user may change was handed over to the user to arrange; what root may change has
    // been arranged by others, who count and limit by it.
    return insists || geteuid() != 0 && level.limit == nil
  }

  /// Makes one level hand on what it can. Returns why it is not the place, or nil.
  private func attempt(_ index: Int, needsMemory: Bool) -> String? {
    let level = levels[index]
    let isRoot = level.isHierarchyRoot
    if !isRoot && root.hasProcesses(in: level.directory, besides: getpid()) {
      return "other processes are in \(level.directory.text), so it can't hand controllers on"
    }
    let remark = share(level)
    if let remark, !insists { return remark }
    do throws(SystemError) {
      try level.checkAccess()
      for upper in levels[(index + 1)...].reversed() {
        changes.handOn(wanted.filter { !level.available.contains($0) }, at: upper)
      }
      if index == 0 && !isRoot && level.available.contains(where: wanted.contains) {
        try changes.moveAside()
      }
      changes.handOn(wanted, at: level)
    } catch {
      changes.putBack()
      return error.message
    }
    let had = level.handedOn
    if needsMemory && !had.contains(.memory) {
      defer { changes.putBack() }
      return changes.failures[.memory]?.message ?? noMemory(level)
    }
    directory = level.directory
    missing = lacking(
      had, otherwise: "not in \(level.directory.appending("cgroup.controllers").text)")
    if let remark { remarks.append(remark) }
    return nil
  }

  private func share(_ level: UnifiedLevel) -> String? {
    guard level.handsOnProcessors else { return nil }
    return "\(level.directory.text): a group there gets a share of the processors of its own"
  }

  private func noMemory(_ level: UnifiedLevel) -> String {
    "\(level.directory.text) has no memory controller"
  }

  /// What the job's group lacks, and so does not count; nil for nothing.
  private func lacking(_ had: [UnifiedController], otherwise: String) -> String? {
    var parts: [(reason: String, controllers: [UnifiedController])] = []
    for controller in wanted where !had.contains(controller) {
      let reason = changes.failures[controller]?.message ?? otherwise
      if parts.last?.reason == reason {
        parts[parts.count - 1].controllers.append(controller)
      } else {
        parts.append((reason, [controller]))
      }
    }
    if parts.isEmpty { return nil }
    let texts = parts.map { part in
      let names = joined(part.controllers.map(\.rawValue), ", ")
      let numbers = joined(part.controllers.map(\.numbers), ", ")
      return "no controller \(names), so it does not count \(numbers): \(part.reason)"
    }
    return joined(texts, "; ")
  }
}
