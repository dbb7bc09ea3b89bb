import Drawing
import Gradients
import Models
import Tensors

/// Pixels against latents: what was measured, and what the formulas make of it at larger sizes.
struct CostExtrapolation {
  static let far = 1024

  let pixels: TimedUNet
  let latents: TimedUNet
  let decoder: CostTerms
  /// Seconds of decoding at the largest size measured, and its multiply-adds there.
  let decodeSeconds: Double
  let decodeMultiplyAdds: Double

  private var measured: [Int] { pixels.runs.map(\.size) }
  private var largest: Int { pixels.largest.size }

  init(_ codec: PictureCodec, sizes: [Int], _ context: StageContext) throws(UserError) {
    let total = 2 * sizes.count + 1
    var done = 0
    func ran() {
      done += 1
      context.report(done, of: total, "sizes")
    }
    let c = codec.model.configuration
    context.report(0, of: total, "sizes")
    pixels = TimedUNet(channels: c.inChannels, factor: 1, sizes: sizes, seed: context.seed, ran: ran)
    latents = TimedUNet(
      channels: c.latentChannels, factor: c.sizeFactor, sizes: sizes, seed: context.seed, ran: ran)
    let side = (sizes.last ?? 64) / c.sizeFactor
    let sample = Variable(.zeros([1, c.latentChannels, side, side]))
    let recorder = Recorder()
    _ = codec.model.decode(sample, recorder.recording())
    decoder = CostTerms(codec.model, recorder, under: ["decoder", "post_quant_conv"])
    let start = ContinuousClock.now
    _ = codec.model.decode(sample)
    decodeSeconds = (ContinuousClock.now - start) / .seconds(1)
    decodeMultiplyAdds = try decoder.multiplyAdds(growing: 1).all
    ran()
  }

  /// Multiply-adds of decoding a picture of `size`.
  private func decoding(_ size: Int) throws(UserError) -> Double {
    try decoder.multiplyAdds(growing: Double(size) / Double(largest)).all
  }

  // MARK: Facts

  func addFacts(to result: inout StageResult, steps: Int, images: Int) throws(UserError) {
    let far = Self.far
    let (pixel, latent) = (try pixels.multiplyAdds(far), try latents.multiplyAdds(far))
    let (pixelStep, latentStep) = (try pixels.seconds(far), try latents.seconds(far))
    let decode = decodeSeconds * (try decoding(far)) / decodeMultiplyAdds
    let latentPicture = Double(steps) * latentStep + decode
    addMeasuredFacts(to: &result)
    let errors = try [pixels, latents].map { unet throws(UserError) in
      abs(try unet.multiplyAdds(largest).all / Double(unet.inspected) - 1)
    }
    let near = try pixels.multiplyAdds(largest)
    result.fact("formula_error", errors.max() ?? 0)
    result.fact("pixel_macs", pixel.all / 1e9)
    result.fact("latent_macs", latent.all / 1e9)
    result.fact("macs_ratio", pixel.all / latent.all)
    result.fact("attention_share", pixel.attention / pixel.all)
    result.fact("attention_share_measured", near.attention / near.all)
    result.fact("pixel_step", pixelStep)
    result.fact("latent_step", latentStep)
    result.fact("pixel_hours", Double(steps) * pixelStep / 3600)
    result.fact("latent_minutes", latentPicture / 60)
    result.fact("decode_share", decode / latentPicture)
    result.fact("pixel_gigabytes", pixels.bytes(far) / 1e9)
    result.fact("latent_gigabytes", latents.bytes(far) / 1e9)
    // The same U-Net at 64, 256 and 1024, every stage with all its steps, against latents and one decoding.
    let cascade = try [64, 256, far].map { size throws(UserError) in try pixels.multiplyAdds(size).all }.reduce(0, +)
    result.fact("cascade_ratio", Double(steps) * cascade / (Double(steps) * latent.all + (try decoding(far))))
    // The way back costs about twice the way there.
    result.fact("pixel_days", 3 * Double(images) * pixelStep / 86400)
    result.fact("latent_days", 3 * Double(images) * latentStep / 86400)
  }

  private func addMeasuredFacts(to result: inout StageResult) {
    result.fact("unet_parameters", pixels.parameters)
    result.fact("largest", largest)
    result.fact("pixel_seconds", pixels.largest.seconds)
    result.fact("latent_seconds", latents.largest.seconds)
    result.fact("time_ratio", pixels.largest.seconds / latents.largest.seconds)
    result.fact("pixel_memory", Double(pixels.largest.bytes) / 1e6)
    result.fact("latent_memory", Double(latents.largest.bytes) / 1e6)
    result.fact("decode_seconds", decodeSeconds)
    result.fact("rate", Double(pixels.inspected) / pixels.largest.seconds / 1e9)
  }

  // MARK: Table

  func table() throws(UserError) -> StageTable {
    var rows: [[String]] = []
    let extrapolated = [256, 512, Self.far].filter { $0 > largest }
    for size in measured + extrapolated {
      for (unet, space) in [(pixels, "pixels"), (latents, "latents")] {
        let run = unet.runs.first { $0.size == size }
        let seconds = if let run { run.seconds } else { try unet.seconds(size) }
        let bytes = run.map { Double($0.bytes) } ?? unet.bytes(size)
        rows.append([
          "\(size)×\(size)", space, run == nil ? "extrapolated" : "measured",
          NumberText.short(try unet.multiplyAdds(size).all / 1e9, significant: 3),
          NumberText.short(seconds, significant: 2), NumberText.short(bytes / 1e6, significant: 3),
        ])
      }
    }
    return StageTable(
      name: "cost", title: "One call of the U-Net for a picture of this size",
      columns: [
        .init("picture"), .init("space", numeric: false), .init("", numeric: false), .init("10⁹ multiply-adds"),
        .init("seconds"), .init("MB"),
      ], rows: rows)
  }

  // MARK: Figure

  func figure(_ provenance: Provenance) throws(UserError) -> Figure {
    let ratio = try pixels.multiplyAdds(Self.far).all / latents.multiplyAdds(Self.far).all
    let (pixelWork, latentWork) = (
      try curve(pixels) { size, unet throws(UserError) in
        try unet.multiplyAdds(size).all / 1e9
      }, try curve(latents) { size, unet throws(UserError) in try unet.multiplyAdds(size).all / 1e9 }
    )
    let (pixelTime, latentTime) = (
      try curve(pixels) { size, unet throws(UserError) in try unet.seconds(size) },
      try curve(latents) { size, unet throws(UserError) in try unet.seconds(size) }
    )
    let (pixelMemory, latentMemory) = (
      try curve(pixels) { size, unet in unet.bytes(size) / 1e9 },
      try curve(latents) { size, unet in unet.bytes(size) / 1e9 }
    )
    let charts = [
      chart("work", "10⁹ multiply-adds", pixelWork, latentWork, points: { _ in nil }),
      chart("time", "seconds", pixelTime, latentTime, points: { $0.seconds }),
      chart("memory", "GB", pixelMemory, latentMemory, points: { Double($0.bytes) / 1e9 }),
    ]
    return Figure(
      name: "pixel-latent-cost",
      title: "At 1024×1024 a call on pixels costs \(NumberText.short(ratio, significant: 2)) times one on latents",
      caption: """
        One call of the same U-Net (random weights, which cost the same) on the pixels of a picture and on its latents. Rings were \
        measured; solid lines follow the formulas up to \(largest) pixels, dashed ones beyond, from the largest size measured. Memory is that of all \
        outputs, which training keeps.
        """,
      alternativeText: """
        Three charts with logarithmic axes over the side of the picture: work, time and memory. In each the line for latents \
        lies far below that for pixels, and both grow steeper at large sizes.
        """,
      provenance: provenance, content: Panels([charts[0], charts[1], charts[2]], columns: 3, narrowColumns: 1))
  }

  private static let drawn = [32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024]

  private func curve(
    _ unet: TimedUNet, _ value: (Int, TimedUNet) throws(UserError) -> Double
  ) throws(UserError) -> [(size: Int, value: Double)] {
    var points: [(size: Int, value: Double)] = []
    for size in Set(Self.drawn + measured).sorted() where size >= (measured.first ?? 0) {
      points.append((size, try value(size, unet)))
    }
    return points
  }

  private func chart(
    _ title: RichText, _ unit: RichText, _ pixel: [(size: Int, value: Double)],
    _ latent: [(size: Int, value: Double)], points: (TimedUNet.Run) -> Double?
  ) -> Chart {
    var layers: [any ChartLayer] = []
    for (curve, unet, name, color) in [
      (pixel, pixels, "pixels" as RichText, ColorRole.palette(1)), (latent, latents, "latents", .palette(0)),
    ] {
      let (near, beyond) = (curve.filter { $0.size <= largest }, curve.filter { $0.size >= largest })
      layers.append(Line("", x: near.map { Double($0.size) }, y: near.map(\.value), color: color))
      layers.append(
        Line(
          name, x: beyond.map { Double($0.size) }, y: beyond.map(\.value), color: color, pattern: .dashed,
          labelPlacement: .inside))
      let rings = unet.runs.compactMap { run in points(run).map { (Double(run.size), $0) } }
      if !rings.isEmpty { layers.append(OpenCircles("", x: rings.map(\.0), y: rings.map(\.1), color: color)) }
    }
    return Chart(
      title: title, x: Axis("side of the picture (pixels)", scale: .log, ticks: [32, 128, 1024]),
      y: Axis(unit, scale: .log),
      layers: layers)
  }
}
