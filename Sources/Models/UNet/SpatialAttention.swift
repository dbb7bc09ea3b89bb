import Gradients
import Layers
import Tensors

/// Self-attention over the H·W positions of a feature map (diffusers' `Attention` with `residual_connection`).
///
/// Every position is a token: Q, K and V are projections of the normalised features, heads of `headDim` channels attend
/// separately, and the result is added to the input: (x + W softmax(Q Kᵀ/√d) V) / scale.
public struct SpatialAttention: Module {
  public let groupNorm: GroupNorm
  public let toQ: Linear
  public let toK: Linear
  public let toV: Linear
  public let toOut: Linear
  public let heads: Int
  public let headDim: Int
  public let rescaleOutputFactor: Float

  public init(_ channels: Int, headDim: Int, groups: Int, epsilon: Float, rescaleOutputFactor: Float = 1) {
    heads = channels / headDim
    self.headDim = headDim
    groupNorm = GroupNorm(groups: groups, channels: channels, epsilon: epsilon)
    toQ = Linear(channels, heads * headDim)
    toK = Linear(channels, heads * headDim)
    toV = Linear(channels, heads * headDim)
    toOut = Linear(heads * headDim, channels)
    self.rescaleOutputFactor = rescaleOutputFactor
  }

  public var children: [(name: String, module: any Module)] {
    [("group_norm", groupNorm), ("to_q", toQ), ("to_k", toK), ("to_v", toV), ("to_out.0", toOut)]
  }

  /// [N, C, H, W] → [N, C, H, W]; records the attention as "probabilities" [N, heads, H·W, H·W].
  public func callAsFunction(_ x: Variable, _ recording: Recording? = nil) -> Variable {
    let (batch, channels, height, width) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
    let length = height * width
    let normed = groupNorm(x.reshaped([batch, channels, length]), recording?["group_norm"])
    let tokens = normed.permuted([0, 2, 1])
    func split(_ projection: Linear, _ name: String) -> Variable {
      projection(tokens, recording?[name]).reshaped([batch, length, heads, headDim]).permuted([0, 2, 1, 3])
    }
    let attended = Variable.scaledDotProductAttention(
      query: split(toQ, "to_q"), key: split(toK, "to_k"), value: split(toV, "to_v"),
      probabilities: recording.map { recording in { recording.record($0, as: "probabilities") } })
    let merged = attended.permuted([0, 2, 1, 3]).reshaped([batch, length, heads * headDim])
    let projected = toOut(merged, recording?["to_out.0"])
    var y = x + projected.permuted([0, 2, 1]).reshaped([batch, channels, height, width])
    if rescaleOutputFactor != 1 { y = y * (1 / rescaleOutputFactor) }
    recording?.record(y.value)
    return y
  }
}
