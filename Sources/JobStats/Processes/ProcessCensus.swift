import Glibc

/// Finds the job's processes: children of those that are known, from lists of children where
/// the kernel has them, else from a walk over /proc. One that is known stays known as long as
/// it lives, whoever its parent is later.
final class ProcessCensus {
  private let members: JobProcesses
  private let reader: ProcessReader
  private let lists: [PreparedPath]
  private let listsChildren: Bool
  /// crunchstat's own process id, which is never the job's.
  private let itself: Int32?
  private var known: Set<Int32> = []
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
    itself = reader.root.isLive ? getpid() : nil
    listsChildren = (itself ?? members.root).map { reader.listsChildren(of: $0) } ?? false
  }

  /// Whether a process is one of the job's, or crunchstat itself, whose children they are.
  func isMember(_ process: Int32) -> Bool { known.contains(process) || process == parent }

  /// Begins a look. Returns whether children are to be looked for: when a process id has
  /// been given out since, or it is not known, and once a second.
  func begin(_ poll: Poll, _ records: inout [ProcessRecord]) -> Bool {
    let newest = reader.newestProcess()
    let isQuiet = newest != nil && newest == self.newest
    if isQuiet, isComplete, poll.time < next { return false }
    next = poll.time + 1_000_000_000
    isComplete = isQuiet
    self.newest = newest
    // Once: later its id may be another's.
    if !hasBegun, case .process(let process) = members.roots { add(process, &records) }
    hasBegun = true
    isListed = lists.isEmpty
    if !listsChildren {
      walk(&records)
    } else if let parent {
      for process in reader.children(of: parent) { add(process, &records) }
    }
    return true
  }

  /// Adds those children of a process that are not known. It has just been read.
  func addChildren(of index: Int, _ records: inout [ProcessRecord]) {
    guard listsChildren, !records[index].isGone else { return }
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
    for list in lists { for process in reader.members(list) { add(process, &records) } }
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
    guard process != itself, !others.contains(process), known.insert(process).inserted else {
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
    strangers.removeAll(keepingCapacity: true)
    for process in reader.all() where !known.contains(process) {
      guard reader.readFile(process, "stat") == 0,
        let stat = ProcessStat(reader.buffer.scanner)
      else { continue }
      strangers.append((process, stat.parent))
    }
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
      if left == before { return }
    }
  }
}
