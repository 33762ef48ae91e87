import FuzzProperties
import Glibc

// What libFuzzer calls (https://llvm.org/docs/LibFuzzer.html). Its main is the program's.

/// The target that CRUNCHSTAT_FUZZ names; where it names none, their names are listed.
private let target: FuzzTarget = {
  let name = unsafe getenv("CRUNCHSTAT_FUZZ").map { unsafe String(cString: $0) }
  if let target = FuzzTarget.all.first(where: { $0.name == name }) { return target }
  for target in FuzzTarget.all { print(target.name) }
  exit(name == nil ? 0 : 2)
}()

@_cdecl("LLVMFuzzerInitialize")
public func initialize(
  _ count: UnsafeMutableRawPointer, _ arguments: UnsafeMutableRawPointer
) -> CInt {
  _ = target
  return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  do {
    // A copy in a room of its own, where the address sanitizer sees a step beyond it.
    try target.check(unsafe Array(UnsafeBufferPointer(start: bytes, count: count)))
  } catch {
    fatalError("\(target.name): \(error)")
  }
  return 0
}
