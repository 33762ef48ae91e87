import Glibc

/// Finds the job's processes: from the list of a group of its own, as long as that has no
/// groups below it; else as children of those that are known, from lists of children where
/// the kernel has them, or from a walk over /proc. One that is known stays known as long as
/// it lives, whoever its parent is later.
final class ProcessCensus {
  private let members: JobProcesses
  private let reader: ProcessReader
  private let lists: [PreparedPath]
  private lazy var listsChildren =
    (itself ?? members.root).map { reader.listsChildren(of: $0) } ?? false
  /// The group of the job's own, where it has one.
  private let group: PreparedPath?
  /// Its list where that can be held open, and what it said last.
  private let list: CInt
  private let listText = LastText()
  /// Whether this look asks processes for their children.
  private(set) var asksForChildren = true
  /// crunchstat's own process id, which is never the job's.
  private let itself: Int32?
  private var known = ProcessIDs()
  private var newest: Int32?
  private var next: UInt64 = 0
  private var isListed = false
  private var hasBegun = false
  /// Whether the last look has found all there were: nothing came or went meanwhile, which
  /// lets the kernel leave others out of its lists.
  private var isComplete = false
  /// Processes that are not known, and their parents.
  private var strangers: [(process: Int32, parent: Int32)] = []

  init(_ members: JobProcesses, _ reader: ProcessReader) {
    self.members = members
    self.reader = reader
    lists = members.lists.map { PreparedPath($0) }
    group = members.haveOwnGroup ? PreparedPath(members.lists[0].directory) : nil
    list = members.haveOwnGroup ? reader.hold(lists[0]) : -1
    itself = reader.root.isLive ? getpid() : nil
  }

  deinit { close(list) }

  func listPlaces(in list: inout PrefetchList) {
    list.add(self)
    listText.listPlaces(in: &list)
  }

  /// Whether a process is one of the job's, or crunchstat itself, whose children they are.
  func isMember(_ process: Int32) -> Bool { known.contains(process) || process == parent }

  /// Begins a look. Returns whether processes are to be looked for: when there may be new ones,
  /// and once a second.
  func begin(_ poll: Poll, _ records: inout [ProcessRecord]) -> Bool {
    let isQuiet = isQuiet()
    if isQuiet, isComplete, poll.time < next, !poll.isLast { return false }
    next = poll.time + 1_000_000_000
    isComplete = isQuiet
    // Once: later its id may be another's.
    if !hasBegun, case .process(let process) = members.roots { add(process, &records) }
    hasBegun = true
    asksForChildren = !addGroup(&records, poll)
    isListed = lists.isEmpty || !asksForChildren
    if !asksForChildren { return true }
    if !listsChildren {
      walk(&records)
    } else if let parent {
      for process in reader.children(of: parent) { add(process, &records) }
    }
    return true
  }

  /// Whether nothing new has begun since the last call: no process is new in the job's own
  /// group, where that has been found to list them all; else no process id has been given out on
  /// the whole machine. (A group that is made below it meanwhile is seen within the second.)
  private func isQuiet() -> Bool {
    if list >= 0, !asksForChildren {
      if reader.buffer.readAll(list, .sequence) == 0 {
        let text = reader.buffer.scanner.rest
        if !text.isEmpty { return listText.isSame(text) }
      }
      // The job has left it.
      listText.forget()
    }
    let newest = reader.newestProcess()
    defer { self.newest = newest }
    return newest != nil && newest == self.newest
  }

  /// Adds those children of a process that are not known. It has just been read.
  func addChildren(of index: Int, _ records: inout [ProcessRecord]) {
    guard asksForChildren, listsChildren, !records[index].isGone else { return }
    let process = records[index].process
    for child in reader.children(of: process, isThreaded: records[index].isThreaded) {
      add(child, &records)
    }
  }

  /// Adds those that are listed as the job's and have not been found as somebody's children:
  /// last, so that parents come before their children. Returns whether there are any.
  func addListed(_ records: inout [ProcessRecord]) -> Bool {
    guard !isListed else { return false }
    isListed = true
    let before = records.count
    for list in lists { for process in reader.members(list) ?? [] { add(process, &records) } }
    return records.count > before
  }

  /// Lets go of those that are no more.
  func remove(from records: inout [ProcessRecord]) {
    records.removeAll { record in
      guard record.isGone else { return false }
      record.shut()
      known.remove(record.process)
      return true
    }
    isComplete = false
  }

  private func add(_ process: Int32, _ records: inout [ProcessRecord]) {
    guard process != itself, !others.contains(process), known.insert(process) else {
      return
    }
    records.append(ProcessRecord(process))
    isComplete = false
  }

  private var parent: Int32? {
    if case .children(let own) = members.roots { own.process } else { nil }
  }

  private var others: [Int32] {
    if case .children(let own) = members.roots { own.others } else { [] }
  }

  /// Adds those of all processes whose parents, or theirs, are known: parents first.
  /// - Complexity: one file for each process of the machine that is not the job's.
  private func walk(_ records: inout [ProcessRecord]) {
    setStrangers(reader.all())
    addDescendants(&records)
  }

  /// Adds those in the job's own group. Returns whether they are all of the job's.
  private func addGroup(_ records: inout [ProcessRecord], _ poll: Poll) -> Bool {
    // One that is empty has been left, unless the program has ended.
    guard let group, !reader.root.hasDirectories(group),
      let found = reader.members(lists[0], held: list), !found.isEmpty || poll.isLast
    else { return false }
    setStrangers(found)
    addDescendants(&records)
    // Orphans, and the program itself at the beginning: those first whose parents are not
    // among the others.
    while var first = strangers.first {
      // Ids that are given out anew could make a circle: no longer way than there are.
      for _ in strangers {
        guard let above = strangers.first(where: { $0.process == first.parent }) else { break }
        first = above
      }
      add(first.process, &records)
      strangers.removeAll { $0.process == first.process }
      addDescendants(&records)
    }
    return true
  }

  /// Takes note of those that are not known, and of their parents.
  private func setStrangers(_ processes: [Int32]) {
    strangers.removeAll(keepingCapacity: true)
    for process in processes where !known.contains(process) {
      guard reader.readFile(process, "stat") == 0,
        let stat = ProcessStat(reader.buffer.scanner)
      else { continue }
      strangers.append((process, stat.parent))
    }
  }

  /// Adds the strangers whose parents, or theirs, are known, and leaves the others.
  private func addDescendants(_ records: inout [ProcessRecord]) {
    var left = strangers.count
    while true {
      let before = left
      var index = 0
      while index < left {
        if isMember(strangers[index].parent) {
          add(strangers[index].process, &records)
          left -= 1
          strangers.swapAt(index, left)
        } else {
          index += 1
        }
      }
      if left == before { break }
    }
    strangers.removeLast(strangers.count - left)
  }
}
