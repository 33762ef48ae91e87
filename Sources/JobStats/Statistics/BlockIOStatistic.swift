/// `blkio:MAJ:MIN N write N read`, and since the last sample: bytes per device.
///
/// v1: the first of four files that names a device. Which one counts depends on the
/// scheduler, on throttling rules and on the kernel
/// (Documentation/admin-guide/cgroup-v1/blkio-controller.rst). v2: io.stat (Linux 4.5).
/// Where none counts, the bytes are those of the job's processes, as `blkio:tree`. Which of
/// the two it is is settled when they have told of more than the start of a program, and stays:
/// what one has told would be in the other's counters again once it is written back. Until then a
/// file that begins to count, since a rule has been set, takes over.
public final class BlockIOStatistic: Statistic {
  public static let name: StaticString = "blkio"
  public static let summary: StaticString = "block I/O per device: bytes written, read"

  private static let names = [
    GroupFile(v1: "blkio.throttle.io_service_bytes_recursive"),
    GroupFile(v1: "blkio.bfq.io_service_bytes_recursive"),
    GroupFile(v1: "blkio.throttle.io_service_bytes"), GroupFile(v1: "blkio.io_service_bytes"),
    GroupFile(v2: "io.stat"),
  ]
  /// 8 s.
  private static let rest: UInt64 = 8_000_000_000
  /// Which of them is v2's.
  private static let unified = 4

  private let files: [StatFile]
  private let processes: ProcessBytes?
  private let text = LastText()
  private var source = 0
  private var current: Int?
  /// Of which file the table is.
  private var scanned: Int?
  /// Until when all files rest or are missing and none is looked for, where none has served so far.
  private var allRestUntil: UInt64 = 0
  private var devices = DeviceTable.blockIO
  private let context: SamplingContext
  private var absence = AbsenceNotice()

  public init(_ context: SamplingContext) {
    self.context = context
    files = Self.names.map {
      StatFile(context, context.locator.candidates(.blkio, $0), isAnnounced: false)
    }
    processes = context.processes.map { ProcessBytes($0, context.log) }
  }

  public func sample(_ poll: Poll) {
    // The one that named a device at the last poll, before any other.
    if let current, scan(current, poll) { return write(current, poll) }
    if let processes, processes.serve, current == nil {
      if !processes.needGroup || isThere(poll) {
        if processes.mayGiveWay(poll), giveWay(processes, poll) { return }
        processes.write(poll)
      }
      return
    }
    if poll.time >= allRestUntil || poll.isLast {
      sampleUnsettled(poll)
    } else {
      sampleOthers(poll, isPresent: false)
    }
  }

  /// Whether any of the files is there.
  @inline(never)
  private func isThere(_ poll: Poll) -> Bool {
    files.contains { $0.read(poll) != nil }
  }

  /// Where no device has been named so far, or the file that named one has gone.
  @inline(never)
  private func sampleUnsettled(_ poll: Poll) {
    var isPresent = false
    var sawNone = false
    for index in files.indices where index != current {
      guard scan(index, poll), counts(index, poll) else {
        // One that is there stays open, so that its first device is seen at once; others
        // that name none are looked at again after a pause, and so is that one where the
        // processes are asked as long as it names none, be it there or not.
        let isThere = files[index].isOpen
        sawNone = sawNone || isThere && current == nil
        let asksAnyhow = processes?.needGroup == false && index != Self.unified
        if isThere && (isPresent || asksAnyhow) { files[index].rest(poll) }
        isPresent = isPresent || isThere
        continue
      }
      return take(index, poll)
    }
    // Only now: what one of them names was there before, whatever others say.
    if sawNone { devices.sawNone() }
    allRestUntil = current == nil ? restEnd(poll) : 0
    sampleOthers(poll, isPresent: isPresent)
  }

  /// Until when no file is looked at, as none serves. Where all processes tell their bytes v1's
  /// are as soon as there is one; so in the meantime now and then is enough, for what is none of
  /// the processes'.
  private func restEnd(_ poll: Poll) -> UInt64 {
    let isV1 = files[Self.unified].path == nil
    if let processes, isV1, !processes.needGroup, processes.tellAll(poll) {
      return poll.time + Self.rest
    }
    return files.reduce(.max) { min($0, $1.nextLook) }
  }

  /// Samples the processes where no file names a device.
  /// - Parameter isPresent: whether there is any file.
  private func sampleOthers(_ poll: Poll, isPresent: Bool) {
    if let processes, !isUnified, isPresent || !processes.needGroup {
      guard current == nil else { return }
      if processes.look(poll), let index = indexAfterRest(poll) {
        processes.writeRest(poll, besides: devices.counts)
        return take(index, poll)
      }
      processes.write(poll)
    } else if !isPresent && current == nil {
      absence.tell(context, Self.name, "no blkio file in the job's control group")
      // A container's group that comes later is made later.
      if context.locator.isForeign { devices.sawNone() }
    }
  }

  /// Whether the file that has been scanned counts: without a rule v1 names devices, on some
  /// kernels, and goes on telling 0 of them. Then the processes know better, if they tell.
  private func counts(_ index: Int, _ poll: Poll) -> Bool {
    guard let processes, index != Self.unified, !devices.hasCounts else { return true }
    return !processes.tell(poll)
  }

  /// Has a file serve that names a device.
  private func take(_ index: Int, _ poll: Poll) {
    if current != nil { devices.forget() }
    current = index
    source = files[index].source
    // With -dump the copy is of what these first lines come from. Others have been read since.
    if files[index].announce(), context.root.recorder != nil, scan(index, poll) {
      files[index].keepAgain()
    }
    write(index, poll)
  }

  /// Has a file serve in place of processes, if one counts by now that tells of no others. It has
  /// counted nothing of what they have told, since it was looked at whenever they told more.
  private func giveWay(_ processes: ProcessBytes, _ poll: Poll) -> Bool {
    guard let index = indexAfterRest(poll, amongFound: true), !files[index].coversMore else {
      return false
    }
    processes.writeRest(poll, besides: devices.counts)
    devices.sawNone()
    take(index, poll)
    return true
  }

  /// The first v1 file that counts something by now, whether it rests or not: where the kernel
  /// counts, it has counted the bytes that the processes tell of.
  /// - Parameter amongFound: whether others than were once there are left out.
  private func indexAfterRest(_ poll: Poll, amongFound: Bool = false) -> Int? {
    allRestUntil = 0
    for index in 0..<Self.unified where !amongFound || files[index].wasFound {
      files[index].wake()
      if scan(index, poll), devices.hasCounts { return index }
    }
    return nil
  }

  private func write(_ index: Int, _ poll: Poll) {
    // The same file elsewhere counts something else.
    if files[index].source != source {
      devices.forget(beginAtZero: files[index].isRenewed(since: source))
    }
    source = files[index].source
    devices.write(poll, startsAtZero: files[index].startsAtZero)
  }

  /// Reads a file into the table. Returns whether it names a device.
  private func scan(_ index: Int, _ poll: Poll) -> Bool {
    guard let scanner = files[index].read(poll) else {
      scanned = nil
      devices.begin()
      return false
    }
    if text.isSame(scanner.rest), scanned == index { return !devices.isEmpty }
    // What is known of another file's lines says nothing of this one's.
    if scanned != index { devices.begin() }
    scanned = index
    let before = files[index].malformed
    if index == Self.unified {
      UnifiedBlockIO.scan(scanner, &devices, malformed: &files[index].malformed)
    } else {
      Self.scan(scanner, &devices, malformed: &files[index].malformed)
    }
    // Malformed lines are counted at every poll.
    if files[index].malformed != before { text.forget() }
    return !devices.isEmpty
  }

  /// v1's lines are "MAJ:MIN OPERATION N", and "Total N" at the end.
  package static func scan(
    _ scanner: ByteScanner, _ devices: inout DeviceTable, malformed: inout UInt64
  ) {
    devices.scan(scanner, malformed: &malformed, { _, _ in false }) { line, devices in
      takeLine(line, &devices) ? 0 : 1
    }
  }

  /// Takes a line of any device. Returns whether it is well formed.
  ///
  /// The bytes of other operations than the two that are wanted (Sync, Async, Discard, Total) are
  /// in those, and so is the Total of all at the end.
  private static func takeLine(_ whole: ByteScanner, _ devices: inout DeviceTable) -> Bool {
    var line = whole
    guard line.endsInDigit, let name = line.prefix(to: 0x20), !name.isEmpty else {
      return false
    }
    let isRead = line.skip("Read ")
    guard isRead || line.skip("Write ") else {
      devices.know(whole.withoutNumber, .unwanted)
      return true
    }
    guard let value = line.number(), line.isAtEnd else { return false }
    let row = devices.take(
      name, first: isRead ? nil : value, second: isRead ? value : nil)
    devices.know(whole.withoutNumber, isRead ? .second : .first, row: row)
    return true
  }

  private var isUnified: Bool { files[Self.unified].isOpen }

  public func listPlaces(in list: inout PrefetchList) {
    list.add(self)
    text.listPlaces(in: &list)
    for file in files { file.listPlaces(in: &list) }
    devices.listPlaces(in: &list)
    if current == nil { processes?.listPlaces(in: &list) }
  }

  public func summarize(_ log: Log) {
    processes?.summarize()
    if current == nil, processes?.isAnnounced != true {
      let remark = isUnified ? "" : "; v1 counts only where a throttling rule is set"
      absence.tell(context, Self.name, "no device was counted" + remark)
    }
    devices.summarize(log)
    for file in files { log.malformed(file) }
  }
}
