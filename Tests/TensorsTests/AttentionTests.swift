import Glibc
import Tensors
import TestSupport
import Testing

/// The definition of attention and its gradients as plain loops in Double, one head after the other.
private struct NaiveAttention {
  let query, key, value: Tensor
  let mask: Tensor?
  let scale: Double

  private var extents: (heads: Int, length: Int, keys: Int, width: Int) {
    (query.shape[0] * query.shape[1], query.shape[2], key.shape[2], query.shape[3])
  }

  private func maskValue(_ head: Int, _ i: Int, _ j: Int) -> Double {
    guard let mask else { return 0 }
    let heads = query.shape[1]
    return Double(mask[mask.shape[0] == 1 ? 0 : head / heads, mask.shape[1] == 1 ? 0 : head % heads, i, j])
  }

  func probabilities() -> [Double] {
    let (heads, length, keys, width) = extents
    let (q, k) = (query.scalars.map(Double.init), key.scalars.map(Double.init))
    var result: [Double] = []
    for head in 0..<heads {
      for i in 0..<length {
        let scores = (0..<keys).map { j in
          (0..<width).reduce(0.0) { $0 + q[(head * length + i) * width + $1] * k[(head * keys + j) * width + $1] }
            * scale + maskValue(head, i, j)
        }
        let exponentials = scores.map { exp($0) }
        let sum = exponentials.reduce(0, +)
        result += exponentials.map { $0 / sum }
      }
    }
    return result
  }

  /// a[i, j] summed over `inner`: out[head, i, d] = Σ_j a[head](i, j) · x[head, j, d]
  private func weighted(_ rows: Int, _ inner: Int, _ x: [Double], _ a: (Int, Int, Int) -> Double) -> [Double] {
    let (heads, _, _, width) = extents
    var out = [Double](repeating: 0, count: heads * rows * width)
    for head in 0..<heads {
      for i in 0..<rows {
        for j in 0..<inner {
          let factor = a(head, i, j)
          for d in 0..<width { out[(head * rows + i) * width + d] += factor * x[(head * inner + j) * width + d] }
        }
      }
    }
    return out
  }

  func forward() -> (output: Tensor, probabilities: Tensor) {
    let (_, length, keys, _) = extents
    let p = probabilities()
    let out = weighted(length, keys, value.scalars.map(Double.init)) { p[($0 * length + $1) * keys + $2] }
    return (
      Tensor(out.map(Float.init), shape: query.shape),
      Tensor(p.map(Float.init), shape: [query.shape[0], query.shape[1], length, keys])
    )
  }

  func gradients(_ gradient: Tensor) -> (query: Tensor, key: Tensor, value: Tensor) {
    let (heads, length, keys, width) = extents
    let (p, g, v) = (probabilities(), gradient.scalars.map(Double.init), value.scalars.map(Double.init))
    var scores = p
    for row in 0..<(heads * length) {
      let head = row / length
      let products = (0..<keys).map { j in
        (0..<width).reduce(0.0) { $0 + g[row * width + $1] * v[(head * keys + j) * width + $1] }
      }
      let mean = (0..<keys).reduce(0.0) { $0 + p[row * keys + $1] * products[$1] }
      for j in 0..<keys { scores[row * keys + j] = p[row * keys + j] * (products[j] - mean) * scale }
    }
    let (q, k) = (query.scalars.map(Double.init), key.scalars.map(Double.init))
    let dq = weighted(length, keys, k) { scores[($0 * length + $1) * keys + $2] }
    let dk = weighted(keys, length, q) { scores[($0 * length + $2) * keys + $1] }
    let dv = weighted(keys, length, g) { p[($0 * length + $2) * keys + $1] }
    return (
      Tensor(dq.map(Float.init), shape: query.shape), Tensor(dk.map(Float.init), shape: key.shape),
      Tensor(dv.map(Float.init), shape: value.shape)
    )
  }
}

struct AttentionCase: Sendable {
  let query: [Int]
  let keys: Int
  var mask: [Int]? = nil
  var scale: Float? = nil

  static let all: [AttentionCase] = [
    .init(query: [1, 1, 1, 1], keys: 1),
    .init(query: [2, 3, 5, 8], keys: 7),
    .init(query: [2, 12, 16, 8], keys: 16),
    .init(query: [3, 10, 64, 8], keys: 64, scale: 0.3),
    .init(query: [1, 2, 200, 40], keys: 77, mask: [1, 1, 200, 77]),
    .init(query: [2, 2, 70, 13], keys: 33, mask: [2, 1, 70, 33]),
    .init(query: [2, 3, 9, 20], keys: 9, mask: [1, 3, 9, 9], scale: 1),
    .init(query: [2, 3, 9, 17], keys: 18, mask: [2, 3, 9, 18]),
  ]
}

@Suite("Attention")
struct AttentionTests {
  private func tensors(_ test: AttentionCase) -> (NaiveAttention, gradient: Tensor) {
    var keyShape = test.query
    keyShape[2] = test.keys
    let mask = test.mask.map { noise($0, seed: 4) * 3 }
    let scale = test.scale.map(Double.init) ?? 1 / Double(test.query[3]).squareRoot()
    return (
      NaiveAttention(
        query: noise(test.query, seed: 1) * 2, key: noise(keyShape, seed: 2) * 2, value: noise(keyShape, seed: 3),
        mask: mask, scale: scale), noise(test.query, seed: 5)
    )
  }

  @Test(arguments: AttentionCase.all)
  func attentionIsItsDefinition(_ test: AttentionCase) {
    let (naive, gradient) = tensors(test)
    let expected = naive.forward()
    let (output, probabilities) = Tensor.scaledDotProductAttention(
      query: naive.query, key: naive.key, value: naive.value, mask: naive.mask, scale: test.scale)
    expectClose(probabilities, expected.probabilities, .norm(1e-6), "probabilities")
    expectClose(output, expected.output, .norm(1e-6), "output")
    let gradients = naive.gradients(gradient)
    let actual = Tensor.scaledDotProductAttentionGradients(
      query: naive.query, key: naive.key, value: naive.value, probabilities: probabilities, outputGradient: gradient,
      scale: test.scale)
    // With a single key the probabilities are constant: both gradients are exactly zero.
    expectClose(actual.query, gradients.query, .norm(3e-6), "query")
    expectClose(actual.key, gradients.key, .norm(3e-6), "key")
    expectClose(actual.value, gradients.value, .norm(1e-6), "value")
  }

  /// exp(−∞) leaves nothing of a masked key, to below the smallest normal number.
  @Test func maskedKeysAreIgnored() {
    let (q, k, v) = (noise([1, 2, 5, 8], seed: 1), noise([1, 2, 6, 8], seed: 2), noise([1, 2, 6, 8], seed: 3))
    var mask = Tensor.zeros([1, 1, 5, 6])
    for i in 0..<5 { for j in 4..<6 { mask[0, 0, i, j] = -.infinity } }
    let masked = Tensor.scaledDotProductAttention(query: q, key: k, value: v, mask: mask)
    let shortened = Tensor.scaledDotProductAttention(
      query: q, key: k.sliced(0..<4, along: 2), value: v.sliced(0..<4, along: 2))
    expectClose(masked.output, shortened.output, .norm(1e-6))
    #expect(masked.probabilities.sliced(4..<6, along: 3).max < 1e-37)
  }
}

extension SharedStateTests {
  @Test(arguments: AttentionCase.all)
  func attentionAtOneAndTwoThreads(_ test: AttentionCase) {
    let q = noise(test.query, seed: 1)
    let k = noise([test.query[0], test.query[1], test.keys, test.query[3]], seed: 2)
    expectSameBitsOnTwoThreads {
      let (output, p) = Tensor.scaledDotProductAttention(query: q, key: k, value: k)
      let gradients = Tensor.scaledDotProductAttentionGradients(
        query: q, key: k, value: k, probabilities: p, outputGradient: output)
      return [
        (name: "output", tensor: output), (name: "probabilities", tensor: p),
        (name: "query gradient", tensor: gradients.query), (name: "key gradient", tensor: gradients.key),
        (name: "value gradient", tensor: gradients.value),
      ]
    }
  }
}
