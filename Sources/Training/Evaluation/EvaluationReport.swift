import Foundation
import Models
import Tensors

/// How much is measured, and how the pictures are made.
public struct EvaluationSettings: Sendable, Equatable {
  public var sampleCount: Int
  /// DDIM steps of each sample.
  public var numInferenceSteps = 50
  public var guidanceScale: Float
  public var seed: UInt64 = 0
  /// Of a text-to-image model: a run begins with the real scene and noise, and this share of the steps is run; nil begins with
  /// noise alone. What is then still wrong was decided in these steps.
  public var strength: Double?

  public init(sampleCount: Int, guidanceScale: Float) {
    self.sampleCount = sampleCount
    self.guidanceScale = guidanceScale
  }
}

/// One measured number, with the same number of real pictures beside it.
public struct EvaluationMetric: Sendable, Equatable {
  public let name: String
  public let generated: Double
  /// The same of real pictures that went through the model's autoencoder: what a perfect network in its latent space would get.
  public var decoded: Double?
  public let real: Double
  public let meaning: String
}

/// Writes what an evaluation measured: CSV files beside the model, each line with the hash of the weights, and the card.
public struct EvaluationReport {
  /// What is measured, whose card is beside it.
  let model: String
  /// Its weights; those of the U-Net of a pipeline.
  let weights: ModelFolder
  /// Where the CSV files go.
  public let out: String
  let settings: EvaluationSettings

  public init(model: String, weights: ModelFolder, out: String, settings: EvaluationSettings) {
    self.model = model
    self.weights = weights
    self.out = out
    self.settings = settings
  }

  private var setting: String {
    "\(settings.sampleCount) samples, \(settings.numInferenceSteps) DDIM steps, guidance \(settings.guidanceScale), "
      + "seed \(settings.seed)" + (settings.strength.map { ", begun with the real scenes at strength \($0)" } ?? "")
  }

  /// The numbers for the terminal.
  public func table(_ metrics: [EvaluationMetric]) -> String {
    let width = metrics.map(\.name.count).reduce(26, max)
    let columns = Self.columns(metrics)
    func row(_ name: String, _ cells: [String], ratio: String) -> String {
      let padded = (cells + [ratio]).map { String(repeating: " ", count: max(0, 11 - $0.count)) + $0 }
      return name.padding(toLength: width, withPad: " ", startingAt: 0) + padded.joined() + "\n"
    }
    let rows = metrics.map { metric in
      let cells = columns.map { $0.value(metric).map { String(format: "%.4f", $0) } ?? "" }
      return row(metric.name, cells, ratio: String(format: "%.3f", metric.generated / metric.real))
    }
    return "\(setting)\n\n" + row("metric", columns.map(\.name), ratio: "ratio") + rows.joined()
  }

  /// What stands beside each other for every metric: of latent diffusion also what its autoencoder allows.
  private static func columns(
    _ metrics: [EvaluationMetric]
  ) -> [(name: String, value: (EvaluationMetric) -> Double?)] {
    let decoded = ("decoded", { (metric: EvaluationMetric) in metric.decoded })
    return [("generated", { $0.generated })] + (metrics.contains { $0.decoded != nil } ? [decoded] : [])
      + [("real", { $0.real })]
  }

  /// `evaluation.csv`, and the card's section when all of it was measured.
  /// - Parameter judge: the model whose answers were taken.
  public func write(_ metrics: [EvaluationMetric], judge: String, updatingCard: Bool) throws(UserError) {
    try prepare()
    let hash = try weights.weightsHash()
    let columns = Self.columns(metrics)
    func numbers(_ metric: EvaluationMetric, _ format: String) -> [String] {
      columns.map { $0.value(metric).map { String(format: format, $0) } ?? "" }
    }
    let names = columns.map(\.name)
    let (strengthColumn, strength) = settings.strength.map { ("strength,", "\($0),") } ?? ("", "")
    let header = "metric,\(names.joined(separator: ",")),samples,steps,guidance_scale,seed,\(strengthColumn)weights\n"
    let lines = metrics.map { metric in
      "\(metric.name),\(numbers(metric, "%.6f").joined(separator: ",")),\(settings.sampleCount),"
        + "\(settings.numInferenceSteps),\(settings.guidanceScale),\(settings.seed),\(strength)\(hash)\n"
    }
    try FileOutput.write(header + lines.joined(), to: out + "/evaluation.csv")
    guard updatingCard else { return }
    let rows = metrics.map { metric in
      "| \(metric.name) | \(numbers(metric, "%.4f").joined(separator: " | ")) | \(metric.meaning) |\n"
    }
    let name = model.split(separator: "/").last ?? "MODEL"
    let command = "diffuse evaluate \(name) --num-inference-steps \(settings.numInferenceSteps)"
    let section =
      "`\(command)`: \(setting), weights `\(hash)`.\n\n| metric | \(names.joined(separator: " | ")) | what |\n"
      + "|---|\(names.map { _ in "---|" }.joined())---|\n" + rows.joined()
      + "\nThe judge is `\(judge)`, which never saw a generated picture."
    try ModelCard.setSection("Evaluation", section, inModelFolder: model)
  }

  /// `loss-by-timestep.csv`.
  public func write(lossByTimestep rows: [FashionEvaluation.TimestepLoss]) throws(UserError) {
    try prepare()
    let hash = try weights.weightsHash()
    let lines = rows.map {
      "\($0.timestep),\(String(format: "%.6f,%.6f", $0.loss, $0.standardError)),\($0.count),\(hash)\n"
    }
    try FileOutput.write(
      "timestep,loss,standard_error,pictures,weights\n" + lines.joined(), to: out + "/loss-by-timestep.csv")
  }

  /// `samplers.csv`.
  public func write(samplers rows: [FashionEvaluation.SamplerQuality]) throws(UserError) {
    try prepare()
    let hash = try weights.weightsHash()
    let lines = rows.map {
      "\($0.sampler),\($0.steps),\($0.calls),\(String(format: "%.6f,%.6f", $0.frechet, $0.named)),\($0.count),1,"
        + "\(settings.seed),\(hash)\n"
    }
    try FileOutput.write(
      "sampler,steps,model_calls,frechet_distance,wanted_class_named,samples,guidance_scale,seed,weights\n"
        + lines.joined(), to: out + "/samplers.csv")
  }

  /// `attention.csv`.
  public func write(attention rows: [EmojiEvaluation.PairAttention]) throws(UserError) {
    try prepare()
    let hash = try weights.weightsHash()
    let lines = rows.map { row in
      let s = row.shares
      return "\(row.pair),\(row.first),\(row.second),\(row.isHeldOut ? "yes" : "no"),\(row.layer),"
        + String(format: "%.6f,%.6f,%.6f,%.6f", s.first, s.second, s.next, s.end)
        + ",\(settings.numInferenceSteps),\(settings.guidanceScale),\(row.seed),\(hash)\n"
    }
    try FileOutput.write(
      "pair,first,second,held_out,layer,first_share,second_share,next_share,end_share,steps,guidance_scale,seed,weights\n"
        + lines.joined(), to: out + "/attention.csv")
  }

  /// `guidance.csv`; the lines "real" hold the same measures of real scenes.
  public func write(guidance rows: [EmojiEvaluation.GuidanceRow]) throws(UserError) {
    try prepare()
    let hash = try weights.weightsHash()
    let lines = rows.map { row in
      let q = row.quality
      return "\(row.guidanceScale.map { "\($0)" } ?? "real"),\(row.prompt),\(row.emoji),"
        + String(format: "%.6f,%.6f,%.6f,%.6f", q.top1, q.top5, q.diversity, q.saturation)
        + ",\(row.pictures),\(EmojiEvaluation.guidanceSteps),\(settings.seed),\(hash)\n"
    }
    try FileOutput.write(
      "guidance_scale,prompt,emoji,top1,top5,diversity,saturation,pictures,steps,seed,weights\n" + lines.joined(),
      to: out + "/guidance.csv")
  }

  /// `recognition.csv`.
  public func write(recognition rows: [EmojiEvaluation.Recognition]) throws(UserError) {
    try prepare()
    let hash = try weights.weightsHash()
    let lines = rows.map {
      "\($0.emoji),\($0.isInPair ? "yes" : "no"),\($0.rank),\($0.realRank),\(settings.numInferenceSteps),"
        + "\(settings.guidanceScale),\(settings.seed),\(hash)\n"
    }
    try FileOutput.write(
      "emoji,in_pair,rank,real_rank,steps,guidance_scale,seed,weights\n" + lines.joined(), to: out + "/recognition.csv")
  }

  private func prepare() throws(UserError) {
    try FileOutput.makeFolder(out)
  }
}
