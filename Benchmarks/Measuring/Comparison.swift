/// What the product costs, over what the floor costs: measured at once, or in turns.
struct Comparison {
  let product: Samples
  let floor: Samples

  init(_ product: Samples, over floor: Samples) {
    self.product = product
    self.floor = floor
  }

  /// The ratios of each round to its neighbour: what disturbs the machine for longer than a
  /// round, or changes its clock, is in both and cancels out.
  var ratios: Samples {
    var pairs = Samples()
    for (ours, limit) in zip(product.values, floor.values) { pairs.append(ours / limit) }
    return pairs
  }

  /// Both medians, and between what most of the samples are.
  /// - Parameter samples: what they are of, in the plural.
  func table(_ unit: String, floor name: String, of samples: String) -> Table {
    var table = Table("", unit, "5 % to 95 % of \(samples)")
    for (name, samples) in [("crunchstat", product), (name, floor)] {
      table.add(
        name, fixed(samples.median, 2),
        "\(fixed(samples.quantile(0.05), 2)) to \(fixed(samples.quantile(0.95), 2))")
    }
    return table
  }

  func row(_ demand: Demand) -> Row {
    Row(
      demand: demand, figure: Quantity(product), floor: Quantity(floor),
      ratio: Quantity(ratios))
  }
}
