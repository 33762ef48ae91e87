/// Messages for people: one line each, never at polling rate. Statistics go past this, in
/// their own `LineBuffer`.
public final class Log {
  private let sink: LineSink
  private let timestamps: Bool
  private let logsDebug: Bool
  private let lines = LineBuffer(capacity: 2048)
  /// Whether lines wait for what is logged next, to be written with it.
  private var isHeld = false
  /// During a poll its time of day, so that what is logged meanwhile does not seem to come
  /// after its lines.
  var pollTime: UInt64?

  public init(_ sink: LineSink, timestamps: Bool, debug: Bool) {
    self.sink = sink
    self.timestamps = timestamps
    logsDebug = debug
  }

  public func notice(_ text: ByteText) { write("notice: ", text.bytes) }
  public func warning(_ text: ByteText) { write("warning: ", text.bytes) }
  public func error(_ text: ByteText) { write("error: ", text.bytes) }

  /// Only with -debug.
  public func debug(_ text: @autoclosure () -> ByteText) {
    if logsDebug { notice("debug: \(text())") }
  }

  /// The two old forms that readers know, which have no kind in front.
  public func running(_ arguments: [UInt8]) { write("Running ", arguments) }
  public func caught(signal name: String) { write("caught signal: ", Array(name.utf8)) }

  private func write(_ kind: StaticString, _ text: [UInt8]) {
    lines.beginLine(at: timestamps ? pollTime ?? WallClock.now() : nil)
    lines.append(kind)
    lines.append(printable: text)
    lines.append(UInt8(ascii: "\n"))
    if !isHeld { flush() }
  }

  func listPlaces(in list: inout PrefetchList) {
    list.add(self)
    list.add(lines)
  }

  /// Holds what is logged back until `release`, so that several lines are one write, and one
  /// wake-up of who reads them.
  public func hold() { isHeld = true }

  /// Writes what was held back.
  @inline(__always)
  public func release() {
    isHeld = false
    if !lines.isEmpty { flush() }
  }

  @inline(never)
  private func flush() {
    sink.write(lines)
    lines.clear()
  }
}
