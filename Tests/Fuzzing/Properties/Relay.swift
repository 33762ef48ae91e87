import Glibc
import JobStats
import JobWrapper
import TestSupport

/// The relay and the sink together: the first byte tells what the sink is, the others, one after
/// the other, what happens.
func checkRelay(_ input: [UInt8]) throws {
  guard let first = input.first else { return }
  let kinds: [TestPipe.Kind] = [.pipe, .socket, .unreopenable]
  let choices = ByteChoices(input.dropFirst())
  var model = try RelayModel(kinds[Int(first % 3)], choices, hasLongLines: first & 4 != 0)
  while !model.choices.isAtEnd { model.step() }
  try model.finish()
  if let fault = model.fault() { throw Fault(fault) }
}

/// The relay and the sink together against what is asked of them, in any order of the
/// program's writes, log lines and a slow reader's reads.
package struct RelayModel<Choices: ChoiceSource> {
  private(set) var choices: Choices
  private let program: TestPipe
  private let reader: TestPipe
  private let sink: LineSink
  private let relay: StderrRelay
  /// Whether the program writes lines of more than 64 KiB.
  private let hasLongLines: Bool

  /// What the program's pipe took, the log lines without their ends, and what the reader got.
  private var written: [UInt8] = []
  private var logged: [[UInt8]] = []
  private var got: [UInt8] = []

  package init(_ kind: TestPipe.Kind, _ choices: Choices, hasLongLines: Bool) throws {
    self.choices = choices
    self.hasLongLines = hasLongLines
    program = try TestPipe(size: hasLongLines ? 1 << 17 : 1 << 14)
    reader = try TestPipe(kind)
    sink = try reader.sink()
    relay = try StderrRelay(program.readingEnd(), sink)
  }

  package mutating func step() {
    switch choices.number(0...9) {
    case 0...3: write()
    case 4...5: log()
    case 6: got += reader.take(choices.number(1...6000))
    case 7: relay.read(0)
    default: turn()
    }
  }

  private mutating func write() {
    let most = hasLongLines ? 60_000 : choices.number(0...9) == 0 ? 5000 : 300
    let count = choices.number(1...most)
    let start = choices.number(0...programText.count - count)
    let bytes = programText[start..<start + count]
    written += bytes.prefix(max(0, program.put(bytes)))
  }

  private mutating func log() {
    let buffer = LineBuffer()
    for _ in 1...choices.number(1...3) {
      let rest = String(repeating: ".", count: choices.number(0...1) * choices.number(0...2000))
      let line = Array("L\(logged.count)\(rest)".utf8)
      logged.append(line)
      buffer.append(line)
      buffer.append("\n")
    }
    sink.write(buffer)
  }

  /// What the event loop does when it wakes up.
  private func turn() {
    if relay.readable >= 0 { relay.read(0) }
    sink.flush()
    relay.deliver()
  }

  /// The program ends; the reader gets all that is left.
  package mutating func finish() throws {
    program.closeInput()
    // A page at a time, or more, of what is in the pipe, the queue and the sink.
    for _ in 0..<10_000 where !relay.hasEnded || relay.isBlocked || sink.isBlocked {
      turn()
      got += reader.take()
    }
    got += reader.take()
    // Nothing of this has to wait for the reader, which is this thread too.
    try reader.widen()
    relay.deliverWhole()
    got += reader.take()
    sink.finish()
    got += reader.take()
    relay.finish()
    got += reader.take()
  }

  /// What is wrong with what the reader got, if anything is.
  package func fault() -> String? {
    let passed = LineBuffer()
    var seen = 0
    let fault = ByteScanner.scan(got) { scanner -> String? in
      while !scanner.isAtEnd {
        // The last one may have no end.
        let line = scanner.line()
        let bytes = line?.rest ?? scanner.rest
        if bytes.firstIndex(of: UInt8(ascii: "L")) == 0 {
          guard line != nil, seen < logged.count, bytes.equals(logged[seen]) else {
            return "log line \(seen) is not what it was"
          }
          seen += 1
        } else if bytes.firstIndex(of: UInt8(ascii: "L")) != nil {
          return "log line \(seen) is inside a line of the program's"
        } else {
          passed.append(bytes)
          if line != nil { passed.append("\n") }
        }
        if line == nil { break }
      }
      return nil
    }
    if let fault { return fault }
    if seen < logged.count { return "only \(seen) of \(logged.count) log lines" }
    if passed.bytes.equals(written) {
      return sink.failure == 0 ? nil : "failed: \(sink.failure)"
    }
    // A last line too long to hold back is ended, so that log lines can follow.
    let last = written.count - (written.lastIndex(of: 0x0A) ?? -1) - 1
    if last > StderrRelay.longestLine, passed.bytes.equals(written + [0x0A]) { return nil }
    return "\(passed.count) bytes of the program's \(written.count), or others"
  }
}

/// No log line's first byte is in it; lines are short in its beginning.
private let programText: [UInt8] = {
  var random = SeededGenerator(99)
  return (0..<(1 << 18)).map { index in
    let most = index < 1 << 13 ? 9 : index < 1 << 15 ? 99 : index < 1 << 17 ? 999 : 99_999
    switch random.number(0...most) {
    case 0: return UInt8(ascii: "\n")
    case 1: return UInt8(truncatingIfNeeded: random.number(0...1)) &* 0xFF
    default: return UInt8(ascii: "a") + UInt8(truncatingIfNeeded: index % 26)
    }
  }
}()
