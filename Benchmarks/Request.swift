/// What the command line asks for.
struct Request {
  enum Section: String, CaseIterable {
    case scanners, polls, growth, instructions, allocations, calls, tight, start, relay
    case processes, many, fast, paced, busy, periods

    var summary: String {
      switch self {
      case .scanners: "each scanner: bytes, ns per parse, MB/s, allocations"
      case .polls: "one poll of a recorded tree: ns of user time, allocations"
      case .growth: "polls of larger and larger trees: ns per byte"
      case .instructions: "instructions of a poll in user space (valgrind)"
      case .allocations: "calls of malloc in steady polls"
      case .calls: "system calls of a poll (strace)"
      case .tight: "polls of real control groups in a tight loop, over a loop in C"
      case .start: "crunchstat true over true, and over a C program"
      case .relay: "stderr passed on, over cat"
      case .processes: "-scope tree: CPU per look and process, up to 10,000 of them"
      case .many: "64 crunchstats at once"
      case .fast: "polls 1 ms apart; resident size"
      case .paced: "real polls, 10 ms apart: CPU over a loop in C, lateness, missed"
      case .busy: "the same with every core busy; what a job loses"
      case .periods: "CPU per poll from 1 ms to 1 s apart (2 minutes; only when named)"
      }
    }
  }

  enum Job: String { case burn, lines }

  enum Task {
    case measure
    /// Only the gate: fails where a steady poll allocates.
    case gate
    /// Only so many polls of a recorded tree, for a tool that counts instructions.
    case barePolls(Int)
    /// To be what is measured around.
    case job(Job, UInt64)
    case help
  }

  private(set) var task = Task.measure
  private(set) var sections = Section.allCases.filter { $0 != .periods }
  /// Fewer rounds: for CI, where the figures are only to be there.
  private(set) var isQuick = false
  private(set) var isForMachines = false

  struct Failure: Error { let text: String }

  init(_ words: [String]) throws(Failure) {
    var chosen: [Section] = []
    for word in words {
      let parts = word.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
      if let section = Section(rawValue: word) {
        chosen.append(section)
        continue
      }
      switch parts[0] {
      case "--bare": task = .barePolls(Int(try Self.number(word, parts.last)))
      case "--job":
        guard parts.count > 1, let job = Job(rawValue: parts[1]) else { fallthrough }
        task = .job(job, parts.count > 2 ? try Self.number(word, parts.last) : 0)
      case _ where parts.count > 1: throw Failure(text: "\"\(word)\": unknown; see --help")
      case "all": chosen += Section.allCases
      case "--quick": isQuick = true
      case "--json": isForMachines = true
      case "--allocations": task = .gate
      case "--help", "-h": task = .help
      default: throw Failure(text: "\"\(word)\" is neither a flag nor a section; see --help")
      }
    }
    if !chosen.isEmpty { sections = Section.allCases.filter(chosen.contains) }
  }

  private static func number(_ word: String, _ text: String?) throws(Failure) -> UInt64 {
    guard let text, let number = UInt64(text), number > 0 else {
      throw Failure(text: "\(word): a number is wanted, above 0")
    }
    return number
  }

  static var help: String {
    let sections = Section.allCases.map { section in
      let blanks = String(repeating: " ", count: 14 - section.rawValue.count)
      return "  \(section.rawValue)\(blanks)\(section.summary)"
    }
    return """
      usage: Benchmarks [--quick] [--json] [SECTION...]
             Benchmarks --allocations
             Benchmarks --bare=N

      Measures what crunchstat costs, beside "the floor": a loop in C that waits, reads and
      writes as much and does nothing else; and prints what was reached of what is demanded.
      Without sections it measures all of them but `periods`; `all` means all.

      A bound is met where all of the 95 % interval of the median keeps it, and NOT met where
      none of it does; between the two the rounds differ too much to say.

      sections:
      \(sections.joined(separator: "\n"))

      flags:
        --quick         fewer and shorter rounds, for CI: no ratio to rely on
        --json          all of it for machines, and nothing for people
        --allocations   counts the allocations of 2,000 steady polls of every statistic,
                        recorded and real; exit status 1 if there is any
        --bare=N        polls a recorded v1 tree N times and tells nothing: for
                        Benchmarks/instructions.sh, which counts instructions
        --help          this text

      exit status: 0; 1 when the gate found an allocation; 2 when it could not measure.
      """
  }
}
