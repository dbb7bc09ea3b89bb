import Foundation
import Gradients
import Layers
import Tensors

/// Judges every patch of a picture as real or reconstructed (Isola et al. 2017, section 3.2; Rombach et al. 2022, appendix G).
///
/// 4×4 convolutions with leaky ReLU, the first ones of stride 2; the result is a map of values, one for each overlapping
/// patch. Norms are taken over groups of channels rather than over the batch, so that a picture's value depends on no other.
public struct PatchDiscriminator: Module {
  public struct Configuration: Sendable, Equatable {
    public var inChannels = 3
    /// Channels of the layers; all but the last have stride 2.
    public var blockOutChannels = [32, 64, 128]
    public var normNumGroups = 8

    public init() {}

    public init(_ object: ConfigurationObject) throws(UserError) {
      try object.require("_class_name", oneOf: ["PatchDiscriminator"])
      inChannels = try object.integer("in_channels", in: 1...64) ?? inChannels
      blockOutChannels = try object.integers("block_out_channels", in: 1...4096)
      normNumGroups = try object.integer("norm_num_groups", in: 1...4096) ?? normNumGroups
      guard blockOutChannels.count > 1 else { throw object.error("block_out_channels needs at least 2 layers") }
      for width in blockOutChannels.dropFirst() where width % normNumGroups != 0 {
        throw object.error("block_out_channels has \(width), which norm_num_groups \(normNumGroups) does not divide")
      }
    }

    public var jsonObject: [String: Any] {
      [
        "_class_name": "PatchDiscriminator", "in_channels": inChannels, "block_out_channels": blockOutChannels,
        "norm_num_groups": normNumGroups,
      ]
    }
  }

  /// A convolution, a norm except in the first layer, leaky ReLU of slope 0.2.
  public struct Layer: Module {
    public let conv: Conv2d
    public let norm: GroupNorm?

    init(_ inputs: Int, _ outputs: Int, stride: Int, groups: Int?) {
      conv = Conv2d(inputs, outputs, kernel: 4, stride: stride, padding: Padding(1), bias: groups == nil)
      norm = groups.map { GroupNorm(groups: $0, channels: outputs) }
    }

    public var children: [(name: String, module: any Module)] {
      [("conv", conv)] + (norm.map { [("norm", $0)] } ?? [])
    }

    func callAsFunction(_ x: Variable, _ recording: Recording?) -> Variable {
      var h = conv(x, recording?["conv"])
      if let norm { h = norm(h, recording?["norm"]) }
      h = h.leakyReLU(slope: 0.2)
      recording?.record(h.value)
      return h
    }
  }

  public let configuration: Configuration
  public let layers: [Layer]
  public let convOut: Conv2d

  public init(_ configuration: Configuration) {
    self.configuration = configuration
    let channels = configuration.blockOutChannels
    layers = channels.indices.map { i in
      Layer(
        i == 0 ? configuration.inChannels : channels[i - 1], channels[i], stride: i == channels.count - 1 ? 1 : 2,
        groups: i == 0 ? nil : configuration.normNumGroups)
    }
    convOut = Conv2d(channels[channels.count - 1], 1, kernel: 4, padding: Padding(1))
  }

  public var children: [(name: String, module: any Module)] {
    layers.enumerated().map { ("layers.\($0)", $1) } + [("conv_out", convOut)]
  }

  /// Pictures [N, C, H, W] → values of their patches [N, 1, h, w]; high means real.
  public func callAsFunction(_ pictures: Variable, _ recording: Recording? = nil) -> Variable {
    var h = pictures
    for (i, layer) in layers.enumerated() { h = layer(h, recording?["layers.\(i)"]) }
    let y = convOut(h, recording?["conv_out"])
    recording?.record(y.value)
    return y
  }
}

extension ModelFolder {
  /// Opens a folder of a `PatchDiscriminator`.
  public func patchDiscriminator() throws(UserError) -> PatchDiscriminator {
    let model = PatchDiscriminator(try PatchDiscriminator.Configuration(configuration()))
    try load(into: model)
    return model
  }
}
