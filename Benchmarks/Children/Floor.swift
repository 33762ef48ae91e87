import BenchmarkSupport
import JobStats

/// The loop in C that the product is compared with; there is one (`floor.c`).
enum Floor {
  /// Between two polls where they are paced, in nanoseconds.
  static let period: UInt64 = 10_000_000

  /// Forgets all files; those to come are below `root`.
  static func begin(_ root: String) throws(SystemError) {
    try checked(unsafe bench_floor_begin(root), "open", BytePath(root))
  }

  /// Lets each poll read a file.
  /// - Parameters:
  ///   - inPieces: whether it comes in pieces of up to a page.
  ///   - looks: whether each poll looks if the path still stands for it.
  static func add(
    _ path: String, inPieces: Bool = false, looks: Bool = false
  ) throws(SystemError) {
    let result = unsafe bench_floor_add(path, inPieces ? 1 : 0, looks ? 1 : 0)
    try checked(result, "open", BytePath(path))
  }

  /// Lets each poll write as many bytes to /dev/null.
  static func write(_ bytes: UInt64) throws(SystemError) {
    try checked(unsafe bench_floor_write("/dev/null", Int(bytes)), "open /dev/null")
  }

  static func poll() throws(SystemError) { try checked(bench_floor_poll(), "poll") }

  /// Polls until the program has ended, half a period after what another one polls at.
  static func run(besides start: UInt64, period: UInt64) throws(SystemError) {
    try checked(bench_floor_run(start + period / 2, period), "poll")
  }

  /// Lets each poll read the files that a poll of the default statistics can't do without on
  /// this machine, found without the product's help. Tells the parent which.
  static func open(_ context: SamplingContext) throws(SystemError) {
    try begin("/")
    var paths = memory(context) + cpu(context) + blockIO(context)
    for path in paths { try add(path.text) }
    if let peak = first(context, .memory, "memory.peak"),
      unsafe bench_floor_add_mark(peak.text) == 1
    {
      paths.append(peak)
    }
    if let process = context.locator.process {
      let path = "/proc/\(process)/net/dev"
      try add(path, inPieces: true)
      paths.append(BytePath(path))
    }
    let owner = context.locator.isOwn ? "its own control group" : "the group it was started in"
    Shared.tell("\(owner):\n" + paths.map { "    \($0.text)\n" }.joined())
  }

  private static func memory(_ context: SamplingContext) -> [BytePath] {
    ["memory.stat", "memory.swap.current"].compactMap { first(context, .memory, $0) }
  }

  /// The first set of files that is there as a whole.
  private static func cpu(_ context: SamplingContext) -> [BytePath] {
    let sets: [(Controller, [String])] = [
      (.unified, ["cpu.stat"]),
      (.cpuacct, ["cpuacct.usage_user", "cpuacct.usage_sys", "cpuacct.usage"]),
      (.cpuacct, ["cpuacct.stat"]),
    ]
    for (controller, names) in sets {
      let paths = names.compactMap { first(context, controller, $0) }
      if paths.count == names.count { return paths }
    }
    return []
  }

  /// The first that names a device, or v2's; or else what tells whether there is a new process,
  /// and the bytes of the process itself.
  private static func blockIO(_ context: SamplingContext) -> [BytePath] {
    let present = [
      "blkio.throttle.io_service_bytes_recursive", "blkio.bfq.io_service_bytes_recursive",
      "blkio.throttle.io_service_bytes", "blkio.io_service_bytes", "io.stat",
    ].compactMap { first(context, .blkio, $0) }
    let naming = present.first { path in
      (try? context.root.contents(path))?.contains(UInt8(ascii: ":")) == true
    }
    if let naming { return [naming] }
    // v2's counts for every group, and may name a device at any poll.
    if let unified = first(context, .blkio, "io.stat") { return [unified] }
    guard let process = context.locator.process else { return present }
    let list = context.locator.isOwn ? first(context, .unified, "cgroup.procs") : nil
    return [list ?? BytePath("/proc/loadavg"), BytePath("/proc/\(process)/io")]
  }

  private static func first(
    _ context: SamplingContext, _ controller: Controller, _ name: String
  ) -> BytePath? {
    context.locator.candidates(controller, GroupFile(name)).map(\.path).first {
      context.root.identity($0)?.isRegular == true
    }
  }
}
