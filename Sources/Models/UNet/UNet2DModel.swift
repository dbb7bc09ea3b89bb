import Gradients
import Layers
import Tensors

/// The U-Net of pixel-space diffusion in diffusers' `UNet2DModel` layout (Ho et al. 2020, appendix B).
///
/// From a noisy picture x_t and its timestep it predicts the noise.
public struct UNet2DModel: Module {
  public let configuration: UNet2DConfiguration
  public let trunk: UNetTrunk

  public init(_ configuration: UNet2DConfiguration) {
    self.configuration = configuration
    trunk = UNetTrunk(configuration.plan)
  }

  public var children: [(name: String, module: any Module)] { trunk.children }

  /// Predicts from `sample` [N, C, H, W] at N timesteps (or one for all), with N class labels when the model has classes.
  ///
  /// H and W must be multiples of `configuration.sizeFactor`. Returns [N, outChannels, H, W].
  public func callAsFunction(
    _ sample: Variable, timesteps: [Float], classLabels: [Int]? = nil, _ recording: Recording? = nil
  ) -> Variable {
    trunk(sample, timesteps: timesteps, condition: nil, classLabels: classLabels, recording)
  }
}

extension UNet2DConfiguration {
  var plan: UNetPlan {
    func attention(_ channels: Int, rescaleOutputFactor: Float = 1) -> UNetPlan.AttentionMaker {
      {
        SpatialAttention(
          channels, headDim: attentionHeadDim ?? channels, groups: normNumGroups, epsilon: normEps,
          rescaleOutputFactor: rescaleOutputFactor)
      }
    }
    let last = blockOutChannels.count - 1
    let levels = blockOutChannels.enumerated().map { i, channels in
      UNetPlan.Level(
        channels: channels, layers: layersPerBlock,
        downAttention: downBlockTypes[i] == "AttnDownBlock2D" ? attention(channels) : nil,
        upAttention: upBlockTypes[last - i] == "AttnUpBlock2D" ? attention(channels) : nil)
    }
    let middle = attention(blockOutChannels[last], rescaleOutputFactor: midBlockScaleFactor)
    return UNetPlan(
      levels: levels,
      middle: .init(pairs: 1, attention: addAttention ? middle : nil, scaleFactor: midBlockScaleFactor),
      inChannels: inChannels, outChannels: outChannels, centerInputSample: centerInputSample,
      timeProjection: Timesteps(blockOutChannels[0], flipSinToCos: flipSinToCos, frequencyShift: freqShift),
      timeEmbedDim: timeEmbedDim, numClassEmbeds: numClassEmbeds, groups: normNumGroups, epsilon: normEps,
      downsamplePadding: downsamplePadding)
  }
}
