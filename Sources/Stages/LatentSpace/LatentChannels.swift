import Drawing
import Tensors
import Training

/// A picture in the latent space of the trained autoencoder, and what comes back.
struct LatentChannels: Stage {
  let name = "latent-channels"
  let summary = "Encodes a picture, draws its latent channels, and decodes them whole and changed"
  let models = [PictureCodec.name]

  let parameters: [StageParameter] = [
    .image(default: "penguin-right-of-ice-cream-on-a-green-background", help: "the picture"),
    .integer("row", 0...15, default: 8, help: "row of the one place that is changed"),
    .integer("column", 0...15, default: 11, help: "its column"),
  ]

  let facts = [
    FactDeclaration("picture", "what was read, and how it was made to fit"),
    FactDeclaration("picture_shape", "shape of the picture"),
    FactDeclaration("latent_shape", "shape of its latents"),
    FactDeclaration("numbers", "numbers in the picture"),
    FactDeclaration("latent_numbers", "numbers in its latents"),
    FactDeclaration("ratio", "compression ratio"),
    FactDeclaration("factor", "by how much each side shrinks, f"),
    FactDeclaration("parameters", "learned numbers of encoder and decoder"),
    FactDeclaration("psnr", "PSNR in dB of what comes back"),
    FactDeclaration("drawn_psnr", "the same, decoded from a draw instead of the means"),
    FactDeclaration("spread", "mean σ of the latents' distributions"),
    FactDeclaration("scaling_factor", "1/std of the latents over many scenes, from the model's configuration"),
    FactDeclaration("scaled_deviation", "standard deviation of this picture's scaled latents"),
    FactDeclaration("channel_psnrs", "PSNR in dB when one channel is replaced by its mean, for each"),
    FactDeclaration("weakest_channel", "the channel whose loss costs most, from 1"),
    FactDeclaration(
      "reach", "side in pixels of the square outside of which a changed place changes nothing that is seen"),
  ]

  let figures = [
    FigureDeclaration(
      "latent-channels", "A picture, its four latent channels, and what comes back",
      formulas: ["latent.compression_ratio"]),
    FigureDeclaration("latent-edits", "What comes back when a channel is emptied or one place is changed"),
  ]

  func run(_ context: StageContext) throws(UserError) -> StageResult {
    let codec = try PictureCodec(context.home)
    let picture = try EmojiPicture(context)
    let latents = LatentPicture(picture, codec, seed: context.seed)
    let edits = LatentEdits(latents, codec, row: context.integer("row"), column: context.integer("column"))
    var result = StageResult()
    latents.addFacts(to: &result, codec)
    result.fact("channel_psnrs", edits.psnrs)
    result.fact("weakest_channel", 1 + (edits.psnrs.indices.min { edits.psnrs[$0] < edits.psnrs[$1] } ?? 0))
    result.fact("reach", edits.reach)
    result.table(latents.table)
    for (name, tensor) in [
      ("picture", picture.tensor), ("latents", latents.mean), ("deviations", latents.deviation),
      ("restored", latents.restored),
    ] { result.tensor(name, tensor) }
    let provenance = codec.provenance(seed: context.seed)
    result.figure("latent-channels") { () throws(UserError) in latents.figure(codec, provenance) }
    result.figure("latent-edits") { () throws(UserError) in edits.figure(latents, provenance) }
    return result
  }
}

/// A picture, the distribution of its latents, and the picture their means decode to.
struct LatentPicture {
  let source: EmojiPicture
  /// μ and σ, [1, C, h, w], unscaled.
  let mean: Tensor
  let deviation: Tensor
  let restored: Tensor
  /// Decoded from μ + σ ε.
  let drawn: Tensor

  init(_ picture: EmojiPicture, _ codec: PictureCodec, seed: UInt64) {
    source = picture
    let distribution = codec.model.encode(.init(picture.tensor))
    mean = distribution.mean.value
    deviation = (distribution.logvar.value * 0.5).exp()
    restored = codec.decode(mean)
    var random = RandomSource(seed: seed)
    drawn = codec.decode(distribution.sample(&random).value)
  }

  func addFacts(to result: inout StageResult, _ codec: PictureCodec) {
    result.fact("picture", source.story)
    result.fact("picture_shape", "\(Array(source.tensor.shape.dropFirst()))")
    result.fact("latent_shape", "\(Array(mean.shape.dropFirst()))")
    result.fact("numbers", source.tensor.count)
    result.fact("latent_numbers", mean.count)
    result.fact("ratio", codec.ratio)
    result.fact("factor", codec.model.configuration.sizeFactor)
    result.fact("parameters", codec.model.parameterCount)
    result.fact("psnr", decibels(restored, source.tensor)[0])
    result.fact("drawn_psnr", decibels(drawn, source.tensor)[0])
    result.fact("spread", deviation.mean)
    result.fact("scaling_factor", codec.model.configuration.scalingFactor)
    result.fact("scaled_deviation", codec.model.configuration.scaled(mean).standardDeviation())
  }

  var table: StageTable {
    StageTable(
      name: "latent-channels", title: "The channels of this picture's latents, unscaled",
      columns: ["channel", "min", "max", "mean", "std", "mean σ"].map { .init($0) },
      rows: (0..<mean.shape[1]).map { c in
        let (m, s) = (mean[index: 0][index: c], deviation[index: 0][index: c])
        return ["\(c + 1)"]
          + [m.min, m.max, m.mean, m.standardDeviation()].map { NumberText.fixed(Double($0), decimals: 2) } + [
            NumberText.fixed(Double(s.mean), decimals: 3)
          ]
      })
  }

  func figure(_ codec: PictureCodec, _ provenance: Provenance) -> Figure {
    let channels = mean.shape[1]
    let limit = max(mean.max, -mean.min, 1e-3)
    let signed = PixelMapping.diverging(limit: limit)
    let (height, width) = (mean.shape[2], mean.shape[3])
    let latents = (0..<channels).map { c in
      ImageCell(mean[index: 0].sliced(c..<(c + 1)), signed, caption: "channel \(c + 1), \(height)×\(width)")
    }
    let psnr = NumberText.fixed(decibels(restored, source.tensor)[0], decimals: 1)
    let pictures: [ImageCell?] = [
      ImageCell(source.tensor[index: 0], caption: "x, \(source.tensor.shape[2])×\(source.tensor.shape[3])×3"),
      ImageCell(restored[index: 0], caption: "D(E(x)), \(psnr) dB"),
      ImageCell(shownDifference(source.tensor, restored)[index: 0], caption: "x − D(E(x))"),
    ]
    func counted(_ count: Int) -> String { NumberText.fixed(Double(count), decimals: 0) }
    return Figure(
      name: "latent-channels",
      title: "\(counted(source.tensor.count)) numbers become \(counted(mean.count)), and the picture comes back",
      caption: """
        Above \(source.noun), what the decoder of \(codec.name) makes of its latents, and the difference around middle grey. \
        Below the \(channels) channels of the latents: a small picture each, of numbers that nobody gave a meaning.
        """,
      alternativeText: """
        The picture, its reconstruction and their difference in a row; below, \(channels) coarse maps in blue and red in which \
        the outline of the picture can be recognised.
        """,
      provenance: provenance,
      content: ImageGrid(
        rows: [pictures, latents], rowLabels: ["picture", "latents z"],
        colorBar: ColorBar(signed, label: "latent")))
  }
}

/// Decoded latents of which something was changed.
struct LatentEdits {
  /// With one channel at its mean, for each channel: [1, 3, H, W].
  let emptied: [Tensor]
  let psnrs: [Double]
  /// With one place changed.
  let nudged: Tensor
  /// |change| of the picture by that, over colours, [1, H, W].
  let change: Tensor
  /// Side of the smallest square around the changed place that holds all that can be seen.
  let reach: Int
  let place: (row: Int, column: Int)

  /// A change smaller than a step of an 8-bit picture is not seen.
  private static let visible: Float = 2 / 255

  init(_ latents: LatentPicture, _ codec: PictureCodec, row: Int, column: Int) {
    let mean = latents.mean
    let (channels, height, width) = (mean.shape[1], mean.shape[2], mean.shape[3])
    var emptied: [Tensor] = []
    for channel in 0..<channels {
      let level = mean[index: 0][index: channel].mean
      let parts = (0..<channels).map { c in
        c == channel
          ? Tensor(repeating: level, shape: [1, 1, height, width]) : mean.sliced(c..<(c + 1), along: 1)
      }
      emptied.append(codec.decode(Tensor.concatenated(parts, along: 1)))
    }
    self.emptied = emptied
    psnrs = emptied.map { decibels($0, latents.source.tensor)[0] }
    place = (min(row, height - 1), min(column, width - 1))
    var changed = mean
    for channel in 0..<channels {
      changed[0, channel, place.row, place.column] =
        mean[0, channel, place.row, place.column]
        + 3 * mean[index: 0][index: channel].standardDeviation()
    }
    nudged = codec.decode(changed)
    change = (nudged - latents.restored).map(abs).mean(along: 1)
    let factor = codec.model.configuration.sizeFactor
    reach = Self.reach(change, centre: (factor * place.row + factor / 2, factor * place.column + factor / 2))
  }

  private static func reach(_ change: Tensor, centre: (row: Int, column: Int)) -> Int {
    var farthest = 0
    for y in 0..<change.shape[1] {
      for x in 0..<change.shape[2] where change[0, y, x] > visible {
        farthest = max(farthest, abs(y - centre.row), abs(x - centre.column))
      }
    }
    return 2 * farthest + 1
  }

  func figure(_ latents: LatentPicture, _ provenance: Provenance) -> Figure {
    let first: [ImageCell?] = emptied.indices.map { c in
      ImageCell(
        emptied[c][index: 0], caption: "without channel\u{A0}\(c + 1), \(NumberText.fixed(psnrs[c], decimals: 1)) dB")
    }
    let mapping = PixelMapping.sequential(0...max(change.max, 0.01))
    return Figure(
      name: "latent-edits", title: "Every channel is needed; one place paints one spot",
      caption: """
        Above what is decoded when one channel of the latents is replaced by its mean. Below what is decoded when all channels \
        of one place, row \(place.row) and column \(place.column), grow by three standard deviations, and where the picture changed.
        """,
      alternativeText: """
        \(emptied.count) spoilt versions of the picture, each in other colours or shapes; below, the picture, the picture with \
        a blot, and a map that is bright at the blot alone.
        """,
      provenance: provenance,
      content: ImageGrid(
        rows: [
          first,
          [
            ImageCell(latents.restored[index: 0], caption: "all as it was"),
            ImageCell(nudged[index: 0], caption: "one place changed"),
            ImageCell(change, mapping, caption: "where it changed"),
          ],
        ], colorBar: ColorBar(mapping, label: "mean |change|")))
  }
}
