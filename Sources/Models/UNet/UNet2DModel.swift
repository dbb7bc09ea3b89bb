import Gradients
import Layers
import Tensors

/// The U-Net of pixel-space diffusion in diffusers' `UNet2DModel` layout (Ho et al. 2020, appendix B).
///
/// From a noisy picture x_t and its timestep it predicts the noise: residual blocks and downsamplings on the way down, one
/// middle block, the same again on the way up, where each block also receives the output of its partner on the way down.
public struct UNet2DModel: Module {
  public let configuration: UNet2DConfiguration
  public let convIn: Conv2d
  public let timeProjection: Timesteps
  public let timeEmbedding: TimestepEmbedding
  public let classEmbedding: Embedding?
  public let downBlocks: [DownBlock]
  public let midBlock: MidBlock
  public let upBlocks: [UpBlock]
  public let convNormOut: GroupNorm
  public let convOut: Conv2d

  public init(_ configuration: UNet2DConfiguration) {
    self.configuration = configuration
    let c = configuration
    let channels = c.blockOutChannels
    let last = channels.count - 1
    convIn = Conv2d(c.inChannels, channels[0], kernel: 3, padding: Padding(1))
    timeProjection = Timesteps(channels[0], flipSinToCos: c.flipSinToCos, frequencyShift: c.freqShift)
    timeEmbedding = TimestepEmbedding(channels[0], c.timeEmbedDim)
    classEmbedding = c.numClassEmbeds.map { Embedding($0, c.timeEmbedDim) }
    downBlocks = channels.indices.map { i in
      DownBlock(
        channels[max(i - 1, 0)], channels[i], attention: c.downBlockTypes[i] == "AttnDownBlock2D", isLast: i == last, c)
    }
    midBlock = MidBlock(channels[last], c)
    upBlocks = channels.indices.map { i in
      UpBlock(
        channels[max(last - i - 1, 0)], previous: channels[min(last - i + 1, last)], channels[last - i],
        attention: c.upBlockTypes[i] == "AttnUpBlock2D", isLast: i == last, c)
    }
    convNormOut = GroupNorm(groups: c.normNumGroups, channels: channels[0], epsilon: c.normEps)
    convOut = Conv2d(channels[0], c.outChannels, kernel: 3, padding: Padding(1))
  }

  public var children: [(name: String, module: any Module)] {
    var list: [(name: String, module: any Module)] = [
      ("conv_in", convIn), ("time_proj", timeProjection), ("time_embedding", timeEmbedding),
    ]
    if let classEmbedding { list.append(("class_embedding", classEmbedding)) }
    for (i, block) in downBlocks.enumerated() { list.append(("down_blocks.\(i)", block)) }
    list.append(("mid_block", midBlock))
    for (i, block) in upBlocks.enumerated() { list.append(("up_blocks.\(i)", block)) }
    return list + [("conv_norm_out", convNormOut), ("conv_out", convOut)]
  }

  /// Predicts from `sample` [N, C, H, W] at N timesteps (or one for all), with N class labels when the model has classes.
  ///
  /// H and W must be multiples of `configuration.sizeFactor`. Returns [N, outChannels, H, W].
  public func callAsFunction(
    _ sample: Variable, timesteps: [Float], classLabels: [Int]? = nil, _ recording: Recording? = nil
  ) -> Variable {
    let batch = sample.shape[0]
    precondition(timesteps.count == batch || timesteps.count == 1, "\(timesteps.count) timesteps for \(sample.shape)")
    precondition((classEmbedding == nil) == (classLabels == nil), "class labels and class embedding go together")
    let times = timeProjection(
      timesteps.count == batch ? timesteps : [Float](repeating: timesteps[0], count: batch))
    recording?["time_proj"].record(times)
    var embedding = timeEmbedding(Variable(times), recording?["time_embedding"])
    if let classEmbedding, let classLabels {
      embedding = embedding + classEmbedding(classLabels, recording?["class_embedding"])
    }
    let centered = configuration.centerInputSample ? sample.affine(scale: 2, shift: -1) : sample
    var h = convIn(centered, recording?["conv_in"])
    var skips = [h]
    for (i, block) in downBlocks.enumerated() {
      let result = block(h, embedding: embedding, recording?["down_blocks.\(i)"])
      h = result.output
      skips += result.skips
    }
    h = midBlock(h, embedding: embedding, recording?["mid_block"])
    for (i, block) in upBlocks.enumerated() {
      h = block(h, skips: &skips, embedding: embedding, recording?["up_blocks.\(i)"])
    }
    let y = convOut(convNormOut.withSiLU(h, recording?["conv_norm_out"]), recording?["conv_out"])
    recording?.record(y.value)
    return y
  }
}
