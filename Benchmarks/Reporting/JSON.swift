/// Values for machines (RFC 8259). Foundation, which has a writer, would change the processes
/// that are measured: they are this executable.
enum JSON {
  case null
  /// What is not finite is written as null.
  case number(Double)
  case text(String)
  case array([JSON])
  case object([(String, JSON)])

  var description: String {
    switch self {
    case .null: "null"
    case .number(let value): Self.number(value)
    case .text(let text): Self.quoted(text)
    case .array(let values): "[\(values.map(\.description).joined(separator: ","))]"
    case .object(let members):
      "{\(members.map { "\(Self.quoted($0)):\($1.description)" }.joined(separator: ",\n"))}"
    }
  }

  private static func number(_ value: Double) -> String {
    guard value.isFinite else { return "null" }
    return value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
  }

  private static func quoted(_ text: String) -> String {
    let escaped = text.unicodeScalars.map { scalar in
      switch scalar {
      case "\"": "\\\""
      case "\\": "\\\\"
      case "\n": "\\n"
      case _ where scalar.value < 0x20:
        "\\u00" + (scalar.value < 0x10 ? "0" : "") + String(scalar.value, radix: 16)
      default: String(scalar)
      }
    }
    return "\"\(escaped.joined())\""
  }
}
