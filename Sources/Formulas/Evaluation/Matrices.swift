/// Products, inverses and roots of small matrices, and the convolution.
extension Evaluator {
  /// The product over the last two axes; earlier axes are stretched to fit.
  static func matmul(_ a: Numbers, _ b: Numbers) throws(FormulaError) -> Numbers {
    guard a.rank > 0, b.rank > 0 else { throw FormulaError("a matrix product of a number; use · for it") }
    // A vector is a row on the left and a column on the right, and vanishes from the result's shape.
    let left = a.rank == 1 ? a.reshaped([1, a.count]) : a
    let right = b.rank == 1 ? b.reshaped([b.count, 1]) : b
    let (rows, inner) = (left.shape[left.rank - 2], left.shape[left.rank - 1])
    let (depth, columns) = (right.shape[right.rank - 2], right.shape[right.rank - 1])
    guard inner == depth, let batch = Numbers.commonShape(left.shape.dropLast(2), right.shape.dropLast(2)) else {
      throw FormulaError(
        "shapes \(a.shape) and \(b.shape) do not fit in a matrix product: \(inner) and \(depth) must agree")
    }
    let count = batch.reduce(1, *)
    guard Double(count) * Double(rows) * Double(columns) * Double(inner) <= Double(mostWork) else {
      throw FormulaError("the product of \(a.shape) and \(b.shape) needs more than \(mostWork) operations")
    }
    let x = left.broadcast(to: batch + [rows, inner]).elements
    let y = right.broadcast(to: batch + [inner, columns]).elements
    var result = [Double](repeating: 0, count: count * rows * columns)
    for n in 0..<count {
      for i in 0..<rows {
        for j in 0..<columns {
          var sum = 0.0
          for k in 0..<inner { sum += x[(n * rows + i) * inner + k] * y[(n * inner + k) * columns + j] }
          result[(n * rows + i) * columns + j] = sum
        }
      }
    }
    let shape = batch + (a.rank == 1 ? [] : [rows]) + (b.rank == 1 ? [] : [columns])
    return Numbers(shape: shape, result)
  }
}

extension Call {
  func matrix() throws(FormulaError) -> Numbers? {
    switch function {
    case "matmul":
      try expect(2)
      return try Evaluator.matmul(values[0], values[1])
    case "trace":
      let (n, x) = try square()
      return Numbers((0..<n).reduce(0) { $0 + x[$1 * n + $1] })
    case "diag":
      let (n, x) = try square()
      return Numbers((0..<n).map { x[$0 * n + $0] })
    case "det":
      let (n, x) = try square()
      return Numbers(Elimination(n, x).determinant)
    case "inverse":
      let (n, x) = try square()
      return Numbers(shape: [n, n], try Elimination(n, x).inverse())
    case "sqrtm":
      let (n, x) = try square()
      return Numbers(shape: [n, n], try Self.root(n, x))
    case "conv2d": return try convolution()
    default: return nil
    }
  }

  private func square() throws(FormulaError) -> (Int, [Double]) {
    let x = try only()
    guard x.rank == 2, x.shape[0] == x.shape[1], x.shape[0] > 0, x.shape[0] <= 64 else {
      throw FormulaError("\(function) takes a square matrix up to 64×64, not shape \(x.shape)")
    }
    return (x.shape[0], x.elements)
  }

  /// The root of a matrix without negative eigenvalues, by Denman and Beavers' iteration: the mean of Y and Z⁻¹.
  private static func root(_ n: Int, _ matrix: [Double]) throws(FormulaError) -> [Double] {
    var y = matrix
    var z = (0..<n * n).map { $0 / n == $0 % n ? 1.0 : 0.0 }
    for _ in 0..<60 {
      let (inverseY, inverseZ) = (try Elimination(n, y).inverse(), try Elimination(n, z).inverse())
      let next = zip(y, inverseZ).map { ($0 + $1) / 2 }
      z = zip(z, inverseY).map { ($0 + $1) / 2 }
      let change = zip(next, y).map { abs($0 - $1) }.max() ?? 0
      y = next
      if change <= 1e-15 * (y.map(abs).max() ?? 0) { break }
    }
    return y
  }

  /// Cross-correlation of x [N, C, H, W] with W [O, C, kh, kw], as networks call it convolution.
  private func convolution() throws(FormulaError) -> Numbers {
    try expect(2)
    let (x, w) = (values[0], values[1])
    let (step, pad) = (try whole(options["stride"], "stride") ?? 1, try whole(options["padding"], "padding") ?? 0)
    guard x.rank == 4, w.rank == 4, x.shape[1] == w.shape[1], (1...16).contains(step), (0...16).contains(pad),
      x.shape[2] + 2 * pad >= w.shape[2], x.shape[3] + 2 * pad >= w.shape[3]
    else { throw FormulaError("conv2d of \(x.shape) with \(w.shape), stride \(step), padding \(pad) is impossible") }
    let height = (x.shape[2] + 2 * pad - w.shape[2]) / step + 1
    let width = (x.shape[3] + 2 * pad - w.shape[3]) / step + 1
    let result = Numbers(
      shape: [x.shape[0], w.shape[0], height, width],
      [Double](repeating: 0, count: x.shape[0] * w.shape[0] * height * width))
    var sums = result.elements
    for flat in sums.indices {
      let at = result.index(of: flat)
      for tap in 0..<w.count / w.shape[0] {
        let (c, rest) = tap.quotientAndRemainder(dividingBy: w.shape[2] * w.shape[3])
        let (ky, kx) = rest.quotientAndRemainder(dividingBy: w.shape[3])
        let (row, column) = (at[2] * step + ky - pad, at[3] * step + kx - pad)
        guard (0..<x.shape[2]).contains(row), (0..<x.shape[3]).contains(column) else { continue }
        let source = ((at[0] * x.shape[1] + c) * x.shape[2] + row) * x.shape[3] + column
        sums[flat] += x.elements[source] * w.elements[at[1] * (w.count / w.shape[0]) + tap]
      }
    }
    return Numbers(shape: result.shape, sums)
  }
}

/// Gauss and Jordan's elimination with row exchanges.
private struct Elimination {
  let n: Int
  private var rows: [[Double]]
  private(set) var determinant = 1.0

  init(_ n: Int, _ matrix: [Double]) {
    self.n = n
    rows = (0..<n).map { i in
      Array(matrix[i * n..<(i + 1) * n]) + (0..<n).map { $0 == i ? 1 : 0 }
    }
    for column in 0..<n {
      let pivot = (column..<n).max { abs(rows[$0][column]) < abs(rows[$1][column]) } ?? column
      if pivot != column {
        rows.swapAt(pivot, column)
        determinant.negate()
      }
      let value = rows[column][column]
      determinant *= value
      guard value != 0 else { return }
      rows[column] = rows[column].map { $0 / value }
      for row in 0..<n where row != column && rows[row][column] != 0 {
        let factor = rows[row][column]
        for k in 0..<2 * n { rows[row][k] -= factor * rows[column][k] }
      }
    }
  }

  func inverse() throws(FormulaError) -> [Double] {
    guard determinant != 0, determinant.isFinite else { throw FormulaError("a singular matrix has no inverse") }
    return rows.flatMap { $0[n...] }
  }
}
