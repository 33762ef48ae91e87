import Glibc
import JobStats

/// The control groups that something was started in, and which of them others are in too, so
/// that their numbers cover more.
final class SharedGroups {
  private let groups: PerController<GroupPlace>
  /// Those, of hierarchies that count something, in which others are.
  private(set) var paths: [BytePath] = []

  /// - Parameter process: who is in them by right. Where that is crunchstat, this is to be
  ///   asked for before the program runs, whose children nobody knows.
  convenience init(
    _ groups: PerController<GroupPlace>, _ root: RootDirectory, besides process: pid_t
  ) {
    self.init(groups) { root.hasProcesses(in: $0, besides: process) }
  }

  /// - Parameter isShared: whether others are in a group's directory.
  init(_ groups: PerController<GroupPlace>, _ isShared: (BytePath) -> Bool) {
    self.groups = groups
    for controller in [Controller.memory, .cpuacct, .blkio, .unified] {
      guard let place = groups[controller]?.directory, !paths.contains(place) else {
        continue
      }
      if isShared(place) { paths.append(place) }
    }
  }

  /// All of them, as a notice lists them.
  var places: ByteText {
    var places: [BytePath] = []
    for controller in Controller.allCases {
      guard let place = groups[controller]?.directory else { continue }
      if controller != .unified || places.isEmpty, !places.contains(place) {
        places.append(place)
      }
    }
    return places.isEmpty ? "no control group" : "\(list: places)"
  }

  /// Whether there are none at all.
  var isEmpty: Bool { groups.isEmpty }

  /// What a notice has to say of the others, where there are any.
  var others: ByteText? {
    paths.isEmpty ? nil : "others are in \(list: paths)"
  }
}
