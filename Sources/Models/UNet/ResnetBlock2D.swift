import Gradients
import Layers
import Tensors

/// The residual block of diffusers' U-Nets and autoencoders.
///
/// h = conv1(silu(norm1(x))); h += W silu(temb) + b for every channel; h = conv2(silu(norm2(h)));
/// result (shortcut(x) + h) / scale, the shortcut being 1×1 where the number of channels changes.
public struct ResnetBlock2D: Module {
  public let norm1: GroupNorm
  public let conv1: Conv2d
  public let timeEmbeddingProjection: Linear?
  public let norm2: GroupNorm
  public let conv2: Conv2d
  public let shortcut: Conv2d?
  public let outputScaleFactor: Float

  /// `timeChannels` is nil in an autoencoder, which has no time.
  public init(
    _ inputs: Int, _ outputs: Int, timeChannels: Int?, groups: Int, epsilon: Float, outputScaleFactor: Float = 1
  ) {
    norm1 = GroupNorm(groups: groups, channels: inputs, epsilon: epsilon)
    conv1 = Conv2d(inputs, outputs, kernel: 3, padding: Padding(1))
    timeEmbeddingProjection = timeChannels.map { Linear($0, outputs) }
    norm2 = GroupNorm(groups: groups, channels: outputs, epsilon: epsilon)
    conv2 = Conv2d(outputs, outputs, kernel: 3, padding: Padding(1))
    shortcut = inputs == outputs ? nil : Conv2d(inputs, outputs, kernel: 1)
    self.outputScaleFactor = outputScaleFactor
  }

  public var children: [(name: String, module: any Module)] {
    [("norm1", norm1), ("conv1", conv1)] + (timeEmbeddingProjection.map { [("time_emb_proj", $0)] } ?? [])
      + [("norm2", norm2), ("conv2", conv2)] + (shortcut.map { [("conv_shortcut", $0)] } ?? [])
  }

  /// `x` [N, C, H, W], `embedding` [N, timeChannels].
  public func callAsFunction(
    _ x: Variable, embedding: Variable? = nil, _ recording: Recording? = nil
  ) -> Variable {
    var h = conv1(norm1.withSiLU(x, recording?["norm1"]), recording?["conv1"])
    if let timeEmbeddingProjection, let embedding {
      let shift = timeEmbeddingProjection(embedding.silu(), recording?["time_emb_proj"])
      h = h + shift.reshaped(shift.shape + [1, 1])
    }
    h = conv2(norm2.withSiLU(h, recording?["norm2"]), recording?["conv2"])
    let kept = shortcut.map { $0(x, recording?["conv_shortcut"]) } ?? x
    var y = kept + h
    if outputScaleFactor != 1 { y = y * (1 / outputScaleFactor) }
    recording?.record(y.value)
    return y
  }
}
