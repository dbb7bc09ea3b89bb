import Gradients
import Layers
import Tensors

/// The U-Net of latent diffusion in diffusers' `UNet2DConditionModel` layout (Rombach et al. 2022, section 3.3).
///
/// From noisy latents z_t, the timestep and the token features τ_θ(y) of a text it predicts the noise ε_θ(z_t, t, τ_θ(y)).
/// The text reaches the network through the cross-attention of the transformers between its residual blocks.
public struct UNet2DConditionModel: Module {
  public let configuration: UNet2DConditionConfiguration
  public let trunk: UNetTrunk

  public init(_ configuration: UNet2DConditionConfiguration) {
    self.configuration = configuration
    trunk = UNetTrunk(configuration.plan)
  }

  public var children: [(name: String, module: any Module)] { trunk.children }

  /// Predicts from `sample` [N, C, H, W] of any size at N timesteps (or one for all).
  ///
  /// - Parameters:
  ///   - encoderHiddenStates: [N, L, crossAttentionDim]; not needed when no block has cross-attention.
  ///   - classLabels: N labels when the model has classes.
  /// - Returns: [N, outChannels, H, W].
  public func callAsFunction(
    _ sample: Variable, timesteps: [Float], encoderHiddenStates: Variable?, classLabels: [Int]? = nil,
    _ recording: Recording? = nil
  ) -> Variable {
    if let states = encoderHiddenStates {
      precondition(
        states.shape.count == 3 && states.shape[0] == sample.shape[0]
          && states.shape[2] == configuration.crossAttentionDim,
        "encoder_hidden_states \(states.shape) for a sample \(sample.shape) and width \(configuration.crossAttentionDim)"
      )
    }
    return trunk(
      sample, timesteps: timesteps, condition: encoderHiddenStates, classLabels: classLabels, recording)
  }
}

extension UNet2DConditionConfiguration {
  var plan: UNetPlan {
    func transformer(_ level: Int) -> UNetPlan.AttentionMaker {
      {
        Transformer2DModel(
          blockOutChannels[level], heads: attentionHeadDim.of(level), layers: transformerLayersPerBlock.of(level),
          conditionWidth: crossAttentionDim, groups: normNumGroups, linearProjection: useLinearProjection)
      }
    }
    let last = blockOutChannels.count - 1
    let levels = blockOutChannels.enumerated().map { i, channels in
      UNetPlan.Level(
        channels: channels, layers: layersPerBlock.of(i),
        downAttention: downBlockTypes[i] == "CrossAttnDownBlock2D" ? transformer(i) : nil,
        upAttention: upBlockTypes[last - i] == "CrossAttnUpBlock2D" ? transformer(i) : nil)
    }
    let attends = midBlockType == "UNetMidBlock2DCrossAttn"
    return UNetPlan(
      levels: levels,
      middle: midBlockType.map { _ in
        .init(pairs: attends ? 1 : 0, attention: attends ? transformer(last) : nil, scaleFactor: midBlockScaleFactor)
      },
      inChannels: inChannels, outChannels: outChannels, centerInputSample: centerInputSample,
      timeProjection: Timesteps(blockOutChannels[0], flipSinToCos: flipSinToCos, frequencyShift: freqShift),
      timeEmbedDim: timeEmbedDim, numClassEmbeds: numClassEmbeds, groups: normNumGroups, epsilon: normEps,
      downsamplePadding: downsamplePadding, convInKernel: convInKernel, convOutKernel: convOutKernel)
  }
}
