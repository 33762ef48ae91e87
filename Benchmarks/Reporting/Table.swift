/// A table for people: the first column to the left, the others to the right.
struct Table {
  private var rows: [[String]]

  init() { rows = [] }
  init(_ heading: String...) { rows = [heading] }
  init(_ heading: [String]) { rows = [heading] }

  mutating func add(_ cells: String...) { rows.append(cells) }
  mutating func add(_ cells: [String]) { rows.append(cells) }

  var text: String {
    text { column, cell, blanks in column == 0 ? cell + blanks : blanks + cell }
  }
  /// All columns to the left.
  var left: String { text { _, cell, blanks in cell + blanks } }
  var json: JSON { .array(rows.map { .array($0.map { .text($0) }) }) }

  private func text(_ align: (Int, String, String) -> String) -> String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      let cells = row.enumerated().map { column, cell in
        align(column, cell, String(repeating: " ", count: widths[column] - cell.count))
      }
      return "  " + cells.joined(separator: "   ")
    }.joined(separator: "\n")
  }
}

/// A number with some decimals, rounded; "-" for none.
func fixed(_ value: Double, _ decimals: Int) -> String {
  guard value.isFinite else { return "-" }
  var scale = 1.0
  for _ in 0..<decimals { scale *= 10 }
  let scaled = Int64((abs(value) * scale).rounded())
  let sign = value < 0 && scaled > 0 ? "-" : ""
  let (whole, part) = scaled.quotientAndRemainder(dividingBy: Int64(scale))
  guard decimals > 0 else { return "\(sign)\(whole)" }
  let digits = String(part)
  let zeros = String(repeating: "0", count: decimals - digits.count)
  return "\(sign)\(whole).\(zeros)\(digits)"
}
