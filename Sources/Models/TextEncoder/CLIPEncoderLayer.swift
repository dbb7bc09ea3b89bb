import Gradients
import Layers
import Tensors

/// Self-attention among the tokens of a text (transformers' `CLIPAttention`).
public struct CLIPAttention: Module {
  public let queryProjection: Linear
  public let keyProjection: Linear
  public let valueProjection: Linear
  public let outProjection: Linear
  public let heads: Int
  public let headDim: Int

  init(_ configuration: CLIPTextConfiguration) {
    let width = configuration.hiddenSize
    let deviation = 1 / Float(width).squareRoot()
    let inner = deviation * configuration.residualShare
    queryProjection = Linear(width, width, standardDeviation: inner)
    keyProjection = Linear(width, width, standardDeviation: inner)
    valueProjection = Linear(width, width, standardDeviation: inner)
    outProjection = Linear(width, width, standardDeviation: deviation)
    heads = configuration.numAttentionHeads
    headDim = configuration.headDim
  }

  public var children: [(name: String, module: any Module)] {
    [("q_proj", queryProjection), ("k_proj", keyProjection), ("v_proj", valueProjection), ("out_proj", outProjection)]
  }

  /// [N, L, D] → [N, L, D] with `mask` [1, 1, L, L] added to the scores; records "probabilities" [N, heads, L, L].
  func callAsFunction(_ x: Variable, mask: Tensor, _ recording: Recording?) -> Variable {
    let (batch, length) = (x.shape[0], x.shape[1])
    func split(_ projection: Linear, _ name: String) -> Variable {
      projection(x, recording?[name]).reshaped([batch, length, heads, headDim]).permuted([0, 2, 1, 3])
    }
    let attended = Variable.scaledDotProductAttention(
      query: split(queryProjection, "q_proj"), key: split(keyProjection, "k_proj"),
      value: split(valueProjection, "v_proj"), mask: mask,
      probabilities: recording.map { recording in { recording.record($0, as: "probabilities") } })
    let merged = attended.permuted([0, 2, 1, 3]).reshaped([batch, length, heads * headDim])
    let y = outProjection(merged, recording?["out_proj"])
    recording?.record(y.value)
    return y
  }
}

/// The two-layer network that works on every token by itself.
public struct CLIPMLP: Module {
  public let fc1: Linear
  public let fc2: Linear
  public let activation: Activation

  init(_ configuration: CLIPTextConfiguration) {
    let (width, inner) = (configuration.hiddenSize, configuration.intermediateSize)
    fc1 = Linear(width, inner, standardDeviation: 1 / Float(2 * width).squareRoot())
    fc2 = Linear(inner, width, standardDeviation: configuration.residualShare / Float(width).squareRoot())
    activation = configuration.hiddenAct
  }

  public var children: [(name: String, module: any Module)] { [("fc1", fc1), ("fc2", fc2)] }

  func callAsFunction(_ x: Variable, _ recording: Recording?) -> Variable {
    let active = activation(fc1(x, recording?["fc1"]))
    recording?["activation_fn"].record(active.value)
    let y = fc2(active, recording?["fc2"])
    recording?.record(y.value)
    return y
  }
}

/// One layer of the transformer: x += attention(norm₁ x); x += mlp(norm₂ x).
public struct CLIPEncoderLayer: Module {
  public let layerNorm1: LayerNorm
  public let selfAttention: CLIPAttention
  public let layerNorm2: LayerNorm
  public let mlp: CLIPMLP

  init(_ configuration: CLIPTextConfiguration) {
    layerNorm1 = LayerNorm(configuration.hiddenSize, epsilon: configuration.layerNormEps)
    selfAttention = CLIPAttention(configuration)
    layerNorm2 = LayerNorm(configuration.hiddenSize, epsilon: configuration.layerNormEps)
    mlp = CLIPMLP(configuration)
  }

  public var children: [(name: String, module: any Module)] {
    [("layer_norm1", layerNorm1), ("self_attn", selfAttention), ("layer_norm2", layerNorm2), ("mlp", mlp)]
  }

  func callAsFunction(_ x: Variable, mask: Tensor, _ recording: Recording?) -> Variable {
    var h = x + selfAttention(layerNorm1(x, recording?["layer_norm1"]), mask: mask, recording?["self_attn"])
    h = h + mlp(layerNorm2(h, recording?["layer_norm2"]), recording?["mlp"])
    recording?.record(h.value)
    return h
  }
}

extension CLIPTextConfiguration {
  /// (2 layers)^−½, by which weights that add to the residual stream start smaller (transformers' initialisation).
  fileprivate var residualShare: Float { 1 / Float(2 * numHiddenLayers).squareRoot() }
}
