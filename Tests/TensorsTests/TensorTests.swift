import Tensors
import TestSupport
import Testing

@Suite("Tensor")
struct TensorTests {
  func iota(_ shape: [Int]) -> Tensor { Tensor((0..<shape.reduce(1, *)).map(Float.init), shape: shape) }

  @Test func copiesAreIndependent() {
    let a = iota([2, 3])
    var b = a
    b[1, 2] = 99
    #expect(a[1, 2] == 5)
    #expect(b[1, 2] == 99)
  }

  @Test(arguments: [
    ([2, 3, 4], [2, 3, 4]), ([2, 3, 4], [4]), ([2, 3, 4], [3, 1]), ([2, 1, 4], [3, 1]), ([1], [2, 3]),
    ([2, 3, 1, 1], [3, 4, 5]),
    ([2, 1, 4], [2, 1, 4]), ([5, 1], [1, 7]), ([], [2, 2]),
  ])
  func broadcastingFollowsNumPy(_ a: [Int], _ b: [Int]) throws {
    let (x, y) = (iota(a), iota(b) + 0.5)
    let target = try #require(Tensor.broadcastShape(a, b))
    let sum = x * y
    #expect(sum.shape == target)
    for flat in 0..<sum.count {
      var (rest, index) = (flat, [Int]())
      for extent in target.reversed() {
        index.insert(rest % extent, at: 0)
        rest /= extent
      }
      func element(_ t: Tensor) -> Float {
        var offset = 0
        for (i, extent) in t.shape.enumerated() {
          let position = index[i + target.count - t.rank]
          offset = offset * extent + (extent == 1 ? 0 : position)
        }
        return t.scalars[offset]
      }
      #expect(sum.scalars[flat] == element(x) * element(y))
    }
    #expect(Tensor.ones(target).summed(to: a).sum == Float(target.reduce(1, *)))
  }

  @Test func permutingMovesElements() {
    let x = iota([2, 3, 4])
    let y = x.permuted([2, 0, 1])
    #expect(y.shape == [4, 2, 3])
    for i in 0..<2 { for j in 0..<3 { for k in 0..<4 { #expect(y[k, i, j] == x[i, j, k]) } } }
    #expect(y.permuted([1, 2, 0]) == x)
  }

  /// Every order of shapes with short, long and single extents.
  @Test(
    arguments: [[3, 17, 40], [33, 2, 16], [1, 19, 1], [20, 1, 5], [64, 80, 3], [7, 16, 16]],
    [
      [0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0],
    ])
  func permutationsOfAllKinds(_ shape: [Int], _ order: [Int]) {
    let x = iota(shape)
    let (y, from) = (x.permuted(order), x.scalars)
    #expect(y.shape == order.map { shape[$0] })
    let strides = [shape[1] * shape[2], shape[2], 1]
    var expected: [Float] = []
    for i in 0..<y.shape[0] {
      for j in 0..<y.shape[1] {
        for k in 0..<y.shape[2] {
          expected.append(from[i * strides[order[0]] + j * strides[order[1]] + k * strides[order[2]]])
        }
      }
    }
    #expect(y.scalars == expected)
  }

  @Test func concatenationUndoesSlicing() {
    let x = iota([2, 5, 3])
    for axis in 0..<3 {
      let parts = [x.sliced(0..<1, along: axis), x.sliced(1..<x.shape[axis], along: axis)]
      #expect(Tensor.concatenated(parts, along: axis) == x)
    }
  }

  /// Long and wide products are cut differently from small ones; a shared right factor is one product of the batch.
  @Test(
    arguments: [(3, 40, 70, 1100), (1, 300, 90, 20), (2, 37, 700, 130), (1, 1, 96, 24)],
    [
      (false, false), (true, false), (false, true), (true, true),
    ])
  func matrixProductsOfAnySize(_ extents: (batch: Int, m: Int, n: Int, k: Int), _ transpose: (a: Bool, b: Bool)) {
    let (batch, m, n, k) = extents
    let a = noise(transpose.a ? [batch, k, m] : [batch, m, k], seed: 1)
    for lead in [[], [batch]] {
      let b = noise(lead + (transpose.b ? [n, k] : [k, n]), seed: 2)
      let (x, y) = (a.scalars, b.scalars)
      var expected: [Float] = []
      for index in 0..<(batch * m * n) {
        let (s, i, j) = (index / (m * n), index / n % m, index % n)
        var sum = 0.0
        for p in 0..<k {
          let left = x[s * m * k + (transpose.a ? p * m + i : i * k + p)]
          sum += Double(left) * Double(y[(lead.isEmpty ? 0 : s * n * k) + (transpose.b ? j * k + p : p * n + j)])
        }
        expected.append(Float(sum))
      }
      expectClose(
        a.matmul(b, transposeA: transpose.a, transposeB: transpose.b), Tensor(expected, shape: [batch, m, n]),
        .norm(2e-6))
    }
  }

  @Test(arguments: [(false, false), (true, false), (false, true), (true, true)])
  func matrixProductsOfBatches(_ transposeA: Bool, _ transposeB: Bool) {
    let a = iota(transposeA ? [3, 5, 4] : [3, 4, 5]) * 0.1
    let b = iota(transposeB ? [3, 2, 5] : [3, 5, 2]) * 0.1
    let c = a.matmul(b, transposeA: transposeA, transposeB: transposeB)
    #expect(c.shape == [3, 4, 2])
    for n in 0..<3 {
      for i in 0..<4 {
        for j in 0..<2 {
          var expected: Float = 0
          for k in 0..<5 {
            expected += (transposeA ? a[n, k, i] : a[n, i, k]) * (transposeB ? b[n, j, k] : b[n, k, j])
          }
          #expect(abs(c[n, i, j] - expected) < 1e-4)
        }
      }
    }
  }
}
