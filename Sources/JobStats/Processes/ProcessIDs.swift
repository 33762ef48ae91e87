/// A set of process ids, kept in order. The standard library's does the same; but its first use
/// makes Swift's runtime look up who conforms to what, a tenth of a millisecond of every start.
///
/// Cost: to find one of N takes log2 N steps; to insert or remove one, those behind it are moved, 4
/// bytes each. New processes have the highest ids, as a rule.
struct ProcessIDs {
  private var ids: [Int32] = []

  func contains(_ id: Int32) -> Bool {
    let place = place(of: id)
    return place < ids.count && ids[place] == id
  }

  /// Returns false where it was there.
  mutating func insert(_ id: Int32) -> Bool {
    let place = place(of: id)
    if place < ids.count, ids[place] == id { return false }
    ids.insert(id, at: place)
    return true
  }

  mutating func remove(_ id: Int32) {
    let place = place(of: id)
    if place < ids.count, ids[place] == id { ids.remove(at: place) }
  }

  /// The first place whose id is not less.
  private func place(of id: Int32) -> Int {
    var low = 0
    var high = ids.count
    while low < high {
      let middle = (low + high) / 2
      if ids[middle] < id { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
