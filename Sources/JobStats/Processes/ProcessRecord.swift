import Glibc

/// One process of the job, as it was seen last.
struct ProcessRecord {
  let process: Int32
  private(set) var parent: Int32 = 0
  /// Of it and of all children that it has waited for.
  private(set) var counters = ProcessCounters()
  /// By how much what may be its ended children's has grown since the last look.
  private(set) var growth = ProcessCounters()
  /// CPU time that `counters` lack because they are rounded down to ticks, in nanoseconds.
  private(set) var timeRest: UInt64 = 0
  private(set) var residentPages: UInt64 = 0
  private(set) var swapped: UInt64 = 0
  private(set) var isThreaded = false
  /// Whether it has been read at all.
  private(set) var isRead = false
  /// Whether it is no more: it has ended and been reaped.
  private(set) var isGone = false
  /// Whether its bytes could be read.
  private(set) var tellsBytes = true
  private var start: UInt64 = 0
  private var ofChildren = ProcessCounters()
  private var statFile: CInt = -1
  private var ioFile: CInt = -1

  init(_ process: Int32) { self.process = process }

  func shut() {
    if statFile >= 0 { close(statFile) }
    if ioFile >= 0 { close(ioFile) }
  }

  /// Units, once for all processes.
  struct Units {
    let tick = 1_000_000_000 / UInt64(max(1, systemValue(.clockTicks) ?? 100))
    let page = UInt64(max(1, systemValue(.pageSize) ?? 4096))
  }

  /// What is to be read.
  struct Wanted: OptionSet {
    let rawValue: UInt8
    static let times = Wanted(rawValue: 1)
    static let memory = Wanted(rawValue: 2)
    static let swap = Wanted(rawValue: 4)
    static let bytes = Wanted(rawValue: 8)
    /// Whose child it is, and whether it has threads: to look for its children.
    static let family = Wanted(rawValue: 16)
  }

  /// Reads it anew. Returns whether anything may have changed.
  /// Cost: one system call for each file that is held, three for others, and one for the
  /// exact time.
  mutating func read(_ reader: ProcessReader, _ wanted: Wanted, _ units: Units) -> Bool {
    growth = .none
    if wanted == .bytes, ioFile >= 0, isRead, !isGone {
      return readBytes(reader, isFirst: false, isHeld: true)
    }
    readFiles(reader, wanted, units)
    return true
  }

  @inline(never)
  private mutating func readFiles(
    _ reader: ProcessReader, _ wanted: Wanted, _ units: Units
  ) {
    let isFirst = !isRead
    readStat(reader, wanted, units)
    guard isRead, !isGone else { return }
    if wanted.contains(.bytes) { _ = readBytes(reader, isFirst: isFirst, isHeld: false) }
    readSwap(reader, wanted)
  }

  private mutating func readSwap(_ reader: ProcessReader, _ wanted: Wanted) {
    guard wanted.contains(.swap) else {
      swapped = 0
      return
    }
    swapped = reader.readFile(process, "status") == 0 ? swappedBytes(reader.buffer.scanner) : 0
  }

  private mutating func readStat(
    _ reader: ProcessReader, _ wanted: Wanted, _ units: Units
  ) {
    let keeps = wanted != [.bytes, .family]
    let result = reader.readFile(process, &statFile, "stat", keeps: keeps)
    // Only these two say that it is gone, and the first only where /proc does not hide other
    // users' processes (hidepid); it stays as it was if there is no descriptor left.
    if result == -ESRCH || result == -ENOENT && !reader.isHidden(process) { isGone = true }
    guard result == 0, let stat = ProcessStat(reader.buffer.scanner) else { return }
    let isFirst = !isRead
    isRead = true
    if isFirst {
      start = stat.start
    } else if stat.start != start {
      // Another process that has been given the same id.
      isGone = true
      return
    }
    parent = stat.parent
    isThreaded = stat.threads > 1
    residentPages = stat.residentPages
    guard wanted.contains(.times) || wanted.contains(.memory) else { return }
    let before = ofChildren
    ofChildren.user = stat.childUser &* units.tick
    ofChildren.system = stat.childSystem &* units.tick
    ofChildren.majorFaults = stat.childMajorFaults
    counters.user = (stat.user &+ stat.childUser) &* units.tick
    counters.system = (stat.system &+ stat.childSystem) &* units.tick
    counters.majorFaults = stat.majorFaults &+ stat.childMajorFaults
    if !isFirst { growth = ofChildren.excess(over: before) }
    guard wanted.contains(.times), let time = reader.exactTime(process) else { return }
    // User and system time are rounded down each: a larger difference is another process's.
    let ticks = (stat.user &+ stat.system) &* units.tick
    timeRest = time > ticks ? min(time - ticks, 2 * units.tick) : 0
  }

  /// Returns whether they have changed.
  @inline(never)
  private mutating func readBytes(
    _ reader: ProcessReader, isFirst: Bool, isHeld: Bool
  ) -> Bool {
    let result = reader.readFile(process, &ioFile, "io", keeps: true)
    if isHeld, result == -ESRCH { isGone = true }
    guard result == 0, let io = ProcessIO(reader.buffer.scanner, &reader.ioLines) else {
      tellsBytes = false
      return true
    }
    let isSame = tellsBytes && io.written == counters.written && io.read == counters.read
    if isSame { return false }
    take(io, isFirst: isFirst)
    return true
  }

  @inline(never)
  private mutating func take(_ io: ProcessIO, isFirst: Bool) {
    tellsBytes = true
    // The file does not tell what of it is ended children's: all may be.
    if !isFirst {
      growth.written = io.written - min(counters.written, io.written)
      growth.read = io.read - min(counters.read, io.read)
    }
    counters.written = io.written
    counters.read = io.read
  }
}
