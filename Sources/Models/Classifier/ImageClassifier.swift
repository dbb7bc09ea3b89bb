import Foundation
import Gradients
import Layers
import Tensors

/// The judge of generated pictures: a small convolutional classifier, and the feature space pictures are compared in.
///
/// Levels of two 3×3 convolutions with group norm and SiLU, each followed by a 2×2 average; the mean over the last map
/// goes through one hidden layer, whose output is the feature vector, to the logits.
public struct ImageClassifier: Module {
  public struct Configuration: Sendable, Equatable {
    public var inChannels = 1
    public var channels = [32, 64, 96]
    public var normNumGroups = 8
    public var featureWidth = 64
    public var numClasses = 10

    public init() {}

    public init(_ object: ConfigurationObject) throws(UserError) {
      try object.require("_class_name", oneOf: ["ImageClassifier"])
      inChannels = try object.integer("in_channels", in: 1...64) ?? 1
      channels = try object.integers("block_out_channels", in: 1...4096)
      normNumGroups = try object.integer("norm_num_groups", in: 1...4096) ?? 8
      featureWidth = try object.integer("feature_width", in: 1...65536) ?? 64
      numClasses = try object.integer("num_classes", in: 2...1_000_000) ?? 10
      for width in channels where width % normNumGroups != 0 {
        throw object.error("block_out_channels has \(width), which norm_num_groups \(normNumGroups) does not divide")
      }
      guard !channels.isEmpty else { throw object.error("block_out_channels is empty") }
    }

    public var jsonObject: [String: Any] {
      [
        "_class_name": "ImageClassifier", "in_channels": inChannels, "block_out_channels": channels,
        "norm_num_groups": normNumGroups, "feature_width": featureWidth, "num_classes": numClasses,
      ]
    }
  }

  /// One convolution with its norm.
  private struct Layer: Module {
    let conv: Conv2d
    let norm: GroupNorm

    init(_ inputs: Int, _ outputs: Int, groups: Int) {
      conv = Conv2d(inputs, outputs, kernel: 3, padding: Padding(1), bias: false)
      norm = GroupNorm(groups: groups, channels: outputs)
    }

    var children: [(name: String, module: any Module)] { [("conv", conv), ("norm", norm)] }

    func callAsFunction(_ x: Variable, _ recording: Recording?) -> Variable {
      let y = norm.withSiLU(conv(x, recording?["conv"]), recording?["norm"])
      recording?.record(y.value)
      return y
    }
  }

  public let configuration: Configuration
  private let layers: [Layer]
  private let hidden: Linear
  private let classifier: Linear

  public init(_ configuration: Configuration) {
    self.configuration = configuration
    let c = configuration
    layers = c.channels.indices.flatMap { i in
      [
        Layer(i == 0 ? c.inChannels : c.channels[i - 1], c.channels[i], groups: c.normNumGroups),
        Layer(c.channels[i], c.channels[i], groups: c.normNumGroups),
      ]
    }
    hidden = Linear(c.channels[c.channels.count - 1], c.featureWidth)
    classifier = Linear(c.featureWidth, c.numClasses)
  }

  public var children: [(name: String, module: any Module)] {
    layers.enumerated().map { ("layers.\($0)", $1) } + [("hidden", hidden), ("classifier", classifier)]
  }

  /// Pictures [N, C, H, W] in −1…1 → features [N, featureWidth] and logits [N, numClasses].
  public func callAsFunction(
    _ pictures: Variable, _ recording: Recording? = nil
  ) -> (features: Variable, logits: Variable) {
    var h = pictures
    for (i, layer) in layers.enumerated() {
      h = layer(h, recording?["layers.\(i)"])
      if i % 2 == 1 { h = h.averagePooled2x2() }
    }
    let pooled = h.reshaped([h.shape[0], h.shape[1], -1]).mean(along: 2)
    let features = hidden(pooled, recording?["hidden"]).silu()
    return (features, classifier(features, recording?["classifier"]))
  }
}
