import Tensors
import TestSupport
import Testing

/// The definition of convolution and of its gradients as plain loops in Double.
private struct NaiveConvolution {
  let x, w: Tensor
  let stride: Int
  let padding: Padding

  /// Calls `body(y offset, x offset, w offset)` for every product in the sum.
  func forEachProduct(_ body: (Int, Int, Int) -> Void) -> [Int] {
    let (n, c, h, width) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
    let (o, kh, kw) = (w.shape[0], w.shape[2], w.shape[3])
    let oh = (h + padding.top + padding.bottom - kh) / stride + 1
    let ow = (width + padding.left + padding.right - kw) / stride + 1
    for (s, f) in pairs(n, o) {
      for (i, j) in pairs(oh, ow) {
        for channel in 0..<c {
          for (k, l) in pairs(kh, kw) {
            let (row, column) = (i * stride + k - padding.top, j * stride + l - padding.left)
            guard row >= 0, row < h, column >= 0, column < width else { continue }
            body(
              ((s * o + f) * oh + i) * ow + j, ((s * c + channel) * h + row) * width + column,
              ((f * c + channel) * kh + k) * kw + l)
          }
        }
      }
    }
    return [n, o, oh, ow]
  }

  private func pairs(_ a: Int, _ b: Int) -> [(Int, Int)] { (0..<a).flatMap { i in (0..<b).map { (i, $0) } } }

  func forward(bias: [Float]) -> Tensor {
    let (a, b) = (x.scalars, w.scalars)
    let shape = forEachProduct { _, _, _ in }
    let pixels = shape[2] * shape[3]
    var y = (0..<shape.reduce(1, *)).map { Double(bias[$0 / pixels % shape[1]]) }
    _ = forEachProduct { y[$0] += Double(a[$1]) * Double(b[$2]) }
    return Tensor(y.map(Float.init), shape: shape)
  }

  func gradients(_ outputGradient: Tensor) -> (input: Tensor, weight: Tensor, bias: Tensor) {
    let (a, b, g) = (x.scalars, w.scalars, outputGradient.scalars)
    var dx = [Double](repeating: 0, count: x.count)
    var dw = [Double](repeating: 0, count: w.count)
    _ = forEachProduct {
      dx[$1] += Double(g[$0]) * Double(b[$2])
      dw[$2] += Double(g[$0]) * Double(a[$1])
    }
    let pixels = outputGradient.shape[2] * outputGradient.shape[3]
    var db = [Double](repeating: 0, count: w.shape[0])
    for (i, value) in g.enumerated() { db[i / pixels % w.shape[0]] += Double(value) }
    return (
      Tensor(dx.map(Float.init), shape: x.shape), Tensor(dw.map(Float.init), shape: w.shape),
      Tensor(db.map(Float.init))
    )
  }
}

struct ConvolutionCase: Sendable, CustomTestStringConvertible {
  let input, weight: [Int]
  var stride = 1
  var padding = Padding(0)

  var testDescription: String {
    let p = padding
    return "\(input)*\(weight) stride \(stride) padding \([p.top, p.bottom, p.left, p.right])"
  }

  static let same = Padding(1)
  static let down = Padding(top: 0, bottom: 1, left: 0, right: 1)
  static let all: [ConvolutionCase] = [
    .init(input: [1, 3, 7, 5], weight: [4, 3, 1, 1]),
    .init(input: [3, 5, 6, 9], weight: [2, 5, 1, 1]),
    .init(input: [2, 3, 7, 5], weight: [4, 3, 1, 1], stride: 2),
    .init(input: [1, 1, 9, 11], weight: [24, 1, 3, 3], padding: same),
    .init(input: [2, 24, 8, 8], weight: [1, 24, 3, 3], padding: same),
    .init(input: [5, 24, 32, 32], weight: [24, 24, 3, 3], padding: same),
    .init(input: [1, 40, 16, 16], weight: [24, 40, 3, 3], padding: same),
    .init(input: [3, 17, 16, 16], weight: [40, 17, 3, 3], padding: same),
    .init(input: [9, 40, 8, 8], weight: [80, 40, 3, 3], padding: same),
    .init(input: [1, 80, 8, 8], weight: [40, 80, 3, 3], padding: same),
    .init(input: [17, 33, 4, 4], weight: [35, 33, 3, 3], padding: same),
    .init(input: [1, 96, 4, 4], weight: [96, 96, 3, 3], padding: same),
    .init(input: [2, 19, 13, 22], weight: [21, 19, 3, 3], padding: same),
    .init(input: [2, 16, 10, 7], weight: [18, 16, 3, 3]),
    .init(input: [3, 20, 64, 64], weight: [8, 20, 3, 3], padding: same),
    .init(input: [2, 16, 6, 9], weight: [16, 16, 3, 3], padding: Padding(top: 2, bottom: 1, left: 0, right: 2)),
    .init(input: [3, 7, 9, 8], weight: [5, 7, 3, 3], stride: 2, padding: same),
    .init(input: [4, 24, 16, 16], weight: [24, 24, 3, 3], stride: 2, padding: down),
    .init(input: [2, 6, 8, 8], weight: [9, 6, 3, 3], stride: 2, padding: down),
    .init(input: [3, 20, 6, 9], weight: [18, 20, 1, 1]),
    .init(input: [1, 64, 16, 16], weight: [24, 64, 1, 1]),
    .init(input: [2, 12, 6, 9], weight: [18, 12, 1, 1], stride: 2, padding: same),
    .init(input: [2, 9, 11, 8], weight: [10, 9, 5, 5], stride: 2, padding: Padding(2)),
    .init(input: [2, 9, 12, 7], weight: [17, 9, 5, 3], padding: Padding(top: 1, bottom: 3, left: 2, right: 0)),
    .init(input: [3, 9, 7, 8], weight: [3, 9, 5, 3], padding: Padding(top: 2, bottom: 0, left: 1, right: 2)),
    .init(input: [2, 9, 7, 8], weight: [3, 9, 3, 3], padding: Padding(3)),
    .init(input: [2, 3, 9, 10], weight: [4, 3, 5, 5], padding: Padding(2)),
    .init(
      input: [1, 2, 11, 7], weight: [3, 2, 5, 3], stride: 2, padding: Padding(top: 1, bottom: 3, left: 2, right: 0)),
  ]
}

@Suite("Convolution")
struct ConvolutionTests {
  /// Each algorithm that handles the case, and nil for the one that is chosen.
  private func algorithms(_ test: ConvolutionCase) -> [ConvolutionAlgorithm?] {
    [nil]
      + ConvolutionAlgorithm.allCases.filter {
        $0.handles(input: test.input, weight: test.weight, stride: test.stride, padding: test.padding)
      }
  }

  @Test(arguments: ConvolutionCase.all)
  func forwardIsTheDefinition(_ test: ConvolutionCase) {
    let (x, w) = (noise(test.input, seed: 1), noise(test.weight, seed: 2))
    let bias = noise([test.weight[0]], seed: 3)
    let naive = NaiveConvolution(x: x, w: w, stride: test.stride, padding: test.padding)
    let withBias = naive.forward(bias: bias.scalars)
    let withoutBias = naive.forward(bias: [Float](repeating: 0, count: bias.count))
    for algorithm in algorithms(test) {
      let name = algorithm.map { "\($0)" } ?? "chosen"
      expectClose(
        x.convolved(with: w, bias: bias, stride: test.stride, padding: test.padding, by: algorithm), withBias,
        .norm(2e-6), "\(name) with bias")
      expectClose(
        x.convolved(with: w, stride: test.stride, padding: test.padding, by: algorithm), withoutBias, .norm(2e-6),
        "\(name) without bias")
    }
  }

  @Test(arguments: ConvolutionCase.all)
  func gradientsAreTheDefinitions(_ test: ConvolutionCase) {
    let (x, w) = (noise(test.input, seed: 4), noise(test.weight, seed: 5))
    let naive = NaiveConvolution(x: x, w: w, stride: test.stride, padding: test.padding)
    let g = noise(naive.forEachProduct { _, _, _ in }, seed: 6)
    let expected = naive.gradients(g)
    let zero = Tensor.zeros([0])
    for algorithm in algorithms(test) {
      func gradients(_ needsInput: Bool, _ needsWeight: Bool) -> (input: Tensor?, weight: Tensor?, bias: Tensor?) {
        Tensor.convolutionGradients(
          input: x, weight: w, outputGradient: g, stride: test.stride, padding: test.padding, needsInput: needsInput,
          needsWeight: needsWeight, by: algorithm)
      }
      let name = algorithm.map { "\($0)" } ?? "chosen"
      let (both, onlyInput, onlyWeight) = (gradients(true, true), gradients(true, false), gradients(false, true))
      expectClose(both.input ?? zero, expected.input, .norm(2e-6), "\(name) input")
      expectClose(both.weight ?? zero, expected.weight, .norm(2e-6), "\(name) weight")
      expectClose(both.bias ?? zero, expected.bias, .norm(2e-6), "\(name) bias")
      #expect(onlyInput.input == both.input && onlyInput.weight == nil && onlyInput.bias == nil)
      #expect(onlyWeight.input == nil && onlyWeight.weight == both.weight && onlyWeight.bias == both.bias)
    }
  }

  /// Layouts of a weight that are kept for the next call follow the weight when it changes.
  @Test(arguments: [3, 40])
  func aChangedWeightIsSeen(_ size: Int) {
    let x = noise([1, 16, size, size], seed: 1)
    var w = noise([16, 16, 3, 3], seed: 2)
    for _ in 0..<3 { _ = x.convolved(with: w, padding: Padding(1)) }
    let copy = w
    w[3, 2, 1, 1] += 1
    let expected = NaiveConvolution(x: x, w: w, stride: 1, padding: Padding(1))
    let zero = [Float](repeating: 0, count: 16)
    expectClose(x.convolved(with: w, padding: Padding(1)), expected.forward(bias: zero), .norm(2e-6))
    for _ in 0..<2 { _ = x.convolved(with: w, padding: Padding(1)) }
    w.add(noise([16, 16, 3, 3], seed: 3))
    let changed = NaiveConvolution(x: x, w: w, stride: 1, padding: Padding(1))
    expectClose(x.convolved(with: w, padding: Padding(1)), changed.forward(bias: zero), .norm(2e-6))
    #expect(copy[3, 2, 1, 1] + 1 != w[3, 2, 1, 1])
  }

  @Test(arguments: ConvolutionCase.all)
  func aBatchEqualsItsSingles(_ test: ConvolutionCase) {
    let (x, w) = (noise(test.input, seed: 7), noise(test.weight, seed: 8))
    let batch = x.convolved(with: w, stride: test.stride, padding: test.padding)
    let singles = (0..<test.input[0]).map {
      x.sliced($0..<($0 + 1)).convolved(with: w, stride: test.stride, padding: test.padding)
    }
    expectClose(batch, Tensor.concatenated(singles), .norm(2e-6))
  }
}

extension SharedStateTests {
  /// Same bits at any number of threads.
  @Test(arguments: ConvolutionCase.all)
  func convolutionAtOneAndTwoThreads(_ test: ConvolutionCase) {
    let (x, w) = (noise(test.input, seed: 9), noise(test.weight, seed: 10))
    expectSameBitsOnTwoThreads {
      let y = x.convolved(with: w, stride: test.stride, padding: test.padding)
      let gradients = Tensor.convolutionGradients(
        input: x, weight: w, outputGradient: y, stride: test.stride, padding: test.padding, needsInput: true,
        needsWeight: true)
      return [
        (name: "output", tensor: y), (name: "input gradient", tensor: gradients.input ?? Tensor([])),
        (name: "weight gradient", tensor: gradients.weight ?? Tensor([])),
      ]
    }
  }
}
