import CStatShim
import Glibc
import JobStats

/// Passes the program's stderr on, whole and unchanged, in whole lines so that log lines
/// can go in between.
///
/// A line is held back until its end comes; one of more than 64 KiB goes out in pieces, and
/// on a terminal an unfinished one (a prompt) after 50 ms. What the sink does not take stays
/// here, and when there is no room left the program waits, as it would without us.
package final class StderrRelay {
  package static let longestLine = 64 << 10
  private static let promptPause: UInt64 = 50_000_000

  private let sink: LineSink
  private let queue = ByteQueue(capacity: 2 * longestLine)
  private var input: Descriptor?
  private var promptTime: UInt64?
  /// How many of the queue's first bytes are known to hold no newline, so that a long line
  /// that comes in small pieces is not searched again with each of them.
  private var searched = 0

  /// - Parameter input: the read end of the program's stderr, which is ours alone.
  package init(_ input: consuming Descriptor, _ sink: LineSink) throws(SystemError) {
    try checked(cstat_set_nonblocking(input.number), "set up the pipe for stderr")
    self.input = consume input
    self.sink = sink
  }

  /// Whether every writer has closed the pipe, and all that it held has been read.
  package var hasEnded: Bool { input == nil }

  /// The descriptor to read from when it is readable, or -1 where there is no room or
  /// nothing to come.
  package var readable: CInt { queue.isFull ? -1 : input?.number ?? -1 }

  /// Whether bytes wait for the sink to take them.
  package private(set) var isBlocked = false

  /// When an unfinished line is to be passed on, on the monotonic clock; nil: never.
  package var nextPrompt: UInt64? { isBlocked ? nil : promptTime }

  /// Reads once, and passes on what is whole. Returns whether there may be more to read.
  @discardableResult
  package func read(_ time: UInt64) -> Bool {
    guard let number = input?.number, !queue.isFull else { return false }
    let count = queue.fill(from: number)
    if count == -Int(EAGAIN) { return false }
    if count <= 0 { input = nil }
    deliver()
    promptTime = sink.isTerminal && !queue.isEmpty ? time + Self.promptPause : nil
    return count > 0
  }

  /// Passes on what is whole, as far as the sink takes it.
  package func deliver() { deliver(all: false) }

  /// Passes on an unfinished line whose time has come.
  package func deliverPrompt() {
    promptTime = nil
    deliver(all: true)
  }

  /// Passes on all that is whole, at the end.
  /// - Parameter wait: waits until the sink takes bytes again, or returns false to give up.
  package func deliverWhole(_ wait: (LineSink) -> Bool = { $0.waitUntilWritable() }) {
    deliverWaiting(all: false, wait)
  }

  /// Passes on what is left, at the end: a last line without an end comes after all log
  /// lines, so that none is glued to it.
  package func finish(_ wait: (LineSink) -> Bool = { $0.waitUntilWritable() }) {
    deliverWaiting(all: true, wait)
    input = nil
  }

  private func deliverWaiting(all: Bool, _ wait: (LineSink) -> Bool) {
    deliver(all: all)
    while isBlocked, sink.failure == 0, wait(sink) { deliver(all: all) }
  }

  private func deliver(all: Bool) {
    isBlocked = false
    while !queue.isEmpty {
      let bytes = queue.bytes
      let end = lineEnd(bytes, all)
      if end == 0 { break }
      let taken = sink.pass(bytes[0..<end], isPrompt: all)
      queue.drop(taken)
      searched = max(0, searched - taken)
      if taken < end {
        isBlocked = true
        break
      }
    }
    // Nobody reads it any more: the program is to see that as it would without us.
    if sink.failure == EPIPE { input = nil }
    sink.flush()
  }

  /// How many of the bytes can be passed on now.
  private func lineEnd(_ bytes: ByteSlice, _ all: Bool) -> Int {
    let newline = UInt8(ascii: "\n")
    if all { return bytes.count }
    if sink.isInsideProgramLine {
      return bytes.firstIndex(of: newline, from: searched).map { $0 + 1 } ?? bytes.count
    }
    if let last = bytes[searched..<bytes.count].lastIndex(of: newline) {
      return searched + last + 1
    }
    searched = bytes.count
    return bytes.count > Self.longestLine ? bytes.count : 0
  }
}
