import JobStats

extension LineSink.Dropped {
  /// What to say of it.
  var text: ByteText {
    var parts = ByteText()
    if lines > 0 { parts.append("\(lines) log lines") }
    if bytes > 0 { parts.append("\(bytes) bytes of the program's stderr", after: " and ") }
    let reason = error == 0 ? "stderr was blocked" : errorText(error)
    return "\(parts) were dropped: \(reason)"
  }
}
