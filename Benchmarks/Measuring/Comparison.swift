/// What the product costs, over what the floor costs: measured in turns.
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

  func row(_ demand: Demand) -> Row {
    Row(
      demand: demand, figure: Quantity(product), floor: Quantity(floor),
      ratio: Quantity(ratios))
  }
}
