/// The statistics there are: the only list of them.
public enum Registry {
  /// In the order of `-stats all`.
  public static let all: [any Statistic.Type] =
    byDefault + [
      PressureStatistic.self,
      ThrottleStatistic.self,
      OOMStatistic.self,
      UsageStatistic.self,
      ProcessesStatistic.self,
      SpaceStatistic.self,
    ]

  /// The statistics that are logged unless -stats says otherwise.
  public static let byDefault: [any Statistic.Type] = [
    MemoryStatistic.self,
    CPUStatistic.self,
    BlockIOStatistic.self,
    NetworkStatistic.self,
  ]

  /// The statistic of a name, as -stats has it.
  public static func named(_ name: String) -> (any Statistic.Type)? {
    all.first { $0.name.description == name }
  }

  /// The names of some, as -stats takes them.
  public static func names(_ statistics: [any Statistic.Type]) -> String {
    joined(statistics.map { $0.name.description }, ",")
  }
}
