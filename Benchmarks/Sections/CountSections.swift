import BenchmarkSupport
import JobStats

/// What does not vary from run to run, counted by scripts that `make gate` runs too.
enum InstructionSection {
  static func run(_ report: Report) {
    report.begin(
      .instructions, "Instructions",
      """
      In user space, of a poll of the default statistics on a recorded v1 tree: 0.9 KB of
      memory.stat, 2 devices, 3 interfaces; every value and number of digits changes. Demanded are
      those to scan and format, without what reads the files and writes the lines. Counted by
      valgrind's callgrind in this executable.
      """)
    let most = "1000000"
    let words = [
      Executables.script("instructions.sh"), Executables.own?.text ?? "", most, most,
    ]
    let numbers = Script.numbers(words, of: "instructions of a poll: ")
    if numbers.count > 1 {
      report.say(
        "\(fixed(numbers[0], 0)) instructions to scan and format, \(fixed(numbers[1], 0)) in all"
      )
    }
    report.add(
      Row(
        demand: .instructions, figure: numbers.first.map { Quantity(exactly: $0) },
        obstacle: numbers.isEmpty ? "valgrind can't count here (make tools)" : nil))
  }
}

enum SystemCalls {
  /// Fewer where one file of v2's tells what three of v1's do.
  static var bound: Double {
    guard let root = try? RootDirectory(BytePath("/")) else { return 8 }
    return MountTable.read(root).contains { $0.carries(.unified) } ? 7 : 8
  }

  static func run(_ report: Report, isQuick: Bool) {
    report.begin(
      .calls, "System calls",
      """
      Of a poll of the default statistics of the release executable, 10 ms apart, the wait and the
      write included: in a steady poll (median), and in the mean with what is looked at once a
      second. Counted by strace.
      """)
    guard let executable = Executables.crunchstat else {
      report.add(Row(demand: .systemCalls, obstacle: Executables.noCrunchstat))
      return
    }
    let words = [
      Executables.script("system-calls.sh"), executable, isQuick ? "sleep 2.2" : "sleep 4",
    ]
    let numbers = Script.numbers(words, of: "system calls of a poll: ")
    guard numbers.count >= 2 else {
      report.add(Row(demand: .systemCalls, obstacle: "strace can't count here (make tools)"))
      return
    }
    report.say("median \(fixed(numbers[0], 0)), mean \(fixed(numbers[1], 2))")
    report.add(
      Row(demand: .systemCalls, figure: Quantity(exactly: numbers[0])))
  }
}
