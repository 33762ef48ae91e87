import JobStats
import Testing

@Suite struct LogTests {
  @Test func `messages are one line each, with their kind in front`() throws {
    let file = try LogFile()
    file.log.notice("scope own: /x")
    file.log.warning("skipped 3")
    file.log.error("cannot")
    file.log.running(Array("[sleep 1]".utf8))
    file.log.caught(signal: "SIGTERM")
    #expect(
      file.take() == [
        "notice: scope own: /x", "warning: skipped 3", "error: cannot", "Running [sleep 1]",
        "caught signal: SIGTERM",
      ])
  }

  @Test(arguments: [false, true])
  func `debug messages come only where they were asked for`(debug: Bool) throws {
    let file = try LogFile(debug: debug)
    var wasMade = false
    file.log.debug(
      {
        wasMade = true
        return "tried"
      }())
    #expect(file.take() == (debug ? ["notice: debug: tried"] : []))
    #expect(wasMade == debug)
  }

  @Test func `no text from outside breaks a line`() throws {
    let file = try LogFile()
    file.log.running(Array("[a\nb\u{1B}[0m]".utf8) + [0xFF])
    file.log.notice("two\nlines")
    #expect(file.take() == ["Running [a\\x0ab\\x1b[0m]\u{FFFD}", "notice: two\\x0alines"])
  }

  @Test func `time stamps have nanoseconds, in front of every line`() throws {
    let pipe = try TestPipe()
    let log = Log(LineSink(try SinkTarget(shared: pipe.input)), timestamps: true, debug: false)
    log.notice("one")
    log.caught(signal: "SIGHUP")
    let told = pipe.takeText().split(separator: "\n")
    #expect(told.count == 2)
    for line in told {
      let form = /20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z crunchstat: (notice: one|caught .*)/
      #expect(line.wholeMatch(of: form) != nil)
    }
  }
}
