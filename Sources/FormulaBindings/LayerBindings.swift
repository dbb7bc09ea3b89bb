import Formulas
import Gradients
import Layers
import Tensors

extension Inputs {
  func variable(_ name: String) -> Variable { Variable(tensor(name)) }
}

/// Losses, attention and the layers of networks.
enum LayerBindings {
  static let all: [Binding] = losses + attention + norms + activations + layers

  private static func squaredError(_ id: String) -> Binding {
    Binding(id, "Loss.meanSquaredError") { Loss.meanSquaredError($0.variable("eps_hat"), $0.variable("eps")).value }
  }

  private static let losses = [
    squaredError("loss.simple"), squaredError("loss.ldm"), squaredError("loss.conditional"),
    Binding("loss.cross_entropy", "Loss.crossEntropy") { given in
      let (rows, classes) = (given.shape("y")[0], given.shape("y")[1])
      let wanted = given.list("y")
      let labels = (0..<rows).map { row in (0..<classes).first { wanted[row * classes + $0] == 1 } ?? 0 }
      return Loss.crossEntropy(given.variable("s"), labels: labels).value
    },
    Binding("vae.l1", "Loss.l1") { Loss.l1($0.variable("x_tilde"), $0.variable("x")).value },
  ]

  /// [B, L, d] with one head: [B, 1, L, d].
  private static func oneHead(_ x: Tensor) -> Tensor { x.reshaped([x.shape[0], 1, x.shape[1], x.shape[2]]) }

  private static let attention = [
    Binding("attention.weights", "Tensor.scaledDotProductAttention, probabilities") { given in
      let (query, key) = (oneHead(given.tensor("Q")), oneHead(given.tensor("K")))
      return Tensor.scaledDotProductAttention(query: query, key: key, value: key).probabilities
    },
    Binding("attention.scaled_dot_product", "Tensor.scaledDotProductAttention") { given in
      let (query, key) = (oneHead(given.tensor("Q")), oneHead(given.tensor("K")))
      // Heads are as wide as queries here: values are padded with zeros, which add nothing.
      let value = oneHead(given.tensor("V"))
      guard value.shape[3] <= key.shape[3] else { return nil }
      let padded = Self.padded(value, to: key.shape[3])
      let output = Tensor.scaledDotProductAttention(query: query, key: key, value: padded).output
      return Self.cut(output, to: value.shape[3])
    },
    Binding("attention.causal", "Tensor.scaledDotProductAttention, mask") { given in
      // The product of the scores with the identity gives them back.
      let scores = oneHead(given.tensor("S"))
      let (batch, count) = (scores.shape[0], scores.shape[2])
      let identity = (0..<batch * count * count).map { Float($0 / count % count == $0 % count ? 1 : 0) }
      let mask = (0..<count * count).map { Float($0 % count > $0 / count ? -Float.infinity : 0) }
      let key = Tensor(identity, shape: scores.shape)
      return Tensor.scaledDotProductAttention(
        query: scores, key: key, value: key, mask: Tensor(mask, shape: [1, 1, count, count]), scale: 1
      ).probabilities
    },
    Binding("text.softmax_temperature", "Variable.softmax") { given in
      (given.variable("s") * (1 / given.float("tau"))).softmax().value
    },
  ]

  private static func padded(_ x: Tensor, to width: Int) -> Tensor {
    let rows = x.count / x.shape[3]
    let old = x.scalars
    let new = (0..<rows * width).map { $0 % width < x.shape[3] ? old[$0 / width * x.shape[3] + $0 % width] : 0 }
    return Tensor(new, shape: x.shape.dropLast() + [width])
  }

  private static func cut(_ x: Tensor, to width: Int) -> Tensor {
    let (old, wide) = (x.scalars, x.shape[3])
    let new = (0..<x.count / wide * width).map { old[$0 / width * wide + $0 % width] }
    return Tensor(new, shape: x.shape.dropLast() + [width])
  }

  private static let norms = [
    Binding("norm.group", "Variable.groupNorm") { given in
      given.variable("x").groupNorm(
        groups: given.integer("G"), weight: given.variable("gamma"), bias: given.variable("beta"),
        epsilon: given.float("delta")
      ).value
    },
    Binding("norm.layer", "Variable.layerNorm") { given in
      given.variable("x").layerNorm(
        weight: given.variable("gamma"), bias: given.variable("beta"), epsilon: given.float("delta")
      ).value
    },
  ]

  private static let activations = [
    Binding("act.silu", "Variable.silu") { $0.variable("x").silu().value },
    Binding("act.gelu", "Variable.gelu") { $0.variable("x").gelu().value },
    Binding("act.quick_gelu", "Variable.quickGELU") { $0.variable("x").quickGELU().value },
    Binding("act.geglu", "Variable.gatedGELU") { given in
      Variable.concatenated([given.variable("a"), given.variable("g")], along: given.shape("a").count - 1).gatedGELU()
        .value
    },
  ]

  private static let layers = [
    Binding("embed.sinusoidal", "Timesteps") { given in Timesteps(given.integer("D"))([given.float("t")]) },
    Binding("layer.linear", "Linear") { given in
      let layer = Linear(given.shape("W")[1], given.shape("W")[0])
      layer.weight.value = given.tensor("W")
      layer.bias?.value = given.tensor("b")
      return layer(given.variable("x")).value
    },
    Binding("layer.conv2d", "Conv2d") { given in
      let shape = given.shape("W")
      let layer = Conv2d(
        shape[1], shape[0], kernel: shape[2], stride: given.integer("s"), padding: Padding(given.integer("r")))
      layer.weight.value = given.tensor("W")
      layer.bias?.value = given.tensor("b")
      return layer(given.variable("x")).value
    },
    Binding("layer.conv_size", "Conv2d, shape of its output") { given in
      let (side, kernel) = (given.integer("H"), given.integer("k"))
      let layer = Conv2d(1, 1, kernel: kernel, stride: given.integer("s"), padding: Padding(given.integer("r")))
      return Tensor(Float(layer(Variable(.zeros([1, 1, side, kernel + 3]))).shape[2]))
    },
    Binding("layer.upsample_nearest", "Variable.upsampledNearest2x") { $0.variable("x").upsampledNearest2x().value },
  ]
}
