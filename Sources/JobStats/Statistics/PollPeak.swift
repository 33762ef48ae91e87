import CStatShim
import Glibc

/// The most memory that was charged since the last poll: memory.peak of a v2 group, through
/// a descriptor that resets the mark for itself alone when it is written to (Linux 6.12).
///
/// Cost: two system calls per poll where the kernel can do that, none where it can't.
final class PollPeak {
  private let context: SamplingContext
  private let anything = LineBuffer(capacity: 8)
  private var descriptor: CInt = -1
  /// Which of memory.stat's candidates it stands, or would stand, beside.
  private var source: Int?

  init(_ context: SamplingContext) {
    self.context = context
    anything.append("0\n")
  }

  deinit { shut() }

  func listPlaces(in list: inout PrefetchList) {
    list.add(self)
    if descriptor >= 0 { anything.listPlaces(in: &list) }
  }

  /// Bytes; nil where the kernel can't tell. Only what comes between the reading and the
  /// reset is not seen.
  func take(beside stat: StatFile) -> UInt64? {
    let isFirst = source != stat.source
    if isFirst { open(beside: stat) }
    guard descriptor >= 0 else { return nil }
    guard context.buffer.readAll(descriptor, .record) == 0, anything.bytes.write(to: descriptor)
    else {
      shut()
      // A mark that could be reset before belongs to a group that has gone.
      if !isFirst { source = nil }
      return nil
    }
    var scanner = context.buffer.scanner
    let value = scanner.singleNumber()
    // Before the first reset it is the most since the group was made.
    return isFirst && !stat.startsAtZero ? nil : value
  }

  private func open(beside stat: StatFile) {
    shut()
    source = stat.source
    guard let path = stat.path?.directory.appending("memory.peak"),
      let opened = try? context.root.open(path, O_RDWR)
    else { return }
    // Nothing is ever written to a recorded tree.
    guard opened.number < context.root.mostHeld, cstat_is_kernel_file(opened.number) > 0
    else { return }
    descriptor = opened.release()
  }

  private func shut() {
    if descriptor >= 0 { close(descriptor) }
    descriptor = -1
  }
}
