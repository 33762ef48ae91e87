import JobStats
import JobWrapper
import Testing

@Suite struct OptionsTests {
  private func parse(_ words: [String]) throws -> Options {
    try Options.parse((["crunchstat"] + words).map { BytePath($0) })
  }

  private func error(_ words: [String]) -> String? {
    do {
      _ = try parse(words)
      return nil
    } catch {
      return (error as? OptionError)?.text
    }
  }

  @Test func `without flags all is as the help says`() throws {
    let options = try parse(["program"])
    #expect(options.program == 1 && options.request == .measure && options.scope == .auto)
    #expect(options.poll == 1_000_000_000 && options.wait == 5_000_000_000)
    #expect(options.drain == 5_000_000_000)
    #expect(options.groupRoot == nil && options.groupParent.isEmpty && options.idFile == nil)
    #expect(options.logFile == nil && options.root == BytePath("/"))
    #expect(!options.timestamps && !options.debug)
    #expect(options.statistics.map { "\($0.name)" } == ["mem", "cpu", "blkio", "net"])
  }

  @Test(arguments: [
    ["-poll", "10", "p"], ["-poll=10", "p"], ["--poll", "10", "p"], ["--poll=10", "p"],
    ["-poll", "10ms", "--", "p"], ["-poll", "7", "-poll", "10", "p"], ["-poll=0.01s", "p"],
  ])
  func `a value comes behind a flag or an equals sign, with one dash or two`(
    words: [String]
  ) throws {
    let options = try parse(words)
    #expect(options.poll == 10_000_000)
    #expect(options.program == words.count)
  }

  @Test(arguments: [
    (["-debug", "p"], true, 2), (["-debug=true", "p"], true, 2),
    (["-debug=false", "p"], false, 2),
    (["--debug=T", "p"], true, 2), (["-debug=0", "p"], false, 2), (["-debug=1", "p"], true, 2),
    // a boolean's value is never the next word
    (["-debug", "false"], true, 2), (["-debug", "-debug=False", "p"], false, 3),
  ])
  func `a boolean stands alone or has its value behind an equals sign`(
    words: [String], isSet: Bool, program: Int
  ) throws {
    let options = try parse(words)
    #expect(options.debug == isSet && options.program == program)
  }

  @Test(arguments: [
    (["-cgroup-root", "cg", "p"], true), (["-root", "/", "-cgroup-root=cg", "p"], true),
    (["-cgroup-root", "/cg", "p"], false),
    (["-root", "/tree", "-cgroup-root", "cg", "p"], false),
  ])
  func `a root is looked for from the working directory, but below another root`(
    words: [String], isMadeAbsolute: Bool
  ) throws {
    let root = try parse(words).groupRoot?.text ?? ""
    #expect(root.hasSuffix("cg"))
    #expect((root.hasPrefix("/") && root != "/cg") == isMadeAbsolute)
  }

  @Test(arguments: [
    (["p", "-debug", "-poll", "x"], 1), (["--", "p"], 2), (["--", "-debug"], 2),
    (["--", "--"], 2), (["-"], 1), (["-", "-debug"], 1), (["-debug", "--", "p"], 3),
    (["-debug", "p", "--", "-x"], 2), ([""], 1),
  ])
  func `what follows the first word that is no flag belongs to the program`(
    words: [String], program: Int
  ) throws {
    #expect(try parse(words).program == program)
  }

  @Test func `every flag finds its place`() throws {
    let options = try parse([
      "-cgroup-root", "/cg", "-cgroup-parent=docker/x", "-cgroup-cid", "cid", "-wait=2",
      "-scope", "inherit", "-stats", "net,cpu,net", "-drain", "1m30s", "-log=a=b",
      "-timestamps", "-root", "/tree", "-debug",
    ])
    #expect(options.groupRoot == BytePath("/cg") && options.groupParent == BytePath("docker/x"))
    #expect(options.idFile == BytePath("cid") && options.wait == 2_000_000_000)
    #expect(options.scope == .inherit && options.drain == 90_000_000_000)
    #expect(options.statistics.map { "\($0.name)" } == ["net", "cpu"])
    #expect(options.logFile == BytePath("a=b") && options.root == BytePath("/tree"))
    #expect(options.timestamps && options.debug && options.program == nil)
  }

  @Test func `a process alone is enough to do`() throws {
    let options = try parse(["-pid", "2147483647", "-scope", "inherit"])
    #expect(options.process == .max && options.program == nil && options.groupRoot == nil)
    #expect(try parse(["p"]).process == nil)
  }

  @Test(
    arguments: [
      ("-poll", "1", 1_000_000), ("-poll", "1000", 1_000_000_000), ("-poll", "1.5", 1_500_000),
      ("-poll", "10ms", 10_000_000), ("-poll", "0.5s", 500_000_000),
      ("-poll", ".5s", 500_000_000),
      ("-poll", "5.s", 5_000_000_000), ("-poll", "1m", 60_000_000_000),
      ("-poll", "1h2m3s", 3_723_000_000_000), ("-poll", "1000us", 1_000_000),
      ("-poll", "1000µs", 1_000_000), ("-poll", "1000000ns", 1_000_000),
      ("-poll", "+5", 5_000_000),
      ("-poll", "0.1" + String(repeating: "0", count: 320) + "s", 100_000_000),
      ("-poll", "1s500ms", 1_500_000_000), ("-wait", "5", 5_000_000_000), ("-wait", "0", 0),
      ("-wait", "0.1", 100_000_000), ("-wait", "10ms", 10_000_000), ("-drain", "0s", 0),
      ("-drain", "3", 3_000_000_000), ("-wait", "-0", 0),
    ] as [(String, String, UInt64)])
  func `a duration has units, or that of its flag`(
    flag: String, value: String, nanoseconds: UInt64
  ) throws {
    let options = try parse([flag, value, "p"])
    let read = ["-poll": options.poll, "-wait": options.wait, "-drain": options.drain][flag]
    #expect(read == nanoseconds)
  }

  @Test(arguments: [
    ("-poll", "0"), ("-poll", "-5"), ("-poll", "x"), ("-poll", "99999999999999999999"),
    ("-poll", ""), ("-poll", "1e3"), ("-poll", "10 ms"), ("-poll", "ms"), ("-poll", "1.2.3"),
    ("-poll", "0x10"), ("-poll", "1d"), ("-poll", "1s5"), ("-poll", "--5"), ("-poll", "+"),
    ("-poll", "."), ("-poll", "0.9"), ("-poll", "999us"), ("-poll", "inf"), ("-poll", "nan"),
    ("-poll", "١"), ("-poll", "-1s"), ("-wait", "-1"), ("-wait", "-1ms"), ("-wait", "soon"),
    ("-drain", "-1s"), ("-drain", "99999999h"), ("-cgroup-root", ""), ("-cgroup-cid", ""),
    ("-log", ""), ("-root", ""), ("-cgroup-parent", "../x"), ("-cgroup-parent", "a/../../x"),
    ("-scope", ""), ("-scope", "all"), ("-scope", "Auto"), ("-stats", ""), ("-stats", "nope"),
    ("-stats", "mem,nope"), ("-stats", "mem,,cpu"), ("-stats", "mem, cpu"),
    ("-stats", "mem,all"),
    ("-pid", "0"), ("-pid", "-1"), ("-pid", ""), ("-pid", "+1"), ("-pid", "1.0"),
    ("-pid", "2147483648"), ("-pid", "self"), ("-pid", "١"),
    ("-debug", "maybe"), ("-timestamps", ""), ("-debug", "yes"), ("-version", "2"),
    ("-help", "me"),
  ])
  func `a wrong value is an error that names the flag and the value`(
    flag: String, value: String
  ) {
    let text = error([flag + "=" + value, "program"])
    #expect(text?.hasPrefix("flag \(flag): \"\(value)\" ") == true)
    guard !["-debug", "-timestamps", "-version", "-help"].contains(flag) else { return }
    #expect(error(["-" + flag, value, "program"]) == text)
  }

  @Test(arguments: [
    (["-nope", "p"], "-nope"), (["--nope=1", "p"], "-nope"), (["-pol", "5", "p"], "-pol"),
    (["-Poll", "5", "p"], "-Poll"), (["-5", "p"], "-5"), (["-hh"], "-hh"),
    (["-poll"], "-poll"), (["-debug", "-stats"], "-stats"), (["-=5", "p"], "-=5"),
    (["---debug", "p"], "---debug"), (["--=", "p"], "--="), (["-\u{FFFD}", "p"], "-\u{FFFD}"),
    // what no flag can tell alone
    (["-cgroup-parent", "docker", "p"], "-cgroup-parent"),
    (["-cgroup-cid", "cidfile", "p"], "-cgroup-cid"),
    (["-cgroup-root", "/cg", "-scope", "own", "p"], "-scope"),
    (["-cgroup-root", "/cg", "-scope=own"], "-scope"),
    (["-pid", "7", "p"], "-pid"), (["-pid", "7", "-scope", "own"], "-scope"),
    (["-pid", "7", "-cgroup-root", "/cg"], "-cgroup-root"), (["-pid=7", "--", "p"], "-pid"),
  ])
  func `other errors name the flag`(words: [String], flag: String) {
    #expect(error(words)?.contains(flag) == true)
  }

  @Test(arguments: [
    (["-cgroup-parent", "docker", "p"], "docker"),
    (["-cgroup-cid", "cidfile", "p"], "cidfile"),
    (["-cgroup-root", "/cg", "-scope", "own", "p"], "own"),
  ])
  func `errors of two flags name the value too`(words: [String], value: String) {
    #expect(error(words)?.contains(value) == true)
  }

  @Test(arguments: [[], ["-poll", "10"], ["--"], ["-debug", "--"]])
  func `nothing to do is an error`(words: [String]) {
    #expect(error(words)?.contains("nothing to do") == true)
  }

  @Test(arguments: [
    (["-help"], Options.Request.help), (["-h"], .help), (["--help"], .help), (["--h"], .help),
    (["-version"], .version), (["-debug", "-version", "p"], .version), (["-h", "p"], .help),
    (["-help=false", "p"], .measure), (["-version=false", "p"], .measure),
    (["p", "-help"], .measure), (["--", "-version"], .measure),
  ])
  func `help and version are asked for by flags alone`(
    words: [String], request: Options.Request
  ) throws {
    #expect(try parse(words).request == request)
  }

  @Test func `the help names every flag and every statistic`() {
    for flag in [
      "cgroup-root DIR", "cgroup-parent NAME", "cgroup-cid FILE", "wait D", "poll D", "pid PID",
      "scope S",
      "stats LIST", "drain D", "log FILE", "timestamps", "root DIR", "debug", "version", "help",
    ] {
      #expect(Options.help.contains("\n  -\(flag) "))
    }
    for statistic in Registry.all { #expect(Options.help.contains("\n  \(statistic.name) ")) }
    for line in Options.help.split(separator: "\n") { #expect(line.count <= 90) }
  }

  @Test func `a word that is no text is an error, or a value as it is`() throws {
    let bytes: [UInt8] = [0x2F, 0xFF]
    let options = try Options.parse(
      ["crunchstat", "-log", "?", "p"].map { $0 == "?" ? BytePath(bytes) : BytePath($0) })
    #expect(options.logFile?.bytes == bytes)
    #expect(throws: OptionError.self) {
      try Options.parse([BytePath("crunchstat"), BytePath([0x2D, 0xFF]), BytePath("p")])
    }
  }

  @Test func `any words in any order are options or an error`() {
    let words = [
      "-poll", "-debug", "--", "-", "", "10", "x", "-cgroup-root", "/a", "-stats=mem", "-h=0",
      "-scope", "own", "=", "-=", "---", "-wait=", "--log=f", "-cgroup-parent=p", "-\u{0}",
    ]
    var random = SeededGenerator(11)
    for _ in 0..<20_000 {
      let line = (0..<random.number(0...5)).map { _ in words.randomElement(using: &random)! }
      guard let options = try? parse(line) else { continue }
      #expect(options.poll >= 1_000_000 && !options.statistics.isEmpty)
      #expect(options.program.map { (1...line.count).contains($0) } != false)
    }
  }
}
