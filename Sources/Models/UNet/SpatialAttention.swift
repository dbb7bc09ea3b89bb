import Gradients
import Layers
import Tensors

/// Attention that stands between the residual blocks of a U-Net or an autoencoder.
public protocol BlockAttention: Module {
  /// [N, C, H, W] → [N, C, H, W]; `condition` [N, L, D] is what cross-attention looks at.
  func callAsFunction(_ x: Variable, condition: Variable?, _ recording: Recording?) -> Variable
}

/// Self-attention over the H·W positions of a feature map (diffusers' `Attention` with `residual_connection`).
///
/// Every position is a token: Q, K and V are projections of the normalised features, heads of `headDim` channels attend
/// separately, and the result is added to the input: (x + W softmax(Q Kᵀ/√d) V) / scale.
public struct SpatialAttention: BlockAttention {
  public let groupNorm: GroupNorm
  public let attention: MultiHeadAttention
  public let rescaleOutputFactor: Float

  public init(_ channels: Int, headDim: Int, groups: Int, epsilon: Float, rescaleOutputFactor: Float = 1) {
    groupNorm = GroupNorm(groups: groups, channels: channels, epsilon: epsilon)
    attention = MultiHeadAttention(channels, heads: channels / headDim, headDim: headDim, bias: true)
    self.rescaleOutputFactor = rescaleOutputFactor
  }

  public var heads: Int { attention.heads }
  public var headDim: Int { attention.headDim }

  // diffusers has the projections beside the norm.
  public var children: [(name: String, module: any Module)] { [("group_norm", groupNorm)] + attention.children }

  /// [N, C, H, W] → [N, C, H, W]; records the attention as "probabilities" [N, heads, H·W, H·W]. A condition is not used.
  public func callAsFunction(
    _ x: Variable, condition: Variable? = nil, _ recording: Recording? = nil
  ) -> Variable {
    let (batch, channels, length) = (x.shape[0], x.shape[1], x.shape[2] * x.shape[3])
    let normed = groupNorm(x.reshaped([batch, channels, length]), recording?["group_norm"])
    let projected = attention.attended(normed.permuted([0, 2, 1]), condition: nil, recording)
    var y = x + projected.permuted([0, 2, 1]).reshaped(x.shape)
    if rescaleOutputFactor != 1 { y = y * (1 / rescaleOutputFactor) }
    recording?.record(y.value)
    return y
  }
}
