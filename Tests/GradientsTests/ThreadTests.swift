import Gradients
import Tensors
import TestSupport
import Testing

/// An operation on tensors large enough to be cut into tasks.
struct LargeCase: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let shapes: [[Int]]
  let operation: @Sendable ([Variable]) -> Variable

  init(_ name: String, _ shapes: [[Int]], _ operation: @escaping @Sendable ([Variable]) -> Variable) {
    testDescription = name
    self.shapes = shapes
    self.operation = operation
  }
}

private let image = [6, 16, 32, 30]

private func convolution(
  _ name: String, _ input: [Int], _ outputs: Int, kernel: Int, stride: Int = 1, padding: Padding = Padding(0)
) -> LargeCase {
  LargeCase("convolution \(name)", [input, [outputs, input[1], kernel, kernel], [outputs]]) {
    $0[0].convolved(weight: $0[1], bias: $0[2], stride: stride, padding: padding)
  }
}

private let largeCases = [
  LargeCase("add", [image, [1, 16, 1, 1]]) { $0[0] + $0[1] },
  LargeCase("multiply", [image, image]) { $0[0] * $0[1] },
  LargeCase("divide", [image, [30]]) { $0[0] / $0[1] },
  LargeCase("matmul", [[513, 129], [129, 257]]) { $0[0].matmul($0[1]) },
  LargeCase("matmul batched", [[12, 65, 33], [12, 33, 70]]) { $0[0].matmul($0[1]) },
  LargeCase("linear", [[8, 260, 64], [96, 64], [96]]) { $0[0].linear(weight: $0[1], bias: $0[2]) },
  convolution("1×1", [6, 24, 32, 30], 20, kernel: 1),
  convolution("1×1, stride 2", [6, 24, 32, 30], 20, kernel: 1, stride: 2),
  convolution("3×3", image, 24, kernel: 3, padding: Padding(1)),
  convolution("3×3, small", [5, 48, 7, 9], 40, kernel: 3, padding: Padding(1)),
  convolution("3×3, one channel in", [6, 1, 32, 30], 24, kernel: 3, padding: Padding(1)),
  convolution("3×3, one channel out", image, 1, kernel: 3, padding: Padding(1)),
  convolution("3×3, stride 2", image, 24, kernel: 3, stride: 2, padding: Padding(1)),
  convolution("4×4, stride 2", image, 24, kernel: 4, stride: 2, padding: Padding(1)),
  convolution("5×5", image, 12, kernel: 5, padding: Padding(2)),
  LargeCase("upsampling", [image]) { $0[0].upsampledNearest2x() },
  LargeCase("average pooling", [image]) { $0[0].averagePooled2x2() },
  LargeCase("group norm", [image, [16], [16]]) { $0[0].groupNorm(groups: 4, weight: $0[1], bias: $0[2]) },
  LargeCase("group norm and SiLU", [image, [16], [16]]) {
    $0[0].groupNorm(groups: 4, weight: $0[1], bias: $0[2], silu: true)
  },
  LargeCase("layer norm", [[6, 260, 65], [65], [65]]) { $0[0].layerNorm(weight: $0[1], bias: $0[2]) },
  LargeCase("SiLU", [image]) { $0[0].silu() },
  LargeCase("GELU", [image]) { $0[0].gelu() },
  LargeCase("gated GELU", [image]) { $0[0].gatedGELU() },
  LargeCase("upsampling to a size", [image]) { $0[0].upsampledNearest(height: 45, width: 59) },
  LargeCase("tanh GELU", [image]) { $0[0].geluTanh() },
  LargeCase("quick GELU", [image]) { $0[0].quickGELU() },
  LargeCase("leaky ReLU", [image]) { $0[0].leakyReLU(slope: 0.2) },
  LargeCase("tanh", [image]) { $0[0].tanh() },
  LargeCase("sigmoid", [image]) { $0[0].sigmoid() },
  LargeCase("exp", [image]) { $0[0].exp() },
  LargeCase("softmax", [[700, 130]]) { $0[0].softmax() },
  LargeCase("softmax over channels", [image]) { $0[0].softmax(along: 1) },
  LargeCase("log softmax", [[700, 130]]) { $0[0].logSoftmax() },
  LargeCase("attention", [[3, 4, 200, 16], [3, 4, 130, 16], [3, 4, 130, 16]]) {
    .scaledDotProductAttention(query: $0[0], key: $0[1], value: $0[2])
  },
  LargeCase("embedding", [[50, 96]]) {
    .embedding($0[0], ids: (0..<900).map { $0 * $0 % 50 }, shape: [900])
  },
  LargeCase("concatenation", [image, image]) { .concatenated([$0[0], $0[1]], along: 1) },
  LargeCase("permutation", [image]) { $0[0].permuted([0, 2, 3, 1]) },
  LargeCase("sum", [image]) { $0[0].sum() },
  LargeCase("mean over the height", [image]) { $0[0].mean(along: 2) },
]

@Suite("Threads")
struct ThreadTests {
  @Test("1 and 2 threads give the same bits, forward and backward", arguments: largeCases)
  func sameBits(_ large: LargeCase) {
    var random = RandomSource(seed: 5)
    let inputs = large.shapes.map { random.normal($0) }
    let upstream = random.normal(large.operation(inputs.map { Variable($0) }).shape)
    expectSameBitsOnTwoThreads(large.testDescription) {
      let leaves = inputs.map(Variable.leaf)
      let output = large.operation(leaves)
      output.backward(seed: upstream)
      return [(name: "output", tensor: output.value)]
        + leaves.enumerated().map { (name: "gradient \($0)", tensor: $1.gradient ?? Tensor([])) }
    }
  }
}
