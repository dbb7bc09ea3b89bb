import Drawing
import Foundation
import Gradients
import Layers
import Models
import Tensors

/// Every bundled scene against every caption, before and after contrastive training.
struct CaptionMatching: Stage {
  let name = "caption-matching"
  let summary = "Compares all bundled scenes with all captions, by the trained towers and by random ones"
  let models = [ContrastiveModel.name]
  let parameters: [StageParameter] = []

  let facts = [
    FactDeclaration("pairs", "scenes with their captions, N"),
    FactDeclaration("width", "numbers in an embedding"),
    FactDeclaration("hits", "scenes to which their own caption is the most similar"),
    FactDeclaration("hits_back", "captions to which their own scene is the most similar"),
    FactDeclaration("own", "mean cosine of a scene and its own caption"),
    FactDeclaration("other", "mean cosine of a scene and another's caption"),
    FactDeclaration("closest_other", "largest cosine of a scene and another's caption"),
    FactDeclaration("closest_scene", "that scene"),
    FactDeclaration("closest_caption", "that caption"),
    FactDeclaration("untrained_hits", "hits of towers with random weights"),
    FactDeclaration("untrained_own", "their mean cosine of a scene and its own caption"),
    FactDeclaration("untrained_other", "their mean cosine of a scene and another's caption"),
    FactDeclaration("temperature", "the learned temperature τ"),
    FactDeclaration("scale", "1/τ"),
    FactDeclaration("loss", "contrastive loss of the pairs at the learned τ"),
    FactDeclaration("loss_at_one", "the same at τ = 1"),
    FactDeclaration("guessing", "log N, the loss of who guesses"),
    FactDeclaration("best_temperature", "the τ at which these pairs would cost least, of those drawn"),
    FactDeclaration("own_share", "mean share of the own caption at the learned τ"),
    FactDeclaration("own_share_at_one", "the same at τ = 1"),
  ]

  let figures = [
    FigureDeclaration(
      "text-image-similarity", "Cosines of all scenes and all captions", formulas: ["text.cosine_similarity"]),
    FigureDeclaration("before-training", "The same table from towers with random weights"),
    FigureDeclaration(
      "learned-temperature", "The contrastive loss of the bundled pairs at every temperature",
      formulas: ["text.contrastive"]),
  ]

  func run(_ context: StageContext) throws(UserError) -> StageResult {
    let model = try ContrastiveModel(context.home)
    let (samples, pictures) = try EmojiSample.batch(context.home)
    let captions = samples.map(\.caption)
    let trained = PairTable(model.similarities(pictures, captions))
    let untrained = PairTable(Self.untrained(model, pictures, captions, seed: context.seed))
    let curve = TemperatureCurve(trained, learned: 1 / model.scale)
    var result = StageResult()
    addFacts(to: &result, trained, untrained, curve, captions, model)
    result.table(trained.table(captions))
    result.tensor("similarities", trained.cosines)
    result.tensor("untrained", untrained.cosines)
    let provenance = model.provenance()
    result.figure("text-image-similarity") { () throws(UserError) in
      trained.figure(captions, pictures, provenance)
    }
    result.figure("before-training") { () throws(UserError) in
      untrained.untrainedFigure(captions, pictures, Provenance(command: "", seed: context.seed))
    }
    result.figure("learned-temperature") { () throws(UserError) in curve.figure(pairs: captions.count, provenance) }
    return result
  }

  /// What towers of the same layout say whose weights are drawn at random, as at the start of training.
  private static func untrained(
    _ model: ContrastiveModel, _ pictures: Tensor, _ captions: [String], seed: UInt64
  ) -> Tensor {
    let random = EmojiCLIP(model.model.configuration)
    var source = RandomSource(seed: seed)
    random.initialize(&source)
    let ids = captions.map { model.tokenizer.encode($0).ids }
    return EmojiCLIP.similarities(random.embed(pictures: Variable(pictures)), random.embed(inputIDs: ids)).value
  }

  private func addFacts(
    to result: inout StageResult, _ trained: PairTable, _ untrained: PairTable, _ curve: TemperatureCurve,
    _ captions: [String], _ model: ContrastiveModel
  ) {
    result.fact("pairs", captions.count)
    result.fact("width", model.model.configuration.projectionDim)
    result.fact("hits", trained.hits)
    result.fact("hits_back", trained.hitsBack)
    result.fact("own", trained.own)
    result.fact("other", trained.other)
    let closest = trained.closestOther
    result.fact("closest_other", closest.cosine)
    result.fact("closest_scene", "“\(captions[closest.row])”")
    result.fact("closest_caption", "“\(captions[closest.column])”")
    result.fact("untrained_hits", untrained.hits)
    result.fact("untrained_own", untrained.own)
    result.fact("untrained_other", untrained.other)
    result.fact("temperature", curve.learned)
    result.fact("scale", model.scale)
    result.fact("loss", trained.loss(temperature: curve.learned))
    result.fact("loss_at_one", trained.loss(temperature: 1))
    result.fact("guessing", log(Double(captions.count)))
    result.fact("best_temperature", curve.best)
    result.fact("own_share", trained.ownShare(temperature: curve.learned))
    result.fact("own_share_at_one", trained.ownShare(temperature: 1))
  }
}

/// Cosines of N pictures (rows) and their N captions (columns).
struct PairTable {
  let cosines: Tensor
  private var count: Int { cosines.shape[0] }

  init(_ cosines: Tensor) { self.cosines = cosines }

  /// Rows whose largest cosine stands on the diagonal.
  var hits: Int { (0..<count).count { row in !(0..<count).contains { cosines[row, $0] > cosines[row, row] } } }

  /// The same for columns.
  var hitsBack: Int { PairTable(cosines.transposed()).hits }

  /// Mean on the diagonal, and off it.
  var own: Double { (0..<count).reduce(0) { $0 + Double(cosines[$1, $1]) } / Double(count) }
  var other: Double { (Double(cosines.sum) - own * Double(count)) / Double(count * (count - 1)) }

  /// The largest cosine that is not on the diagonal.
  var closestOther: (row: Int, column: Int, cosine: Double) {
    let places = (0..<count).flatMap { row in (0..<count).filter { $0 != row }.map { (row, $0) } }
    let best = places.max { cosines[$0.0, $0.1] < cosines[$1.0, $1.1] } ?? (0, 0)
    return (best.0, best.1, Double(cosines[best.0, best.1]))
  }

  /// The contrastive loss at a temperature.
  func loss(temperature: Double) -> Double {
    Double(Loss.contrastive(Variable(cosines / Float(temperature))).value.scalar)
  }

  /// The softmax along each row at a temperature, the share on the diagonal, averaged.
  func ownShare(temperature: Double) -> Double {
    let shares = (cosines / Float(temperature)).softmax()
    return (0..<count).reduce(0) { $0 + Double(shares[$1, $1]) } / Double(count)
  }

  /// Of each scene its own caption's cosine, and the nearest other caption.
  func table(_ captions: [String]) -> StageTable {
    StageTable(
      name: "nearest-captions",
      title: "Each scene, the cosine of its own caption, and the caption that comes nearest to it",
      columns: [.init("scene", numeric: false), .init("own"), .init("nearest other", numeric: false), .init("cosine")],
      rows: captions.indices.map { row in
        let others = captions.indices.filter { $0 != row }
        let best = others.max { cosines[row, $0] < cosines[row, $1] } ?? row
        return [
          captions[row], NumberText.fixed(Double(cosines[row, row]), decimals: 2), captions[best],
          NumberText.fixed(Double(cosines[row, best]), decimals: 2),
        ]
      })
  }

  func figure(_ captions: [String], _ pictures: Tensor, _ provenance: Provenance) -> Figure {
    let hits = hits
    return Figure(
      name: "text-image-similarity",
      title: hits == captions.count
        ? "Every scene finds its own caption" : "\(hits) of \(captions.count) scenes find their own caption",
      caption: """
        Cosines between the embeddings of \(captions.count) scenes (columns) and their captions (rows) in emoji-clip. A \
        scene's own caption stands on the diagonal; the largest cosine of each column has a frame.
        """,
      alternativeText: """
        A square table of colours, small pictures of the scenes above its columns and the captions beside its rows. The \
        diagonal is the brightest; scenes with the same emoji are a little alike.
        """,
      provenance: provenance,
      content: PictureMatrix(
        values: cosines.transposed(), captions: captions, pictures: pictures, mapping: .diverging(limit: 1),
        measure: "cosine"))
  }

  func untrainedFigure(_ captions: [String], _ pictures: Tensor, _ provenance: Provenance) -> Figure {
    Figure(
      name: "before-training", title: "Before training no caption knows its scene",
      caption: """
        The same scenes and captions in towers of the same layout whose weights are drawn at random. Whatever is seen is a \
        matter of chance: \(hits) of \(captions.count) scenes find their caption.
        """,
      alternativeText: "The same table; its colours form stripes, and the diagonal does not stand out.",
      provenance: provenance,
      content: PictureMatrix(
        values: cosines.transposed(), captions: captions, pictures: pictures, mapping: .diverging(limit: 1),
        measure: "cosine"))
  }
}

/// What the bundled pairs cost at every temperature.
struct TemperatureCurve {
  let temperatures: [Double]
  let losses: [Double]
  let learned: Double
  let learnedLoss: Double

  init(_ pairs: PairTable, learned: Double) {
    temperatures = (0...60).map { pow(10, -3 + 3.5 * Double($0) / 60) }
    losses = temperatures.map { pairs.loss(temperature: $0) }
    self.learned = learned
    learnedLoss = pairs.loss(temperature: learned)
  }

  /// The drawn temperature with the smallest loss.
  var best: Double { temperatures[losses.indices.min { losses[$0] < losses[$1] } ?? 0] }

  func figure(pairs: Int, _ provenance: Provenance) -> Figure {
    let guessing = log(Double(pairs))
    let chart = Chart(
      x: Axis("temperature τ (logarithmic)", scale: .log), y: Axis("contrastive loss", range: 0...(1.15 * guessing)),
      layers: [
        Line("", x: temperatures, y: losses, color: .palette(0)),
        ReferenceLine(y: guessing, label: "guessing: log \(pairs)"),
        Annotation(
          "learned: τ = \(NumberText.short(learned, significant: 2))", x: learned, y: learnedLoss, side: .aboveLeft),
      ])
    return Figure(
      name: "learned-temperature",
      title: "Without a temperature, cosines leave all captions nearly alike",
      caption: """
        The contrastive loss of the \(pairs) bundled pairs when their cosines are divided by τ. Too high a temperature levels \
        all captions. Too low a one would punish a single mistake without limit, so training settled at τ = \
        \(NumberText.short(learned, significant: 2)).
        """,
      alternativeText:
        "A curve of the loss over the temperature: low at the left, rising to that of guessing at the right.",
      provenance: provenance, content: chart)
  }
}
