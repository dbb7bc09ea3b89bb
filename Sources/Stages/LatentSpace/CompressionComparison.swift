import Drawing
import Tensors

/// Ratio against PSNR: grey, smaller pictures, slow waves, principal components, the autoencoder, on the same scenes.
struct CompressionComparison: Stage {
  let name = "compression-comparison"
  let summary = "Compresses all bundled scenes in several ways and compares what comes back"
  let models = [PictureCodec.name]

  let parameters: [StageParameter] = [
    .image(default: "cat-face-above-soccer-ball", help: "the picture that is drawn")
  ]

  let facts = [
    FactDeclaration("scenes", "scenes over which is averaged"),
    FactDeclaration("ratio", "compression ratio of the autoencoder"),
    FactDeclaration("vae", "mean PSNR in dB of the autoencoder"),
    FactDeclaration("pca", "mean PSNR in dB of PCA at the same ratio"),
    FactDeclaration("gain", "the autoencoder's PSNR less that of PCA"),
    FactDeclaration("smaller", "mean PSNR in dB of pictures shrunk to 16×16"),
    FactDeclaration("waves", "mean PSNR in dB of the 2×2 slowest waves of blocks"),
    FactDeclaration("grey", "mean PSNR in dB of grey"),
    FactDeclaration(
      "pca_equal", "numbers a patch that PCA must keep to come as close as the autoencoder, or \"more than 24\""),
    FactDeclaration("pca_equal_ratio", "the ratio that leaves it"),
    FactDeclaration("verdict", "which of the two is ahead at the same ratio"),
    FactDeclaration("noise_vae", "PSNR in dB of the autoencoder on a picture of noise"),
    FactDeclaration("noise_pca", "PSNR in dB of PCA at the same ratio on it"),
  ]

  let figures = [
    FigureDeclaration(
      "compression-psnr", "Compression ratio against PSNR for five kinds of compression", formulas: ["image.psnr"]),
    FigureDeclaration("compression-pictures", "One scene after each compression at nearly the same ratio"),
  ]

  func run(_ context: StageContext) throws(UserError) -> StageResult {
    let codec = try PictureCodec(context.home)
    let picture = try EmojiPicture(context)
    let (samples, scenes) = try EmojiSample.batch(context.home)
    let codecs = samples.indices.map { left in
      PatchCodec(fitting: Tensor.stacked(samples.indices.filter { $0 != left }.map { scenes[index: $0] }))
    }
    var methods: [CompressionMethod] = [.grey] + [2, 4, 8].map { .shrinking($0) } + [4, 3, 2, 1].map { .cosines($0) }
    methods += [24, 16, 12, 8, 6, 4, 3, 2, 1].map { .components($0, codecs: codecs) } + [.autoencoder(codec)]
    var measured: [MeasuredMethod] = []
    for (n, method) in methods.enumerated() {
      context.report(n, of: methods.count, "compressions")
      measured.append(try MeasuredMethod(method, scenes))
    }
    let comparison = MethodComparison(measured)
    var result = StageResult()
    result.fact("scenes", samples.count)
    comparison.addFacts(to: &result, codec)
    addNoiseFacts(to: &result, codec, codecs[0], seed: context.seed)
    result.table(comparison.table)
    // PCA that has not seen the drawn picture.
    let own = samples.firstIndex { $0.caption == picture.caption } ?? 0
    var restored: [(method: CompressionMethod, picture: Tensor)] = []
    for method in comparison.shown { restored.append((method, try method.restore(picture.tensor, own))) }
    let shown = restored
    result.tensor("picture", picture.tensor)
    for entry in shown {
      result.tensor("restored.\(entry.method.family.replacing(" ", with: "-"))", entry.picture)
    }
    let provenance = codec.provenance(seed: context.seed)
    result.figure("compression-psnr") { () throws(UserError) in comparison.figure(provenance) }
    result.figure("compression-pictures") { () throws(UserError) in
      Self.pictures(picture, shown, provenance)
    }
    return result
  }

  /// Neither has learned anything about noise.
  private func addNoiseFacts(
    to result: inout StageResult, _ codec: PictureCodec, _ patches: PatchCodec, seed: UInt64
  ) {
    var random = RandomSource(seed: seed)
    let noise = (random.normal([1, 3, EmojiPicture.side, EmojiPicture.side]) * 0.5).clamped(to: -1...1)
    let kept = max(1, Int((Double(patches.width) / codec.ratio).rounded()))
    result.fact("noise_vae", decibels(codec.restore(noise), noise)[0])
    result.fact("noise_pca", decibels(patches.restore(noise, count: kept), noise)[0])
  }

  private static func pictures(
    _ picture: EmojiPicture, _ shown: [(method: CompressionMethod, picture: Tensor)], _ provenance: Provenance
  ) -> Figure {
    let original = picture.tensor[index: 0]
    let cells = shown.map { entry -> ImageCell in
      let psnr = decibels(entry.picture, picture.tensor)[0]
      return ImageCell(
        entry.picture[index: 0],
        caption:
          "\(NumberText.short(entry.method.ratio, significant: 3)) : 1, \(NumberText.fixed(psnr, decimals: 1)) dB")
    }
    let crop = 16..<48
    func cropped(_ image: Tensor) -> Tensor { image.sliced(crop, along: 1).sliced(crop, along: 2) }
    let details = [ImageCell(cropped(original))] + shown.map { ImageCell(cropped($0.picture[index: 0])) }
    return Figure(
      name: "compression-pictures", title: "What is lost looks different for each kind of compression",
      caption: """
        \(picture.noun.prefix(1).uppercased() + picture.noun.dropFirst()) after each kind of compression, and the middle of each \
        enlarged. The components of PCA were fitted to other scenes; the autoencoder was trained on scenes of the same kind.
        """,
      alternativeText: """
        Two rows of \(shown.count + 1) pictures, below each its enlarged middle: the original, then versions in grey, blurred, \
        in blocks, and restored by the autoencoder.
        """,
      provenance: provenance,
      content: ImageGrid(
        rows: [[ImageCell(original, caption: "1 : 1")] + cells, details], rowLabels: ["whole", "middle"],
        columnLabels: ["picture"] + shown.map { RichText(verbatim: $0.method.family) }))
  }
}

/// A method and what it makes of the scenes.
struct MeasuredMethod {
  let method: CompressionMethod
  /// PSNR in dB of each scene.
  let psnrs: [Double]

  init(_ method: CompressionMethod, _ scenes: Tensor) throws(UserError) {
    self.method = method
    var psnrs: [Double] = []
    for scene in 0..<scenes.shape[0] {
      let picture = scenes.sliced(scene..<(scene + 1))
      psnrs.append(decibels(try method.restore(picture, scene), picture)[0])
    }
    self.psnrs = psnrs
  }

  var mean: Double { average(psnrs) }
}
