import Glibc

/// What has been changed in the v2 hierarchy for the job's group, and how it is put back:
/// controllers that groups hand on, and crunchstat's own place.
final class UnifiedChanges {
  private let root: RootDirectory
  /// The group that crunchstat was started in and those above it, nearest first.
  private let levels: [UnifiedLevel]
  private var lock: HierarchyLock?
  /// Groups whose names say what was handed on beside them; see `StaleGroups`.
  private var marks: [OwnGroup] = []
  /// Where crunchstat itself is, when not where it was started.
  private(set) var aside: OwnGroup?
  /// Why a controller could not be handed on.
  private(set) var failures: [UnifiedController: SystemError] = [:]

  init(_ root: RootDirectory, _ levels: [UnifiedLevel]) {
    self.root = root
    self.levels = levels
  }

  /// Keeps other crunchstats from changing controllers until `unlock`.
  func begin() throws(SystemError) {
    lock = try HierarchyLock(root, levels[levels.count - 1].directory)
  }

  func unlock() { lock = nil }

  /// Lets the groups below a level have those controllers that it has and does not hand on
  /// yet; why that is not possible for one is told by `failures`.
  func handOn(_ controllers: [UnifiedController], at level: UnifiedLevel) {
    let (available, before) = (level.available, level.handedOn)
    let new = controllers.filter { available.contains($0) && !before.contains($0) }
    guard !new.isEmpty else { return }
    // First the mark, so that whatever happens next it says at least what was changed.
    guard let mark = mark(new, at: level) else { return }
    for controller in new {
      do throws(SystemError) { try level.handOn(controller) } catch {
        failures[controller] = error
      }
    }
    let after = level.handedOn
    let changed = new.filter { after.contains($0) }
    if changed == new {
      marks.append(mark)
    } else {
      // Nor must it say more than is true.
      if !changed.isEmpty, let exact = self.mark(changed, at: level) { marks.append(exact) }
      _ = mark.remove()
    }
  }

  private func mark(_ controllers: [UnifiedController], at level: UnifiedLevel) -> OwnGroup? {
    do throws(SystemError) {
      return try OwnGroup.make(root, in: level.directory, StaleGroups.suffix(controllers))
    } catch {
      for controller in controllers { failures[controller] = error }
      return nil
    }
  }

  /// Moves crunchstat out of the group that it was started in, into one below.
  func moveAside() throws(SystemError) {
    let group = try OwnGroup.make(root, in: levels[0].directory, StaleGroups.selfSuffix)
    do throws(SystemError) {
      try UnifiedLevel(root: root, directory: group.path).enter()
    } catch {
      _ = group.remove()
      throw error
    }
    aside = group
  }

  /// Puts back what was changed, and what other crunchstats that are no more left changed.
  /// Where others live that were started meanwhile the last of them does it.
  ///
  /// - Returns: what could not be put back.
  @discardableResult
  func putBack() -> [SystemError] {
    let places = marks.map(\.path)
    // Without their locks the marks are those of a dead crunchstat.
    marks = []
    failures = [:]
    var errors: [SystemError] = []
    for level in levels {
      let failed = StaleGroups.remove(root, below: level.directory, own: aside?.path)
      let isOurs = places.contains { $0.upward(to: level.directory).count == 2 }
      if isOurs { errors += failed }
    }
    if let aside {
      do throws(SystemError) {
        try levels[0].enter()
        _ = aside.remove()
      } catch  where errors.isEmpty && error.code != EBUSY { errors.append(error) } catch {}
      self.aside = nil
    }
    return errors
  }
}
