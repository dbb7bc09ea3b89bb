import Gradients
import Layers
import Tensors

/// A model that can be run once on zeros, to see what its modules give and cost.
protocol Inspectable: Module {
  /// Runs one sample with pictures of `side` × `side`, or of the model's own size when nil.
  /// - Returns: the size that was used, nil for a text, and the sample in words.
  /// - Throws: a sentence when the model does not take pictures of that size.
  func runOnZeros(side: Int?, _ recording: Recording) throws(UserError) -> (side: Int?, sample: String)
}

extension UNet2DModel: Inspectable {
  func runOnZeros(side: Int?, _ recording: Recording) throws(UserError) -> (side: Int?, sample: String) {
    let c = configuration
    let side = try checked(side, multipleOf: c.sizeFactor) ?? c.sampleSize ?? 32
    _ = self(
      Variable(.zeros([1, c.inChannels, side, side])), timesteps: [0], classLabels: c.numClassEmbeds.map { _ in [0] },
      recording)
    return (side, "\(side)×\(side)")
  }
}

extension UNet2DConditionModel: Inspectable {
  /// The text has the 77 tokens of Stable Diffusion.
  func runOnZeros(side: Int?, _ recording: Recording) throws(UserError) -> (side: Int?, sample: String) {
    let c = configuration
    let side = try checked(side, multipleOf: 1 << (c.blockOutChannels.count - 1)) ?? c.sampleSize ?? 32
    _ = self(
      Variable(.zeros([1, c.inChannels, side, side])), timesteps: [0],
      encoderHiddenStates: Variable(.zeros([1, 77, c.crossAttentionDim])),
      classLabels: c.numClassEmbeds.map { _ in [0] }, recording)
    return (side, c.hasCrossAttention ? "\(side)×\(side) and 77 tokens" : "\(side)×\(side)")
  }
}

extension AutoencoderKL: Inspectable {
  func runOnZeros(side: Int?, _ recording: Recording) throws(UserError) -> (side: Int?, sample: String) {
    let side = try checked(side, multipleOf: configuration.sizeFactor) ?? configuration.sampleSize
    _ = decode(encode(Variable(.zeros([1, configuration.inChannels, side, side])), recording).mean, recording)
    return (side, "\(side)×\(side), encoded and decoded")
  }
}

extension PatchDiscriminator: Inspectable {
  func runOnZeros(side: Int?, _ recording: Recording) throws(UserError) -> (side: Int?, sample: String) {
    let side = try checked(side, multipleOf: 1 << (layers.count + 1)) ?? 64
    _ = self(Variable(.zeros([1, configuration.inChannels, side, side])), recording)
    return (side, "\(side)×\(side)")
  }
}

extension ImageClassifier: Inspectable {
  func runOnZeros(side: Int?, _ recording: Recording) throws(UserError) -> (side: Int?, sample: String) {
    let side =
      try checked(side, multipleOf: 1 << configuration.channels.count) ?? (configuration.inChannels == 1 ? 32 : 64)
    _ = self(Variable(.zeros([1, configuration.inChannels, side, side])), recording)
    return (side, "\(side)×\(side)")
  }
}

extension CLIPTextModel: Inspectable {
  func runOnZeros(side: Int?, _ recording: Recording) throws(UserError) -> (side: Int?, sample: String) {
    if let side { throw UserError("--size is \(side), but a text has no height and width") }
    let length = configuration.maxPositionEmbeddings
    _ = self([[Int](repeating: 0, count: length)], recording)
    return (nil, "\(length) tokens")
  }
}

extension EmojiCLIP: Inspectable {
  func runOnZeros(side: Int?, _ recording: Recording) throws(UserError) -> (side: Int?, sample: String) {
    let (own, length) = (configuration.image.imageSize, configuration.text.maxPositionEmbeddings)
    if let side, side != own { throw UserError("--size is \(side); this model's pictures are \(own)×\(own)") }
    _ = embed(inputIDs: [[Int](repeating: 0, count: length)], recording)
    _ = embed(pictures: Variable(.zeros([1, configuration.image.inChannels, own, own])), recording)
    return (own, "\(own)×\(own) and \(length) tokens")
  }
}

private func checked(_ side: Int?, multipleOf factor: Int) throws(UserError) -> Int? {
  if let side, side < factor || side > 1024 || side % factor != 0 {
    throw UserError("--size is \(side); it must be a multiple of \(factor) up to 1024")
  }
  return side
}
