import BenchmarkSupport
import JobStats

/// Programs that are measured, or measured against: their paths.
enum Executables {
  /// This one.
  static let own: BytePath? = (try? RootDirectory(BytePath("/")))?
    .linkTarget(BytePath("/proc/self/exe"))

  /// The executable `crunchstat` of the release build, up to date: nil where it is not there and
  /// can't be built.
  static let crunchstat: String? = {
    guard let build else { return nil }
    // Nothing is done where nothing has changed.
    let words = [
      "swift", "build", "--package-path", repository, "--scratch-path", build.text, "-c",
      "release", "--product", "crunchstat",
    ]
    let isCurrent = unsafe bench_run(words.joined(separator: "\n")) >= 0
    let triple = own?.components.dropLast(2).last ?? BytePath("")
    return isCurrent ? file(build.appending(triple).appending("release/crunchstat")) : nil
  }()
  /// Copies of crunchstat and of the C program that its start is compared with, as `make install`
  /// makes them. What a linker has written lies in the page cache in single pages, a copy in larger
  /// pieces where the file system has those (Linux 6.16 ext4, xfs), which a start maps in less time:
  /// who starts it again and again has a copy.
  static let installed: (crunchstat: String, floor: String)? = {
    guard let build, let crunchstat, let startFloor,
      let first = install(crunchstat, build.appending("installed-crunchstat").text),
      let second = install(startFloor, build.appending("installed-start-floor").text)
    else { return nil }
    return (first, second)
  }()

  private static func install(_ file: String, _ copy: String) -> String? {
    unsafe bench_run("install\n-m\n755\n\(file)\n\(copy)") >= 0 ? copy : nil
  }

  static let noCrunchstat = "the release executable is not there and can't be built: make"

  /// The C program that crunchstat's start is compared with. It has to be static, as crunchstat
  /// is, and so is compiled here: the package manager links Swift's library into every program.
  static let startFloor: String? = {
    guard let build else { return nil }
    let path = build.appending("start-floor").text
    let source = repository + "/Benchmarks/StartFloor/start-floor.c"
    for compiler in ["cc", "clang"] {
      let words = [compiler, "-O2", "-static", "-o", path, source]
      if unsafe bench_run(words.joined(separator: "\n")) >= 0 { return path }
    }
    return nil
  }()
  static let noStartFloor = "no compiler links a static C program here"

  static func script(_ name: String) -> String { "\(repository)/Benchmarks/\(name)" }

  /// The folder that the package is built in: this is BUILD/TRIPLE/CONFIGURATION/Benchmarks.
  private static var build: BytePath? {
    own?.components.dropLast(3).reduce(BytePath("/")) { $0.appending($1) }
  }

  private static let repository = BytePath(#filePath).components.dropLast(3)
    .reduce(BytePath("/")) { $0.appending($1) }.text

  private static func file(_ path: BytePath) -> String? {
    let root = try? RootDirectory(BytePath("/"))
    return root?.identity(path)?.isRegular == true ? path.text : nil
  }
}
