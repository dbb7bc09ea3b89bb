import Drawing
import Tensors
import Training

/// The first latent space: three numbers a pixel become one.
struct GreyProjection: Stage {
  let name = "grey-projection"
  let summary = "Keeps one number of three a pixel, and shows what that keeps and loses"

  let parameters: [StageParameter] = [
    .image(default: "hamburger-above-banana-on-a-purple-background", help: "the picture")
  ]

  let facts = [
    FactDeclaration("picture", "what was read, and how it was made to fit"),
    FactDeclaration("numbers", "numbers in the picture"),
    FactDeclaration("kept_numbers", "numbers that are left"),
    FactDeclaration("ratio", "compression ratio"),
    FactDeclaration("grey_psnr", "PSNR in dB of the picture restored as grey"),
    FactDeclaration("best_psnr", "PSNR in dB of the picture restored from the best direction"),
    FactDeclaration("best_direction", "weights of red, green and blue in the best direction"),
    FactDeclaration("best_share", "share of the colours' variance along it"),
    FactDeclaration("grey_share", "share of their variance along the direction of the grey weights"),
    FactDeclaration("twins", "two colours of the picture with the same grey"),
    FactDeclaration("twin_distance", "their distance in RGB, where black and white are 1.73 apart"),
  ]

  let figures = [
    FigureDeclaration(
      "grey-projection", "A picture, its channels, and what one number a pixel keeps and loses",
      formulas: ["latent.grey"]),
    FigureDeclaration("same-grey", "Two colours that become the same grey"),
  ]

  func run(_ context: StageContext) throws(UserError) -> StageResult {
    let picture = try EmojiPicture(context)
    let projection = ColourProjection(picture.tensor)
    var result = StageResult()
    result.fact("picture", picture.story)
    result.fact("numbers", picture.tensor.count)
    result.fact("kept_numbers", picture.tensor.count / 3)
    result.fact("ratio", 3)
    result.fact("grey_psnr", decibels(projection.fromGrey, picture.tensor)[0])
    result.fact("best_psnr", decibels(projection.fromBest, picture.tensor)[0])
    let weights = projection.components.directions.sliced(0..<1).scalars
    result.fact("best_direction", weights.map { NumberText.fixed(Double($0), decimals: 2) }.joined(separator: ", "))
    result.fact("best_share", projection.components.share(1))
    result.fact("grey_share", projection.greyShare)
    let twins = projection.twins
    result.fact("twins", "\(twins.first.words) and \(twins.second.words)")
    result.fact("twin_distance", twins.distance)
    result.tensor("picture", picture.tensor)
    result.tensor("grey", projection.grey)
    result.tensor("from_best_direction", projection.fromBest)
    result.figure("grey-projection") { () throws(UserError) in projection.figure(of: picture) }
    result.figure("same-grey") { () throws(UserError) in twins.figure() }
    return result
  }
}

/// A picture's colours projected to one number, by the eye's weights and by the best ones.
struct ColourProjection {
  /// [1, 3, H, W] in −1…1.
  let picture: Tensor
  /// Y, [1, 1, H, W].
  let grey: Tensor
  /// Every channel Y, [1, 3, H, W].
  let fromGrey: Tensor
  let components: PrincipalComponents
  /// Back from the coordinate along the best direction.
  let fromBest: Tensor
  /// Share of the variance along the grey weights' direction.
  let greyShare: Double
  private let colors: Tensor

  init(_ picture: Tensor) {
    self.picture = picture
    grey = Luma.grey(picture)
    fromGrey = Tensor.concatenated([grey, grey, grey], along: 1)
    let patches = ImagePatches(side: 1)
    colors = patches.cut(picture)
    components = PrincipalComponents(fitting: colors)
    fromBest = patches.assemble(components.decode(components.encode(colors, count: 1)), shape: picture.shape)
      .clamped(to: -1...1)
    let total = components.variances.reduce(0, +)
    let length = Luma.weights.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let along = colors.matmul(Tensor(Luma.weights.map { $0 / length }, shape: [3, 1]))
    let deviation = Double(along.standardDeviation(unbiased: true))
    greyShare = total > 0 ? deviation * deviation / total : 1
  }

  /// The two colours of the picture that lie farthest apart among those with nearly the same grey.
  var twins: ColourTwins {
    // Colours in steps of 1/15 are enough, and keep the pairs few.
    var seen: Set<[Int]> = []
    for row in 0..<colors.shape[0] {
      seen.insert((0..<3).map { Int(((colors[row, $0] + 1) * 7.5).rounded()) })
    }
    let palette = seen.sorted { $0.lexicographicallyPrecedes($1) }.map { $0.map { Double($0) / 15 } }
    func luma(_ color: [Double]) -> Double { zip(color, Luma.weights).reduce(0) { $0 + $1.0 * Double($1.1) } }
    let greys = palette.map(luma)
    var best = (0, 0, 0.0)
    for i in palette.indices {
      for j in palette.indices where j > i && (100 * greys[i]).rounded() == (100 * greys[j]).rounded() {
        let distance = zip(palette[i], palette[j]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
        if distance > best.2 { best = (i, j, distance) }
      }
    }
    return ColourTwins(
      first: .init(color: palette[best.0], grey: greys[best.0]),
      second: .init(color: palette[best.1], grey: greys[best.1]), distance: best.2)
  }

  func figure(of source: EmojiPicture) -> Figure {
    let image = picture[index: 0]
    func channel(_ c: Int, _ name: RichText) -> ImageCell { ImageCell(image.sliced(c..<(c + 1)), caption: name) }
    let rows: [[ImageCell?]] = [
      [
        ImageCell(image, caption: "picture, 3\u{A0}numbers a pixel"), channel(0, "red"), channel(1, "green"),
        channel(2, "blue"),
      ],
      [
        ImageCell(grey[index: 0], caption: "grey, 1 number a pixel"),
        ImageCell(shownDifference(picture, fromGrey)[index: 0], caption: "what grey loses"),
        ImageCell(fromBest[index: 0], caption: "best direction, 1\u{A0}number a pixel"),
        ImageCell(shownDifference(picture, fromBest)[index: 0], caption: "what that loses"),
      ],
    ]
    return Figure(
      name: "grey-projection", title: "One number of three keeps the shapes and loses the colours",
      caption: """
        Above \(source.noun) and its red, green and blue. Below its grey and what that loses, then what comes back from the \
        one direction in colour space along which this picture's colours vary most, and what that loses. Differences are drawn around middle \
        grey.
        """,
      alternativeText: """
        Two rows of four pictures: the coloured picture and its three channels in grey; the grey version and its coloured \
        difference, a version in shades between two colours and its difference.
        """,
      provenance: Provenance(command: ""),
      content: ImageGrid(rows: rows))
  }
}

/// Two colours with one grey.
struct ColourTwins {
  struct Swatch {
    /// Red, green, blue in 0…1.
    let color: [Double]
    let grey: Double

    /// "RGB (0.13, 0.80, 0.20)".
    var words: String {
      "RGB (" + color.map { NumberText.fixed($0, decimals: 2) }.joined(separator: ", ") + ")"
    }
  }

  let first: Swatch
  let second: Swatch
  let distance: Double

  func figure() -> Figure {
    func tile(_ channels: [Double]) -> Tensor {
      Tensor(channels.flatMap { [Float](repeating: Float($0), count: 16) }, shape: [channels.count, 4, 4])
    }
    let swatches = [first, second]
    return Figure(
      name: "same-grey", title: "After the projection nobody can tell these two colours apart",
      caption: """
        Of all pairs of colours in the picture with the same grey, the two that lie farthest apart: \(first.words) and \
        \(second.words). Below them the grey that each becomes.
        """,
      alternativeText: "Two squares of different colours, and below each a square of the same grey.",
      provenance: Provenance(command: ""),
      content: ImageGrid(
        rows: [
          swatches.map { ImageCell(tile($0.color), .unit, caption: RichText(verbatim: $0.words)) },
          swatches.map {
            ImageCell(tile([$0.grey]), .unit, caption: "Y = \(NumberText.fixed($0.grey, decimals: 2))")
          },
        ], rowLabels: ["three numbers", "one number"], maximumEms: 11))
  }
}
