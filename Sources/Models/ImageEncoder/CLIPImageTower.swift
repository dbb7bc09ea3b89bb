import Foundation
import Gradients
import Layers
import Tensors

/// The image half of a contrastive model: a small convolutional encoder of square pictures.
///
/// A convolution at full size, then levels that each halve height and width and add one residual block. What each level
/// sees serves as the feature maps of the perceptual loss; the last map, narrowed to a few channels and kept in its places
/// so that left and right stay apart, is the feature vector.
public struct CLIPImageTower: Module {
  public struct Configuration: Sendable, Equatable {
    public var imageSize = 64
    public var inChannels = 3
    /// Channels of the levels; the first are also those of the convolution before them.
    public var blockOutChannels = [24, 48, 96, 192]
    public var normNumGroups = 8
    /// Channels the last map is narrowed to.
    public var headChannels = 32

    public init() {}

    public init(_ object: ConfigurationObject) throws(UserError) {
      try object.require("model_type", oneOf: ["clip_image_tower"])
      imageSize = try object.integer("image_size", in: 1...4096) ?? imageSize
      inChannels = try object.integer("in_channels", in: 1...64) ?? inChannels
      blockOutChannels = try object.integers("block_out_channels", in: 1...4096)
      normNumGroups = try object.integer("norm_num_groups", in: 1...4096) ?? normNumGroups
      headChannels = try object.integer("head_channels", in: 1...4096) ?? headChannels
      guard !blockOutChannels.isEmpty else { throw object.error("block_out_channels is empty") }
      for width in blockOutChannels where width % normNumGroups != 0 {
        throw object.error("block_out_channels has \(width), which norm_num_groups \(normNumGroups) does not divide")
      }
      let factor = 1 << blockOutChannels.count
      guard imageSize % factor == 0 else { throw object.error("image_size \(imageSize) is no multiple of \(factor)") }
    }

    /// Elements of the feature vector.
    public var featureWidth: Int {
      let side = imageSize >> blockOutChannels.count
      return headChannels * side * side
    }

    public var jsonObject: [String: Any] {
      [
        "model_type": "clip_image_tower", "image_size": imageSize, "in_channels": inChannels,
        "block_out_channels": blockOutChannels, "norm_num_groups": normNumGroups, "head_channels": headChannels,
      ]
    }
  }

  /// Halves the size by a convolution of stride 2, then one residual block.
  public struct Level: Module {
    public let downsampler: Downsample2D
    public let resnet: ResnetBlock2D

    init(_ inputs: Int, _ outputs: Int, groups: Int) {
      downsampler = Downsample2D(inputs, outputs)
      resnet = ResnetBlock2D(outputs, outputs, timeChannels: nil, groups: groups, epsilon: 1e-5)
    }

    public var children: [(name: String, module: any Module)] {
      [("downsamplers.0", downsampler), ("resnets.0", resnet)]
    }

    func callAsFunction(_ x: Variable, _ recording: Recording?) -> Variable {
      let y = resnet(downsampler(x, recording?["downsamplers.0"]), recording?["resnets.0"])
      recording?.record(y.value)
      return y
    }
  }

  public let configuration: Configuration
  public let convIn: Conv2d
  public let levels: [Level]
  public let convNormOut: GroupNorm
  public let convOut: Conv2d

  public init(_ configuration: Configuration) {
    self.configuration = configuration
    let (channels, groups) = (configuration.blockOutChannels, configuration.normNumGroups)
    let last = channels[channels.count - 1]
    convIn = Conv2d(configuration.inChannels, channels[0], kernel: 3, padding: Padding(1))
    levels = channels.indices.map { Level(channels[max($0 - 1, 0)], channels[$0], groups: groups) }
    convNormOut = GroupNorm(groups: groups, channels: last)
    convOut = Conv2d(last, configuration.headChannels, kernel: 1)
  }

  public var children: [(name: String, module: any Module)] {
    [("conv_in", convIn)] + levels.enumerated().map { ("down_blocks.\($0)", $1) }
      + [("conv_norm_out", convNormOut), ("conv_out", convOut)]
  }

  /// What the levels see in pictures [N, C, H, W] in −1…1: maps [N, Cᵢ, H/2ⁱ, W/2ⁱ], i from 0.
  public func featureMaps(_ pictures: Variable, _ recording: Recording? = nil) -> [Variable] {
    var maps = [convIn(pictures, recording?["conv_in"])]
    for (i, level) in levels.enumerated() { maps.append(level(maps[i], recording?["down_blocks.\(i)"])) }
    return maps
  }

  /// Pictures [N, C, imageSize, imageSize] in −1…1 → features [N, featureWidth].
  public func callAsFunction(_ pictures: Variable, _ recording: Recording? = nil) -> Variable {
    let (side, c) = (configuration.imageSize, configuration)
    precondition(Array(pictures.shape.dropFirst()) == [c.inChannels, side, side], "pictures \(pictures.shape)")
    let maps = featureMaps(pictures, recording)
    let h = convNormOut.withSiLU(maps[maps.count - 1], recording?["conv_norm_out"])
    let y = convOut(h, recording?["conv_out"]).reshaped([pictures.shape[0], c.featureWidth])
    recording?.record(y.value)
    return y
  }

  /// The perceptual distance of two batches of pictures: `Loss.perceptual` of every feature map, added up.
  public func perceptualLoss(_ pictures: Variable, _ others: Variable) -> Variable {
    let terms = zip(featureMaps(pictures), featureMaps(others)).map { Loss.perceptual($0, $1) }
    return terms.dropFirst().reduce(terms[0]) { $0 + $1 }
  }
}
