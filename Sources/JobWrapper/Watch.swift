import Glibc
import JobStats

/// What is watched: the program's own groups, those of a process that runs already, or a
/// group of an explicit tree, which may be there later than the program, and gone before it.
final class Watch {
  enum News {
    case nothingNew
    /// The group is known: sampling can begin, or begin anew with another one.
    case found(SamplingContext)
    /// What is watched is in other groups now: what was measured comes to its end, and
    /// sampling begins anew.
    case moved(SamplingContext)
    /// It has been there and is no more; the text says what.
    case gone(String)
    /// It will never be known; the text says why.
    case failed(String)
  }

  /// The program, where there is one.
  let job: Job?
  /// When it began, on the monotonic clock.
  let start: UInt64
  /// When to look again, on the monotonic clock.
  private(set) var nextLook: UInt64?
  /// How much later that may be.
  private(set) var leeway: UInt64 = 0

  private enum State {
    case ready(any GroupLocator)
    case waitingForID(IdFile)
    case waitingForGroup(ContainerSearch)
    case watching(ExplicitTree, wasThere: Bool)
    case watchingProcess(WatchedProcess)
    /// The program runs in groups that it may leave.
    case watchingGroups(GroupMembership)
    case settled
  }

  private let options: Options
  private let root: RootDirectory
  private let log: Log
  private let process: WatchedProcess?
  private let processes: ProcessScope?
  private let membership: GroupMembership?
  private var state: State
  /// How long until the groups are looked at again: soon at first, since a program that goes
  /// into others does so at its start.
  private var step = millisecond
  /// The groups that the program is known to have left.
  private var told: Set<BytePath> = []

  /// - Parameters:
  ///   - process: the process that is watched, where no program runs.
  ///   - locator: where the program's own groups are; nil without one, and for an explicit
  ///     tree.
  ///   - processes: the program's descendants, where they may become our children.
  ///   - membership: whether the program is still in its groups.
  init(
    _ options: Options, _ root: RootDirectory, _ log: Log, job: Job? = nil,
    process: WatchedProcess? = nil, locator: (any GroupLocator)? = nil,
    processes: ProcessScope? = nil, membership: GroupMembership? = nil
  ) {
    self.options = options
    self.root = root
    self.log = log
    self.job = job
    self.process = process
    self.processes = processes
    self.membership = membership
    start = MonotonicClock.now()
    nextLook = start
    if let locator = locator ?? process?.locator {
      state = .ready(locator)
    } else if let file = options.idFile {
      state = .waitingForID(IdFile(file, wait: options.wait, start: start))
    } else {
      state = .ready(
        ExplicitTree(
          root: options.groupRoot ?? BytePath(""), parent: options.groupParent,
          id: BytePath("")))
    }
  }

  /// Can be read once the process that is watched has ended.
  var endDescriptor: CInt? { process?.endDescriptor }

  /// A child has ended that may not be the program: one that was adopted, or that is ours
  /// because crunchstat is process 1 of a container.
  func reapOrphans() {
    let program = job?.process ?? 0
    if let processes {
      processes.reapOrphans(besides: program)
    } else {
      reapChildren(besides: program)
    }
  }

  func look(_ time: UInt64) -> News {
    switch state {
    case .ready(let locator): return found(locator, time)
    case .waitingForID(var file):
      switch file.look(time) {
      case .waiting:
        nextLook = file.next
        state = .waitingForID(file)
        return .nothingNew
      case .found(let id):
        let container = ContainerSearch(options, id: id, start: time)
        return search(container, isFirst: true, time)
      case .failed(let reason):
        settle()
        return .failed(reason)
      }
    case .waitingForGroup(let container): return search(container, isFirst: false, time)
    case .watching(let tree, let wasThere):
      // Often until it is there, so that one that lives briefly is seen.
      nextLook = time &+ (wasThere ? second : second / 10)
      let isThere = tree.exists(in: root)
      if wasThere && !isThere {
        settle()
        return .gone("the control group is gone")
      }
      state = .watching(tree, wasThere: isThere)
      return .nothingNew
    case .watchingProcess(let process):
      lookAgain(time, atLeast: process.hasToBeAsked ? second / 10 : second)
      if process.hasEnded {
        settle()
        return .gone("process \(process.process) has ended")
      }
      guard process.follow() else { return .nothingNew }
      process.announce(log)
      return .moved(SamplingContext(root: root, locator: process.locator, log: log))
    case .watchingGroups(let membership):
      lookAgain(time, atLeast: second)
      if let changes = membership.changes(), !changes.isEmpty { tell(changes) }
      return .nothingNew
    case .settled: return .nothingNew
    }
  }

  /// Looks for the container's group, which may come later than its id. Until it is there,
  /// it is where it is most likely to come.
  private func search(_ container: ContainerSearch, isFirst: Bool, _ time: UInt64) -> News {
    var container = container
    let likeliest = container.likeliest
    do throws(OptionError) {
      if let tree = try container.look(time, root, log) {
        let isNews = isFirst || tree !== likeliest
        let news = found(tree, time, isThere: true)
        return isNews ? news : .nothingNew
      }
    } catch {
      settle()
      return .failed(error.text)
    }
    let news = isFirst ? found(likeliest, time) : .nothingNew
    nextLook = container.next
    state = .waitingForGroup(container)
    return news
  }

  /// - Parameter isThere: whether the group is known to be there, as one that goes before it is
  ///   looked for again has been.
  private func found(
    _ locator: any GroupLocator, _ time: UInt64, isThere: Bool = false
  ) -> News {
    settle()
    if let process {
      state = .watchingProcess(process)
      nextLook = time
    } else if let membership {
      state = .watchingGroups(membership)
      // Not at once: where the program ends soon whoever started crunchstat would wait for it.
      lookAgain(time, atLeast: second)
    }
    if let tree = locator as? ExplicitTree {
      if tree.isHost {
        log.notice("the numbers are the whole host's: no -cgroup-parent, no -cgroup-cid")
      } else if job == nil {
        state = .watching(tree, wasThere: isThere || tree.exists(in: root))
        nextLook = time
      }
    }
    return .found(SamplingContext(root: root, locator: locator, log: log))
  }

  private func lookAgain(_ time: UInt64, atLeast longest: UInt64) {
    leeway = min(step, longest) / 10
    nextLook = time &+ min(step, longest) &- leeway
    step = min(step * 2, second)
  }

  /// Once for each group: a program that goes to and fro is told of no more often.
  private func tell(_ changes: [(left: BytePath, now: BytePath)]) {
    let news = changes.filter { told.insert($0.left).inserted }
    if news.isEmpty { return }
    let texts = news.map { "\($0.left.text) (it is in \($0.now.text) now)" }
    log.notice(
      "the program has left \(joined(texts, ", ")): the numbers lack what it uses elsewhere")
  }

  private func settle() {
    state = .settled
    nextLook = nil
    leeway = 0
  }
}
