import Gradients
import Layers
import Tensors

/// How a U-Net is laid out, whatever its class in diffusers: what the blocks below and `UNetTrunk` are built from.
struct UNetPlan {
  /// Makes the attention that follows a residual block.
  typealias AttentionMaker = () -> any BlockAttention

  /// One resolution.
  struct Level {
    var channels: Int
    /// Residual blocks on the way down; there is one more on the way up.
    var layers: Int
    var downAttention: AttentionMaker?
    var upAttention: AttentionMaker?
  }

  /// The highest resolution first.
  var levels: [Level]
  /// What is between the way down and the way up; nil for nothing.
  var middle: Middle?
  var inChannels, outChannels: Int
  var centerInputSample: Bool
  var timeProjection: Timesteps
  var timeEmbedDim: Int
  var numClassEmbeds: Int?
  var groups: Int
  var epsilon: Float
  var downsamplePadding: Int
  var convInKernel = 3
  var convOutKernel = 3

  /// The lowest level: one residual block and, `pairs` times, attention (if any) and another.
  struct Middle {
    var pairs: Int
    var attention: AttentionMaker?
    var scaleFactor: Float
  }
}

/// One level of the way down: residual blocks, each with attention or none has, then a downsampling.
public struct DownBlock: Module {
  public let resnets: [ResnetBlock2D]
  public let attentions: [any BlockAttention]
  public let downsampler: Downsample2D?

  init(_ inputs: Int, _ level: UNetPlan.Level, isLast: Bool, _ plan: UNetPlan) {
    let outputs = level.channels
    resnets = (0..<level.layers).map {
      ResnetBlock2D(
        $0 == 0 ? inputs : outputs, outputs, timeChannels: plan.timeEmbedDim, groups: plan.groups,
        epsilon: plan.epsilon)
    }
    attentions = level.downAttention.map { make in (0..<level.layers).map { _ in make() } } ?? []
    downsampler = isLast ? nil : Downsample2D(outputs, padding: plan.downsamplePadding)
  }

  public var children: [(name: String, module: any Module)] {
    interleaved(resnets, attentions) + (downsampler.map { [("downsamplers.0", $0)] } ?? [])
  }

  /// The result and what the way up will need: the output of every layer.
  func callAsFunction(
    _ x: Variable, embedding: Variable, condition: Variable?, _ recording: Recording?
  ) -> (output: Variable, skips: [Variable]) {
    var (h, skips) = (x, [Variable]())
    for (i, resnet) in resnets.enumerated() {
      h = resnet(h, embedding: embedding, recording?["resnets.\(i)"])
      if !attentions.isEmpty { h = attentions[i](h, condition: condition, recording?["attentions.\(i)"]) }
      skips.append(h)
    }
    if let downsampler {
      h = downsampler(h, recording?["downsamplers.0"])
      skips.append(h)
    }
    recording?.record(h.value)
    return (h, skips)
  }
}

/// The lowest level: residual block, attention, residual block.
public struct MidBlock: Module {
  public let resnets: [ResnetBlock2D]
  public let attentions: [any BlockAttention]

  /// At least one residual block, and at most one attention after each but the last.
  init(resnets: [ResnetBlock2D], attentions: [any BlockAttention]) {
    precondition(
      resnets.count > attentions.count, "\(resnets.count) residual blocks, \(attentions.count) attentions")
    self.resnets = resnets
    self.attentions = attentions
  }

  init(_ channels: Int, _ middle: UNetPlan.Middle, _ plan: UNetPlan) {
    self.init(
      resnets: (0...middle.pairs).map { _ in
        ResnetBlock2D(
          channels, channels, timeChannels: plan.timeEmbedDim, groups: plan.groups, epsilon: plan.epsilon,
          outputScaleFactor: middle.scaleFactor)
      },
      attentions: middle.attention.map { make in (0..<middle.pairs).map { _ in make() } } ?? [])
  }

  // In the order they run: the first attention comes after the first residual block.
  public var children: [(name: String, module: any Module)] { interleaved(resnets, attentions) }

  /// `embedding` is the timestep's, nil in an autoencoder.
  func callAsFunction(
    _ x: Variable, embedding: Variable? = nil, condition: Variable? = nil, _ recording: Recording?
  ) -> Variable {
    var h = x
    for (i, resnet) in resnets.enumerated() {
      if i > 0, i <= attentions.count {
        h = attentions[i - 1](h, condition: condition, recording?["attentions.\(i - 1)"])
      }
      h = resnet(h, embedding: embedding, recording?["resnets.\(i)"])
    }
    recording?.record(h.value)
    return h
  }
}

/// One level of the way up: each residual block first gets the matching output of the way down (the skip connection).
public struct UpBlock: Module {
  public let resnets: [ResnetBlock2D]
  public let attentions: [any BlockAttention]
  public let upsampler: Upsample2D?

  init(_ inputs: Int, previous: Int, _ level: UNetPlan.Level, isLast: Bool, _ plan: UNetPlan) {
    let outputs = level.channels
    let layers = level.layers + 1
    resnets = (0..<layers).map { i in
      let skip = i == layers - 1 ? inputs : outputs
      return ResnetBlock2D(
        (i == 0 ? previous : outputs) + skip, outputs, timeChannels: plan.timeEmbedDim, groups: plan.groups,
        epsilon: plan.epsilon)
    }
    attentions = level.upAttention.map { make in (0..<layers).map { _ in make() } } ?? []
    upsampler = isLast ? nil : Upsample2D(outputs)
  }

  public var children: [(name: String, module: any Module)] {
    interleaved(resnets, attentions) + (upsampler.map { [("upsamplers.0", $0)] } ?? [])
  }

  /// Takes its skips from the end of `skips` and brings the result to the size of the next one.
  func callAsFunction(
    _ x: Variable, skips: inout [Variable], embedding: Variable, condition: Variable?, _ recording: Recording?
  ) -> Variable {
    var h = x
    for (i, resnet) in resnets.enumerated() {
      h = Variable.concatenated([h, skips.removeLast()], along: 1)
      h = resnet(h, embedding: embedding, recording?["resnets.\(i)"])
      if !attentions.isEmpty { h = attentions[i](h, condition: condition, recording?["attentions.\(i)"]) }
    }
    if let upsampler {
      let size = skips.last.map { (height: $0.shape[2], width: $0.shape[3]) }
      h = upsampler(h, size: size, recording?["upsamplers.0"])
    }
    recording?.record(h.value)
    return h
  }
}

/// Residual blocks and attentions in the order they run.
private func interleaved(
  _ resnets: [ResnetBlock2D], _ attentions: [any BlockAttention]
) -> [(name: String, module: any Module)] {
  resnets.enumerated().flatMap { i, resnet -> [(name: String, module: any Module)] in
    [("resnets.\(i)", resnet)] + (i < attentions.count ? [("attentions.\(i)", attentions[i])] : [])
  }
}
