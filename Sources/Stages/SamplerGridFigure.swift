import Datasets
import Diffusion
import Drawing
import Foundation
import Tensors

/// Rows of samplers, columns of garments from one noise each.
struct SamplerGridFigure {
  let rows: [SamplerComparison.Row]
  let reference: Tensor
  let steps: Int
  let referenceSteps: Int

  func figure(_ provenance: Provenance) -> Figure {
    func cells(_ garments: Tensor) -> [ImageCell] { (0..<10).map { ImageCell(garments[index: $0]) } }
    let count = SamplerComparison.deterministic.count
    return Figure(
      name: "samplers-same-noise",
      title: "From one noise, deterministic samplers agree and random ones part",
      caption: """
        Each column starts from its own noise, the same in every row. The first row took \(referenceSteps) steps of \
        DPM-Solver++, the others \(steps). The \(count) samplers under it solve the same differential equation and lead to \
        the same garment, more or less exactly; the last two add fresh noise at every step and lead elsewhere.
        """,
      alternativeText: """
        A grid of garments, ten classes side by side, seven samplers one above the other. The first five rows show almost \
        the same garments; those of DDPM and Euler ancestral in the last two rows differ.
        """,
      provenance: provenance,
      content: ImageGrid(
        rows: [cells(reference)] + rows.map { cells($0.garments) },
        rowLabels: [RichText("reference, \(referenceSteps) steps")] + rows.map { RichText(verbatim: $0.kind.title) },
        columnLabels: FashionMNIST.classNames.map { RichText(verbatim: $0) }))
  }
}
