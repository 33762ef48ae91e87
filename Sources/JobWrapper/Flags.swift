import JobStats

/// A flag: one row of the table that parsing and -help are made from.
struct Flag: Sendable {
  let name: String
  /// What stands for its value in -help; nil for a boolean.
  let placeholder: String?
  /// Made when it is asked for: it lists things that nobody else does.
  let help: @Sendable () -> String
  /// Puts the value into the options; a boolean's is "true" or "false".
  let apply: @Sendable (inout Options, BytePath) throws(OptionError) -> Void

  static let table: [Flag] = [
    Flag("cgroup-root", "DIR", "root of the control group tree to read; default: found") {
      (options, value) throws(OptionError) in options.groupRoot = try notEmpty(value)
    },
    Flag("cgroup-parent", "NAME", "the container's parent group, below the root") {
      (options, value) throws(OptionError) in options.groupParent = try below(value)
    },
    Flag("cgroup-cid", "FILE", "file that holds the container's id") {
      (options, value) throws(OptionError) in options.idFile = try notEmpty(value)
    },
    Flag("wait", "D", "how long to wait for that file; default 5 (seconds)") {
      (options, value) throws(OptionError) in
      options.wait = try duration(value, unit: second, least: 0)
    },
    Flag("poll", "D", "sampling period, at least 1 ms; default 1000 (milliseconds)") {
      (options, value) throws(OptionError) in
      options.poll = try duration(value, unit: millisecond, least: millisecond)
    },
    Flag("pid", "PID", "watch the control groups of this process until it ends") {
      (options, value) throws(OptionError) in options.process = try processID(value)
    },
    Flag("scope", "S", "what to measure: auto, own, inherit or tree; default auto") {
      (options, value) throws(OptionError) in options.scope = try scope(value)
    },
    Flag(
      "stats", "LIST",
      "what to log, in this order, or all; default \(Registry.names(Registry.byDefault))"
    ) {
      (options, value) throws(OptionError) in options.statistics = try statistics(value)
    },
    Flag("drain", "D", "how long to pass on stderr after the program's end; default 5s") {
      (options, value) throws(OptionError) in
      options.drain = try duration(value, unit: second, least: 0)
    },
    Flag("signal-on-dead-ppid", "N", "send the program signal N when our parent goes") {
      (options, value) throws(OptionError) in
      options.deadParentSignal = try signalNumber(value)
    },
    Flag("die-with-me", nil, "kill the program when crunchstat is killed") {
      (options, value) throws(OptionError) in options.diesWithUs = try boolean(value)
    },
    Flag("kill-leftovers", nil, "kill what the program leaves behind in its own group") {
      (options, value) throws(OptionError) in options.killsLeftovers = try boolean(value)
    },
    Flag("log", "FILE", "append log lines to FILE; the program's stderr is its own then") {
      (options, value) throws(OptionError) in options.logFile = try notEmpty(value)
    },
    Flag("timestamps", nil, "begin every log line with the time") {
      (options, value) throws(OptionError) in options.timestamps = try boolean(value)
    },
    Flag("root", "DIR", "read /proc, /sys and the control groups below DIR; default /") {
      (options, value) throws(OptionError) in options.root = try notEmpty(value)
    },
    Flag("dump", "DIR", "copy what is read of these below DIR, for -root to replay") {
      (options, value) throws(OptionError) in options.dump = try notEmpty(value)
    },
    Flag("debug", nil, "also log what was tried and skipped") {
      (options, value) throws(OptionError) in options.debug = try boolean(value)
    },
    Flag("version", nil, "print the version and exit") {
      (options, value) throws(OptionError) in
      if try boolean(value) { options.request = .version }
    },
    Flag("help", nil, "print this and exit; also -h") {
      (options, value) throws(OptionError) in
      if try boolean(value) { options.request = .help }
    },
  ]

  private init(
    _ name: String, _ placeholder: String?,
    _ help: @autoclosure @escaping @Sendable () -> String,
    _ apply: @escaping @Sendable (inout Options, BytePath) throws(OptionError) -> Void
  ) {
    self.name = name
    self.placeholder = placeholder
    self.help = help
    self.apply = apply
  }
}

extension Options {
  /// Parses a command line by the rules of Go's flag package: `-name value`,
  /// `-name=value`, two dashes mean the same as one, a boolean takes `-name` or
  /// `-name=false`; the first word that is no flag, or the first after `--`, is the program.
  /// - Parameter words: the command line, the name of this program first.
  package static func parse<Words: RandomAccessCollection<BytePath>>(
    _ words: Words
  ) throws(OptionError) -> Options where Words.Index == Int {
    var options = Options()
    var index = 1
    while index < words.count, words[index].bytes.first == dash, words[index].bytes.count > 1 {
      let word = words[index]
      index += 1
      if word.bytes == [dash, dash] { break }
      let (name, given) = try split(word)
      guard let flag = Flag.table.first(where: { $0.name == (name == "h" ? "help" : name) })
      else { throw OptionError("flag -\(name): there is no such flag; -help lists them") }
      let value: BytePath
      if let given {
        value = given
      } else if flag.placeholder == nil {
        value = BytePath("true")
      } else if index < words.count {
        value = words[index]
        index += 1
      } else {
        throw OptionError("flag -\(name): its value is missing")
      }
      do throws(OptionError) {
        try flag.apply(&options, value)
      } catch {
        throw OptionError("flag -\(name): \"\(value.text)\" \(error.text)")
      }
      if options.request != .measure { return options }
    }
    if index < words.count { options.program = index }
    return try options.checked()
  }

  private static func split(_ word: BytePath) throws(OptionError) -> (String, BytePath?) {
    let body = word.bytes.dropFirst(word.bytes.starts(with: [dash, dash]) ? 2 : 1)
    guard let first = body.first, first != dash, first != equals else {
      throw OptionError("\"\(word.text)\" is no flag")
    }
    guard let sign = body.firstIndex(of: equals) else {
      return (String(decoding: body, as: UTF8.self), nil)
    }
    let name = String(decoding: body[..<sign], as: UTF8.self)
    return (name, BytePath(Array(body[(sign + 1)...])))
  }

  /// The text of -help.
  package static var help: String {
    var text = """
      usage: crunchstat [flags] [--] program [arguments...]
             crunchstat [flags] -pid PID
             crunchstat [flags] -cgroup-root DIR

      Runs the program and logs the CPU, memory, block I/O and network use of its
      control group to stderr; its exit status is the program's. Without a program it
      watches until SIGINT or SIGTERM, or until the process or the group is gone.

      flags:

      """
    for flag in Flag.table {
      let usage = "-" + flag.name + (flag.placeholder.map { " " + $0 } ?? "")
      text += "  " + padded(usage, 22) + flag.help() + "\n"
    }
    text += "\nstatistics:\n"
    for statistic in Registry.all {
      text += "  " + padded(statistic.name.description, 22) + "\(statistic.summary)\n"
    }
    text += """

      A duration is a number with a unit (ns, us, ms, s, m, h), as in 10ms or 1m30s.

      exit status: the program's; 128+N when signal N killed it; 127 when it does not
      exist; 126 when it can't be executed; 125 when crunchstat itself failed.

      """
    return text
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.utf8.count))
  }
}

private let dash = UInt8(ascii: "-")
private let equals = UInt8(ascii: "=")
