/// What the command line asks for.
struct Request {
  enum Section: String, CaseIterable {
    case scanners, polls, tight, paced, processes

    var summary: String {
      switch self {
      case .scanners: "each scanner: bytes, ns per parse, MB/s, allocations"
      case .polls: "one poll of a recorded tree: ns of user time, allocations"
      case .tight: "polls of real control groups in a tight loop, over a loop in C"
      case .processes: "-scope tree: CPU per poll and process, up to 10,000 of them"
      case .paced: "real polls, 10 ms apart: CPU over a loop in C, lateness, missed"
      }
    }
  }

  var sections = Section.allCases
  /// Fewer rounds: for CI, where the figures are only to be there.
  var isQuick = false
  /// Only the gate: fails where a steady poll allocates.
  var isGate = false
  /// Only so many polls of a recorded tree, for a tool that counts instructions.
  var barePolls: Int?
  var isHelp = false

  struct Failure: Error { let text: String }

  init(_ words: [String]) throws(Failure) {
    var chosen: [Section] = []
    for word in words {
      if let section = Section(rawValue: word) {
        chosen.append(section)
        continue
      }
      switch word {
      case "--quick": isQuick = true
      case "--allocations": isGate = true
      case "--help", "-h": isHelp = true
      case _ where word.hasPrefix("--bare="):
        guard let polls = Int(word.dropFirst(7)), polls > 0 else {
          throw Failure(text: "\(word): a number of polls is wanted, above 0")
        }
        barePolls = polls
      default: throw Failure(text: "\"\(word)\" is neither a flag nor a section; see --help")
      }
    }
    if !chosen.isEmpty { sections = chosen }
  }

  static var help: String {
    let sections = Section.allCases.map { section in
      let blanks = String(repeating: " ", count: 14 - section.rawValue.count)
      return "  \(section.rawValue)\(blanks)\(section.summary)"
    }
    return """
      usage: Benchmarks [--quick] [SECTION...]
             Benchmarks --allocations
             Benchmarks --bare=N

      Measures what crunchstat costs, beside "the floor": a loop in C that waits, reads and
      writes as much and does nothing else. Without sections it measures all of them.

      sections:
      \(sections.joined(separator: "\n"))

      flags:
        --quick         fewer and shorter rounds, for CI: no ratio to rely on
        --allocations   counts the allocations of 2,000 steady polls of every statistic,
                        recorded and real; exit status 1 if there is any
        --bare=N        polls a recorded v1 tree N times and tells nothing: for
                        Benchmarks/instructions.sh, which counts instructions
        --help          this text

      exit status: 0; 1 when the gate found an allocation; 2 when it could not measure.
      """
  }
}
