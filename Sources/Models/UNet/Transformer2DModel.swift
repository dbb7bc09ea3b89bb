import Gradients
import Layers
import Tensors

/// The transformer between the residual blocks of a conditional U-Net: every position of the feature map is a token.
///
/// x + out(blocks(in(norm(x)))), where `in` and `out` are 1×1 convolutions or, with `use_linear_projection`, linear layers
/// on tokens. (Rombach et al. 2022, appendix E.2.1.)
public struct Transformer2DModel: BlockAttention {
  /// The projection between channels and the transformer's width.
  public enum Projection {
    case convolution(Conv2d)
    case linear(Linear)

    var module: any Module {
      switch self {
      case .convolution(let conv): conv
      case .linear(let linear): linear
      }
    }
  }

  public let norm: GroupNorm
  public let projectionIn: Projection
  public let blocks: [BasicTransformerBlock]
  public let projectionOut: Projection

  /// `channels / heads`, rounded down, is the width of a head.
  public init(
    _ channels: Int, heads: Int, layers: Int = 1, conditionWidth: Int, groups: Int, linearProjection: Bool = false
  ) {
    let (headDim, width) = (channels / heads, channels / heads * heads)
    norm = GroupNorm(groups: groups, channels: channels, epsilon: 1e-6)
    blocks = (0..<layers).map { _ in
      BasicTransformerBlock(width, conditionWidth: conditionWidth, heads: heads, headDim: headDim)
    }
    func projection(_ inputs: Int, _ outputs: Int) -> Projection {
      linearProjection ? .linear(Linear(inputs, outputs)) : .convolution(Conv2d(inputs, outputs, kernel: 1))
    }
    projectionIn = projection(channels, width)
    projectionOut = projection(width, channels)
  }

  public var children: [(name: String, module: any Module)] {
    [("norm", norm), ("proj_in", projectionIn.module)]
      + blocks.enumerated().map { ("transformer_blocks.\($0)", $1) } + [("proj_out", projectionOut.module)]
  }

  /// [N, C, H, W] and the condition [N, L, D] → [N, C, H, W].
  public func callAsFunction(
    _ x: Variable, condition: Variable?, _ recording: Recording? = nil
  ) -> Variable {
    guard let condition else { preconditionFailure("cross-attention without encoder_hidden_states") }
    let (height, width) = (x.shape[2], x.shape[3])
    var h = norm(x, recording?["norm"])
    switch projectionIn {
    case .convolution(let conv): h = conv(h, recording?["proj_in"]).asTokens()
    case .linear(let linear): h = linear(h.asTokens(), recording?["proj_in"])
    }
    for (i, block) in blocks.enumerated() {
      h = block(h, condition: condition, recording?["transformer_blocks.\(i)"])
    }
    switch projectionOut {
    case .convolution(let conv): h = conv(h.asFeatureMap(height, width), recording?["proj_out"])
    case .linear(let linear): h = linear(h, recording?["proj_out"]).asFeatureMap(height, width)
    }
    let y = x + h
    recording?.record(y.value)
    return y
  }
}

extension Variable {
  /// [N, C, H, W] → [N, H·W, C]
  fileprivate func asTokens() -> Variable { reshaped([shape[0], shape[1], -1]).permuted([0, 2, 1]) }

  /// [N, H·W, C] → [N, C, H, W]
  fileprivate func asFeatureMap(_ height: Int, _ width: Int) -> Variable {
    permuted([0, 2, 1]).reshaped([shape[0], shape[2], height, width])
  }
}

/// Self-attention, cross-attention to the condition and a feed-forward network, each on the normalised tokens and added:
///
/// x += attn1(norm1(x)); x += attn2(norm2(x), condition); x += ff(norm3(x))
public struct BasicTransformerBlock: Module {
  public let norm1: LayerNorm
  public let attn1: MultiHeadAttention
  public let norm2: LayerNorm
  public let attn2: MultiHeadAttention
  public let norm3: LayerNorm
  public let feedForward: FeedForward

  public init(_ width: Int, conditionWidth: Int, heads: Int, headDim: Int) {
    norm1 = LayerNorm(width)
    attn1 = MultiHeadAttention(width, heads: heads, headDim: headDim)
    norm2 = LayerNorm(width)
    attn2 = MultiHeadAttention(width, conditionWidth: conditionWidth, heads: heads, headDim: headDim)
    norm3 = LayerNorm(width)
    feedForward = FeedForward(width)
  }

  public var children: [(name: String, module: any Module)] {
    [
      ("norm1", norm1), ("attn1", attn1), ("norm2", norm2), ("attn2", attn2), ("norm3", norm3), ("ff", feedForward),
    ]
  }

  /// [N, L, width] and the condition [N, S, conditionWidth] → [N, L, width].
  public func callAsFunction(
    _ tokens: Variable, condition: Variable, _ recording: Recording? = nil
  ) -> Variable {
    var h = tokens
    h = h + attn1(norm1(h, recording?["norm1"]), recording?["attn1"])
    h = h + attn2(norm2(h, recording?["norm2"]), condition: condition, recording?["attn2"])
    h = h + feedForward(norm3(h, recording?["norm3"]), recording?["ff"])
    recording?.record(h.value)
    return h
  }
}

/// Two linear layers with a gated GELU between them: W₂(a ∘ gelu(g)) + b₂ with (a, g) the halves of W₁ x + b₁
/// (GEGLU; Shazeer 2020, eq. 6); the hidden width is four times that of the tokens.
public struct FeedForward: Module {
  public let gate: GatedProjection
  public let output: Linear

  public init(_ width: Int) {
    gate = GatedProjection(width, 4 * width)
    output = Linear(4 * width, width)
  }

  public var children: [(name: String, module: any Module)] { [("net.0", gate), ("net.2", output)] }

  public func callAsFunction(_ x: Variable, _ recording: Recording? = nil) -> Variable {
    let y = output(gate(x, recording?["net.0"]), recording?["net.2"])
    recording?.record(y.value)
    return y
  }
}

/// a ∘ gelu(g) with (a, g) the halves of a linear layer's output: [..., inputs] → [..., outputs].
public struct GatedProjection: Module {
  public let projection: Linear

  public init(_ inputs: Int, _ outputs: Int) { projection = Linear(inputs, 2 * outputs) }

  public var children: [(name: String, module: any Module)] { [("proj", projection)] }

  public func callAsFunction(_ x: Variable, _ recording: Recording? = nil) -> Variable {
    let y = projection(x, recording?["proj"]).gatedGELU()
    recording?.record(y.value)
    return y
  }
}
