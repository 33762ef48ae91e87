import Glibc

/// Where log lines, and maybe the program's own stderr, go: one descriptor, on which a log
/// line never lands inside a line of the program's.
///
/// Nothing here blocks where the descriptor can be written to without blocking. Log lines
/// that can't be written now wait in a bounded buffer; beyond it the newest are dropped
/// and counted. The program's bytes never wait here: what is not taken stays with the
/// caller.
public final class LineSink {
  /// How many bytes of log lines may wait.
  public static let waitingLimit = 1 << 20

  private let target: SinkTarget
  private let waiting = LineBuffer(capacity: 0)
  /// Whether the program's last byte here was not the end of a line.
  private var isMidLine = false
  /// Whether that was all of a prompt.
  private var isPrompt = false
  /// Whether the last log line has been written in part.
  private var isMidLog = false
  /// What has been dropped since the last time this was told.
  private var dropped = Dropped()
  /// Whether the program's last line here has lost its rest.
  private var isCut = false
  /// The error that ended this sink, its reader gone: nothing is written after it.
  public private(set) var failure: CInt = 0
  /// The error of the last write, one that may pass (a full disk), or 0. Nothing can be
  /// waited for: each later write tries again.
  public private(set) var trouble: CInt = 0

  /// What a sink could not write.
  public struct Dropped: Equatable {
    /// Log lines.
    public var lines: UInt64 = 0
    /// Bytes of the program's.
    public var bytes: UInt64 = 0
    /// The error that was the cause, or 0: there was no room for so long.
    public var error: CInt = 0
    public var isEmpty: Bool { lines == 0 && bytes == 0 }
  }

  public init(_ target: consuming SinkTarget) { self.target = target }

  /// The descriptor to wait for while `isBlocked`.
  public var descriptor: CInt { target.number }
  /// Whether log lines wait for the descriptor to take bytes again.
  public var isBlocked: Bool {
    !waiting.isEmpty && !isMidLine && failure == 0 && trouble == 0
  }
  public var isTerminal: Bool { target.isTerminal }

  func listPlaces(in list: inout PrefetchList) {
    list.add(self)
    list.add(waiting)
  }

  /// Writes whole log lines: one system call where the descriptor takes them.
  @inline(never)
  public func write(_ lines: LineBuffer) {
    let isFree = failure == 0 && trouble == 0 && !isMidLine && waiting.isEmpty
    guard _fastPath(isFree && !lines.isEmpty) else { return writeLater(lines) }
    write(lines.bytes)
  }

  private func write(_ lines: ByteSlice) {
    let taken = attempt(lines)
    if _fastPath(taken == lines.count) { return }
    keep(lines, after: taken)
  }

  @inline(never)
  private func keep(_ lines: ByteSlice, after taken: Int) {
    guard failure == 0 else { return }
    isMidLog = taken > 0
    wait(lines[taken..<lines.count])
  }

  /// Writes lines where others may come first.
  @inline(never)
  private func writeLater(_ lines: LineBuffer) {
    guard failure == 0, !lines.isEmpty else { return }
    if trouble != 0 { retry() }
    if isMidLine && isPrompt { endLine() }
    guard waiting.isEmpty, !isMidLine else { return wait(lines.bytes) }
    write(lines.bytes)
  }

  /// Writes bytes of the program's: whole lines, or a piece of a long one. Returns how
  /// many have been taken; after a failure all are, since nobody will read them, and so
  /// they are while the disk is full: the program does not wait for that.
  /// - Parameter isPrompt: whether the bytes are an unfinished line that may stay so: a log
  ///   line does not wait for its end, it begins on a fresh line.
  public func pass(_ bytes: ByteSlice, isPrompt: Bool = false) -> Int {
    guard failure == 0 else { return bytes.count }
    if trouble != 0 { retry() }
    if !isMidLine { flush() }
    guard trouble == 0 else { return lose(bytes.count, of: bytes.count) }
    guard isMidLine || waiting.isEmpty else { return 0 }
    let taken = attempt(bytes)
    guard failure == 0 else { return bytes.count }
    if taken > 0 { isMidLine = bytes[taken - 1] != newline }
    guard trouble == 0 else { return lose(bytes.count - taken, of: bytes.count) }
    self.isPrompt = isPrompt && taken == bytes.count
    return taken
  }

  private func lose(_ count: Int, of all: Int) -> Int {
    dropped.bytes += UInt64(count)
    dropped.error = trouble
    isCut = isMidLine
    return all
  }

  /// Tries again after an error that may have passed.
  private func retry() {
    trouble = 0
    if isCut { endLine() }
    flush()
  }

  /// Whether the program is in the middle of a line, so that log lines have to wait.
  public var isInsideProgramLine: Bool { isMidLine }

  /// Writes log lines that wait, as far as the descriptor takes them now.
  public func flush() {
    guard failure == 0, !isMidLine, !waiting.isEmpty else { return }
    waiting.drop(attempt(waiting.bytes))
    isMidLog = !waiting.isEmpty
    if failure != 0 { waiting.clear() }
  }

  /// Waits, for ever if need be, until the descriptor takes bytes again. Returns true.
  public func waitUntilWritable() -> Bool {
    target.waitUntilWritable()
    return true
  }

  /// Writes all log lines that wait, at the end.
  /// - Parameter wait: waits until the descriptor takes bytes again, or returns false to
  ///   give up.
  public func finish(_ wait: (LineSink) -> Bool = { $0.waitUntilWritable() }) {
    endLine()
    while isMidLine, failure == 0, trouble == 0 {
      guard wait(self) else { return }
      endLine()
    }
    while isBlocked {
      guard wait(self) else { return }
      flush()
    }
  }

  /// Whether anything has been dropped that `takeDropped` has not told.
  public var hasDropped: Bool { !dropped.isEmpty }

  /// What has been dropped since the last call, once there is room again; else nil.
  public func takeDropped() -> Dropped? {
    guard !dropped.isEmpty, waiting.isEmpty, !isMidLine, trouble == 0 else { return nil }
    defer { dropped = Dropped() }
    return dropped
  }

  /// Ends the program's unfinished line, so that log lines can follow: for a terminal, and
  /// for the end of a line that was too long to hold back.
  public func endLine() {
    guard isMidLine, failure == 0 else { return }
    let ending = LineBuffer(capacity: 1)
    ending.append(newline)
    if attempt(ending.bytes) == 1 { (isMidLine, isCut) = (false, false) }
  }

  private func wait(_ lines: ByteSlice) {
    if waiting.count + lines.count <= Self.waitingLimit {
      return waiting.append(lines)
    }
    // The rest of a line that has begun has to come, whatever the bound.
    var kept = 0
    if isMidLog, waiting.isEmpty { kept = (lines.firstIndex(of: newline) ?? 0) + 1 }
    waiting.append(lines[0..<kept])
    var scanner = ByteScanner(lines[kept..<lines.count])
    while scanner.line() != nil { dropped.lines += 1 }
    if trouble != 0 { dropped.error = trouble }
  }

  private func attempt(_ bytes: ByteSlice) -> Int {
    let count = target.write(bytes)
    if count == bytes.count {
      trouble = 0
      return count
    }
    return goOn(bytes, after: count)
  }

  /// Writes on after a write that has not taken everything.
  @inline(never)
  private func goOn(_ bytes: ByteSlice, after first: Int) -> Int {
    var taken = 0
    var count = first
    while true {
      if count == -Int(EAGAIN) { break }
      if count < 0 {
        let error = CInt(-count)
        if hasNoReader(error) { failure = error } else { trouble = error }
        break
      }
      taken += count
      trouble = 0
      if taken == bytes.count { break }
      count = target.write(bytes[taken..<bytes.count])
    }
    return taken
  }
}

/// Whether a write's error means that nobody will ever read it.
private func hasNoReader(_ error: CInt) -> Bool {
  [EPIPE, ECONNRESET, ENOTCONN, EBADF].contains(error)
}

private let newline = UInt8(ascii: "\n")
