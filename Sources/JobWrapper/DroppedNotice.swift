import JobStats

extension LineSink.Dropped {
  /// What to say of it.
  var notice: String {
    var parts: [String] = []
    if lines > 0 { parts.append("\(lines) log lines") }
    if bytes > 0 { parts.append("\(bytes) bytes of the program's stderr") }
    let reason = error == 0 ? "stderr was blocked" : errorText(error)
    return joined(parts, " and ") + " were dropped: " + reason
  }
}
