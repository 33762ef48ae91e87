import Glibc

/// What crunchstats have left behind that are no more, in groups of the name
/// "crunchstat-PID-NUMBER". As long as one lives it holds locks on its groups, so that any other,
/// whatever process ids it sees, can tell them from those of the dead.
///
/// In the v2 hierarchy a group of the name "crunchstat-PID-NUMBER-memory-io" says besides
/// that its crunchstat has let the groups beside it have these controllers. They are taken
/// back when nobody living is there any more.
enum StaleGroups {
  static let prefix = "crunchstat-"
  /// The end of the name of a group that crunchstat itself waits in.
  static let selfSuffix = "-self"

  /// Whether a group is a crunchstat's, by its name: "crunchstat-PID-NUMBER", and what may
  /// follow. Others may call their groups "crunchstat-…" too.
  static func isNamed(_ name: BytePath) -> Bool {
    let words = name.bytes.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    guard words.count >= 3, words[0].elementsEqual("crunchstat".utf8) else { return false }
    return words[1...2].allSatisfy { word in
      !word.isEmpty && word.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
      && words[3...].allSatisfy { word in
        let text = BytePath(Array(word)).text
        return "-" + text == selfSuffix || UnifiedController(rawValue: text) != nil
      }
  }

  /// Removes the empty groups of the dead below a group, and takes back what they had handed
  /// on. Whoever may change controllers holds the `HierarchyLock`.
  ///
  /// - Parameter own: a group of this process's own, which is no reason to leave controllers
  ///   as they are.
  /// - Returns: what could not be taken back.
  @discardableResult
  static func remove(
    _ root: RootDirectory, below parent: BytePath, own: BytePath? = nil
  ) -> [SystemError] {
    // As a rule it has none at all, and a list of its files takes ten times as long.
    guard root.hasDirectories(PreparedPath(parent)) else { return [] }
    let groups = root.names(in: parent).filter(isNamed)
      .map { parent.appending($0) }
    if groups.isEmpty { return [] }
    var kept = Set(groups.flatMap { debts($0) })
    var failures: [SystemError] = []
    if !kept.isEmpty, !groups.contains(where: { $0 != own && isInUse($0, root) }) {
      let level = UnifiedLevel(root: root, directory: parent)
      for controller in kept.intersection(level.handedOn) {
        do throws(SystemError) { try level.takeBack(controller) } catch {
          failures.append(error)
        }
      }
      kept = failures.isEmpty ? [] : kept.intersection(level.handedOn)
    }
    for path in groups where kept.isDisjoint(with: debts(path)) {
      guard let directory = try? root.open(path, O_RDONLY | O_DIRECTORY),
        flock(directory.number, LOCK_EX | LOCK_NB) == 0
      else { continue }
      // A crunchstat inside a crunchstat may have died with it.
      remove(root, below: path)
      try? root.removeDirectory(path)
    }
    return failures
  }

  /// The end of the name of a group that says what was handed on.
  static func suffix(_ controllers: [UnifiedController]) -> String {
    joined(controllers.map { "-" + $0.rawValue }, "")
  }

  private static func debts(_ group: BytePath) -> [UnifiedController] {
    let words = group.name.bytes.split(separator: UInt8(ascii: "-")).dropFirst(3)
    return words.compactMap { UnifiedController(rawValue: BytePath(Array($0)).text) }
  }

  private static func isInUse(_ group: BytePath, _ root: RootDirectory) -> Bool {
    guard let directory = try? root.open(group, O_RDONLY | O_DIRECTORY) else { return false }
    return flock(directory.number, LOCK_EX | LOCK_NB) != 0
  }
}

/// Keeps other crunchstats from changing which controllers a v2 hierarchy hands on: flock(2)
/// on the directory where it is mounted. It goes with this value.
struct HierarchyLock: ~Copyable {
  private let directory: Descriptor

  /// Waits for at most two seconds; a crunchstat that makes its groups, or removes them, holds
  /// the lock for some milliseconds. Throws EWOULDBLOCK where it can't be had.
  init(_ root: RootDirectory, _ point: BytePath) throws(SystemError) {
    let opened = try root.open(point, O_RDONLY | O_DIRECTORY)
    var isLocked = false
    for _ in 0..<2000 where !isLocked {
      isLocked = flock(opened.number, LOCK_EX | LOCK_NB) == 0
      if !isLocked { usleep(1000) }
    }
    guard isLocked else { throw SystemError("lock", point, code: EWOULDBLOCK) }
    directory = opened
  }
}
