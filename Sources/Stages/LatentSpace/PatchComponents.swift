import Drawing
import Tensors
import Training

/// The best linear latent space of small patches, fitted while the lesson runs.
struct PatchComponents: Stage {
  let name = "patch-components"
  let summary = "Fits principal components to the patches of bundled scenes and restores a picture from a few"

  let parameters: [StageParameter] = [
    .image(
      default: "penguin-right-of-ice-cream-on-a-green-background", help: "the picture, on which nothing is fitted"),
    .integers(
      "components", 1...48, count: 1...6, default: [1, 2, 4, 8, 16, 48], help: "numbers that are kept of each patch"),
  ]

  let facts = [
    FactDeclaration("picture", "what was read, and how it was made to fit"),
    FactDeclaration("patch", "numbers in a patch of 4×4 pixels in three colours"),
    FactDeclaration("patches", "patches the components were fitted to"),
    FactDeclaration("share_first", "share of the variance along the first component"),
    FactDeclaration("share_four", "share of the variance along the first four"),
    FactDeclaration("psnrs", "PSNR in dB for each number of components"),
    FactDeclaration("psnr_four", "PSNR in dB with four components"),
    FactDeclaration("enough", "components that keep 99 % of the variance"),
    FactDeclaration("latent_shape", "shape of what four components keep"),
  ]

  let figures = [
    FigureDeclaration("principal-components", "The first components of patches, drawn as patches"),
    FigureDeclaration(
      "patch-reconstructions", "A picture restored from a growing number of components", formulas: ["latent.pca"]),
  ]

  func run(_ context: StageContext) throws(UserError) -> StageResult {
    let picture = try EmojiPicture(context)
    let (samples, scenes) = try EmojiSample.batch(context.home)
    // What is to be restored is not fitted to.
    let others = samples.indices.filter { samples[$0].caption != picture.caption }
    let codec = PatchCodec(fitting: Tensor.stacked(others.map { scenes[index: $0] }))
    let counts = Array(Set(context.integers("components"))).sorted()
    let restored = counts.map { codec.restore(picture.tensor, count: $0) }
    let psnrs = restored.map { decibels($0, picture.tensor)[0] }
    var result = StageResult()
    result.fact("picture", picture.story)
    result.fact("patch", codec.width)
    result.fact("patches", codec.patchCount)
    result.fact("share_first", codec.components.share(1))
    result.fact("share_four", codec.components.share(4))
    result.fact("psnrs", psnrs)
    result.fact("psnr_four", decibels(codec.restore(picture.tensor, count: 4), picture.tensor)[0])
    result.fact("enough", (1...codec.width).first { codec.components.share($0) >= 0.99 } ?? codec.width)
    result.fact("latent_shape", "4×\(EmojiPicture.side / PatchCodec.side)×\(EmojiPicture.side / PatchCodec.side)")
    result.table(Self.table(counts, psnrs, codec))
    result.tensor("mean", codec.components.mean)
    result.tensor("directions", codec.components.directions)
    result.tensor("restored", Tensor.concatenated(restored))
    result.figure("principal-components") { () throws(UserError) in codec.figure() }
    result.figure("patch-reconstructions") { () throws(UserError) in
      Self.figure(picture, counts, restored, psnrs, codec)
    }
    return result
  }

  private static func table(_ counts: [Int], _ psnrs: [Double], _ codec: PatchCodec) -> StageTable {
    StageTable(
      name: "by-components", title: "What a few components of \(codec.width) keep",
      columns: [.init("components"), .init("ratio"), .init("variance kept"), .init("PSNR (dB)")],
      rows: zip(counts, psnrs).map { count, psnr in
        [
          "\(count)", NumberText.short(Double(codec.width) / Double(count), significant: 3),
          NumberText.fixed(100 * codec.components.share(count), decimals: 1) + " %",
          count == codec.width ? "all is kept" : NumberText.fixed(psnr, decimals: 1),
        ]
      })
  }

  private static func figure(
    _ picture: EmojiPicture, _ counts: [Int], _ restored: [Tensor], _ psnrs: [Double], _ codec: PatchCodec
  ) -> Figure {
    let cells = counts.indices.map { n in
      ImageCell(
        restored[n][index: 0],
        caption: counts[n] == codec.width ? "nothing lost" : "\(NumberText.fixed(psnrs[n], decimals: 1)) dB")
    }
    let names = counts.map { count -> RichText in
      "\(count) of \(codec.width), \(NumberText.short(Double(codec.width) / Double(count), significant: 3)) : 1"
    }
    return Figure(
      name: "patch-reconstructions", title: "A few directions are enough for most of a patch, but not for its edges",
      caption: """
        \(picture.noun.prefix(1).uppercased() + picture.noun.dropFirst()) restored from the first components of each patch of \
        4×4 pixels, and how many numbers stood for one. The components were fitted to other scenes.
        """,
      alternativeText: """
        The picture and \(counts.count) versions of it: coarse blocks of plain colour at first, then ever finer, until no \
        difference is left.
        """,
      provenance: Provenance(command: ""),
      content: ImageGrid(
        rows: [[ImageCell(picture.tensor[index: 0], caption: "original")] + cells], columnLabels: ["picture"] + names))
  }
}

/// Patches of 4×4 pixels in the coordinates of their principal components.
struct PatchCodec {
  static let side = 4

  let components: PrincipalComponents
  let patchCount: Int
  private let patches = ImagePatches(side: PatchCodec.side)

  /// Numbers in a patch.
  var width: Int { components.mean.count }

  init(fitting pictures: Tensor) {
    let cut = patches.cut(pictures)
    patchCount = cut.shape[0]
    components = PrincipalComponents(fitting: cut)
  }

  /// Pictures restored from the first `count` coordinates of each patch, kept in −1…1.
  func restore(_ pictures: Tensor, count: Int) -> Tensor {
    let kept = components.decode(components.encode(patches.cut(pictures), count: count))
    return patches.assemble(kept, shape: pictures.shape).clamped(to: -1...1)
  }

  /// The first twelve directions as pictures.
  func figure() -> Figure {
    let shown = 12
    let cells = (0..<shown).map { n -> ImageCell in
      let direction = components.directions[index: n]
      let largest = max(direction.max, -direction.min, 1e-6)
      return ImageCell(
        (direction / largest).reshaped([3, Self.side, Self.side]),
        caption: "\(NumberText.short(100 * components.share(n + 1) - 100 * components.share(n), significant: 2)) %")
    }
    return Figure(
      name: "principal-components", title: "Patches vary most in plain tints, then in slopes and edges",
      caption: """
        The first \(shown) principal components of \(patchCount) patches of 4×4 pixels, each drawn as a patch around middle grey, with \
        its share of the variance. A patch is their mean plus so much of each.
        """,
      alternativeText: """
        Twelve small patches. The first three are plain tints; the next are light at one side and dark at the other; the \
        last have stripes.
        """,
      provenance: Provenance(command: ""),
      content: ImageGrid(
        rows: [Array(cells.prefix(6)), Array(cells.suffix(6))], rowLabels: ["1 – 6", "7 – 12"], maximumEms: 9))
  }
}
