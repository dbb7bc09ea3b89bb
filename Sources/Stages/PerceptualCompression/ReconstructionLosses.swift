import Drawing
import Tensors
import Training

/// One picture through three autoencoders that differ in their loss alone.
struct ReconstructionLosses: Stage {
  let name = "reconstruction-losses"
  let summary = "Restores the bundled scenes by three autoencoders that differ in their loss, and measures the results"
  let models = ComparedCodecs.models

  let parameters: [StageParameter] = [
    .image(default: "hamburger-above-banana-on-a-purple-background", help: "the picture that is drawn"),
    .integer("crop", 12...48, default: 24, help: "side of the enlarged part in pixels"),
  ]

  let facts = [
    FactDeclaration("picture", "what was read, and how it was made to fit"),
    FactDeclaration("scenes", "scenes over which is averaged"),
    FactDeclaration("parameters", "learned numbers of each autoencoder"),
    FactDeclaration("ratio", "their compression ratio"),
    FactDeclaration("psnrs", "mean PSNR in dB: L2, + perceptual, + adversarial"),
    FactDeclaration("similarities", "mean SSIM of the three"),
    FactDeclaration("distances", "mean perceptual distance of the three"),
    FactDeclaration("grains", "mean difference of neighbouring pixels, as a share of the original's, of the three"),
    FactDeclaration("psnr_best", "the loss with the largest PSNR"),
    FactDeclaration("distance_best", "the loss with the smallest perceptual distance"),
    FactDeclaration("grain_best", "the loss whose grain is closest to the original's"),
    FactDeclaration(
      "ranks_agree", "whether PSNR and perceptual distance name the same winner, \"agree\" or \"disagree\""),
  ]

  let figures = [
    FigureDeclaration(
      "reconstruction-crops", "A scene and its enlarged part after each autoencoder", formulas: ["vae.perceptual"]),
    FigureDeclaration("psnr-perceptual", "PSNR against perceptual distance, scene by scene"),
  ]

  func run(_ context: StageContext) throws(UserError) -> StageResult {
    let compared = try ComparedCodecs(context.home)
    let picture = try EmojiPicture(context)
    let (samples, scenes) = try EmojiSample.batch(context.home)
    var scores: [CodecScore] = []
    for (n, codec) in compared.codecs.enumerated() {
      context.report(n, of: compared.codecs.count, "autoencoders")
      scores.append(CodecScore(codec.restore(scenes), scenes, compared.eye))
    }
    let crops = CropComparison(picture, side: context.integer("crop"), compared)
    var result = StageResult()
    result.fact("picture", picture.story)
    result.fact("scenes", samples.count)
    result.fact("parameters", compared.codecs[0].model.parameterCount)
    result.fact("ratio", compared.codecs[0].ratio)
    addScores(scores, to: &result)
    result.table(Self.table(scores))
    result.tensor("picture", picture.tensor)
    result.tensor("restored", Tensor.concatenated(crops.restored))
    let provenance = compared.provenance
    result.figure("reconstruction-crops") { () throws(UserError) in crops.figure(provenance) }
    result.figure("psnr-perceptual") { () throws(UserError) in Self.scatter(scores, provenance) }
    return result
  }

  private func addScores(_ scores: [CodecScore], to result: inout StageResult) {
    let psnrs = scores.map { average($0.psnrs) }
    let distances = scores.map { average($0.distances) }
    let grains = scores.map(\.grain)
    func name(_ best: Int?) -> String { ComparedCodecs.all[best ?? 0].loss }
    let sharpest = psnrs.indices.max { psnrs[$0] < psnrs[$1] }
    let closest = distances.indices.min { distances[$0] < distances[$1] }
    result.fact("psnrs", psnrs)
    result.fact("similarities", scores.map { average($0.similarities) })
    result.fact("distances", distances)
    result.fact("grains", grains)
    result.fact("psnr_best", name(sharpest))
    result.fact("distance_best", name(closest))
    result.fact("grain_best", name(grains.indices.min { abs(grains[$0] - 1) < abs(grains[$1] - 1) }))
    result.fact("ranks_agree", sharpest == closest ? "agree" : "disagree")
  }

  private static func table(_ scores: [CodecScore]) -> StageTable {
    StageTable(
      name: "by-loss", title: "The same scenes by four measures",
      columns: [
        .init("loss", numeric: false), .init("PSNR (dB)"), .init("SSIM"), .init("perceptual distance"), .init("grain"),
      ],
      rows: scores.enumerated().map { n, score in
        [
          ComparedCodecs.all[n].loss, NumberText.fixed(average(score.psnrs), decimals: 2),
          NumberText.fixed(average(score.similarities), decimals: 3),
          NumberText.fixed(average(score.distances), decimals: 3),
          NumberText.fixed(100 * score.grain, decimals: 0) + " %",
        ]
      })
  }

  private static func scatter(_ scores: [CodecScore], _ provenance: Provenance) -> Figure {
    let layers: [any ChartLayer] = scores.enumerated().map { n, score in
      Scatter(
        RichText(verbatim: ComparedCodecs.labels[n]), x: score.psnrs, y: score.distances,
        color: ComparedCodecs.color(n), radius: 3)
    }
    return Figure(
      name: "psnr-perceptual", title: "Two measures of closeness, scene by scene",
      caption: """
        Each point is one of the \(scores[0].psnrs.count) bundled scenes after one of the three autoencoders. To the right: closer in \
        pixels. Down: closer in what a trained network sees (features of emoji-clip), on a logarithmic scale.
        """,
      alternativeText:
        """
        A cloud of points of three colours, one for each loss, that falls to the right: what is closer in pixels is mostly \
        closer in features.
        """,
      provenance: provenance,
      content: Chart(
        x: Axis("PSNR (dB), larger is closer"),
        y: Axis("perceptual distance, smaller is closer (logarithmic)", scale: .log), layers: layers))
  }
}

/// How close restored scenes are, by four measures.
struct CodecScore {
  let psnrs: [Double]
  let similarities: [Double]
  let distances: [Double]
  /// Mean difference of neighbouring pixels over that of the originals.
  let grain: Double

  init(_ restored: Tensor, _ scenes: Tensor, _ eye: PerceptualEye) {
    psnrs = decibels(restored, scenes)
    similarities = ImageMetrics.structuralSimilarities(restored, scenes)
    distances = eye.distances(restored, scenes)
    grain = Stages.grain(of: Luma.grey(restored)) / max(Stages.grain(of: Luma.grey(scenes)), 1e-9)
  }
}

/// A picture after every autoencoder, whole and enlarged where it has most detail.
struct CropComparison {
  let source: EmojiPicture
  let side: Int
  let restored: [Tensor]
  private let psnrs: [Double]
  private let distances: [Double]
  private let corner: (row: Int, column: Int)

  init(_ picture: EmojiPicture, side: Int, _ compared: ComparedCodecs) {
    source = picture
    self.side = side
    let restored = compared.codecs.map { $0.restore(picture.tensor) }
    self.restored = restored
    psnrs = restored.map { decibels($0, picture.tensor)[0] }
    distances = restored.map { compared.eye.distances($0, picture.tensor)[0] }
    corner = Self.busiest(picture.tensor, side: side)
  }

  /// The upper left corner of the square in which neighbouring pixels differ most.
  private static func busiest(_ picture: Tensor, side: Int) -> (row: Int, column: Int) {
    let grey = Luma.grey(picture)
    let limit = grey.shape[2] - side
    var best = (row: 0, column: 0, grain: -1.0)
    for row in stride(from: 0, through: limit, by: 4) {
      for column in stride(from: 0, through: limit, by: 4) {
        let crop = grey.sliced(row..<(row + side), along: 2).sliced(column..<(column + side), along: 3)
        let grain = Stages.grain(of: crop)
        if grain > best.grain { best = (row, column, grain) }
      }
    }
    return (best.row, best.column)
  }

  private func cropped(_ picture: Tensor) -> Tensor {
    picture[index: 0].sliced(corner.row..<(corner.row + side), along: 1)
      .sliced(corner.column..<(corner.column + side), along: 2)
  }

  func figure(_ provenance: Provenance) -> Figure {
    let whole = restored.indices.map { n in
      ImageCell(
        restored[n][index: 0],
        caption:
          "\(NumberText.fixed(psnrs[n], decimals: 1)) dB, perceptual \(NumberText.fixed(distances[n], decimals: 2))")
    }
    let difference = restored.map { ImageCell(cropped(shownDifference(source.tensor, $0) * 2)) }
    return Figure(
      name: "reconstruction-crops", title: "Latents of one size, one training, three losses",
      caption: """
        \(source.noun.prefix(1).uppercased() + source.noun.dropFirst()) after three autoencoders that differ in their loss alone; \
        below, the \(side)×\(side) pixels with most detail, enlarged, and what is missing there, twice as strong and around middle grey.
        """,
      alternativeText: """
        Three rows of pictures: the original and three reconstructions, an enlarged part of each, and their differences from \
        the original, in which edges stand out.
        """,
      provenance: provenance,
      content: ImageGrid(
        rows: [
          [ImageCell(source.tensor[index: 0], caption: "original")] + whole,
          [ImageCell(cropped(source.tensor))] + restored.map { ImageCell(cropped($0)) }, [nil] + difference,
        ],
        rowLabels: ["whole", "enlarged", "missing"],
        columnLabels: ["picture"] + ComparedCodecs.labels.map { RichText(verbatim: $0) }))
  }
}
