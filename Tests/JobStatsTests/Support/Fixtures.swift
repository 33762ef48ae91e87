import JobStats

/// Recorded trees.
enum Fixtures {
  /// The root of a recorded tree, by the name of its folder.
  static func tree(_ name: String, from file: String = #filePath) throws -> RootDirectory {
    let here = BytePath(file).components.dropLast(2).reduce(BytePath("/")) {
      $0.appending($1)
    }
    return try RootDirectory(here.appending("Fixtures/trees").appending(name))
  }
}
