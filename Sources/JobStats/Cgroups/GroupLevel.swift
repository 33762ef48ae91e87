/// What a file is called in a v1 and in a v2 group; nil where a version has none like it. A class
/// for what `Candidate` says, as is `GroupLevel`.
public final class GroupFile: ExpressibleByStringLiteral, Sendable {
  let v1: String?
  let v2: String?

  public init(v1: String? = nil, v2: String? = nil) {
    self.v1 = v1
    self.v2 = v2
  }

  /// One that both versions have, maybe with other contents.
  public convenience init(_ name: String) { self.init(v1: name, v2: name) }
  public convenience init(stringLiteral name: String) { self.init(name) }
}

/// One control group, the watched one or an ancestor of it, and where its files may be: in
/// an explicit tree nobody knows which version it is of, until a file is found.
public final class GroupLevel: Equatable {
  public let v1: [BytePath]
  public let v2: [BytePath]
  /// Whether it counts more than the job.
  public let coversMore: Bool

  public init(v1: [BytePath] = [], v2: [BytePath] = [], coversMore: Bool = false) {
    self.v1 = v1
    self.v2 = v2
    self.coversMore = coversMore
  }

  public static func == (one: GroupLevel, other: GroupLevel) -> Bool {
    one.v1 == other.v1 && one.v2 == other.v2 && one.coversMore == other.coversMore
  }

  /// The places for a file, the first that can be opened serves.
  public func candidates(_ file: GroupFile) -> [Candidate] {
    func places(_ directories: [BytePath], _ name: String?) -> [Candidate] {
      guard let name else { return [] }
      return directories.map { Candidate($0, name, coversMore: coversMore) }
    }
    let first = places(v1, file.v1)
    let second = places(v2, file.v2)
    if first.isEmpty { return second }
    return second.isEmpty ? first : first + second.filter { !first.contains($0) }
  }
}
