import Models
import Pipelines
import Tensors
import Training

/// `guidance.csv`, which `diffuse evaluate emoji-ldm` writes beside the model: quality and diversity over w.
package struct GuidanceSweep: ModelSweep {
  package struct Row: Equatable {
    /// w; nil for real scenes.
    package let scale: Double?
    package let prompt: String
    package let emoji: Int
    package let top1: Double
    package let top5: Double
    package let diversity: Double
    package let saturation: Double
    package let pictures: Int
  }

  /// Means over the prompts at one scale.
  package struct Point: Equatable {
    package let scale: Double
    package let top1: Double
    package let top5: Double
    package let diversity: Double
    package let saturation: Double
  }

  package static let fileName = "guidance.csv"
  package static let columns = [
    "guidance_scale", "prompt", "emoji", "top1", "top5", "diversity", "saturation", "pictures", "steps", "seed",
    "weights",
  ]

  package let rows: [Row]
  package let steps: Int
  package let seed: UInt64
  package let weights: String
  package var pictures: Int { rows[0].pictures }

  package init(_ file: SweepFile) throws(UserError) {
    var rows: [Row] = []
    for line in file.lines {
      rows.append(
        Row(
          scale: line.text("guidance_scale") == "real" ? nil : try line.number("guidance_scale", in: 0...1000),
          prompt: line.text("prompt"), emoji: try line.integer("emoji"), top1: try line.number("top1", in: 0...1),
          top5: try line.number("top5", in: 0...1), diversity: try line.number("diversity", in: 0...1e6),
          saturation: try line.number("saturation", in: 0...1), pictures: try line.integer("pictures", from: 2)))
    }
    self.rows = rows
    steps = try file.lines[0].integer("steps", from: 1)
    seed = try file.lines[0].seed("seed")
    weights = file.lines[0].text("weights")
  }

  /// The scales of the file, growing.
  package var scales: [Double] { Set(rows.compactMap(\.scale)).sorted() }

  /// Means over the prompts, by growing scale.
  package var points: [Point] { scales.map { scale in Self.mean(rows.filter { $0.scale == scale }, scale) } }

  /// The same of the real scenes; nil when the file has none.
  package var real: Point? {
    let found = rows.filter { $0.scale == nil }
    return found.isEmpty ? nil : Self.mean(found, 0)
  }

  private static func mean(_ rows: [Row], _ scale: Double) -> Point {
    Point(
      scale: scale, top1: rows.map(\.top1).mean, top5: rows.map(\.top5).mean, diversity: rows.map(\.diversity).mean,
      saturation: rows.map(\.saturation).mean)
  }

  package func row(_ prompt: String, scale: Double) -> Row? {
    rows.first { $0.prompt == prompt && $0.scale.map { abs($0 - scale) < 1e-6 } == true }
  }

  /// The judge's number of a prompt's emoji, where the file has that prompt.
  package func emoji(of prompt: String) -> Int? { rows.first { $0.prompt == prompt }?.emoji }

  /// How the file was made, in one or two sentences.
  func story(currentWeights: String) -> String {
    let prompts = Set(rows.map(\.prompt)).count
    let made =
      "guidance.csv (`diffuse evaluate emoji-ldm`): \(prompts) single emoji, \(pictures) pictures of each at every w, "
      + "\(steps) steps, seed \(seed), weights \(weights)."
    return dated(made, currentWeights: currentWeights)
  }
}
