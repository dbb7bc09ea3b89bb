import Tensors

/// `evaluation.csv`, which `diffuse evaluate emoji-ldm` writes beside the model: what its judge sees in its pictures.
package struct EvaluationTable: ModelSweep {
  package struct Row: Equatable {
    /// What the prompts are: "single", "background", "held-out background", "pair" or "held-out pair".
    package let kind: String
    /// What is counted: "top-1", "both top-1", "relation obeyed", …
    package let measure: String
    /// Shares 0…1 of generated pictures, of real scenes after the autoencoder, and of real scenes.
    package let generated: Double
    package let decoded: Double
    package let real: Double
  }

  package static let fileName = "evaluation.csv"
  package static let columns = [
    "metric", "generated", "decoded", "real", "samples", "steps", "guidance_scale", "seed", "weights",
  ]

  package let rows: [Row]
  /// Pictures of each kind.
  package let samples: Int
  package let steps: Int
  package let guidanceScale: Double
  package let weights: String

  package init(_ file: SweepFile) throws(UserError) {
    var rows: [Row] = []
    for line in file.lines {
      let name = line.text("metric").split(separator: ": ", maxSplits: 1).map(String.init)
      guard name.count == 2 else { throw line.refusal("metric", "a kind of prompt, a colon and what is counted") }
      rows.append(
        Row(
          kind: name[0], measure: name[1], generated: try line.number("generated", in: 0...1),
          decoded: try line.number("decoded", in: 0...1), real: try line.number("real", in: 0...1)))
    }
    self.rows = rows
    samples = try file.lines[0].integer("samples", from: 1)
    steps = try file.lines[0].integer("steps", from: 1)
    guidanceScale = try file.lines[0].number("guidance_scale", in: 0...1000)
    weights = file.lines[0].text("weights")
  }

  package func row(_ kind: String, _ measure: String) -> Row? {
    rows.first { $0.kind == kind && $0.measure == measure }
  }

  /// Of every kind the share in which the judge names everything the prompt asks for, in the file's order.
  package var named: [Row] { rows.filter { $0.measure == "top-1" || $0.measure == "both top-1" } }

  /// How the file was made, in one or two sentences.
  func story(currentWeights: String) -> String {
    let made =
      "evaluation.csv (`diffuse evaluate emoji-ldm`): \(samples) pictures of each kind, \(steps) steps, "
      + "guidance \(guidanceScale.formatted()), weights \(weights)."
    return dated(made, currentWeights: currentWeights)
  }
}
