import Foundation
import Models
import Tensors

/// The README.md of a shipped model: how it was made and what was measured.
public enum ModelCard {
  static func write(
    recipe: any Recipe, folder: TrainingFolder, seconds: Double, finalLoss: Double,
    metrics: [(name: String, value: Double)]
  ) throws(UserError) {
    let settings = recipe.settings
    let average = settings.emaDecay.map { "exponential moving average, decay \($0)" } ?? "last step"
    var lines = [
      "# \(recipe.name)", "", recipe.dataDescription, "", "| | |", "|---|---|",
      "| command | `diffuse train \(recipe.name)` |",
      "| parameters | \(recipe.parts.reduce(0) { $0 + $1.module.parameterCount }) |",
      "| seed | \(settings.seed) |",
      "| steps × batch | \(settings.totalSteps) × \(settings.batchSize) |",
      "| optimiser | AdamW, peak rate \(settings.learningRate), \(settings.warmupSteps) steps of warm-up, cosine to 0, "
        + settings.restarts.map { restart in
          "anew from step \(restart.step)\(restart.peak.map { " with peak rate \($0)" } ?? "")"
            + (restart.slowStep < 1 ? " and \(restart.slowStep) of the way from where it began" : "") + ", "
        }.joined()
        + "weight decay \(settings.weightDecay), gradients clipped to norm \(settings.maximumGradientNorm) |",
      "| weights kept | \(average), float16 |",
      "| wall time | \(String(format: "%.0f", seconds / 60)) minutes on \(Parallel.threadCount) CPU cores "
        + "(\(Parallel.blasCoreName) kernels) |",
      "| final training loss | \(String(format: "%.5f", finalLoss)) (mean of the last 1,000 steps) |",
    ]
    for part in recipe.parts {
      let name = part.folder.isEmpty ? "the weights" : "\(part.folder)/\(part.weightsName)"
      lines.append(
        "| SHA-256 of \(name) | `\(try sha256(ofFile: part.path(in: folder.path) + "/" + part.weightsName))` |")
    }
    lines += metrics.map { "| \($0.name) | \(String(format: "%.4f", $0.value)) |" }
    lines += ["", "The log of the run is `training.csv` beside this file.", ""]
    try FileOutput.write(lines.joined(separator: "\n"), to: folder.path + "/README.md")
  }

  /// Replaces or adds a section; the others stay as they are.
  static func setSection(_ title: String, _ text: String, inModelFolder path: String) throws(UserError) {
    let file = path + "/README.md"
    let card = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
    // The head, then what follows each "## ".
    let parts = ("\n" + card).components(separatedBy: "\n## ")
    let kept = parts.dropFirst().filter { $0.split(separator: "\n").first.map(String.init) != title }
    let sections = kept.map { "\n## " + $0.trimmingCharacters(in: .newlines) + "\n" }
    let head = parts[0].trimmingCharacters(in: .newlines)
    try FileOutput.write(head + "\n" + sections.joined() + "\n## \(title)\n\n\(text)\n", to: file)
  }
}
