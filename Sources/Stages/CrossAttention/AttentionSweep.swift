import Foundation
import Models
import Pipelines
import Tensors

/// `attention.csv`, which `diffuse evaluate emoji-ldm` writes beside the model: where the maps of "A left of B" lie.
package struct AttentionSweep: ModelSweep {
  package struct Row: Equatable {
    package let pair: Int
    package let first: String
    package let second: String
    package let isHeldOut: Bool
    /// A layer of the U-Net, or "mean".
    package let layer: String
    package let shares: RelationPrompt.Shares
    package let seed: UInt64

    package var prompt: String { "\(first) left of \(second)" }
  }

  package static let fileName = "attention.csv"
  package static let columns = [
    "pair", "first", "second", "held_out", "layer", "first_share", "second_share", "next_share", "end_share",
    "steps", "guidance_scale", "seed",
    "weights",
  ]

  package let rows: [Row]
  package let steps: Int
  package let guidanceScale: Double
  package let weights: String

  package init(_ file: SweepFile) throws(UserError) {
    var rows: [Row] = []
    for line in file.lines {
      rows.append(
        Row(
          pair: try line.integer("pair"), first: line.text("first"), second: line.text("second"),
          isHeldOut: line.text("held_out") == "yes", layer: line.text("layer"),
          shares: RelationPrompt.Shares(
            first: try line.number("first_share", in: 0...1), second: try line.number("second_share", in: 0...1),
            next: try line.number("next_share", in: 0...1), end: try line.number("end_share", in: 0...1)),
          seed: try line.seed("seed")))
    }
    self.rows = rows
    steps = try file.lines[0].integer("steps", from: 1)
    guidanceScale = try file.lines[0].number("guidance_scale", in: 0...1000)
    weights = file.lines[0].text("weights")
  }

  /// The rows of the mean over all layers: one a pair.
  package var pairs: [Row] { rows.filter { $0.layer == "mean" } }

  /// The layers in the order of the rows, each with the mean share of all maps in their halves.
  static func layers(of rows: [Row]) -> [(name: String, share: Double)] {
    var names: [String] = []
    for row in rows where row.layer != "mean" && !names.contains(row.layer) { names.append(row.layer) }
    return names.map { name in (name, meanShare(rows.filter { $0.layer == name })) }
  }

  /// The mean of both shares over rows; NaN without any.
  package static func meanShare(_ rows: [Row]) -> Double {
    rows.isEmpty ? .nan : rows.flatMap { [$0.shares.first, $0.shares.second] }.mean
  }

  /// How the file was made, in one or two sentences.
  func story(currentWeights: String) -> String {
    let made =
      "attention.csv (`diffuse evaluate emoji-ldm`): \(pairs.count) pairs, \(steps) steps, guidance "
      + "\(guidanceScale.formatted()), weights \(weights)."
    return dated(made, currentWeights: currentWeights)
  }
}
