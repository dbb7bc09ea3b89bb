import CKernels

// Elementwise arithmetic with NumPy's broadcasting: shapes are aligned at the right, an extent of 1 is repeated.

extension Tensor {
  public static func + (a: Tensor, b: Tensor) -> Tensor { binary(a, b, ck_add) }
  public static func - (a: Tensor, b: Tensor) -> Tensor { binary(a, b, ck_sub) }
  public static func * (a: Tensor, b: Tensor) -> Tensor { binary(a, b, ck_mul) }
  public static func / (a: Tensor, b: Tensor) -> Tensor { binary(a, b, ck_div) }

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

  private typealias Kernel = (UnsafePointer<Float>?, UnsafePointer<Float>?, UnsafeMutablePointer<Float>?, Int) -> Void

  private static func binary(_ a: Tensor, _ b: Tensor, _ kernel: Kernel) -> Tensor {
    guard let target = broadcastShape(a.shape, b.shape) else {
      preconditionFailure("shapes \(a.shape) and \(b.shape) do not broadcast")
    }
    if a.shape == b.shape { return a.mapped(with: b, kernel) }
    let runs = BroadcastRuns(target, a.shape, b.shape)
    return Tensor(unsafeUninitialized: target) { out in
      guard let o = out.baseAddress, !out.isEmpty else { return }
      a.withUnsafeBufferPointer { x in
        b.withUnsafeBufferPointer { y in
          guard let x = x.baseAddress, let y = y.baseAddress else { return }
          Parallel.forRanges(runs.count, grain: Swift.max(1, 32768 / runs.length)) { range in
            runs.forEach(in: range) { at, i, j in
              apply(kernel, x + i, runs.aStep, y + j, runs.bStep, o + at, runs.length)
            }
          }
        }
      }
    }
  }

  /// One run: an operand that stays the same is repeated into a short vector first, which the kernel then reads.
  private static func apply(
    _ kernel: Kernel, _ x: UnsafePointer<Float>, _ xStep: Int, _ y: UnsafePointer<Float>, _ yStep: Int,
    _ out: UnsafeMutablePointer<Float>, _ n: Int
  ) {
    if xStep == 1 && yStep == 1 { return kernel(x, y, out, n) }
    let width = Swift.min(n, 512)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * width) { buffer in
      guard let repeated = buffer.baseAddress else { return }
      if xStep == 0 { repeated.update(repeating: x[0], count: width) }
      if yStep == 0 { (repeated + width).update(repeating: y[0], count: width) }
      for start in stride(from: 0, to: n, by: width) {
        kernel(
          xStep == 0 ? UnsafePointer(repeated) : x + start, yStep == 0 ? UnsafePointer(repeated + width) : y + start,
          out + start, Swift.min(width, n - start))
      }
    }
  }
}
