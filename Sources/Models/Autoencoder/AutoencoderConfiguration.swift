import Foundation
import Tensors

/// The `config.json` of a diffusers `AutoencoderKL`, as far as it is implemented; anything else is refused by name.
public struct AutoencoderConfiguration: Sendable, Equatable {
  public var inChannels = 3
  public var outChannels = 3
  public var blockOutChannels = [64]
  public var layersPerBlock = 1
  public var latentChannels = 4
  public var normNumGroups = 32
  public var sampleSize = 32
  /// 1/std of the latents: pipelines multiply by it after encoding and divide by it before decoding.
  public var scalingFactor: Float = 0.18215
  public var useQuantConv = true
  public var usePostQuantConv = true
  public var midBlockAddAttention = true

  public init() {}

  /// A picture of H × W becomes latents of H/f × W/f with f = 2^(levels − 1), rounded down at each level.
  public var sizeFactor: Int { 1 << (blockOutChannels.count - 1) }

  /// Latents at the scale diffusion works on: z · f.
  public func scaled(_ latents: Tensor) -> Tensor { latents * scalingFactor }

  /// Latents at the decoder's scale again: z / f.
  public func unscaled(_ latents: Tensor) -> Tensor { latents / scalingFactor }

  /// The factor that brings latents to variance 1: one over their deviation over batch, channels and places.
  public static func scalingFactor(of latents: Tensor) -> Float { 1 / latents.standardDeviation() }
}

extension AutoencoderConfiguration {
  /// Reads a configuration.
  /// - Throws: a sentence that names the key, its value and what is supported.
  public init(_ object: ConfigurationObject) throws(UserError) {
    try object.require("_class_name", oneOf: ["AutoencoderKL"])
    try object.require("act_fn", oneOf: ["silu", "swish"])
    for key in ["shift_factor", "latents_mean", "latents_std"] { try object.requireNull(key) }
    inChannels = try object.integer("in_channels", in: 1...4096) ?? inChannels
    outChannels = try object.integer("out_channels", in: 1...4096) ?? outChannels
    blockOutChannels = try object.integers("block_out_channels", in: 1...8192)
    layersPerBlock = try object.integer("layers_per_block", in: 1...16) ?? layersPerBlock
    latentChannels = try object.integer("latent_channels", in: 1...4096) ?? latentChannels
    normNumGroups = try object.integer("norm_num_groups", in: 1...8192) ?? normNumGroups
    sampleSize = try object.integer("sample_size", in: 1...16384) ?? sampleSize
    scalingFactor = Float(try object.positiveNumber("scaling_factor") ?? 0.18215)
    useQuantConv = try object.flag("use_quant_conv") ?? true
    usePostQuantConv = try object.flag("use_post_quant_conv") ?? true
    midBlockAddAttention = try object.flag("mid_block_add_attention") ?? true
    let down = try object.strings("down_block_types", each: ["DownEncoderBlock2D"])
    let up = try object.strings("up_block_types", each: ["UpDecoderBlock2D"])
    let levels = blockOutChannels.count
    guard levels > 0, levels <= 12, down.count == levels, up.count == levels else {
      throw object.error(
        "\(down.count) down_block_types, \(up.count) up_block_types and \(levels) block_out_channels do not fit: "
          + "there must be equally many, 1 to 12")
    }
    for channels in blockOutChannels where channels % normNumGroups != 0 {
      throw object.error("block_out_channels has \(channels), which norm_num_groups \(normNumGroups) does not divide")
    }
  }

  /// The configuration as diffusers writes it.
  public var jsonObject: [String: Any] {
    [
      "_class_name": "AutoencoderKL", "_diffusers_version": "0.42.1", "act_fn": "silu",
      "block_out_channels": blockOutChannels,
      "down_block_types": blockOutChannels.map { _ in "DownEncoderBlock2D" }, "force_upcast": false,
      "in_channels": inChannels, "latent_channels": latentChannels, "latents_mean": NSNull(), "latents_std": NSNull(),
      "layers_per_block": layersPerBlock, "mid_block_add_attention": midBlockAddAttention,
      "norm_num_groups": normNumGroups, "out_channels": outChannels, "sample_size": sampleSize,
      "scaling_factor": shortest(scalingFactor), "shift_factor": NSNull(),
      "up_block_types": blockOutChannels.map { _ in "UpDecoderBlock2D" },
      "use_post_quant_conv": usePostQuantConv, "use_quant_conv": useQuantConv,
    ]
  }
}
