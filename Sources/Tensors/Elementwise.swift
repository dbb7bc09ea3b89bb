import CKernels

// Elementwise arithmetic with NumPy's broadcasting: shapes are aligned at the right, an extent of 1 is repeated.

extension Tensor {
  public static func + (a: Tensor, b: Tensor) -> Tensor { binary(a, b, ck_add, +) }
  public static func - (a: Tensor, b: Tensor) -> Tensor { binary(a, b, ck_sub, -) }
  public static func * (a: Tensor, b: Tensor) -> Tensor { binary(a, b, ck_mul, *) }
  public static func / (a: Tensor, b: Tensor) -> Tensor { binary(a, b, ck_div, /) }

  public static func + (a: Tensor, b: Float) -> Tensor { a.affine(scale: 1, shift: b) }
  public static func - (a: Tensor, b: Float) -> Tensor { a.affine(scale: 1, shift: -b) }
  public static func * (a: Tensor, b: Float) -> Tensor { a.affine(scale: b, shift: 0) }
  public static func / (a: Tensor, b: Float) -> Tensor { a.map { $0 / b } }
  public static func + (a: Float, b: Tensor) -> Tensor { b + a }
  public static func - (a: Float, b: Tensor) -> Tensor { b.affine(scale: -1, shift: a) }
  public static func * (a: Float, b: Tensor) -> Tensor { b * a }
  public static prefix func - (a: Tensor) -> Tensor { a.affine(scale: -1, shift: 0) }

  /// scale · x + shift; x · scale and x + shift are rounded once each.
  public func affine(scale: Float, shift: Float) -> Tensor {
    Tensor(unsafeUninitialized: shape) { out in
      withUnsafeBufferPointer { x in
        Tensor.forChunks(x, out) { ck_affine($0, scale, shift, $1, $2) }
      }
    }
  }

  /// self += scale · other, in place; equal shapes.
  public mutating func add(_ other: Tensor, scale: Float = 1) {
    precondition(shape == other.shape, "adding \(other.shape) to \(shape)")
    withUnsafeMutableBufferPointer { y in
      other.withUnsafeBufferPointer { x in
        Tensor.forChunks(x, y) { ck_axpy($0, scale, $1, $2) }
      }
    }
  }

  /// A C kernel y = f(x) over all elements, in parallel.
  package func mapped(_ kernel: (UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void) -> Tensor {
    Tensor(unsafeUninitialized: shape) { out in
      withUnsafeBufferPointer { Tensor.forChunks($0, out, kernel) }
    }
  }

  /// A C kernel z = f(x, y) over all elements of two tensors of equal shape, in parallel.
  package func mapped(
    with other: Tensor,
    _ kernel: (UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void
  ) -> Tensor {
    precondition(shape == other.shape, "shapes \(shape) and \(other.shape) differ")
    return Tensor(unsafeUninitialized: shape) { out in
      withUnsafeBufferPointer { x in
        other.withUnsafeBufferPointer { y in
          guard let y = y.baseAddress else { return }
          Tensor.forChunks(x, out) { chunk, result, n in
            kernel(chunk, y + (result - (out.baseAddress ?? result)), result, n)
          }
        }
      }
    }
  }

  /// Cuts two buffers of equal length into chunks of 32,768 elements and calls `body` with each, in parallel.
  private static func forChunks(
    _ x: UnsafeBufferPointer<Float>, _ y: UnsafeMutableBufferPointer<Float>,
    _ body: (UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void
  ) {
    guard let from = x.baseAddress, let to = y.baseAddress else { return }
    Parallel.forRanges(x.count, grain: 32768) { body(from + $0.lowerBound, to + $0.lowerBound, $0.count) }
  }

  /// `body` of every element.
  public func map(_ body: (Float) -> Float) -> Tensor {
    Tensor(unsafeUninitialized: shape) { out in
      withUnsafeBufferPointer { x in
        for i in 0..<x.count { out[i] = body(x[i]) }
      }
    }
  }

  public func squareRoot() -> Tensor { map { $0.squareRoot() } }

  /// Every element limited to `range`.
  public func clamped(to range: ClosedRange<Float>) -> Tensor {
    map { Swift.min(Swift.max($0, range.lowerBound), range.upperBound) }
  }

  /// The shape both shapes broadcast to, or nil when they do not fit.
  public static func broadcastShape(_ a: [Int], _ b: [Int]) -> [Int]? {
    let rank = Swift.max(a.count, b.count)
    var result = [Int](repeating: 1, count: rank)
    for i in 0..<rank {
      let x = i < rank - a.count ? 1 : a[i - (rank - a.count)]
      let y = i < rank - b.count ? 1 : b[i - (rank - b.count)]
      guard x == y || x == 1 || y == 1 else { return nil }
      result[i] = x == 1 ? y : x
    }
    return result
  }

  /// Strides of `shape` seen as `target`, 0 where an extent is repeated.
  static func broadcastStrides(_ shape: [Int], to target: [Int]) -> [Int] {
    var strides = [Int](repeating: 0, count: target.count)
    var stride = 1
    for i in shape.indices.reversed() {
      let position = i + target.count - shape.count
      strides[position] = shape[i] == 1 ? 0 : stride
      stride *= shape[i]
    }
    return strides
  }

  /// Applies `body(outOffset, aOffset, bOffset, count, aStep, bStep)` to every innermost run of the broadcast shape.
  static func forEachRun(
    _ target: [Int], _ a: [Int], _ b: [Int], _ body: (Int, Int, Int, Int, Int, Int) -> Void
  ) {
    let sa = broadcastStrides(a, to: target)
    let sb = broadcastStrides(b, to: target)
    // Innermost dimensions over which both operands advance alike (contiguous or constant) are one run.
    var run = 1
    var inner = target.count
    var aStep = 0
    var bStep = 0
    while inner > 0 {
      let extent = target[inner - 1]
      if run == 1 {
        (aStep, bStep) = (sa[inner - 1], sb[inner - 1])
        if extent == 1 { (aStep, bStep) = (0, 0) }
      } else if extent != 1, sa[inner - 1] != aStep * run || sb[inner - 1] != bStep * run {
        break
      }
      run *= extent
      inner -= 1
    }
    let outer = Array(target[0..<inner])
    var index = [Int](repeating: 0, count: inner)
    var offsets = (out: 0, a: 0, b: 0)
    let total = outer.reduce(1, *)
    for _ in 0..<total {
      body(offsets.out, offsets.a, offsets.b, run, aStep, bStep)
      offsets.out += run
      var d = inner - 1
      while d >= 0 {
        index[d] += 1
        offsets.a += sa[d]
        offsets.b += sb[d]
        if index[d] < outer[d] { break }
        offsets.a -= sa[d] * outer[d]
        offsets.b -= sb[d] * outer[d]
        index[d] = 0
        d -= 1
      }
    }
  }

  private typealias Kernel = (UnsafePointer<Float>?, UnsafePointer<Float>?, UnsafeMutablePointer<Float>?, Int) -> Void

  private static func binary(
    _ a: Tensor, _ b: Tensor, _ kernel: Kernel, _ op: (Float, Float) -> Float
  ) -> Tensor {
    guard let target = broadcastShape(a.shape, b.shape) else {
      preconditionFailure("shapes \(a.shape) and \(b.shape) do not broadcast")
    }
    if a.shape == b.shape { return a.mapped(with: b, kernel) }
    return Tensor(unsafeUninitialized: target) { out in
      guard let o = out.baseAddress, !out.isEmpty else { return }
      a.withUnsafeBufferPointer { x in
        b.withUnsafeBufferPointer { y in
          guard let x = x.baseAddress, let y = y.baseAddress else { return }
          forEachRun(target, a.shape, b.shape) { at, i, j, n, aStep, bStep in
            if aStep == 1 && bStep == 1 {
              kernel(x + i, y + j, o + at, n)
            } else {
              for k in 0..<n { o[at + k] = op(x[i + k * aStep], y[j + k * bStep]) }
            }
          }
        }
      }
    }
  }
}
