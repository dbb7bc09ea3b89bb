import Drawing
import Foundation
import Tensors
import Training

/// How the contrastive loss fell while `emoji-clip` was trained, from the log that ships with it.
struct ContrastiveTraining: Stage {
  let name = "contrastive-training"
  let summary = "Reads the log of the contrastive training"
  let models = [ContrastiveModel.name]
  let parameters: [StageParameter] = []

  let facts = [
    FactDeclaration("steps", "steps of the optimiser"),
    FactDeclaration("batch_size", "pairs in a step, N"),
    FactDeclaration("images", "pairs shown"),
    FactDeclaration("minutes", "wall time in minutes"),
    FactDeclaration("guessing", "log N, the loss of who guesses"),
    FactDeclaration("first_loss", "mean loss in the first line of the log"),
    FactDeclaration("tenth_loss", "mean loss after a tenth of the steps"),
    FactDeclaration("last_loss", "mean loss over the last twentieth of the steps"),
    FactDeclaration("last_share", "e to the minus last loss: the typical share of the right caption"),
  ]

  let figures = [
    FigureDeclaration(
      "contrastive-training", "The contrastive loss over the steps of the training", formulas: ["text.contrastive"])
  ]

  func run(_ context: StageContext) throws(UserError) -> StageResult {
    let model = try ContrastiveModel(context.home)
    let path = "\(model.folder.path)/training.csv"
    let entries = try TrainingLog.curve(path)
    let (first, last) = (entries[0], entries[entries.count - 1])
    let batch = last.images / last.step
    let lastLoss = entries.finalLoss
    var result = StageResult()
    result.fact("steps", last.step)
    result.fact("batch_size", batch)
    result.fact("images", last.images)
    result.fact("minutes", last.seconds / 60)
    result.fact("guessing", log(Double(batch)))
    result.fact("first_loss", first.loss)
    result.fact("tenth_loss", entries.first { 10 * $0.step >= last.step }?.loss ?? last.loss)
    result.fact("last_loss", lastLoss)
    result.fact("last_share", exp(-lastLoss))
    let provenance = Provenance(command: "", model: ContrastiveModel.name, modelHash: model.hash)
    result.figure("contrastive-training") { () throws(UserError) in
      Self.figure(entries, batch: batch, lastLoss: lastLoss, provenance)
    }
    return result
  }

  private static func figure(
    _ entries: [TrainingLog.Entry], batch: Int, lastLoss: Double, _ provenance: Provenance
  ) -> Figure {
    let last = entries[entries.count - 1]
    let chart = Chart(
      x: Axis("step of the optimiser, \(batch) pairs each", range: 0...(1.015 * Double(last.step))),
      y: Axis("contrastive loss, mean over \(entries[0].step) steps (logarithmic)", scale: .log),
      layers: [
        Line("", x: entries.map { Double($0.step) }, y: entries.map(\.loss), color: .palette(0)),
        ReferenceLine(y: log(Double(batch)), label: "guessing among \(batch): log \(batch)"),
        Annotation(
          "\(NumberText.short(lastLoss, significant: 2)) at the end", x: Double(last.step), y: last.loss,
          side: .aboveLeft),
      ])
    return Figure(
      name: "contrastive-training", title: "Pictures and captions find each other within a few hundred steps",
      caption: """
        The symmetric contrastive loss of emoji-clip during its training: \(NumberText.fixed(Double(last.images), decimals: 0)) \
        pairs in \(NumberText.fixed(last.seconds / 60, decimals: 0)) minutes. Source: training.csv, beside the weights.
        """,
      alternativeText: "A curve that falls from the loss of guessing, steeply at first and then ever more slowly.",
      provenance: provenance, content: chart)
  }
}
