import Drawing
import Models
import Tensors

/// One picture asks which of several captions is its own.
struct CaptionRanking: Stage {
  let name = "caption-ranking"
  let summary = "Ranks captions by their similarity to one picture"
  let models = [ContrastiveModel.name]

  let parameters: [StageParameter] = [
    .image(default: "red-heart-left-of-pizza", help: "the picture; a file is cut square and resized to 64×64"),
    .text(
      "captions",
      default: "red heart left of pizza; pizza left of red heart; red heart above pizza; red heart right of pizza; "
        + "red heart left of penguin; red heart; pizza; red heart left of pizza on a blue background; rocket",
      help: "2 to 12 captions, parted by semicolons"),
  ]

  let facts = [
    FactDeclaration("picture", "what was read, and how it was made to fit"),
    FactDeclaration("count", "captions that are compared"),
    FactDeclaration("best", "the caption with the largest cosine"),
    FactDeclaration("best_cosine", "its cosine"),
    FactDeclaration("best_share", "its share at the learned temperature"),
    FactDeclaration("best_share_at_one", "its share at τ = 1"),
    FactDeclaration("second", "the caption with the second largest cosine"),
    FactDeclaration("second_cosine", "its cosine"),
    FactDeclaration("second_share", "its share at the learned temperature"),
    FactDeclaration("tied", "captions whose cosine is within 0.02 of the best"),
    FactDeclaration("own_gap", "the best cosine less that of the picture's own caption; 0 for a picture without one"),
    FactDeclaration("last", "the caption with the smallest cosine"),
    FactDeclaration("temperature", "the learned τ"),
  ]

  let figures = [
    FigureDeclaration(
      "caption-ranking", "A picture, the cosines of several captions, and their shares",
      formulas: ["text.softmax_temperature"])
  ]

  func run(_ context: StageContext) throws(UserError) -> StageResult {
    let model = try ContrastiveModel(context.home)
    let picture = try EmojiPicture(context)
    let captions = context.text("captions").split(separator: ";").map { $0.trimmed }.filter { !$0.isEmpty }
    guard (2...12).contains(captions.count) else {
      throw UserError("captions must be 2 to 12 texts parted by semicolons, not \(captions.count)", code: .usage)
    }
    let cosines = model.similarities(picture.tensor, captions)
    let order = captions.indices.sorted { cosines[0, $0] > cosines[0, $1] }
    let temperature = 1 / model.scale
    let ranking = Ranking(
      captions: order.map { captions[$0] }, cosines: order.map { Double(cosines[0, $0]) },
      shares: Self.shares(cosines, temperature, order), evenShares: Self.shares(cosines, 1, order))
    var result = StageResult()
    result.fact("picture", picture.story)
    result.fact("count", captions.count)
    result.fact("best", "“\(ranking.captions[0])”")
    result.fact("best_cosine", ranking.cosines[0])
    result.fact("best_share", ranking.shares[0])
    result.fact("best_share_at_one", ranking.evenShares[0])
    result.fact("second", "“\(ranking.captions[1])”")
    result.fact("second_cosine", ranking.cosines[1])
    result.fact("second_share", ranking.shares[1])
    result.fact("tied", ranking.tied)
    let own = ranking.captions.firstIndex { $0 == picture.caption }
    result.fact("own_gap", own.map { ranking.cosines[0] - ranking.cosines[$0] } ?? 0)
    result.fact("last", "“\(ranking.captions[captions.count - 1])”")
    result.fact("temperature", temperature)
    result.table(ranking.table)
    result.tensor("picture", picture.tensor)
    result.tensor("cosines", cosines)
    let provenance = model.provenance()
    result.figure("caption-ranking") { () throws(UserError) in
      ranking.figure(of: picture, temperature: temperature, provenance)
    }
    return result
  }

  private static func shares(_ cosines: Tensor, _ temperature: Double, _ order: [Int]) -> [Double] {
    let shares = (cosines / Float(temperature)).softmax()
    return order.map { Double(shares[0, $0]) }
  }
}

/// Captions from the most to the least similar.
struct Ranking {
  let captions: [String]
  let cosines: [Double]
  /// softmax(cosines/τ) at the learned τ, and at 1.
  let shares: [Double]
  let evenShares: [Double]

  var table: StageTable {
    StageTable(
      name: "ranking", title: "The captions by their similarity to the picture",
      columns: [.init("caption", numeric: false), .init("cosine"), .init("share"), .init("at τ = 1")],
      rows: captions.indices.map { index in
        [
          captions[index], NumberText.fixed(cosines[index], decimals: 3), Self.percent(shares[index]),
          Self.percent(evenShares[index]),
        ]
      })
  }

  /// Captions whose cosine is that of the best, nearly.
  var tied: Int { cosines.count { $0 > cosines[0] - 0.02 } }

  private var title: RichText {
    tied == 1 ? "“\(captions[0])” fits the picture best" : "\(tied) captions fit the picture equally well, or nearly so"
  }

  private static func percent(_ share: Double) -> String { NumberText.fixed(100 * share, decimals: 1) + " %" }

  /// With room for the numbers at the bars.
  private var cosineRange: ClosedRange<Double> { min(0, (cosines.min() ?? 0) - 0.6)...1.4 }

  func figure(of picture: EmojiPicture, temperature: Double, _ provenance: Provenance) -> Figure {
    let names = Axis("", scale: .categories(captions.map { RichText(verbatim: $0) }))
    let cosineChart = Chart(
      title: "cosine", x: Axis("similarity to the picture", range: cosineRange, ticks: [-1, -0.5, 0, 0.5, 1]), y: names,
      layers: [Bars(cosines, along: .x, color: .palette(0))])
    let shareChart = Chart(
      title: "share",
      x: Axis("softmax(cosine/τ), τ = \(NumberText.short(temperature, significant: 2))", range: 0...1.15),
      y: names, layers: [Bars(shares, along: .x, color: .palette(1))], showsY: false)
    return Figure(
      name: "caption-ranking", title: title,
      caption: """
        The cosines between one picture and \(captions.count) captions in emoji-clip, and the shares that the softmax makes of \
        them at the learned temperature τ = \(NumberText.short(temperature, significant: 2)). Picture: \(picture.story).
        """,
      alternativeText: """
        At the left the picture, beside it two bar charts over the same captions: cosines that fall slowly, and shares of \
        which the first takes the most.
        """,
      provenance: provenance,
      content: Panels(
        rows: [[ImageGrid(rows: [[ImageCell(picture.tensor[index: 0])]]), cosineChart, shareChart]],
        columnWeights: [0.9, 2.4, 1.5]))
  }
}

extension Substring {
  /// Without spaces at both ends.
  fileprivate var trimmed: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
