import BenchmarkSupport
import Glibc
import JobStats

/// What the figures were taken on.
enum Machine {
  /// Whether this code, and so the product's in it, was compiled with optimisation.
  static var isOptimised: Bool {
    !_isDebugAssertConfiguration() && bench_is_optimised() == 1
  }

  static let unoptimisedWarning = """
    WARNING: this build is NOT OPTIMISED: its figures say nothing about crunchstat.
    WARNING: run it as `swift run Benchmarks`, without CRUNCHSTAT_UNOPTIMISED.
    """

  static func describe(_ root: RootDirectory) -> [(name: String, value: String)] {
    let processors = sysconf(CInt(_SC_NPROCESSORS_ONLN))
    return [
      ("processor", "\(processor(root)), \(processors) online"),
      ("kernel", line(root, "/proc/sys/kernel/osrelease")),
      ("control groups", layout(MountTable.read(root))),
      ("load", "\(line(root, "/proc/loadavg")) (other work disturbs the figures)"),
      ("build", isOptimised ? "optimised" : "NOT OPTIMISED"),
    ]
  }

  private static func processor(_ root: RootDirectory) -> String {
    let lines = text(root, "/proc/cpuinfo").split(separator: "\n")
    let model = lines.first { $0.hasPrefix("model name") || $0.hasPrefix("CPU part") }
    let name = model?.split(separator: ":").last?.drop { $0 == " " }
    return name.map(String.init) ?? "unknown"
  }

  private static func layout(_ mounts: [ControlGroupMount]) -> String {
    let v1 = mounts.filter { mount in
      Controller.allCases.contains { $0 != .unified && mount.carries($0) }
    }
    let hasV2 = mounts.contains { $0.carries(.unified) }
    switch (v1.isEmpty, hasV2) {
    case (true, true): return "v2"
    case (false, true): return "hybrid: \(v1.count) v1 hierarchies of interest beside v2"
    case (false, false): return "v1: \(v1.count) hierarchies of interest"
    case (true, false): return "none"
    }
  }

  private static func line(_ root: RootDirectory, _ path: String) -> String {
    text(root, path).split(separator: "\n").first.map(String.init) ?? "unknown"
  }

  private static func text(_ root: RootDirectory, _ path: String) -> String {
    String(decoding: (try? root.contents(BytePath(path))) ?? [], as: UTF8.self)
  }
}
