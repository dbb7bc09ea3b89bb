import Gradients
import Layers
import Tensors

/// One level of the way down: residual blocks, each with attention or none has, then a downsampling.
public struct DownBlock: Module {
  public let resnets: [ResnetBlock2D]
  public let attentions: [SpatialAttention]
  public let downsampler: Downsample2D?

  init(_ inputs: Int, _ outputs: Int, attention: Bool, isLast: Bool, _ configuration: UNet2DConfiguration) {
    let c = configuration
    resnets = (0..<c.layersPerBlock).map {
      ResnetBlock2D(
        $0 == 0 ? inputs : outputs, outputs, timeChannels: c.timeEmbedDim, groups: c.normNumGroups, epsilon: c.normEps)
    }
    attentions = attention ? resnets.map { _ in c.attention(outputs) } : []
    downsampler = isLast ? nil : Downsample2D(outputs, padding: c.downsamplePadding)
  }

  public var children: [(name: String, module: any Module)] {
    interleaved(resnets, attentions) + (downsampler.map { [("downsamplers.0", $0)] } ?? [])
  }

  /// The result and what the way up will need: the output of every layer.
  func callAsFunction(
    _ x: Variable, embedding: Variable, _ recording: Recording?
  ) -> (output: Variable, skips: [Variable]) {
    var (h, skips) = (x, [Variable]())
    for (i, resnet) in resnets.enumerated() {
      h = resnet(h, embedding: embedding, recording?["resnets.\(i)"])
      if !attentions.isEmpty { h = attentions[i](h, recording?["attentions.\(i)"]) }
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
  public let attentions: [SpatialAttention]

  /// Two residual blocks and at most one attention.
  init(resnets: [ResnetBlock2D], attentions: [SpatialAttention]) {
    precondition(resnets.count == 2 && attentions.count < 2, "\(resnets.count) blocks, \(attentions.count) attentions")
    self.resnets = resnets
    self.attentions = attentions
  }

  init(_ channels: Int, _ configuration: UNet2DConfiguration) {
    let c = configuration
    self.init(
      resnets: (0..<2).map { _ in
        ResnetBlock2D(
          channels, channels, timeChannels: c.timeEmbedDim, groups: c.normNumGroups, epsilon: c.normEps,
          outputScaleFactor: c.midBlockScaleFactor)
      },
      attentions: c.addAttention ? [c.attention(channels, rescaleOutputFactor: c.midBlockScaleFactor)] : [])
  }

  public var children: [(name: String, module: any Module)] { interleaved(resnets, attentions) }

  /// `embedding` is the timestep's, nil in an autoencoder.
  func callAsFunction(_ x: Variable, embedding: Variable? = nil, _ recording: Recording?) -> Variable {
    var h = resnets[0](x, embedding: embedding, recording?["resnets.0"])
    if let attention = attentions.first { h = attention(h, recording?["attentions.0"]) }
    h = resnets[1](h, embedding: embedding, recording?["resnets.1"])
    recording?.record(h.value)
    return h
  }
}

/// One level of the way up: each residual block first gets the matching output of the way down (the skip connection).
public struct UpBlock: Module {
  public let resnets: [ResnetBlock2D]
  public let attentions: [SpatialAttention]
  public let upsampler: Upsample2D?

  init(
    _ inputs: Int, previous: Int, _ outputs: Int, attention: Bool, isLast: Bool, _ configuration: UNet2DConfiguration
  ) {
    let c = configuration
    let layers = c.layersPerBlock + 1
    resnets = (0..<layers).map { i in
      let skip = i == layers - 1 ? inputs : outputs
      return ResnetBlock2D(
        (i == 0 ? previous : outputs) + skip, outputs, timeChannels: c.timeEmbedDim, groups: c.normNumGroups,
        epsilon: c.normEps)
    }
    attentions = attention ? resnets.map { _ in c.attention(outputs) } : []
    upsampler = isLast ? nil : Upsample2D(outputs)
  }

  public var children: [(name: String, module: any Module)] {
    interleaved(resnets, attentions) + (upsampler.map { [("upsamplers.0", $0)] } ?? [])
  }

  /// Takes its skips from the end of `skips`.
  func callAsFunction(
    _ x: Variable, skips: inout [Variable], embedding: Variable, _ recording: Recording?
  ) -> Variable {
    var h = x
    for (i, resnet) in resnets.enumerated() {
      h = Variable.concatenated([h, skips.removeLast()], along: 1)
      h = resnet(h, embedding: embedding, recording?["resnets.\(i)"])
      if !attentions.isEmpty { h = attentions[i](h, recording?["attentions.\(i)"]) }
    }
    if let upsampler { h = upsampler(h, recording?["upsamplers.0"]) }
    recording?.record(h.value)
    return h
  }
}

extension UNet2DConfiguration {
  fileprivate func attention(_ channels: Int, rescaleOutputFactor: Float = 1) -> SpatialAttention {
    SpatialAttention(
      channels, headDim: attentionHeadDim ?? channels, groups: normNumGroups, epsilon: normEps,
      rescaleOutputFactor: rescaleOutputFactor)
  }
}

/// Residual blocks and attentions in the order they run.
private func interleaved(
  _ resnets: [ResnetBlock2D], _ attentions: [SpatialAttention]
) -> [(name: String, module: any Module)] {
  resnets.enumerated().flatMap { i, resnet -> [(name: String, module: any Module)] in
    [("resnets.\(i)", resnet)] + (i < attentions.count ? [("attentions.\(i)", attentions[i])] : [])
  }
}
