import Models
import Tensors

/// How many learned numbers the parts of a text-to-image model have, counted from its configuration alone.
///
/// Nothing is loaded: Stable Diffusion's 4 GB need not be there to be counted. A convolution of kernel k has
/// k² C_in C_out + C_out, a linear layer C_in C_out + C_out, a norm 2 C.
package enum PartSizes {
  /// One bar of the figure.
  package struct Part: Sendable, Equatable {
    package let name: String
    package let count: Int
  }

  private static func conv(_ inputs: Int, _ outputs: Int, kernel: Int = 3) -> Int {
    kernel * kernel * inputs * outputs + outputs
  }

  private static func linear(_ inputs: Int, _ outputs: Int, bias: Bool = true) -> Int {
    inputs * outputs + (bias ? outputs : 0)
  }

  private static func norm(_ channels: Int) -> Int { 2 * channels }

  /// Two convolutions, two norms, the timestep's projection, and a shortcut where the width changes.
  private static func resnet(_ inputs: Int, _ outputs: Int, time: Int = 0) -> Int {
    norm(inputs) + conv(inputs, outputs) + norm(outputs) + conv(outputs, outputs)
      + (time > 0 ? linear(time, outputs) : 0) + (inputs == outputs ? 0 : conv(inputs, outputs, kernel: 1))
  }

  /// Self-attention, cross-attention and a gated feed-forward, between two projections.
  private static func transformer(_ width: Int, context: Int, layers: Int) -> Int {
    let own = 3 * linear(width, width, bias: false) + linear(width, width)
    let cross = linear(width, width, bias: false) + 2 * linear(context, width, bias: false) + linear(width, width)
    let forward = linear(width, 8 * width) + linear(4 * width, width)
    return norm(width) + 2 * linear(width, width) + layers * (3 * norm(width) + own + cross + forward)
  }

  // MARK: U-Net

  /// The U-Net from its input down and up again.
  package static func unet(_ c: UNet2DConditionConfiguration) -> [Part] {
    let (widths, time) = (c.blockOutChannels, c.timeEmbedDim)
    let (first, last) = (widths[0], widths.count - 1)
    func layers(_ level: Int) -> Int { entry(c.layersPerBlock, level) }
    // Channels and the side of the maps.
    func place(_ level: Int) -> String { "\(widths[level]) × \((c.sampleSize ?? 64) >> level)²" }
    func attention(_ level: Int) -> Int {
      transformer(widths[level], context: c.crossAttentionDim, layers: entry(c.transformerLayersPerBlock, level))
    }
    var parts = [
      Part(name: "timestep", count: linear(first, time) + linear(time, time)),
      Part(name: "in", count: conv(c.inChannels, first, kernel: c.convInKernel)),
    ]
    // What each skip connection brings to the way up.
    var skips = [first]
    for level in widths.indices {
      var count = 0
      for layer in 0..<layers(level) {
        let inputs = layer > 0 ? widths[level] : level > 0 ? widths[level - 1] : first
        count += resnet(inputs, widths[level], time: time)
        if c.downBlockTypes[level].contains("CrossAttn") { count += attention(level) }
        skips.append(widths[level])
      }
      if level < last {
        count += conv(widths[level], widths[level])
        skips.append(widths[level])
      }
      parts.append(Part(name: "down, \(place(level))", count: count))
    }
    if let middle = c.midBlockType {
      let cross = middle.contains("CrossAttn") ? attention(last) : 0
      parts.append(Part(name: "middle", count: 2 * resnet(widths[last], widths[last], time: time) + cross))
    }
    var width = widths[last]
    for level in widths.indices.reversed() {
      var count = 0
      for _ in 0..<layers(level) + 1 {
        count += resnet(width + skips.removeLast(), widths[level], time: time)
        width = widths[level]
        if c.upBlockTypes[last - level].contains("CrossAttn") { count += attention(level) }
      }
      if level > 0 { count += conv(width, width) }
      parts.append(Part(name: "up, \(place(level))", count: count))
    }
    parts.append(Part(name: "out", count: norm(first) + conv(first, c.outChannels, kernel: c.convOutKernel)))
    return parts
  }

  private static func entry(_ list: [Int], _ level: Int) -> Int { list.count == 1 ? list[0] : list[level] }

  // MARK: Autoencoder and text encoder

  /// Encoder and decoder, each with its 1×1 convolution at the latents.
  package static func autoencoder(_ c: AutoencoderConfiguration) -> (encoder: Int, decoder: Int) {
    let (widths, latents) = (c.blockOutChannels, c.latentChannels)
    let bottom = widths[widths.count - 1]
    let middle =
      2 * resnet(bottom, bottom) + (c.midBlockAddAttention ? norm(bottom) + 4 * linear(bottom, bottom) : 0)
    func way(_ widths: [Int], layers: Int) -> Int {
      var (width, count) = (widths[0], 0)
      for (index, next) in widths.enumerated() {
        for _ in 0..<layers {
          count += resnet(width, next)
          width = next
        }
        if index < widths.count - 1 { count += conv(next, next) }
      }
      return count
    }
    let encoder =
      conv(c.inChannels, widths[0]) + way(widths, layers: c.layersPerBlock) + middle + norm(bottom)
      + conv(bottom, 2 * latents) + (c.useQuantConv ? conv(2 * latents, 2 * latents, kernel: 1) : 0)
    let decoder =
      conv(latents, bottom) + middle + way(widths.reversed(), layers: c.layersPerBlock + 1) + norm(widths[0])
      + conv(widths[0], c.outChannels) + (c.usePostQuantConv ? conv(latents, latents, kernel: 1) : 0)
    return (encoder, decoder)
  }

  /// Token and position tables, transformer layers, the last norm.
  package static func textEncoder(_ c: CLIPTextConfiguration) -> Int {
    let width = c.hiddenSize
    let layer =
      4 * linear(width, width) + 2 * norm(width) + linear(width, c.intermediateSize) + linear(c.intermediateSize, width)
    return (c.vocabSize + c.maxPositionEmbeddings) * width + c.numHiddenLayers * layer + norm(width)
  }
}

/// The configurations of one text-to-image model.
package struct ModelShape: Sendable {
  package var unet: UNet2DConditionConfiguration
  package var autoencoder: AutoencoderConfiguration
  package var text: CLIPTextConfiguration

  package init(unet: UNet2DConditionConfiguration, autoencoder: AutoencoderConfiguration, text: CLIPTextConfiguration) {
    (self.unet, self.autoencoder, self.text) = (unet, autoencoder, text)
  }

  /// Stable Diffusion v1 as it was published.
  package static let stableDiffusionV1: ModelShape = {
    var unet = UNet2DConditionConfiguration()
    unet.sampleSize = 64
    unet.crossAttentionDim = 768
    var autoencoder = AutoencoderConfiguration()
    autoencoder.blockOutChannels = [128, 256, 512, 512]
    autoencoder.layersPerBlock = 2
    autoencoder.sampleSize = 512
    var text = CLIPTextConfiguration()
    (text.hiddenSize, text.intermediateSize, text.numAttentionHeads) = (768, 3072, 12)
    return ModelShape(unet: unet, autoencoder: autoencoder, text: text)
  }()

  var unetCount: Int { PartSizes.unet(unet).reduce(0) { $0 + $1.count } }
  var autoencoderCount: Int {
    let (encoder, decoder) = PartSizes.autoencoder(autoencoder)
    return encoder + decoder
  }
  var textCount: Int { PartSizes.textEncoder(text) }
  var total: Int { unetCount + autoencoderCount + textCount }
  /// The side of the latents, and of the pictures.
  var latentSide: Int { unet.sampleSize ?? 64 }
  var side: Int { latentSide * autoencoder.sizeFactor }
}
