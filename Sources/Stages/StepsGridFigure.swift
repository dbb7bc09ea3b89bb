import Datasets
import Diffusion
import Drawing
import Foundation
import Tensors

/// Columns of garments from one noise each; rows of growing numbers of steps, the mean of single jumps above them.
struct StepsGridFigure {
  let comparison: StepComparison
  let jump: MeanJump

  func figure(_ provenance: Provenance) -> Figure {
    let means = (0..<10).map { ImageCell(jump.means.clamped(to: -1...1)[index: $0]) }
    let rows = comparison.rows.map { row in (0..<10).map { ImageCell(row.garments[index: $0]) } }
    let labels = comparison.rows.map { RichText(verbatim: $0.steps == 1 ? "one jump" : "\($0.steps) steps") }
    let (first, rest) = (Array(rows.prefix(1)), Array(rows.dropFirst()))
    let hasJump = comparison.rows[0].steps == 1
    let mean = RichText("mean of \(MeanJump.count)")
    return Figure(
      name: "steps-grid", title: "One jump gives no garment; the same network in many steps does",
      caption: """
        Each column starts from its own noise, the same in every row but the one named “mean”. One jump removes all the \
        predicted noise at once; the rows below remove it in parts, with \(comparison.kind.title). The mean of \
        \(MeanJump.count) jumps from different noise shows what they have in common: the blurred shape of the class.
        """,
      alternativeText: """
        A grid of garments, ten classes side by side. The row of one jump is black and white speckle, its mean over many \
        noises a blurred outline of each class; from row to row the garments get clearer and more detailed.
        """,
      provenance: provenance,
      content: ImageGrid(
        rows: (hasJump ? first : []) + [means] + (hasJump ? rest : rows),
        rowLabels: (hasJump ? Array(labels.prefix(1)) : []) + [mean + " jumps"]
          + (hasJump ? Array(labels.dropFirst()) : labels),
        columnLabels: FashionMNIST.classNames.map { RichText(verbatim: $0) }))
  }
}
