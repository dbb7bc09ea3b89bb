import Drawing
import Foundation
import Gradients
import Models
import Tensors

/// The same U-Net on pixels and on latents: measured at small sizes, extrapolated to large ones.
struct PixelLatentCost: Stage {
  let name = "pixel-latent-cost"
  let summary = "Times one U-Net on pixels and on latents at growing sizes, and extrapolates to 1024×1024"
  let models = [PictureCodec.name]

  let parameters: [StageParameter] = [
    .integers(
      "sizes", 32...384, count: 2...6, default: [32, 64, 128, 192],
      help: "sides of the pictures measured, multiples of 16"),
    .integer("num_inference_steps", 1...1000, default: 50, help: "calls of the U-Net for one picture"),
    .integer("training_images", 1000...2_000_000_000, default: 1_000_000, help: "pictures shown in training"),
  ]

  let facts = [
    FactDeclaration("unet_parameters", "learned numbers of the U-Net"),
    FactDeclaration("largest", "side of the largest picture measured"),
    FactDeclaration("pixel_seconds", "measured seconds of one call on its pixels"),
    FactDeclaration("latent_seconds", "measured seconds of one call on its latents"),
    FactDeclaration("time_ratio", "the first over the second"),
    FactDeclaration("pixel_memory", "measured megabytes that all outputs of the call take, on pixels"),
    FactDeclaration("latent_memory", "the same on latents"),
    FactDeclaration("decode_seconds", "measured seconds of decoding its latents"),
    FactDeclaration("rate", "measured billions of multiply-adds a second, on pixels of that size"),
    FactDeclaration(
      "formula_error", "largest relative difference of the catalogue's count from that of the module tree"),
    FactDeclaration("pixel_macs", "billions of multiply-adds of one call at 1024×1024, by the formulas"),
    FactDeclaration("latent_macs", "the same on its latents"),
    FactDeclaration("macs_ratio", "the first over the second"),
    FactDeclaration("attention_share", "share of attention in the first"),
    FactDeclaration("attention_share_measured", "share of attention at the largest size measured"),
    FactDeclaration("pixel_step", "extrapolated seconds of one call on pixels at 1024×1024"),
    FactDeclaration("latent_step", "the same on latents"),
    FactDeclaration("pixel_hours", "extrapolated hours for one picture on pixels"),
    FactDeclaration("latent_minutes", "extrapolated minutes for one picture on latents, decoding included"),
    FactDeclaration("decode_share", "share of decoding in them"),
    FactDeclaration("pixel_gigabytes", "extrapolated gigabytes of all outputs at 1024×1024 on pixels"),
    FactDeclaration("latent_gigabytes", "the same on latents"),
    FactDeclaration("cascade_ratio", "cost of 64×64 with super-resolution to 256 and 1024, over that of latents"),
    FactDeclaration("pixel_days", "extrapolated days of training on pixels"),
    FactDeclaration("latent_days", "the same on latents"),
  ]

  let figures = [
    FigureDeclaration(
      "pixel-latent-cost", "Work, time and memory of one U-Net on pixels and on latents",
      formulas: ["unet.macs_conv", "cost.macs_attention"])
  ]

  func run(_ context: StageContext) throws(UserError) -> StageResult {
    let sizes = Array(Set(context.integers("sizes"))).sorted()
    if let odd = sizes.first(where: { $0 % 16 != 0 }) {
      throw UserError("sizes must be multiples of 16, not \(odd)", code: .usage)
    }
    guard sizes.count >= 2 else { throw UserError("sizes must be two different ones at least", code: .usage) }
    let codec = try PictureCodec(context.home)
    let cost = try CostExtrapolation(codec, sizes: sizes, context)
    var result = StageResult()
    try cost.addFacts(
      to: &result, steps: context.integer("num_inference_steps"), images: context.integer("training_images"))
    result.table(try cost.table())
    let provenance = Provenance(command: "", seed: context.seed)
    result.figure("pixel-latent-cost") { () throws(UserError) in try cost.figure(provenance) }
    return result
  }
}

/// One U-Net, with as many channels in and out as its space has.
struct TimedUNet {
  /// One size that was run.
  struct Run {
    /// Side of the picture, in pixels, whatever the space.
    let size: Int
    let seconds: Double
    /// Bytes of all outputs of the call.
    let bytes: Int
  }

  let runs: [Run]
  let parameters: Int
  /// Costs at the largest size.
  let terms: CostTerms
  /// Multiply-adds at that size, as `diffuse inspect` counts them.
  let inspected: Int

  /// Pixels of the picture for one number of the space, along a side.
  let factor: Int
  var largest: Run { runs[runs.count - 1] }

  /// The layout, alike in both spaces but for the first and the last convolution.
  private static func configuration(channels: Int) -> UNet2DConfiguration {
    var c = UNet2DConfiguration()
    (c.inChannels, c.outChannels, c.layersPerBlock, c.normNumGroups) = (channels, channels, 1, 8)
    c.blockOutChannels = [32, 64, 96]
    c.downBlockTypes = ["DownBlock2D", "DownBlock2D", "AttnDownBlock2D"]
    c.upBlockTypes = ["AttnUpBlock2D", "UpBlock2D", "UpBlock2D"]
    c.attentionHeadDim = nil
    return c
  }

  init(channels: Int, factor: Int, sizes: [Int], seed: UInt64, ran: () -> Void) {
    let unet = UNet2DModel(Self.configuration(channels: channels))
    var random = RandomSource(seed: seed)
    unet.initialize(&random)
    self.factor = factor
    parameters = unet.parameterCount
    var runs: [Run] = []
    var last = Recorder()
    for size in sizes {
      let side = size / factor
      let sample = Variable(random.normal([1, channels, side, side]))
      func call(_ recording: Recording?) { _ = unet(sample, timesteps: [500], classLabels: nil, recording) }
      last = Recorder()
      call(last.recording())
      // The run that was recorded has warmed up the caches.
      let seconds = (0..<2).map { _ in
        let start = ContinuousClock.now
        call(nil)
        return (ContinuousClock.now - start) / .seconds(1)
      }
      runs.append(Run(size: size, seconds: seconds.min() ?? 0, bytes: last.bytes))
      ran()
    }
    self.runs = runs
    terms = CostTerms(unet, last)
    inspected = ModelInspection(unet, last).multiplyAdds
  }

  /// Multiply-adds of one call for a picture of `size`.
  func multiplyAdds(_ size: Int) throws(UserError) -> (all: Double, attention: Double) {
    try terms.multiplyAdds(growing: Double(size) / Double(largest.size))
  }

  /// Seconds of one call, when every multiply-add takes what it took at the largest size measured.
  func seconds(_ size: Int) throws(UserError) -> Double {
    largest.seconds * (try multiplyAdds(size).all) / Double(inspected)
  }

  /// Bytes of all outputs: maps of attention grow with the fourth power of the side, the rest with its square.
  func bytes(_ size: Int) -> Double {
    let growth = Double(size) / Double(largest.size)
    let maps = Double(terms.attentionBytes)
    return (Double(largest.bytes) - maps) * growth * growth + maps * growth * growth * growth * growth
  }
}
