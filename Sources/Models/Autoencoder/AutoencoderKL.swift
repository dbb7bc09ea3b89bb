import Gradients
import Layers
import Tensors

/// The autoencoder of latent diffusion in diffusers' `AutoencoderKL` layout (Rombach et al. 2022, section 3.1, appendix G).
///
/// The encoder E shrinks a picture to a small map of latents, given as a normal distribution for each number; the decoder D
/// restores a picture from a draw. What is lost in between is detail the eye hardly misses.
public struct AutoencoderKL: Module {
  public let configuration: AutoencoderConfiguration
  public let encoder: AutoencoderEncoder
  public let decoder: AutoencoderDecoder
  public let quantConv: Conv2d?
  public let postQuantConv: Conv2d?

  public init(_ configuration: AutoencoderConfiguration) {
    self.configuration = configuration
    let latents = configuration.latentChannels
    encoder = AutoencoderEncoder(configuration)
    decoder = AutoencoderDecoder(configuration)
    quantConv = configuration.useQuantConv ? Conv2d(2 * latents, 2 * latents, kernel: 1) : nil
    postQuantConv = configuration.usePostQuantConv ? Conv2d(latents, latents, kernel: 1) : nil
  }

  public var children: [(name: String, module: any Module)] {
    [("encoder", encoder)] + (quantConv.map { [("quant_conv", $0)] } ?? [])
      + (postQuantConv.map { [("post_quant_conv", $0)] } ?? []) + [("decoder", decoder)]
  }

  /// Pictures [N, inChannels, H, W] in −1…1 → the distribution of their latents [N, latentChannels, H/f, W/f], unscaled.
  public func encode(_ pictures: Variable, _ recording: Recording? = nil) -> LatentDistribution {
    var moments = encoder(pictures, recording?["encoder"])
    if let quantConv { moments = quantConv(moments, recording?["quant_conv"]) }
    return LatentDistribution(moments: moments)
  }

  /// Latents [N, latentChannels, h, w], unscaled → pictures [N, outChannels, f·h, f·w], about in −1…1.
  public func decode(_ latents: Variable, _ recording: Recording? = nil) -> Variable {
    decoder(postQuantConv.map { $0(latents, recording?["post_quant_conv"]) } ?? latents, recording?["decoder"])
  }
}

/// A normal distribution for every number of some latents (diffusers' `DiagonalGaussianDistribution`).
public struct LatentDistribution {
  /// μ [N, C, h, w]
  public let mean: Variable
  /// log σ² [N, C, h, w], kept in −30…20
  public let logvar: Variable

  public init(mean: Variable, logvar: Variable) {
    precondition(mean.shape == logvar.shape, "means \(mean.shape), log-variances \(logvar.shape)")
    self.mean = mean
    self.logvar = logvar
  }

  /// From an encoder's output [N, 2C, h, w], the means before the log-variances.
  init(moments: Variable) {
    let channels = moments.shape[1] / 2
    self.init(
      mean: moments.sliced(0..<channels, along: 1),
      logvar: moments.sliced(channels..<(2 * channels), along: 1).clamped(to: -30...20))
  }

  /// A draw μ + exp(log σ²/2) ε with ε ~ N(0, 1) from `random`, through which gradients flow (Kingma & Welling 2014).
  public func sample(_ random: inout RandomSource) -> Variable { sample(noise: random.normal(mean.shape)) }

  /// μ + exp(log σ²/2) ε for the given ε.
  public func sample(noise: Tensor) -> Variable { mean + (logvar * 0.5).exp() * Variable(noise) }

  /// The divergence from N(0, 1), added over each sample's latents, averaged over the batch.
  public var divergence: Variable { Loss.gaussianDivergence(mean: mean, logvar: logvar) }
}

extension ModelFolder {
  /// Opens a folder of an `AutoencoderKL`.
  public func autoencoder() throws(UserError) -> AutoencoderKL {
    let model = AutoencoderKL(try AutoencoderConfiguration(configuration()))
    try load(into: model, renaming: AutoencoderKL.parameterName)
    return model
  }
}

extension AutoencoderKL {
  /// The parameter a checkpoint means by `name`: those written before 2023 call the parts of an attention otherwise.
  static func parameterName(_ name: String) -> String? {
    var parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.contains("attentions"), parts.count >= 2 else { return name }
    let renamed = ["query": "to_q", "key": "to_k", "value": "to_v", "proj_attn": "to_out.0"]
    parts[parts.count - 2] = renamed[parts[parts.count - 2]] ?? parts[parts.count - 2]
    return parts.joined(separator: ".")
  }
}
