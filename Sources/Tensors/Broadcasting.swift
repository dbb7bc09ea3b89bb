extension Tensor {
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
}

/// Two operands seen in a shape they broadcast to, cut into the longest innermost runs over which each advances by one
/// element or stays where it is.
struct BroadcastRuns {
  /// Elements of a run.
  let length: Int
  /// 1 where the operand advances within a run, 0 where it stays.
  let aStep, bStep: Int
  /// The number of runs.
  let count: Int
  private let outer: [Int]
  private let aStrides, bStrides: [Int]

  init(_ target: [Int], _ a: [Int], _ b: [Int]) {
    aStrides = Self.strides(a, in: target)
    bStrides = Self.strides(b, in: target)
    var (run, inner, steps) = (1, target.count, (0, 0))
    while inner > 0 {
      let (extent, strides) = (target[inner - 1], (aStrides[inner - 1], bStrides[inner - 1]))
      if run == 1 {
        steps = extent == 1 ? (0, 0) : strides
      } else if extent != 1, strides.0 != steps.0 * run || strides.1 != steps.1 * run {
        break
      }
      run *= extent
      inner -= 1
    }
    length = Swift.max(run, 1)
    (aStep, bStep) = steps
    outer = Array(target[0..<inner])
    count = target.contains(0) ? 0 : outer.reduce(1, *)
  }

  /// Whether no two runs meet the same elements of the second operand.
  var areDisjointInB: Bool { outer.indices.allSatisfy { outer[$0] == 1 || bStrides[$0] != 0 } }

  /// Calls `body` with the offsets of each run in the result and in the operands.
  func forEach(in range: Range<Int>, _ body: (Int, Int, Int) -> Void) {
    var index = [Int](repeating: 0, count: outer.count)
    var (rest, a, b) = (range.lowerBound, 0, 0)
    for d in outer.indices.reversed() {
      index[d] = rest % outer[d]
      rest /= outer[d]
      a += index[d] * aStrides[d]
      b += index[d] * bStrides[d]
    }
    for run in range {
      body(run * length, a, b)
      var d = outer.count - 1
      while d >= 0 {
        index[d] += 1
        a += aStrides[d]
        b += bStrides[d]
        if index[d] < outer[d] { break }
        a -= aStrides[d] * outer[d]
        b -= bStrides[d] * outer[d]
        index[d] = 0
        d -= 1
      }
    }
  }

  /// Strides of `shape` seen as `target`, 0 where an extent is repeated.
  private static func strides(_ shape: [Int], in target: [Int]) -> [Int] {
    var strides = [Int](repeating: 0, count: target.count)
    var stride = 1
    for i in shape.indices.reversed() {
      strides[i + target.count - shape.count] = shape[i] == 1 ? 0 : stride
      stride *= shape[i]
    }
    return strides
  }
}
