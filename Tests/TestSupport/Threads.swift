import Synchronization
import Tensors
import Testing

private let threadCountIsTaken = Mutex(())

/// What `body` returns on `count` threads. The number is shared by the whole process, so one test at a time sets it.
public func onThreads<R>(_ count: Int, _ body: () throws -> R) rethrows -> R {
  try threadCountIsTaken.withLock { _ in
    let before = Parallel.threadCount
    defer { Parallel.threadCount = before }
    Parallel.threadCount = count
    return try body()
  }
}

/// Records an issue for every tensor that has other bits on two threads than on one.
public func expectSameBitsOnTwoThreads(
  _ label: String = "", sourceLocation: SourceLocation = #_sourceLocation,
  _ body: () throws -> [(name: String, tensor: Tensor)]
) rethrows {
  let one = try onThreads(1, body)
  let two = try onThreads(2, body)
  #expect(!one.isEmpty && one.map(\.name) == two.map(\.name), sourceLocation: sourceLocation)
  for (a, b) in zip(one, two) {
    guard let place = firstDifferentBits(a.tensor, b.tensor) else { continue }
    Issue.record("\(label) \(a.name) on 1 and on 2 threads: \(place)", sourceLocation: sourceLocation)
  }
}

/// The first place where two tensors have different bits, or nil.
public func firstDifferentBits(_ a: Tensor, _ b: Tensor) -> String? {
  guard a.shape == b.shape else { return "shapes \(a.shape) and \(b.shape)" }
  let (x, y) = (a.scalars, b.scalars)
  guard let i = x.indices.first(where: { x[$0].bitPattern != y[$0].bitPattern }) else { return nil }
  return "\(x[i]) and \(y[i]) at element \(i) of shape \(a.shape)"
}
