// swift-tools-version: 6.2
// Swift 6.3 on Linux. The product depends on nothing but libc and the toolchain.
import PackageDescription

// `swift run Benchmarks`, as typed, is a debug build; its figures have to be those of
// optimised code, so debug builds are optimised as release builds are, unless
// CRUNCHSTAT_UNOPTIMISED is set (`make test-debug` does, to have the debug assertions).
// `-num-threads` makes one object per source file, which SwiftPM's debug plan expects.
let unoptimised = Context.environment["CRUNCHSTAT_UNOPTIMISED"] != nil
let optimiseSwift: [SwiftSetting] =
  unoptimised
  ? []
  : [
    .unsafeFlags(
      ["-O", "-whole-module-optimization", "-num-threads", "2", "-disable-batch-mode"],
      .when(configuration: .debug))
  ]
// Exclusive access is proved by the compiler where it can be, and checked at run time by the
// unoptimised build, which all tests run on; the checks are 40 % of a poll's instructions.
// There is one thread, so references are counted without locking the bus: eight times a poll.
// Each function has a section of its own, for the linker to put in order. SwiftPM asks for frame
// pointers; what is handed to clang itself comes after that, and counts.
let trustAccesses: [SwiftSetting] =
  unoptimised
  ? []
  : [
    .unsafeFlags([
      "-enforce-exclusivity=unchecked", "-Xfrontend", "-assume-single-threaded",
      "-Xfrontend", "-function-sections", "-Xcc", "-Xclang",
      "-Xcc", "-mframe-pointer=none",
    ])
  ]
let optimiseC: [CSetting] =
  unoptimised ? [] : [.unsafeFlags(["-O2"], .when(configuration: .debug))]

// What runs lies side by side, in the order in which it runs (`make link-order`), from the beginning
// of a page on.
let inOrder = [
  "-use-ld=lld", "-Xlinker", "--no-warn-symbol-ordering", "-Xlinker", "-z", "-Xlinker",
  "separate-loadable-segments", "-Xlinker",
  "--symbol-ordering-file=\(Context.packageDirectory)/Sources/crunchstat/link-order.txt",
]

let strict: [SwiftSetting] = [
  .strictMemorySafety(), .treatAllWarnings(as: .error), .swiftLanguageMode(.v6),
]
let swiftSettings = strict + optimiseSwift + trustAccesses
let cSettings: [CSetting] =
  [
    .unsafeFlags([
      "-std=gnu11", "-Wall", "-Wextra", "-Wconversion", "-Werror",
      "-ffunction-sections",
    ])
  ] + optimiseC
  + (unoptimised ? [] : [.unsafeFlags(["-Xclang", "-mframe-pointer=none"])])

// They count allocations in a malloc of their own, and so does the address sanitizer.
let benchmarks: [Target] =
  Context.environment["CRUNCHSTAT_SANITIZED"] != nil
  ? []
  : [
    .target(
      name: "BenchmarkSupport", path: "Benchmarks/Support", cSettings: cSettings),
    .executableTarget(
      name: "Benchmarks", dependencies: ["BenchmarkSupport", "JobStats", "JobWrapper"],
      path: "Benchmarks",
      exclude: [
        "Support", "StartFloor", "Demo", "Results", "make-page.py", "steady-memory.sh",
        "link-order.sh", "prefetch-gate.sh", "gates-fail.sh",
        "instructions.sh", "system-calls.sh", "system-calls-gate.sh", "system-calls.awk",
        "resident.sh",
      ],
      swiftSettings: swiftSettings,
      // The product's code as it lies in the product.
      linkerSettings: [.unsafeFlags(inOrder)]),
  ]

// libFuzzer brings a main of its own, so this links only where everything is built for it, as
// `make fuzz` does.
let fuzzer: [Target] =
  Context.environment["CRUNCHSTAT_FUZZ"] == nil
  ? []
  : [
    .executableTarget(
      name: "Fuzzer", dependencies: ["FuzzProperties"], path: "Tests/Fuzzing/Fuzzer",
      swiftSettings: swiftSettings + [.unsafeFlags(["-parse-as-library"])])
  ]

let package = Package(
  name: "crunchstat",
  products: [
    .executable(name: "crunchstat", targets: ["crunchstat"])
  ],
  targets: [
    .target(name: "CStatShim", cSettings: cSettings),
    .target(name: "JobStats", dependencies: ["CStatShim"], swiftSettings: swiftSettings),
    .target(
      name: "JobWrapper", dependencies: ["CStatShim", "JobStats"], swiftSettings: swiftSettings),
    .executableTarget(
      name: "crunchstat", dependencies: ["JobWrapper"], exclude: ["link-order.txt"],
      swiftSettings: swiftSettings,
      linkerSettings: [
        // One file that runs on every x86-64 Linux, whatever libraries it has. What runs
        // lies side by side in it (`make link-order`), which saves 1.8 MB of resident pages;
        // and so do the texts: with -O0 the linker keeps them in the order of the sources,
        // where it would sort them by hash, a page for each.
        .unsafeFlags(
          ["-static-executable", "-Xlinker", "--gc-sections", "-Xlinker", "-O0"] + inOrder,
          .when(configuration: .release))
      ]),
    .target(
      name: "TestSupport", dependencies: ["JobStats", "CStatShim"], path: "Tests/Support",
      swiftSettings: swiftSettings),
    .target(
      name: "FuzzProperties", dependencies: ["JobStats", "JobWrapper", "TestSupport"],
      path: "Tests/Fuzzing/Properties", swiftSettings: swiftSettings),
    .testTarget(
      name: "JobStatsTests",
      dependencies: ["JobStats", "JobWrapper", "CStatShim", "TestSupport", "FuzzProperties"],
      exclude: ["Fixtures"], swiftSettings: strict),
  ] + benchmarks + fuzzer
)
