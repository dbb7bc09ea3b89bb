import Drawing
import Pipelines
import Tensors
import Training

/// A part of a picture made anew, the rest put back after every step; what is really kept, and what is not.
struct Inpainting: Stage {
  let name = "inpainting"
  let summary = "Makes a part of a picture anew and measures what happens to the rest"
  let models = [PipelineModel.defaultName]

  let parameters: [StageParameter] = [
    .image(default: "red-heart-left-of-pizza", help: "the picture of which a part is made anew"),
    PipelineModel.promptParameter(default: "red heart left of soccer ball"),
    .choice(
      "mask", MaskShape.allCases.map(\.rawValue), default: MaskShape.rightCircle.rawValue,
      help: "which part is made anew"),
    .number("strength", 0.01...1, default: 1, help: "share of the steps that run; 1 forgets what was there"),
    PipelineModel.stepsParameter(default: 20), PipelineModel.guidanceParameter(),
    .integer("seeds", 1...4, default: 4, help: "how many seeds, counted from --seed"),
    PipelineModel.modelParameter,
  ]

  let facts = [
    FactDeclaration("side", "height and width of the picture in pixels"),
    FactDeclaration("cell", "pixels of a place of the latents, in each direction"),
    FactDeclaration("mask_percent", "share of the pixels the mask makes anew, in percent"),
    FactDeclaration("new_cells", "places of the latents that were made anew"),
    FactDeclaration("cells", "places of the latents"),
    FactDeclaration("lost_pixels", "pixels the mask keeps, but whose place of the latents was made anew"),
    FactDeclaration("missed_pixels", "pixels the mask makes anew, but whose place of the latents was kept"),
    FactDeclaration("kept_latent_difference", "largest difference of a kept latent from the picture's"),
    FactDeclaration("near_difference", "mean difference of pixels up to one place from the boundary, of 2"),
    FactDeclaration("far_difference", "the same for pixels more than three places away"),
    FactDeclaration("far_is_zero", "whether pixels far from the boundary are unchanged to 1/255"),
    FactDeclaration("autoencoder_psnr", "PSNR of the picture after encoding and decoding alone, in dB"),
    FactDeclaration("kept_psnr", "PSNR of the kept pixels against the picture, mean over the seeds, in dB"),
  ]

  let figures = [
    FigureDeclaration(
      "inpainting", "The mask in pixels and in latents, results, and what changed outside it",
      formulas: ["sampler.inpaint_blend"])
  ]

  func run(_ context: StageContext) throws(UserError) -> StageResult {
    let model = try PipelineModel(context)
    let given = try GivenPicture(context, model)
    guard let shape = MaskShape(rawValue: context.text("mask")) else {
      preconditionFailure("no mask '\(context.text("mask"))'")
    }
    let experiment = try InpaintingExperiment(context, model, given, shape)
    var result = StageResult()
    addMask(of: experiment, to: &result)
    addKept(of: experiment, to: &result)
    result.table(experiment.table)
    result.tensor("x", given.picture.tensor)
    result.tensor("mask", experiment.mask)
    result.tensor("new_cells", experiment.newCells)
    for (n, picture) in experiment.pictures.enumerated() {
      result.tensor("seed+\(n)/picture", picture)
      result.tensor("seed+\(n)/z0", experiment.latents[n])
      result.tensor("seed+\(n)/z", experiment.originals[n])
    }
    let provenance = model.provenance(context)
    result.figure("inpainting") { () throws(UserError) in experiment.figure(provenance) }
    return result
  }

  private func addMask(of experiment: InpaintingExperiment, to result: inout StageResult) {
    result.fact("side", experiment.mask.shape[2])
    result.fact("cell", experiment.cell)
    result.fact("mask_percent", 100 * Double(experiment.mask.mean))
    result.fact("new_cells", Int(experiment.newCells.sum))
    result.fact("cells", experiment.newCells.count)
    let (mask, cells) = (experiment.mask.scalars, experiment.newPixels.scalars)
    result.fact("lost_pixels", zip(mask, cells).count { $0 == 0 && $1 == 1 })
    result.fact("missed_pixels", zip(mask, cells).count { $0 == 1 && $1 == 0 })
  }

  private func addKept(of experiment: InpaintingExperiment, to result: inout StageResult) {
    result.fact("kept_latent_difference", experiment.keptLatentDifference)
    result.fact("near_difference", experiment.difference(from: 1, through: experiment.cell))
    let far = experiment.difference(from: 3 * experiment.cell + 1, through: .max)
    result.fact("far_difference", far)
    result.fact("far_is_zero", far < 2.0 / 255 ? "yes" : "no")
    result.fact("autoencoder_psnr", experiment.given.autoencoderPSNR)
    result.fact("kept_psnr", experiment.keptPSNR)
  }
}

/// What is made anew; fractions of the picture's side.
enum MaskShape: String, CaseIterable {
  case rightCircle = "right-circle"
  case leftCircle = "left-circle"
  case rightHalf = "right-half"
  case leftHalf = "left-half"
  case centre

  /// 1 where something new is made, [1, side, side].
  func mask(side: Int) -> Tensor {
    let values = (0..<(side * side)).map { place -> Float in
      let (x, y) = ((Double(place % side) + 0.5) / Double(side), (Double(place / side) + 0.5) / Double(side))
      return contains(x, y) ? 1 : 0
    }
    return Tensor(values, shape: [1, side, side])
  }

  private func contains(_ x: Double, _ y: Double) -> Bool {
    func isInCircle(_ centre: Double) -> Bool {
      (x - centre) * (x - centre) + (y - 0.5) * (y - 0.5) < 0.26 * 0.26
    }
    return switch self {
    case .rightCircle: isInCircle(0.73)
    case .leftCircle: isInCircle(0.27)
    case .rightHalf: x > 0.5
    case .leftHalf: x < 0.5
    case .centre: abs(x - 0.5) < 0.22 && abs(y - 0.5) < 0.22
    }
  }
}
