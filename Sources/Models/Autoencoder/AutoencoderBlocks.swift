import Gradients
import Layers
import Tensors

/// ε of every norm in an autoencoder, which configurations do not say.
let autoencoderEpsilon: Float = 1e-6

/// Residual blocks one after another, then perhaps a change of size: one level of the encoder or of the decoder.
public struct AutoencoderLevel: Module {
  /// What a level ends with.
  enum Resampler {
    case none
    case down(Downsample2D)
    case up(Upsample2D)
  }

  public let resnets: [ResnetBlock2D]
  let resampler: Resampler

  init(_ inputs: Int, _ outputs: Int, layers: Int, groups: Int, resampler: Resampler) {
    resnets = (0..<layers).map {
      ResnetBlock2D(
        $0 == 0 ? inputs : outputs, outputs, timeChannels: nil, groups: groups, epsilon: autoencoderEpsilon)
    }
    self.resampler = resampler
  }

  public var children: [(name: String, module: any Module)] {
    let blocks: [(name: String, module: any Module)] = resnets.enumerated().map { ("resnets.\($0)", $1) }
    switch resampler {
    case .none: return blocks
    case .down(let downsampler): return blocks + [("downsamplers.0", downsampler)]
    case .up(let upsampler): return blocks + [("upsamplers.0", upsampler)]
    }
  }

  func callAsFunction(_ x: Variable, _ recording: Recording?) -> Variable {
    var h = x
    for (i, resnet) in resnets.enumerated() { h = resnet(h, recording?["resnets.\(i)"]) }
    switch resampler {
    case .none: break
    case .down(let downsampler): h = downsampler(h, recording?["downsamplers.0"])
    case .up(let upsampler): h = upsampler(h, recording?["upsamplers.0"])
    }
    recording?.record(h.value)
    return h
  }
}

extension MidBlock {
  /// The middle of an encoder or decoder: no time, and attention with one head or none.
  init(autoencoder configuration: AutoencoderConfiguration) {
    let channels = configuration.blockOutChannels[configuration.blockOutChannels.count - 1]
    let groups = configuration.normNumGroups
    self.init(
      resnets: (0..<2).map { _ in
        ResnetBlock2D(channels, channels, timeChannels: nil, groups: groups, epsilon: autoencoderEpsilon)
      },
      attentions: configuration.midBlockAddAttention
        ? [SpatialAttention(channels, headDim: channels, groups: groups, epsilon: autoencoderEpsilon)] : [])
  }
}

/// Pictures → moments of the latents, before `quant_conv`.
public struct AutoencoderEncoder: Module {
  public let convIn: Conv2d
  public let downBlocks: [AutoencoderLevel]
  public let midBlock: MidBlock
  public let convNormOut: GroupNorm
  public let convOut: Conv2d

  init(_ configuration: AutoencoderConfiguration) {
    let (c, channels) = (configuration, configuration.blockOutChannels)
    let last = channels.count - 1
    convIn = Conv2d(c.inChannels, channels[0], kernel: 3, padding: Padding(1))
    downBlocks = channels.indices.map { i in
      AutoencoderLevel(
        channels[max(i - 1, 0)], channels[i], layers: c.layersPerBlock, groups: c.normNumGroups,
        resampler: i == last ? .none : .down(Downsample2D(channels[i], padding: 0)))
    }
    midBlock = MidBlock(autoencoder: c)
    convNormOut = GroupNorm(groups: c.normNumGroups, channels: channels[last], epsilon: autoencoderEpsilon)
    convOut = Conv2d(channels[last], 2 * c.latentChannels, kernel: 3, padding: Padding(1))
  }

  public var children: [(name: String, module: any Module)] {
    [("conv_in", convIn)] + downBlocks.enumerated().map { ("down_blocks.\($0)", $1) }
      + [("mid_block", midBlock), ("conv_norm_out", convNormOut), ("conv_out", convOut)]
  }

  func callAsFunction(_ pictures: Variable, _ recording: Recording?) -> Variable {
    var h = convIn(pictures, recording?["conv_in"])
    for (i, block) in downBlocks.enumerated() { h = block(h, recording?["down_blocks.\(i)"]) }
    h = midBlock(h, recording?["mid_block"])
    let y = convOut(convNormOut.withSiLU(h, recording?["conv_norm_out"]), recording?["conv_out"])
    recording?.record(y.value)
    return y
  }
}

/// Latents, after `post_quant_conv`, → pictures.
public struct AutoencoderDecoder: Module {
  public let convIn: Conv2d
  public let midBlock: MidBlock
  public let upBlocks: [AutoencoderLevel]
  public let convNormOut: GroupNorm
  /// The last layer, at which reconstruction and adversarial loss are balanced.
  public let convOut: Conv2d

  init(_ configuration: AutoencoderConfiguration) {
    let c = configuration
    let channels = Array(c.blockOutChannels.reversed())
    let last = channels.count - 1
    convIn = Conv2d(c.latentChannels, channels[0], kernel: 3, padding: Padding(1))
    midBlock = MidBlock(autoencoder: c)
    upBlocks = channels.indices.map { i in
      AutoencoderLevel(
        channels[max(i - 1, 0)], channels[i], layers: c.layersPerBlock + 1, groups: c.normNumGroups,
        resampler: i == last ? .none : .up(Upsample2D(channels[i])))
    }
    convNormOut = GroupNorm(groups: c.normNumGroups, channels: channels[last], epsilon: autoencoderEpsilon)
    convOut = Conv2d(channels[last], c.outChannels, kernel: 3, padding: Padding(1))
  }

  public var children: [(name: String, module: any Module)] {
    [("conv_in", convIn), ("mid_block", midBlock)] + upBlocks.enumerated().map { ("up_blocks.\($0)", $1) }
      + [("conv_norm_out", convNormOut), ("conv_out", convOut)]
  }

  func callAsFunction(_ latents: Variable, _ recording: Recording?) -> Variable {
    var h = midBlock(convIn(latents, recording?["conv_in"]), recording?["mid_block"])
    for (i, block) in upBlocks.enumerated() { h = block(h, recording?["up_blocks.\(i)"]) }
    let y = convOut(convNormOut.withSiLU(h, recording?["conv_norm_out"]), recording?["conv_out"])
    recording?.record(y.value)
    return y
  }
}
