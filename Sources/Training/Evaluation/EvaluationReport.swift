import Foundation
import Models
import Tensors

/// Writes what an evaluation measured: CSV files beside the model, each line with the hash of the weights, and the card.
public struct EvaluationReport {
  let folder: ModelFolder
  /// Where the CSV files go.
  public let out: String
  let settings: FashionEvaluation.Settings

  public init(folder: ModelFolder, out: String, settings: FashionEvaluation.Settings) {
    self.folder = folder
    self.out = out
    self.settings = settings
  }

  private var setting: String {
    "\(settings.sampleCount) samples, \(settings.numInferenceSteps) DDIM steps, guidance \(settings.guidanceScale), "
      + "seed \(settings.seed)"
  }

  /// The numbers for the terminal.
  public func table(_ metrics: [FashionEvaluation.Metric]) -> String {
    let rows = metrics.map { metric in
      metric.name.padding(toLength: 26, withPad: " ", startingAt: 0)
        + String(format: "%12.4f %12.4f %10.3f", metric.generated, metric.real, metric.generated / metric.real)
    }
    return "\(setting)\n\n" + "metric".padding(toLength: 26, withPad: " ", startingAt: 0)
      + "   generated         real      ratio\n" + rows.joined(separator: "\n") + "\n"
  }

  /// `evaluation.csv`, and the card's section when all of it was measured.
  public func write(_ metrics: [FashionEvaluation.Metric], updatingCard: Bool) throws(UserError) {
    try prepare()
    let hash = try folder.weightsHash()
    let header = "metric,generated,real,samples,steps,guidance_scale,seed,weights\n"
    let lines = metrics.map { metric in
      let numbers = String(format: "%.6f,%.6f", metric.generated, metric.real)
      return "\(metric.name),\(numbers),\(settings.sampleCount),\(settings.numInferenceSteps),"
        + "\(settings.guidanceScale),\(settings.seed),\(hash)\n"
    }
    try FileOutput.write(header + lines.joined(), to: out + "/evaluation.csv")
    guard updatingCard else { return }
    let rows = metrics.map { metric in
      "| \(metric.name) | \(String(format: "%.4f | %.4f", metric.generated, metric.real)) | \(metric.meaning) |\n"
    }
    let section =
      "`diffuse evaluate fashion-ddpm`: \(setting), weights `\(hash)`.\n\n| metric | generated | real | what |\n|---|---|---|---|\n"
      + rows.joined() + "\nFeatures and classes are those of `fashion-classifier`, which never saw a generated picture."
    try ModelCard.setEvaluation(section, inModelFolder: folder.path)
  }

  /// `loss-by-timestep.csv`.
  public func write(lossByTimestep rows: [FashionEvaluation.TimestepLoss]) throws(UserError) {
    try prepare()
    let hash = try folder.weightsHash()
    let lines = rows.map {
      "\($0.timestep),\(String(format: "%.6f,%.6f", $0.loss, $0.standardError)),\($0.count),\(hash)\n"
    }
    try FileOutput.write(
      "timestep,loss,standard_error,pictures,weights\n" + lines.joined(), to: out + "/loss-by-timestep.csv")
  }

  /// `samplers.csv`.
  public func write(samplers rows: [FashionEvaluation.SamplerQuality]) throws(UserError) {
    try prepare()
    let hash = try folder.weightsHash()
    let lines = rows.map {
      "\($0.sampler),\($0.steps),\($0.calls),\(String(format: "%.6f,%.6f", $0.frechet, $0.named)),\($0.count),1,"
        + "\(settings.seed),\(hash)\n"
    }
    try FileOutput.write(
      "sampler,steps,model_calls,frechet_distance,wanted_class_named,samples,guidance_scale,seed,weights\n"
        + lines.joined(), to: out + "/samplers.csv")
  }

  private func prepare() throws(UserError) {
    try FileOutput.makeFolder(out)
  }
}
