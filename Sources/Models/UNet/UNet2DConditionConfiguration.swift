import Foundation
import Layers
import Tensors

/// The `config.json` of a diffusers `UNet2DConditionModel`, as far as it is implemented; anything else is refused by name.
///
/// Lists with one entry hold for all levels, as a single number does in the file.
public struct UNet2DConditionConfiguration: Sendable, Equatable {
  /// Height and width of the latents the model was trained on.
  public var sampleSize: Int?
  public var inChannels = 4
  public var outChannels = 4
  public var centerInputSample = false
  public var flipSinToCos = true
  public var freqShift: Float = 0
  public var downBlockTypes = [
    "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D",
  ]
  /// nil: nothing between the way down and the way up.
  public var midBlockType: String? = "UNetMidBlock2DCrossAttn"
  public var upBlockTypes = ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"]
  public var blockOutChannels = [320, 640, 1280, 1280]
  public var layersPerBlock = [2]
  public var downsamplePadding = 1
  public var midBlockScaleFactor: Float = 1
  public var normNumGroups = 32
  public var normEps: Float = 1e-5
  /// D, the features of a token of the text.
  public var crossAttentionDim = 1280
  public var transformerLayersPerBlock = [1]
  /// The NUMBER of heads: the class has had the wrong name for it from the beginning, and files hold it under that name.
  public var attentionHeadDim = [8]
  public var useLinearProjection = false
  public var timeEmbeddingDim: Int?
  public var numClassEmbeds: Int?
  /// Odd.
  public var convInKernel = 3
  /// Odd.
  public var convOutKernel = 3

  public init() {}

  /// The width of the timestep embedding.
  public var timeEmbedDim: Int { timeEmbeddingDim ?? blockOutChannels[0] * 4 }

  /// Whether any block looks at the text.
  public var hasCrossAttention: Bool {
    ([midBlockType ?? ""] + downBlockTypes + upBlockTypes).contains { $0.contains("CrossAttn") }
  }
}

extension [Int] {
  /// The entry of a level; a single one holds for all.
  func of(_ level: Int) -> Int { count == 1 ? self[0] : self[level] }
}

extension UNet2DConditionConfiguration {
  /// Reads a configuration.
  /// - Throws: a sentence that names the key, its value and what is supported.
  public init(_ object: ConfigurationObject) throws(UserError) {
    try Self.refuseWhatIsMissing(object)
    sampleSize = try object.square("sample_size", in: 1...4096)
    inChannels = try object.integer("in_channels", in: 1...4096) ?? 4
    outChannels = try object.integer("out_channels", in: 1...4096) ?? 4
    centerInputSample = try object.flag("center_input_sample") ?? false
    flipSinToCos = try object.flag("flip_sin_to_cos") ?? true
    freqShift = Float(try object.integer("freq_shift", in: 0...1) ?? 0)
    downBlockTypes = try object.strings("down_block_types", each: ["DownBlock2D", "CrossAttnDownBlock2D"])
    try object.require("mid_block_type", oneOf: ["UNetMidBlock2DCrossAttn", "UNetMidBlock2D"])
    midBlockType =
      object.isNull("mid_block_type") ? nil : try object.string("mid_block_type") ?? "UNetMidBlock2DCrossAttn"
    upBlockTypes = try object.strings("up_block_types", each: ["UpBlock2D", "CrossAttnUpBlock2D"])
    blockOutChannels = try object.integers("block_out_channels", in: 1...8192)
    layersPerBlock = try object.integerOrList("layers_per_block", in: 1...16) ?? [2]
    downsamplePadding = try object.integer("downsample_padding", in: 0...1) ?? 1
    midBlockScaleFactor = Float(try object.positiveNumber("mid_block_scale_factor") ?? 1)
    normNumGroups = try object.integer("norm_num_groups", in: 1...8192) ?? 32
    normEps = Float(try object.positiveNumber("norm_eps") ?? 1e-5)
    let widths = try object.integerOrList("cross_attention_dim", in: 1...65536) ?? [1280]
    guard let width = widths.first, widths.allSatisfy({ $0 == width }) else {
      throw object.error("cross_attention_dim \(widths) is not supported; all levels must have the same")
    }
    crossAttentionDim = width
    transformerLayersPerBlock = try object.integerOrList("transformer_layers_per_block", in: 1...64) ?? [1]
    attentionHeadDim = try object.integerOrList("attention_head_dim", in: 1...8192) ?? [8]
    useLinearProjection = try object.flag("use_linear_projection") ?? false
    timeEmbeddingDim = try object.integer("time_embedding_dim", in: 1...65536, optional: true)
    numClassEmbeds = try object.integer("num_class_embeds", in: 1...1_000_000, optional: true)
    convInKernel = try object.odd("conv_in_kernel", upTo: 15) ?? 3
    convOutKernel = try object.odd("conv_out_kernel", upTo: 15) ?? 3
    try validate(object)
  }

  /// What diffusers' class can be told beyond this, each refused unless it says what is done here anyway.
  private static func refuseWhatIsMissing(_ object: ConfigurationObject) throws(UserError) {
    try object.require("_class_name", oneOf: ["UNet2DConditionModel"])
    try object.require("act_fn", oneOf: ["silu", "swish"])
    try object.require("resnet_time_scale_shift", oneOf: ["default"])
    try object.require("time_embedding_type", oneOf: ["positional"])
    try object.require("attention_type", oneOf: ["default"])
    for key in [
      "num_attention_heads", "reverse_transformer_layers_per_block", "encoder_hid_dim", "encoder_hid_dim_type",
      "class_embed_type", "addition_embed_type", "addition_time_embed_dim", "time_embedding_act_fn",
      "timestep_post_act", "time_cond_proj_dim", "projection_class_embeddings_input_dim", "cross_attention_norm",
    ] {
      try object.requireNull(key)
    }
    for key in [
      "only_cross_attention", "dual_cross_attention", "resnet_skip_time_act", "class_embeddings_concat",
      "mid_block_only_cross_attention",
    ] {
      try object.requireFalse(key)
    }
  }

  private func validate(_ object: ConfigurationObject) throws(UserError) {
    let levels = blockOutChannels.count
    guard levels > 0, downBlockTypes.count == levels, upBlockTypes.count == levels else {
      throw object.error(
        "\(downBlockTypes.count) down_block_types, \(upBlockTypes.count) up_block_types and \(levels) "
          + "block_out_channels differ in number")
    }
    let lists = [
      ("layers_per_block", layersPerBlock), ("transformer_layers_per_block", transformerLayersPerBlock),
      ("attention_head_dim", attentionHeadDim),
    ]
    for (key, list) in lists where list.count != 1 && list.count != levels {
      throw object.error("\(key) has \(list.count) entries; one, or one for each of the \(levels) levels, is needed")
    }
    for (level, channels) in blockOutChannels.enumerated() {
      if channels % normNumGroups != 0 {
        throw object.error("block_out_channels has \(channels), which norm_num_groups \(normNumGroups) does not divide")
      }
      if attends(level), attentionHeadDim.of(level) > channels {
        throw object.error(
          "attention_head_dim \(attentionHeadDim.of(level)), the number of heads, is larger than block_out_channels \(channels)"
        )
      }
    }
  }

  /// Whether there is cross-attention at a level, on the way down, at the bottom or on the way up.
  private func attends(_ level: Int) -> Bool {
    let last = blockOutChannels.count - 1
    return downBlockTypes[level] == "CrossAttnDownBlock2D" || upBlockTypes[last - level] == "CrossAttnUpBlock2D"
      || (level == last && midBlockType == "UNetMidBlock2DCrossAttn")
  }

  /// The configuration as diffusers writes it.
  public var jsonObject: [String: Any] {
    func compact(_ list: [Int]) -> Any { list.count == 1 ? list[0] : list }
    return [
      "_class_name": "UNet2DConditionModel", "_diffusers_version": "0.42.1", "act_fn": "silu",
      "attention_head_dim": compact(attentionHeadDim), "block_out_channels": blockOutChannels,
      "center_input_sample": centerInputSample, "conv_in_kernel": convInKernel, "conv_out_kernel": convOutKernel,
      "cross_attention_dim": crossAttentionDim, "down_block_types": downBlockTypes,
      "downsample_padding": downsamplePadding, "dropout": 0.0, "flip_sin_to_cos": flipSinToCos,
      "freq_shift": Int(freqShift), "in_channels": inChannels, "layers_per_block": compact(layersPerBlock),
      "mid_block_scale_factor": shortest(midBlockScaleFactor), "mid_block_type": midBlockType ?? NSNull(),
      "norm_eps": shortest(normEps), "norm_num_groups": normNumGroups, "num_class_embeds": numClassEmbeds ?? NSNull(),
      "out_channels": outChannels, "resnet_time_scale_shift": "default", "sample_size": sampleSize ?? NSNull(),
      "time_embedding_dim": timeEmbeddingDim ?? NSNull(), "time_embedding_type": "positional",
      "transformer_layers_per_block": compact(transformerLayersPerBlock), "up_block_types": upBlockTypes,
      "use_linear_projection": useLinearProjection,
    ]
  }
}

extension ConfigurationObject {
  /// An odd integer; nil when absent.
  fileprivate func odd(_ key: String, upTo limit: Int) throws(UserError) -> Int? {
    guard let size = try integer(key, in: 1...limit) else { return nil }
    guard size % 2 == 1 else { throw error("\(key) \(size) is not supported; it must be odd") }
    return size
  }

  /// One integer, or two equal ones; nil when absent or null.
  fileprivate func square(_ key: String, in range: ClosedRange<Int>) throws(UserError) -> Int? {
    if isNull(key) { return nil }
    guard let extents = try integerOrList(key, in: range) else { return nil }
    guard let side = extents.first, extents.allSatisfy({ $0 == side }) else {
      throw error("\(key) \(extents) is not supported; height and width must be equal")
    }
    return side
  }
}
