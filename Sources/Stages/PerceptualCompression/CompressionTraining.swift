import Drawing
import Tensors
import Training

/// How the losses of the three autoencoders fell, from the logs that ship with them.
struct CompressionTraining: Stage {
  let name = "compression-training"
  let summary = "Reads the training logs of the three autoencoders"
  let models = ComparedCodecs.names
  let parameters: [StageParameter] = []

  let facts = [
    FactDeclaration("steps", "steps of each training"),
    FactDeclaration("images", "scenes shown in each"),
    FactDeclaration("minutes", "wall times in minutes: L2, + perceptual, + adversarial"),
    FactDeclaration("first_losses", "losses in the first line of each log"),
    FactDeclaration("last_losses", "losses over the last twentieth of the steps"),
    FactDeclaration("joined", "share of the steps after which the discriminator joined"),
    FactDeclaration("before_join", "mean loss over the tenth of the steps before that"),
    FactDeclaration("after_join", "mean loss over the tenth after it"),
    FactDeclaration("time_ratio", "wall time of the adversarial training over that of L2"),
  ]

  let figures = [
    FigureDeclaration(
      "compression-training", "The three losses over the steps", formulas: ["vae.adversarial", "vae.discriminator"])
  ]

  func run(_ context: StageContext) throws(UserError) -> StageResult {
    var logs: [[TrainingLog.Entry]] = []
    for name in ComparedCodecs.names {
      logs.append(try TrainingLog.curve(ComparedCodecs.folder(name, context.home) + "/training.csv"))
    }
    let joined = EmojiVAE.Variant.compared.compactMap(\.adversarialStart).first ?? 1
    let ends = logs.map { $0[$0.count - 1] }
    let adversarial = logs[logs.count - 1]
    var result = StageResult()
    result.fact("steps", ends[0].step)
    result.fact("images", ends[0].images)
    result.fact("minutes", ends.map { $0.seconds / 60 })
    result.fact("first_losses", logs.map { $0[0].loss })
    result.fact("last_losses", logs.map(\.finalLoss))
    result.fact("joined", joined)
    result.fact("before_join", adversarial.meanLoss(from: joined - 0.1, through: joined))
    result.fact("after_join", adversarial.meanLoss(from: joined, through: joined + 0.1))
    result.fact("time_ratio", ends[ends.count - 1].seconds / ends[0].seconds)
    result.figure("compression-training") { () throws(UserError) in
      Self.figure(logs, joined: joined)
    }
    return result
  }

  private static func figure(_ logs: [[TrainingLog.Entry]], joined: Double) -> Figure {
    let charts = logs.enumerated().map { n, log -> Chart in
      let last = Double(log[log.count - 1].step)
      var layers: [any ChartLayer] = [
        Line("", x: log.map { Double($0.step) }, y: log.map(\.loss), color: ComparedCodecs.color(n))
      ]
      if n == logs.count - 1 { layers.append(ReferenceLine(x: joined * last, label: "discriminator joins")) }
      return Chart(
        title: RichText(verbatim: ComparedCodecs.all[n].loss), x: Axis("step", range: 0...(1.02 * last)),
        y: Axis("loss (logarithmic)", scale: .log), layers: layers)
    }
    return Figure(
      name: "compression-training", title: "A loss falls, until a discriminator is added to it",
      caption: """
        The total losses of the three autoencoders during training, each on a scale of its own: their terms differ, so their heights cannot \
        be compared. When the discriminator joins, its own loss and the adversarial term are added; that sum can fall below 0, \
        where a logarithmic axis has no place for it. Source: training.csv beside each model's weights.
        """,
      alternativeText: """
        Three charts side by side, each with a falling curve; the third jumps up in the middle, where the discriminator \
        joins.
        """,
      provenance: Provenance(command: "", model: ComparedCodecs.names.joined(separator: ", ")),
      content: Panels([charts[0], charts[1], charts[2]], columns: 3, narrowColumns: 1))
  }
}
