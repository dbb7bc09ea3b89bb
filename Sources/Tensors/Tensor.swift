/// A dense Float32 array of any rank: row-major, contiguous, with value semantics and copy on write.
///
/// Images are [N, C, H, W] (batch, channels, height, width), token features [N, L, D]; a scalar has the shape [].
/// Shapes that do not fit are a programmer's mistake and stop the program with both shapes; what a user can cause is
/// checked before tensors are made.
public struct Tensor: Sendable {
  public let shape: [Int]
  var storage: Storage

  init(shape: [Int], storage: Storage) {
    self.shape = shape
    self.storage = storage
  }

  /// The elements in row-major order; `scalars.count` must be the product of `shape`.
  public init(_ scalars: [Float], shape: [Int]) {
    precondition(
      scalars.count == shape.reduce(1, *), "\(scalars.count) scalars do not fill the shape \(shape)")
    let storage = Storage(count: scalars.count)
    scalars.withUnsafeBufferPointer { source in
      if let base = source.baseAddress { storage.pointer.initialize(from: base, count: source.count) }
    }
    self.init(shape: shape, storage: storage)
  }

  /// A vector, shape [count].
  public init(_ scalars: [Float]) { self.init(scalars, shape: [scalars.count]) }

  /// A scalar, shape [].
  public init(_ scalar: Float) { self.init([scalar], shape: []) }

  /// Every element equal to `value`.
  public init(repeating value: Float, shape: [Int]) {
    self.init(unsafeUninitialized: shape) { $0.update(repeating: value) }
  }

  public static func zeros(_ shape: [Int]) -> Tensor { Tensor(repeating: 0, shape: shape) }
  public static func ones(_ shape: [Int]) -> Tensor { Tensor(repeating: 1, shape: shape) }

  /// Memory with undefined content that `body` must fill completely.
  public init(unsafeUninitialized shape: [Int], _ body: (UnsafeMutableBufferPointer<Float>) throws -> Void) rethrows {
    let count = shape.reduce(1, *)
    precondition(shape.allSatisfy { $0 >= 0 }, "negative extent in shape \(shape)")
    let storage = Storage(count: count)
    try body(UnsafeMutableBufferPointer(start: storage.pointer, count: count))
    self.init(shape: shape, storage: storage)
  }

  // MARK: Looking inside

  public var count: Int { storage.count }
  public var rank: Int { shape.count }

  /// All elements in row-major order (a copy).
  public var scalars: [Float] { withUnsafeBufferPointer { Array($0) } }

  /// The only element of a tensor of one element.
  public var scalar: Float {
    precondition(count == 1, "scalar of a tensor of shape \(shape)")
    return storage.pointer[0]
  }

  public func withUnsafeBufferPointer<R>(_ body: (UnsafeBufferPointer<Float>) throws -> R) rethrows -> R {
    try withExtendedLifetime(storage) {
      try body(UnsafeBufferPointer(start: storage.pointer, count: storage.count))
    }
  }

  /// Access for writing; copies first when the memory is shared.
  public mutating func withUnsafeMutableBufferPointer<R>(
    _ body: (UnsafeMutableBufferPointer<Float>) throws -> R
  ) rethrows -> R {
    makeUnique()
    return try withExtendedLifetime(storage) {
      try body(UnsafeMutableBufferPointer(start: storage.pointer, count: storage.count))
    }
  }

  mutating func makeUnique() {
    guard !isKnownUniquelyReferenced(&storage) else { return storage.forgetDerived() }
    let copy = Storage(count: count)
    copy.pointer.update(from: storage.pointer, count: count)
    storage = copy
  }

  /// One element, by one index for every dimension.
  public subscript(_ indices: Int...) -> Float {
    get { storage.pointer[offset(indices)] }
    set {
      let position = offset(indices)
      makeUnique()
      storage.pointer[position] = newValue
    }
  }

  private func offset(_ indices: [Int]) -> Int {
    precondition(indices.count == rank, "index \(indices) into shape \(shape)")
    var offset = 0
    for (index, extent) in zip(indices, shape) {
      precondition(index >= 0 && index < extent, "index \(indices) out of shape \(shape)")
      offset = offset * extent + index
    }
    return offset
  }

  // MARK: Shape

  /// The same elements in another shape; one extent may be −1, to be computed.
  public func reshaped(_ newShape: [Int]) -> Tensor {
    var resolved = newShape
    if let free = newShape.firstIndex(of: -1) {
      let known = newShape.enumerated().filter { $0.offset != free }.map(\.element).reduce(1, *)
      precondition(known > 0 && count % known == 0, "cannot reshape \(shape) to \(newShape)")
      resolved[free] = count / known
    }
    precondition(resolved.reduce(1, *) == count, "cannot reshape \(shape) to \(newShape)")
    return Tensor(shape: resolved, storage: storage)
  }
}

extension Tensor: Equatable {
  /// Equal shape and equal elements, as IEEE 754 compares them (NaN differs from itself).
  public static func == (a: Tensor, b: Tensor) -> Bool {
    a.shape == b.shape
      && a.withUnsafeBufferPointer { x in b.withUnsafeBufferPointer { y in x.elementsEqual(y) } }
  }
}

extension Tensor: CustomStringConvertible {
  public var description: String {
    let shown = scalars.prefix(8).map { "\($0)" }.joined(separator: ", ")
    return "Tensor\(shape)[\(shown)\(count > 8 ? ", …" : "")]"
  }
}
