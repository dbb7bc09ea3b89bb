import Gradients
import Tensors

private let everyBroadcast = ["same", "row", "column", "channel", "sample", "outer", "scalar", "left"]

let arithmeticCases =
  cases("arithmetic", everyBroadcast.map { "add_\($0)" }, inputs: ["a", "b"]) { $0["a"] + $0["b"] }
  + cases("arithmetic", everyBroadcast.map { "subtract_\($0)" }, inputs: ["a", "b"]) { $0["a"] - $0["b"] }
  + cases("arithmetic", everyBroadcast.map { "multiply_\($0)" }, inputs: ["a", "b"]) { $0["a"] * $0["b"] }
  + ["same", "row", "channel", "scalar"].map {
    OperationCase(family: "arithmetic", name: "divide_\($0)", inputs: ["a", "b"], relativeSteps: true) {
      $0["a"] / $0["b"]
    }
  }
  + cases("arithmetic", ["affine"], inputs: ["a"]) { $0["a"].affine(scale: 2.5, shift: -0.75) }
  + cases("arithmetic", ["negate"], inputs: ["a"]) { -$0["a"] }
  + cases("arithmetic", ["square"], inputs: ["a"]) { $0["a"] * $0["a"] }

private func swapped(_ x: Variable) -> Variable {
  let last = x.shape.count - 1
  return x.permuted(Array(0..<(last - 1)) + [last, last - 1])
}

let productCases =
  cases("products", ["plain", "batched", "shared_right", "large"].map { "matmul_\($0)" }, inputs: ["a", "b"]) {
    $0["a"].matmul($0["b"])
  }
  + cases(
    "products", ["transposed_right", "batched_transposed_right", "shared_right_transposed"].map { "matmul_\($0)" },
    inputs: ["a", "b"]
  ) { $0["a"].matmul($0["b"], transposeB: true) }
  + cases("products", ["matmul_transposed_left", "matmul_batched_transposed_left"], inputs: ["a", "b"]) {
    swapped($0["a"]).matmul($0["b"])
  }
  + cases("products", ["matmul_transposed_both"], inputs: ["a", "b"]) {
    swapped($0["a"]).matmul($0["b"], transposeB: true)
  }
  + cases("products", ["linear_vectors", "linear_tokens"], inputs: ["input", "weight", "bias"]) {
    $0.input.linear(weight: $0["weight"], bias: $0["bias"])
  }
  + cases("products", ["linear_no_bias"], inputs: ["input", "weight"]) { $0.input.linear(weight: $0["weight"]) }

private func convolution(
  _ names: [String], stride: Int = 1, padding: Padding = Padding(0), bias: Bool = true
) -> [OperationCase] {
  cases("convolution", names.map { "conv2d_\($0)" }, inputs: ["input", "weight"] + (bias ? ["bias"] : [])) {
    $0.input.convolved(weight: $0["weight"], bias: bias ? $0["bias"] : nil, stride: stride, padding: padding)
  }
}

let convolutionCases =
  convolution(["1x1", "3x3_valid", "1x1_16x16"])
  + convolution(["1x1_stride2", "3x3_stride2_valid"], stride: 2)
  + convolution(
    [
      "3x3", "3x3_one_pixel", "5x3", "3x3_8x8", "3x3_16x16", "3x3_32x32", "3x3_15x17", "3x3_one_channel_in",
      "3x3_one_channel_out",
    ], padding: Padding(1))
  + convolution(["3x3_no_bias"], padding: Padding(1), bias: false)
  + convolution(["3x3_stride2", "3x3_stride2_16x16", "4x4_stride2"], stride: 2, padding: Padding(1))
  + convolution(["3x3_stride2_asymmetric"], stride: 2, padding: Padding(top: 0, bottom: 1, left: 0, right: 1))
  + convolution(["4x4_patches"], stride: 4, bias: false)

let resamplingCases =
  cases("resampling", ["small", "odd", "one_pixel"].map { "upsample_nearest_\($0)" }) { $0.input.upsampledNearest2x() }
  + [("odd", 7, 5), ("dropped", 5, 7), ("same", 1, 6)].flatMap { name, height, width in
    cases("resampling", ["upsample_to_\(name)"]) { $0.input.upsampledNearest(height: height, width: width) }
  }
  + cases("resampling", ["small", "one_block", "wide"].map { "average_pool_\($0)" }) { $0.input.averagePooled2x2() }

private func groupNorm(_ name: String, _ groups: Int, _ epsilon: Float = 1e-5) -> [OperationCase] {
  cases("normalization", ["group_norm_\(name)"], inputs: ["input", "weight", "bias"]) {
    $0.input.groupNorm(groups: groups, weight: $0["weight"], bias: $0["bias"], epsilon: epsilon)
  }
}

private func layerNorm(_ names: [String], _ epsilon: Float) -> [OperationCase] {
  cases("normalization", names.map { "layer_norm_\($0)" }, inputs: ["input", "weight", "bias"]) {
    $0.input.layerNorm(weight: $0["weight"], bias: $0["bias"], epsilon: epsilon)
  }
}

let normalizationCases =
  groupNorm("two_groups", 2) + groupNorm("one_group", 1, 1e-6) + groupNorm("instance", 5) + groupNorm("8x8", 4)
  + groupNorm("tokens", 3, 1e-6) + groupNorm("shifted", 2)
  + cases("normalization", ["group_norm_silu"], inputs: ["input", "weight", "bias"]) {
    $0.input.groupNorm(groups: 2, weight: $0["weight"], bias: $0["bias"], silu: true)
  }
  + layerNorm(["tokens", "wide"], 1e-5) + layerNorm(["vectors"], 1e-6)

private func activation(
  _ name: String, kinkAtZero: Bool = false, _ operation: @escaping @Sendable (Variable) -> Variable
) -> [OperationCase] {
  ["normal", "edges"].map { inputs in
    OperationCase(
      family: "activations", name: "\(name)_\(inputs)", inputs: ["input"],
      isKink: { kinkAtZero && abs($1) < 0.05 }
    ) { operation($0.input) }
  }
}

let activationCases =
  activation("silu") { $0.silu() } + activation("gelu") { $0.gelu() } + activation("gelu_tanh") { $0.geluTanh() }
  + activation("quick_gelu") { $0.quickGELU() } + activation("relu", kinkAtZero: true) { $0.relu() }
  + activation("leaky_relu", kinkAtZero: true) { $0.leakyReLU(slope: 0.2) }
  + activation("tanh") { $0.tanh() } + activation("sigmoid") { $0.sigmoid() } + activation("exp") { $0.exp() }
  + activation("abs", kinkAtZero: true) { $0.abs() }
  + ["log_normal", "log_edges"].map {
    OperationCase(family: "activations", name: $0, inputs: ["input"], relativeSteps: true) { $0.input.log() }
  }
  + cases("activations", ["geglu_tokens"], inputs: ["input", "weight", "bias"]) {
    $0.input.linear(weight: $0["weight"], bias: $0["bias"]).gatedGELU()
  }

let softmaxCases =
  (0..<4).flatMap { axis in cases("softmax", ["softmax_axis\(axis)"]) { $0.input.softmax(along: axis) } }
  + cases("softmax", ["softmax_wide", "softmax_large"]) { $0.input.softmax() }
  + cases("softmax", ["log_softmax_rows", "log_softmax_tokens", "log_softmax_large"]) { $0.input.logSoftmax() }

let attentionCases =
  cases(
    "attention", ["self", "cross", "one_head", "64_tokens"].map { "attention_\($0)" },
    inputs: ["query", "key", "value"]
  ) { .scaledDotProductAttention(query: $0["query"], key: $0["key"], value: $0["value"]) }
  + cases("attention", ["attention_causal"], inputs: ["query", "key", "value"]) {
    let length = $0["query"].shape[2]
    let mask = (0..<length * length).map { $0 % length > $0 / length ? -Float.infinity : 0 }
    return masked($0, Tensor(mask, shape: [1, 1, length, length]))
  }
  + cases("attention", ["attention_mask"], inputs: ["query", "key", "value"]) {
    masked($0, try $0.tensor("mask").reshaped([1, 1, 5, 7]))
  }
  + cases("attention", ["attention_padding"], inputs: ["query", "key", "value"]) {
    masked($0, try $0.tensor("mask").broadcast(to: [2, 1, 5, 7]))
  }

private func masked(_ inputs: OperationInputs, _ mask: Tensor) -> Variable {
  .scaledDotProductAttention(query: inputs["query"], key: inputs["key"], value: inputs["value"], mask: mask)
}

let rearrangingCases =
  cases("rearranging", ["embedding_tokens"], inputs: ["weight"]) {
    .embedding($0["weight"], ids: try $0.integers("ids"), shape: [2, 4])
  }
  + cases("rearranging", ["embedding_labels"], inputs: ["weight"]) {
    .embedding($0["weight"], ids: try $0.integers("ids"), shape: [5])
  }
  + (0..<3).flatMap { axis in
    cases("rearranging", ["concatenate_axis\(axis)"], inputs: ["a", "b", "c"]) {
      .concatenated([$0["a"], $0["b"], $0["c"]], along: axis)
    }
      + cases("rearranging", ["sum_axis\(axis)"]) { $0.input.sum(along: axis) }
      + cases("rearranging", ["mean_axis\(axis)"]) { $0.input.mean(along: axis) }
  }
  + cases("rearranging", ["slice_axis0"]) { $0.input.sliced(1..<4, along: 0) }
  + cases("rearranging", ["slice_axis1"]) { $0.input.sliced(2..<6, along: 1) }
  + cases("rearranging", ["slice_axis2"]) { $0.input.sliced(0..<3, along: 2) }
  + cases("rearranging", ["permute_heads"]) { $0.input.permuted([0, 2, 1, 3]) }
  + cases("rearranging", ["permute_channels_last"]) { $0.input.permuted([0, 2, 3, 1]) }
  + cases("rearranging", ["permute_cycle"]) { $0.input.permuted([2, 0, 1]) }
  + cases("rearranging", ["reshape_flatten"]) { $0.input.reshaped([2, -1]) }
  + cases("rearranging", ["broadcast_rows"]) { $0.input.broadcast(to: [2, 4, 3]) }
  + cases("rearranging", ["sum_all"]) { $0.input.sum() }
  + cases("rearranging", ["mean_all"]) { $0.input.mean() }
