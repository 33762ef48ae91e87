/// Bytes of the job's processes, added up, where no control group counts them: those that
/// storage has taken or given, of all devices together.
final class ProcessBytes {
  private let processes: ProcessTree
  private let log: Log
  private let name = LineBuffer(capacity: 8)
  private var table = DeviceTable.blockIO
  /// Whether there was ever anything to tell.
  private(set) var isAnnounced = false
  /// Whether a byte was ever told: then they go on serving, as what counts devices has
  /// counted it too, or will when it is written back; unless they give way.
  private(set) var serve = false
  private var saidSilent = false
  /// What was told last.
  private var told: (written: UInt64, read: UInt64) = (0, 0)

  init(_ processes: ProcessTree, _ log: Log) {
    self.processes = processes
    self.log = log
    name.append("tree")
  }

  func listPlaces(in list: inout PrefetchList) {
    list.add(self)
    table.listPlaces(in: &list)
    processes.listPlaces(in: &list)
  }

  /// Whether they count only as long as the group is there that they are in.
  var needGroup: Bool { processes.use == .forBytes }

  /// Whether any of them tells its bytes.
  func tell(_ poll: Poll) -> Bool {
    processes.look(poll, .bytes) ? processes.totals.tellsBytes : isAnnounced
  }

  /// Whether all of them do, and have been asked at this poll.
  func tellAll(_ poll: Poll) -> Bool {
    processes.look(poll, .bytes) && processes.totals.tellsBytes && processes.totals.silent == 0
  }

  /// Whether they have a byte to tell of.
  func look(_ poll: Poll) -> Bool {
    guard processes.look(poll, .bytes) else { return false }
    return processes.totals.counters.written | processes.totals.counters.read != 0
  }

  /// Whether there are bytes that are not told yet, and what has been told so far was no more
  /// than to load a program, and to give a new file its place in a directory.
  func mayGiveWay(_ poll: Poll) -> Bool {
    guard told.written < 64 << 10, told.read < 64 << 20,
      processes.look(poll, .bytes)
    else { return false }
    let counters = processes.totals.counters
    return counters.written != told.written || counters.read != told.read
  }

  /// Appends their line; none at a poll that leaves them out, so that the next one's interval
  /// is the time over which the bytes came.
  func write(_ poll: Poll) {
    guard processes.look(poll, .bytes), processes.totals.tellsBytes else { return }
    announce()
    write(poll, processes.totals.counters.written, processes.totals.counters.read)
  }

  /// Appends a last line, if there is more to tell of than a file of devices counts that begins
  /// to serve: what came between the last line and its first byte.
  /// - Parameter counted: what the file counts as written and as read, of all devices.
  func writeRest(_ poll: Poll, besides counted: (first: UInt64, second: UInt64)) {
    guard processes.look(poll, .bytes), processes.totals.tellsBytes else { return }
    let counters = processes.totals.counters
    let written = max(told.written, counters.written - min(counted.first, counters.written))
    let read = max(told.read, counters.read - min(counted.second, counters.read))
    guard written > told.written || read > told.read else { return }
    announce()
    write(poll, written, read)
  }

  private func write(_ poll: Poll, _ written: UInt64, _ read: UInt64) {
    if table.isEmpty || written != told.written || read != told.read { take(written, read) }
    table.write(poll, startsAtZero: processes.startAtZero)
  }

  @inline(never)
  private func take(_ written: UInt64, _ read: UInt64) {
    serve = serve || written | read != 0
    told = (written, read)
    table.begin()
    table.take(name.bytes, first: written, second: read)
  }

  @inline(__always)
  private func announce() {
    if !isAnnounced { announceSource() }
    if processes.totals.silent > 0, !saidSilent { tellSilence() }
  }

  @inline(never)
  private func announceSource() {
    isAnnounced = true
    log.notice(processes.source("io"))
  }

  @inline(never)
  private func tellSilence() {
    saidSilent = true
    log.notice("blkio:tree lacks processes whose /proc/PID/io can't be read")
  }

  func summarize() { table.summarize(log) }
}
