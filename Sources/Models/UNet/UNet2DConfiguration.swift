import Foundation
import Tensors

/// The `config.json` of a diffusers `UNet2DModel`, as far as it is implemented; anything else is refused by name.
public struct UNet2DConfiguration: Sendable, Equatable {
  public var sampleSize: Int?
  public var inChannels = 3
  public var outChannels = 3
  public var centerInputSample = false
  public var freqShift: Float = 0
  public var flipSinToCos = true
  public var downBlockTypes = ["DownBlock2D", "AttnDownBlock2D"]
  public var upBlockTypes = ["AttnUpBlock2D", "UpBlock2D"]
  public var blockOutChannels = [32, 64]
  public var layersPerBlock = 2
  public var midBlockScaleFactor: Float = 1
  public var downsamplePadding = 1
  public var addAttention = true
  /// Channels of one attention head; nil is one head over all channels.
  public var attentionHeadDim: Int? = 8
  public var normNumGroups = 32
  public var normEps: Float = 1e-5
  public var timeEmbeddingDim: Int?
  /// The number of classes whose embedding is added to the timestep's; nil for an unconditional model.
  public var numClassEmbeds: Int?

  public init() {}

  /// The width of the timestep embedding.
  public var timeEmbedDim: Int { timeEmbeddingDim ?? blockOutChannels[0] * 4 }

  /// Height and width must be multiples of this.
  public var sizeFactor: Int { 1 << (blockOutChannels.count - 1) }
}

extension UNet2DConfiguration {
  /// Reads a configuration.
  /// - Throws: a sentence that names the key, its value and what is supported.
  public init(_ object: ConfigurationObject) throws(UserError) {
    try object.require("_class_name", oneOf: ["UNet2DModel"])
    try object.require("time_embedding_type", oneOf: ["positional"])
    try object.require("mid_block_type", oneOf: ["UNetMidBlock2D"])
    if object.isNull("mid_block_type") { throw object.error("mid_block_type null is not supported; UNetMidBlock2D is") }
    try object.require("downsample_type", oneOf: ["conv"])
    try object.require("upsample_type", oneOf: ["conv"])
    try object.require("act_fn", oneOf: ["silu", "swish"])
    try object.require("resnet_time_scale_shift", oneOf: ["default"])
    try object.requireNull("attn_norm_num_groups")
    try object.requireNull("class_embed_type")
    sampleSize = try object.integer("sample_size", in: 1...4096, optional: true)
    inChannels = try object.integer("in_channels", in: 1...4096) ?? 3
    outChannels = try object.integer("out_channels", in: 1...4096) ?? 3
    centerInputSample = try object.flag("center_input_sample") ?? false
    freqShift = Float(try object.integer("freq_shift", in: 0...1) ?? 0)
    flipSinToCos = try object.flag("flip_sin_to_cos") ?? true
    downBlockTypes = try object.strings("down_block_types", each: ["DownBlock2D", "AttnDownBlock2D"])
    upBlockTypes = try object.strings("up_block_types", each: ["UpBlock2D", "AttnUpBlock2D"])
    blockOutChannels = try object.integers("block_out_channels", in: 1...8192)
    layersPerBlock = try object.integer("layers_per_block", in: 1...16) ?? 2
    midBlockScaleFactor = Float(try object.positiveNumber("mid_block_scale_factor") ?? 1)
    downsamplePadding = try object.integer("downsample_padding", in: 0...1) ?? 1
    addAttention = try object.flag("add_attention") ?? true
    attentionHeadDim =
      object.isNull("attention_head_dim") ? nil : try object.integer("attention_head_dim", in: 1...8192) ?? 8
    normNumGroups = try object.integer("norm_num_groups", in: 1...8192) ?? 32
    normEps = Float(try object.positiveNumber("norm_eps") ?? 1e-5)
    timeEmbeddingDim = try object.integer("time_embedding_dim", in: 1...65536, optional: true)
    numClassEmbeds = try object.integer("num_class_embeds", in: 1...1_000_000, optional: true)
    try validate(object)
  }

  private func validate(_ object: ConfigurationObject) throws(UserError) {
    let levels = blockOutChannels.count
    guard levels > 0, downBlockTypes.count == levels, upBlockTypes.count == levels else {
      throw object.error(
        "\(downBlockTypes.count) down_block_types, \(upBlockTypes.count) up_block_types and \(levels) "
          + "block_out_channels differ in number")
    }
    for channels in blockOutChannels where channels % normNumGroups != 0 {
      throw object.error("block_out_channels has \(channels), which norm_num_groups \(normNumGroups) does not divide")
    }
    if let head = attentionHeadDim, let narrow = attendedChannels.first(where: { $0 < head }) {
      throw object.error("attention_head_dim \(head) is larger than block_out_channels \(narrow)")
    }
  }

  /// The widths at which there is attention: on the way down, in the middle, on the way up.
  private var attendedChannels: [Int] {
    var widths = addAttention ? Array(blockOutChannels.suffix(1)) : []
    for (type, width) in zip(downBlockTypes, blockOutChannels) where type == "AttnDownBlock2D" { widths.append(width) }
    for (type, width) in zip(upBlockTypes, blockOutChannels.reversed()) where type == "AttnUpBlock2D" {
      widths.append(width)
    }
    return widths
  }

  /// The configuration as diffusers writes it.
  public var jsonObject: [String: Any] {
    [
      "_class_name": "UNet2DModel", "_diffusers_version": "0.42.1", "act_fn": "silu", "add_attention": addAttention,
      "attention_head_dim": attentionHeadDim ?? NSNull(), "block_out_channels": blockOutChannels,
      "center_input_sample": centerInputSample, "down_block_types": downBlockTypes,
      "downsample_padding": downsamplePadding, "downsample_type": "conv", "dropout": 0.0,
      "flip_sin_to_cos": flipSinToCos, "freq_shift": Int(freqShift), "in_channels": inChannels,
      "layers_per_block": layersPerBlock, "mid_block_scale_factor": shortest(midBlockScaleFactor),
      "norm_eps": shortest(normEps), "norm_num_groups": normNumGroups,
      "num_class_embeds": numClassEmbeds ?? NSNull(), "out_channels": outChannels, "resnet_time_scale_shift": "default",
      "sample_size": sampleSize ?? NSNull(),
      "time_embedding_dim": timeEmbeddingDim ?? NSNull(), "time_embedding_type": "positional",
      "up_block_types": upBlockTypes, "upsample_type": "conv",
    ]
  }
}

/// The number with the fewest digits that is read back as `value`: 1e-5 rather than 9.99999974737875e-06.
func shortest(_ value: Float) -> Double { Double("\(value)") ?? Double(value) }
