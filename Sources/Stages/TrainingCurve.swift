import Datasets
import Drawing
import Tensors
import Training

/// How the loss fell while `fashion-ddpm` was trained, from the log that ships with it.
struct TrainingCurve: Stage {
  let name = "training-curve"
  let summary = "Reads the log of the network's training"
  let models = [FashionModel.name]
  let parameters: [StageParameter] = []

  let facts = [
    FactDeclaration("steps", "steps of the optimiser"),
    FactDeclaration("batch_size", "pictures in a step"),
    FactDeclaration("images", "noisy pictures shown"),
    FactDeclaration("epochs", "times each of the 60,000 garments was shown"),
    FactDeclaration("minutes", "wall time in minutes"),
    FactDeclaration("first_loss", "mean loss in the first line of the log"),
    FactDeclaration("tenth_loss", "mean loss after a tenth of the steps"),
    FactDeclaration("last_loss", "mean loss over the last twentieth of the steps"),
    FactDeclaration("peak_rate", "largest learning rate"),
  ]

  let figures = [
    FigureDeclaration(
      "training-curve", "Loss and learning rate over the steps of the training", formulas: ["loss.simple"])
  ]

  func run(_ context: StageContext) throws(UserError) -> StageResult {
    let model = try FashionModel(context.home)
    let path = "\(model.folder.path)/training.csv"
    let entries = try TrainingLog.curve(path)
    let (first, last) = (entries[0], entries[entries.count - 1])
    var result = StageResult()
    result.fact("steps", last.step)
    result.fact("batch_size", last.images / last.step)
    result.fact("images", last.images)
    result.fact("epochs", Double(last.images) / 60_000)
    result.fact("minutes", last.seconds / 60)
    result.fact("first_loss", first.loss)
    result.fact("tenth_loss", Self.entry(after: 0.1, of: entries).loss)
    result.fact("last_loss", entries.finalLoss)
    result.fact("peak_rate", entries.map(\.learningRate).max() ?? 0)
    result.table(Self.table(entries))
    let provenance = Provenance(command: "", model: FashionModel.name, modelHash: model.hash)
    result.figure("training-curve") { () throws(UserError) in Self.figure(entries, provenance) }
    return result
  }

  /// The first line at or after a share of all steps.
  private static func entry(after share: Double, of entries: [TrainingLog.Entry]) -> TrainingLog.Entry {
    let last = entries[entries.count - 1]
    return entries.first { Double($0.step) >= share * Double(last.step) } ?? last
  }

  private static func table(_ entries: [TrainingLog.Entry]) -> StageTable {
    StageTable(
      name: "milestones", title: "The training in five lines (the loss is a mean over the steps since the line before)",
      columns: ["step", "pictures", "epochs", "minutes", "loss"].map { .init($0) },
      rows: [0, 0.01, 0.1, 0.5, 1].map { share in
        let entry = share == 0 ? entries[0] : entry(after: share, of: entries)
        return [
          NumberText.fixed(Double(entry.step), decimals: 0), NumberText.fixed(Double(entry.images), decimals: 0),
          NumberText.fixed(Double(entry.images) / 60_000, decimals: 2),
          NumberText.fixed(entry.seconds / 60, decimals: 1),
          NumberText.fixed(entry.loss, decimals: 4),
        ]
      }.reduce(into: []) { rows, row in if rows.last != row { rows.append(row) } })
  }

  private static func figure(_ entries: [TrainingLog.Entry], _ provenance: Provenance) -> Figure {
    let steps = entries.map { Double($0.step) }
    let last = entries[entries.count - 1]
    let span = 0...(1.015 * Double(last.step))
    let loss = Chart(
      x: Axis("step", range: span), y: Axis("loss, mean over \(entries[0].step) steps (logarithmic)", scale: .log),
      layers: [
        Line("", x: steps, y: entries.map(\.loss), color: .palette(0)),
        ReferenceLine(y: 1, label: "always answering ε̂ = 0"),
        Annotation(
          "\(NumberText.short(last.loss, significant: 2)) at the end", x: Double(last.step), y: last.loss,
          side: .aboveLeft),
      ])
    let rate = Chart(
      x: Axis("step of the optimiser, \(last.images / last.step) noisy garments each", range: span),
      y: Axis("learning rate"), layers: [Line("", x: steps, y: entries.map(\.learningRate), color: .palette(1))])
    return Figure(
      name: "training-curve", title: "Most is learned early; the rest of the training polishes",
      caption: """
        The diffusion loss of fashion-ddpm during its training: \(NumberText.fixed(Double(last.images), decimals: 0)) noisy \
        garments in \(NumberText.fixed(last.seconds / 60, decimals: 0)) minutes on two processor cores. Source: training.csv, \
        beside the weights.
        """,
      alternativeText: """
        Two charts one above the other. The loss falls steeply at the start and then slowly; the learning rate below it \
        rises for a short while and then sinks to zero.
        """,
      provenance: provenance,
      content: Panels(rows: [[loss], [rate]], rowWeights: [2.4, 1], sharing: .x))
  }
}
