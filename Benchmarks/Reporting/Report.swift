import Glibc

/// Takes what sections have to tell, and tells it: people at once, machines at the end.
final class Report {
  private let isForMachines: Bool
  private let isQuick: Bool
  private let machine: [(name: String, value: String)]
  private let start = time(nil)
  private var rows: [Row] = []
  private var sections: [(name: String, title: String, parts: [JSON])] = []
  private var series: [(String, JSON)] = []

  init(isForMachines: Bool, isQuick: Bool, machine: [(name: String, value: String)]) {
    self.isForMachines = isForMachines
    self.isQuick = isQuick
    self.machine = machine
    var table = Table()
    for (name, value) in machine { table.add(name, value) }
    print(table.left)
    if !Machine.isOptimised { print("\n" + Machine.unoptimisedWarning) }
  }

  func begin(_ section: Request.Section, _ title: String, _ explanation: String) {
    sections.append((section.rawValue, title, [.text(explanation)]))
    print("\n\(title)\n\(String(repeating: "=", count: title.count))\n\(explanation)\n")
  }

  func add(_ table: Table) {
    keep(table.json)
    print(table.text + "\n")
  }

  func say(_ line: String) {
    keep(.text(line))
    print(line)
  }

  func add(_ row: Row) {
    rows.append(row)
    if let obstacle = row.obstacle {
      say("\(row.demand.terms.what): not measured: \(obstacle)")
    }
  }

  /// What only a picture can show.
  func add(_ name: String, _ points: [[Double]]) {
    series.append((name, .array(points.map { .array($0.map { .number($0) }) })))
  }

  /// The table of all that is demanded of the sections that were run.
  func finish(_ chosen: [Request.Section]) {
    let all = Demand.allCases.filter { chosen.contains($0.terms.section) }.map { demand in
      rows.first { $0.demand == demand }
        ?? Row(demand: demand, obstacle: "its section has not told of it")
    }
    guard !isForMachines else {
      Swift.print(json(all).description)
      return
    }
    var table = Table(Row.heading)
    for row in all { table.add(row.cells) }
    let seconds = time(nil) - start
    print("\nWhat was reached (\(seconds) s)\n================\n")
    print(table.text)
    if isQuick { print("\nWARNING: --quick: too few rounds for any verdict to be relied on") }
    let wide = all.filter { $0.isWorthless || $0.verdict == .cannotSay }
    if !wide.isEmpty {
      print("\nWARNING: the rounds differ too much for these to be worth much; repeat on a")
      print("quieter machine: \(wide.map(\.demand.terms.what).joined(separator: "; "))")
    }
    if !Machine.isOptimised { print("\n" + Machine.unoptimisedWarning) }
  }

  private func json(_ rows: [Row]) -> JSON {
    .object([
      ("made", .number(Double(start))), ("seconds", .number(Double(time(nil) - start))),
      ("quick", .text(isQuick ? "yes" : "no")),
      ("machine", .object(machine.map { ($0.name, .text($0.value)) })),
      ("heading", .array(Row.heading.map { .text($0) })),
      ("rows", .array(rows.map(\.json))),
      (
        "sections",
        .array(
          sections.map {
            .object([
              ("name", .text($0.name)), ("title", .text($0.title)), ("parts", .array($0.parts)),
            ])
          })
      ), ("series", .object(series)),
    ])
  }

  private func keep(_ part: JSON) {
    if !sections.isEmpty { sections[sections.count - 1].parts.append(part) }
  }

  private func print(_ text: String) {
    guard !isForMachines else { return }
    Swift.print(text)
    fflush(nil)
  }
}
