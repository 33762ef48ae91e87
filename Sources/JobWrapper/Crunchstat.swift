import Glibc
import JobStats

/// The whole of crunchstat: from the command line to the exit status.
package enum Crunchstat {
  package static let version = "0.1.0"
  /// The status for crunchstat's own failures.
  static let failed: CInt = 125

  package static func main() -> CInt {
    let streams = StandardStreams()
    do {
      let options = try Options.parse(Arguments.words)
      switch options.request {
      case .help: return say(Options.help)
      case .version: return say("crunchstat \(version)\n")
      case .measure: return try measure(options, streams)
      }
    } catch {
      let (text, status) = explain(error)
      complain(text)
      return status
    }
  }

  package static func measure(_ options: Options, _ streams: StandardStreams) throws -> CInt {
    // Before anything is made that has to be removed at the end, whatever comes.
    let signals = try Signals()
    let sink = LineSink(try target(options))
    let log = Log(sink, timestamps: options.timestamps, debug: options.debug)
    do {
      let recorder = try options.dump.map { path throws(OptionError) in
        do throws(SystemError) { return try TreeRecorder(path, log) } catch {
          throw OptionError("flag -dump: \(error.message)")
        }
      }
      let root = try RootDirectory(options.root, recorder: recorder, log: log)
      guard let index = options.program else {
        return try watch(options, signals, root, sink, log)
      }
      return try wrap(index, options, streams, signals, root, sink, log)
    } catch {
      let (text, status) = explain(error)
      log.error("\(text)")
      sink.flush()
      // A log file is not where somebody looks who sees that nothing runs.
      if options.logFile != nil { complain(text) }
      return status
    }
  }

  private static func explain(_ error: any Error) -> (text: String, status: CInt) {
    switch error {
    case Job.Failure.program(let status, let text): (text, status)
    case let error as SystemError: (error.message, failed)
    case let error as OptionError: (error.text, failed)
    default: ("\(error)", failed)
    }
  }

  /// Watches a process or a group, and runs nothing.
  private static func watch(
    _ options: Options, _ signals: Signals, _ root: RootDirectory, _ sink: LineSink,
    _ log: Log
  ) throws -> CInt {
    let process = try options.process.map { id throws(OptionError) in
      try WatchedProcess(id, options.scope, root)
    }
    process?.announce(log)
    if let process { root.keepGroups(of: process.process) }
    let watch = Watch(options, root, log, process: process)
    let loop = EventLoop(options, signals, sink, log, relay: nil, watch: watch)
    EventSet.wakePrecisely()
    loop.begin()
    loop.run()
    loop.finishSink(loop.waitForSink)
    if let failure = loop.failure { throw OptionError(failure) }
    return 0
  }

  /// Runs the program and measures it.
  private static func wrap(
    _ index: Int, _ options: Options, _ streams: StandardStreams, _ signals: Signals,
    _ root: RootDirectory, _ sink: LineSink, _ log: Log
  ) throws -> CInt {
    let scope = options.groupRoot == nil ? try JobScope(options.scope, root, log) : nil
    defer { _ = scope?.remove() }
    log.running(words(from: index))
    // The program's stderr passes through here, unless it is its own.
    let passesOn = options.logFile == nil && !streams.isErrorClosed
    var pipe = passesOn ? try Descriptor.pipe() : nil
    let job: Job
    let parent = try ParentProcess(signal: options.deadParentSignal)
    let early = signals.takePending()
    while true {
      do throws(Job.Failure) {
        let groups = scope?.groups.map(\.directoryNumber) ?? []
        job = try Job(
          ProgramStart(
            index: index, signals: signals, streams: streams,
            standardError: pipe?.input.number, diesWithUs: options.diesWithUs, groups: groups))
        break
      } catch {
        guard case .group(let index, let code) = error else { throw error }
        try scope?.drop(index, error: code)
      }
    }
    EventSet.wakePrecisely()
    scope?.finish()
    if scope != nil { root.keepGroups(of: job.process) }
    scope?.announce(log)
    var relay: StderrRelay?
    if let pipe = pipe.take() { relay = try StderrRelay(pipe.output, sink) }
    let watch = Watch(
      options, root, log, job: job, locator: scope?.locator(process: job.process),
      processes: scope?.processes, membership: scope?.membership(of: job.process))
    let loop = EventLoop(options, signals, sink, log, relay: relay, watch: watch)
    loop.parent = parent
    if options.killsLeftovers { loop.groupsToEmpty = leftoverGroups(scope, log) }
    loop.begin(passing: early)
    // After the first look: the id file may be a descriptor that came from outside. Where the
    // program has ended by then and there is nothing to wait for, the end does that.
    var keepsStreams = true
    func letGo() {
      if keepsStreams { streams.release(passesOn ? 0...1 : 0...2) }
      keepsStreams = false
    }
    func wait(_ sink: LineSink) -> Bool {
      letGo()
      return loop.waitForSink(sink)
    }
    if !loop.isOverAlready() {
      letGo()
      loop.run()
    }
    if let left = scope?.remove(), !left.isEmpty { log.notice("\(left)") }
    relay?.deliverWhole(wait)
    loop.finishSink(wait)
    relay?.finish(wait)
    // Not back the way we came: the kernel closes and frees in one go what would be let go of
    // one by one, while whoever started crunchstat waits.
    exit(job.status ?? failed)
  }

  /// The groups whose processes are to be ended when the program has.
  private static func leftoverGroups(_ scope: JobScope?, _ log: Log) -> [OwnGroup] {
    let groups = scope?.groups ?? []
    if groups.isEmpty {
      log.warning("-kill-leftovers: the job has no control group of its own: nothing is killed")
    }
    return groups
  }

  /// Where log lines go.
  private static func target(_ options: Options) throws -> SinkTarget {
    guard let file = options.logFile else { return try SinkTarget(shared: STDERR_FILENO) }
    // O_NONBLOCK: a FIFO that nobody reads is an error, not a wait.
    let flags = O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK
    return SinkTarget(file: try Descriptor.open(file, flags))
  }

  /// "[program arguments]", cut off where that would be a very long line.
  private static func words(from index: Int) -> [UInt8] {
    let most = 4096
    var text: [UInt8] = []
    for word in Arguments.words[index...] where text.count <= most {
      text += (text.isEmpty ? [] : [0x20]) + word.bytes.prefix(most + 1)
    }
    let dots: [UInt8] = text.count > most ? Array("...".utf8) : []
    return [UInt8(ascii: "[")] + text.prefix(most) + dots + [UInt8(ascii: "]")]
  }

  private static func say(_ text: String) -> CInt {
    let line = LineBuffer(capacity: 4096)
    line.append(Array(text.utf8))
    return line.bytes.write(to: STDOUT_FILENO) ? 0 : failed
  }

  private static func complain(_ text: String) {
    let line = LineBuffer(capacity: 256)
    line.beginLine(at: nil)
    line.append("error: ")
    line.append(printable: Array(text.utf8))
    line.append(UInt8(ascii: "\n"))
    _ = line.bytes.write(to: STDERR_FILENO)
  }
}
