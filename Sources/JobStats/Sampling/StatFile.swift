import CStatShim
import Glibc

/// A system file that is read at every poll: held open where that is safe, looked for where
/// it is not there.
///
/// Of its candidates the first that can be read serves. A file of a kernel file system is
/// read through the descriptor that is held, which fails once its group has gone (ENODEV);
/// any other file (a recorded tree's) may have been replaced, which is looked at each time.
/// Looks for a missing file, or for one that comes earlier in the list (elsewhere, if it is a
/// kernel file), pause for up to a second. Cost of a read: one system call, no allocation.
public final class StatFile {
  // What every read looks at comes first, and so together, since it is cold then.
  private let buffer: ReadBuffer
  private var current = 0
  /// The first candidate that covers more than the job, and all that follow do; else `max`.
  private let firstAbove: Int
  /// How often a candidate has been another file of the kernel's than when it was open last.
  private var renewals = 0
  /// Lines that were not of the file's format.
  public var malformed: UInt64 = 0
  private var descriptor: CInt = -1
  private let mode: ReadMode
  /// Whether it is open at each read alone, since there are few descriptors.
  private var isReopened = false
  /// Whether it is not read for a while, though it is held open.
  private var isResting = false
  private var isKernelFile = false
  /// How many of the first candidates are looked for as long as this one serves.
  private(set) var better: Int32 = 0
  private let isOwn: Bool
  private let isAlwaysHeld: Bool
  private let isAnnounced: Bool

  private let root: RootDirectory
  private let log: Log
  private let candidates: [Candidate]
  private let places: [Place]
  /// Which file it is, and where, if that is no kernel file.
  private var opened: FileIdentity?
  private let place = HeldPath()
  private var pause = LookPause()
  private var openedAt: UInt64 = 0
  /// Which candidate of those that cover no more than the job was open last.
  private var ownPlace: Int?
  /// The directory that it is in.
  private var group: PreparedPath?
  private var announced: Int?
  private var hasLooked = false
  /// Why it can't be read where it is, if it ever was so.
  private(set) var failure: SystemError?

  /// - Parameters:
  ///   - isAnnounced: whether a change of the source is logged.
  ///   - isAlwaysHeld: whether it could not be opened again later.
  public init(
    _ context: SamplingContext, _ candidates: [Candidate], _ mode: ReadMode = .record,
    isAnnounced: Bool = true, isAlwaysHeld: Bool = false
  ) {
    self.isAlwaysHeld = isAlwaysHeld
    root = context.root
    buffer = context.buffer
    log = context.log
    self.candidates = candidates
    places = candidates.map { Place($0) }
    firstAbove = candidates.firstIndex { $0.coversMore } ?? .max
    self.mode = mode
    self.isAnnounced = isAnnounced
    isOwn = context.locator.isOwn
  }

  deinit { shut() }

  /// A candidate, once it is looked for: most never are.
  private final class Place {
    private let candidate: Candidate
    /// Prepared at the first look.
    private(set) lazy var prepared = PreparedPath(candidate.path)
    /// Which file of the kernel's it was when it was open last.
    var identity: FileIdentity?

    init(_ candidate: Candidate) { self.candidate = candidate }
  }

  /// Where it is, or would be looked for first.
  public var path: BytePath? { candidates.isEmpty ? nil : candidates[current].path }
  /// Whether it is open now, and does not rest.
  public var isOpen: Bool { !isResting && (descriptor >= 0 || isReopened) }
  /// Whether it was ever there.
  var wasFound: Bool { openedAt > 0 }
  /// What was read last: a number for each candidate, another one when the group it is in
  /// has been made anew.
  public var source: Int { current | renewals << 16 }
  /// Whether a source is an earlier group's of the same name.
  func isRenewed(since source: Int) -> Bool {
    source != self.source && source & 0xFFFF == current
  }

  /// Whether it is read in a group above, though it was once in the watched one.
  var isSubstitute: Bool { coversMore && ownPlace != nil }

  /// Whether what it counts is of more than the job.
  var coversMore: Bool { current >= firstAbove }

  /// Whether what it counts began at 0 with the job.
  var startsAtZero: Bool { isOwn && !coversMore }

  /// Reads the file into the context's buffer. Returns a scanner over it, valid until the
  /// next read of any file, or nil where there is none.
  @inline(never)
  public func read(_ poll: Poll) -> ByteScanner? {
    if _fastPath(descriptor >= 0 && isKernelFile && !isResting && better == 0),
      _fastPath(buffer.readAll(descriptor, mode) == 0)
    {
      return buffer.scanner
    }
    return readOther(poll)
  }

  /// Reads one that may have to be looked for.
  @inline(never)
  private func readOther(_ poll: Poll) -> ByteScanner? {
    if isResting, pause.isOver(poll) { isResting = false }
    if isOpen {
      if better > 0, pause.isOver(poll) {
        pause.wait(poll.time)
        lookForBetter(poll)
      }
      if isReopened {
        if reopen() { return buffer.scanner }
      } else if isStillThere, buffer.readAll(descriptor, mode) == 0 {
        return buffer.scanner
      }
      lose(poll)
    }
    guard pause.isOver(poll) else { return nil }
    for index in 0..<(groupHasGone ? firstAbove : candidates.count) where open(index) == 0 {
      take(index, poll)
      return buffer.scanner
    }
    hasLooked = true
    pause.extend(poll.time)
    tellLoss(poll)
    return nil
  }

  /// Reads a file that is one number; nil where there is none, or it is not of that form.
  func number(_ poll: Poll) -> UInt64? {
    guard var scanner = read(poll) else { return nil }
    let value = scanner.singleNumber()
    if value == nil { malformed += 1 }
    return value
  }

  /// Reads the file no more for a while: for one that is there but says nothing.
  public func rest(_ poll: Poll) {
    isResting = true
    pause.extend(poll.time)
  }

  /// Has the next read look for it, however long it was to rest.
  func wake() { pause.reset() }

  /// Before when a read finds nothing, unless it is the last poll's; 0 while it is read.
  var nextLook: UInt64 { isOpen ? 0 : pause.next }

  /// Adds what a read looks at.
  func listPlaces(in list: inout PrefetchList) {
    // Up to `isAnnounced`; the rest is for when it has to be looked for.
    if isOpen { list.add(self, first: 72) }
  }

  /// Closes the descriptor.
  public func shut() {
    if descriptor >= 0 { close(descriptor) }
    descriptor = -1
    isResting = false
    isReopened = false
  }

  /// Reads it where there is no descriptor to hold it by.
  private func reopen() -> Bool {
    guard open(current) == 0 else { return false }
    noteIdentity()
    letGoWhereTight()
    return true
  }

  private func letGoWhereTight() {
    guard !isAlwaysHeld, descriptor >= root.mostHeld else { return }
    shut()
    isReopened = true
  }

  private var isStillThere: Bool {
    isKernelFile || root.identity(place) == opened
  }

  /// Opens a candidate and reads it. Returns 0 or -errno, which is told at the first look.
  private func open(_ index: Int) -> CInt {
    let number = root.read(places[index].prepared, buffer, mode)
    guard number >= 0 else {
      if number != -ENOENT {
        failure = SystemError("read", candidates[index].path, code: -number)
      }
      if !hasLooked {
        log.debug("no \(text: candidates[index].path): \(errorText(-number))")
      }
      return number
    }
    shut()
    descriptor = number
    return 0
  }

  private func lookForBetter(_ poll: Poll) {
    for index in 0..<Int(better) where open(index) == 0 { return take(index, poll) }
  }

  private func take(_ index: Int, _ poll: Poll) {
    hasLooked = true
    current = index
    isKernelFile = cstat_is_kernel_file(descriptor) > 0
    if !isKernelFile { place.set(places[index].prepared) }
    noteIdentity()
    openedAt = poll.time
    if index < firstAbove, ownPlace != index {
      ownPlace = index
      if firstAbove < .max { group = PreparedPath(candidates[index].path.directory) }
    }
    better = Int32(index)
    // The names that a file may have in a group are one controller's: they come and go together.
    while isKernelFile, better > 0, isSibling(Int(better) - 1) { better -= 1 }
    if better > 0 { pause.wait(poll.time) }
    if isAnnounced { announce() }
    letGoWhereTight()
  }

  /// Whether a candidate would be in the same directory as the present one.
  private func isSibling(_ index: Int) -> Bool {
    candidates[index].path.directory == candidates[current].path.directory
  }

  /// Sees whether another group has come to stand at the place.
  private func noteIdentity() {
    let identity = FileIdentity(descriptor)
    guard isKernelFile else {
      opened = identity
      return
    }
    let place = places[current]
    if let earlier = place.identity, earlier != identity { renewals += 1 }
    place.identity = identity
  }

  /// Keeps a copy (-dump) of what has just been read, in place of what the first read gave: for one
  /// that has only now something to say.
  func keepAgain() { root.keepAgain(places[current].prepared, buffer) }

  /// Logs where it is read from, unless that has been said. Returns whether it had not.
  @discardableResult
  func announce() -> Bool {
    guard announced != current else { return false }
    announced = current
    let candidate = candidates[current]
    let remark: StaticString =
      candidate.coversMore ? " (an ancestor: covers more than the job)" : ""
    log.notice("reading stats from \(text: candidate.path)\(remark)")
    return true
  }

  /// Whether the group was there and is no more: those above it tell nothing of it then.
  private var groupHasGone: Bool {
    guard firstAbove < .max, let group else { return false }
    return root.identity(group) == nil
  }

  private func lose(_ poll: Poll) {
    shut()
    // A group may have been made anew, which is to be seen in all its files at once; and a
    // recorded tree's file may have been replaced by another one.
    if isKernelFile || hasLasted(poll) || root.identity(places[current].prepared) != nil {
      pause.reset()
    }
  }

  /// One that comes and goes is neither looked for nor told of at every poll.
  private func tellLoss(_ poll: Poll) {
    guard announced != nil, hasLasted(poll) || poll.isLast else { return }
    announced = nil
    log.notice("lost \(text: candidates[current].path)")
  }

  private func hasLasted(_ poll: Poll) -> Bool { poll.time &- openedAt > 1_000_000_000 }
}
