/// The statistics there are: the only list of them.
public enum Registry {
  /// In the order of the default log.
  public static let all: [any Statistic.Type] = [
    MemoryStatistic.self,
    CPUStatistic.self,
    BlockIOStatistic.self,
    NetworkStatistic.self,
  ]

  /// The statistics that are logged unless -stats says otherwise.
  public static var byDefault: [any Statistic.Type] { all }

  /// The statistic of a name, as -stats has it.
  public static func named(_ name: String) -> (any Statistic.Type)? {
    all.first { "\($0.name)" == name }
  }
}
