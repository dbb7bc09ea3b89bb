import Drawing
import Layers
import Models
import Pipelines
import Tensors
import Training

/// The same model asked for pictures of sizes it has never seen.
struct ImageSizes: Stage {
  let name = "image-sizes"
  let summary = "Asks for pictures of other sizes than the model was trained on"
  let models = [PipelineModel.defaultName]

  let parameters: [StageParameter] = [
    PipelineModel.promptParameter(default: "red heart left of pizza"),
    .choices(
      "sizes", SizeFactor.all.map(\.text), count: 2...6, default: ["1x1", "1.5x1.5", "2x1"],
      help: "widths × heights, in sides of the trained pictures"),
    PipelineModel.stepsParameter(default: 15), PipelineModel.guidanceParameter(),
    .integer("seeds", 1...8, default: 3, help: "how many seeds, counted from --seed"),
    PipelineModel.modelParameter,
  ]

  let facts = [
    FactDeclaration("trained_side", "height and width of the pictures the model was trained on, in pixels"),
    FactDeclaration("largest_size", "the size with the most pixels, width × height"),
    FactDeclaration("largest_places", "places of the latents there"),
    FactDeclaration("trained_places", "places of the latents at the trained size"),
    FactDeclaration("largest_cost", "multiply-adds of one U-Net call there, relative to the trained size"),
    FactDeclaration("largest_pixels", "its pixels, relative to the trained size"),
    FactDeclaration("trained_shapes", "separate shapes in a picture of the first size compared, mean over the seeds"),
    FactDeclaration("largest_shapes", "the same at the size with the most pixels"),
    FactDeclaration("size_factor", "pixels to a place of the latents, in each direction"),
  ]

  let figures = [FigureDeclaration("sizes-grid", "Pictures of trained and of other sizes, from several seeds")]

  func run(_ context: StageContext) throws(UserError) -> StageResult {
    let model = try PipelineModel(context)
    var rows: [SizeRow] = []
    let names = context.texts("sizes")
    // The trained size comes first: all others are compared with it.
    let factors = SizeFactor.all.filter { $0.isTrained || names.contains($0.text) }
    guard factors.count > 1 else { throw UserError("sizes needs two different values, to compare") }
    for factor in factors {
      rows.append(
        try SizeRow(factor, model, context) {
          context.report(
            rows.count * context.integer("seeds") + $0, of: factors.count * context.integer("seeds"), "pictures")
        })
    }
    guard let largest = rows.max(by: { $0.pixels < $1.pixels }) else { preconditionFailure("no sizes") }
    let trained = model.pipeline.defaultSide
    let trainedCost = SizeRow.multiplyAdds(model, height: trained, width: trained)
    var result = StageResult()
    result.fact("trained_side", trained)
    result.fact("largest_size", "\(largest.width)×\(largest.height)")
    result.fact("largest_places", largest.pixels / (model.pipeline.sizeFactor * model.pipeline.sizeFactor))
    result.fact("trained_places", trained * trained / (model.pipeline.sizeFactor * model.pipeline.sizeFactor))
    result.fact("largest_cost", Double(largest.multiplyAdds) / Double(trainedCost))
    result.fact("largest_pixels", Double(largest.pixels) / Double(trained * trained))
    result.fact("trained_shapes", rows[0].shapes.map(Double.init).mean)
    result.fact("largest_shapes", largest.shapes.map(Double.init).mean)
    result.fact("size_factor", model.pipeline.sizeFactor)
    result.table(table(rows, trainedCost))
    for row in rows {
      for (n, picture) in row.pictures.enumerated() { result.tensor("\(row.width)x\(row.height)/seed+\(n)", picture) }
    }
    let provenance = model.provenance(context)
    let prompt = context.text("prompt")
    let shown = rows
    result.figure("sizes-grid") { () throws(UserError) in
      SizesFigure(rows: shown, prompt: prompt, trainedSide: trained, seed: context.seed).figure(provenance)
    }
    return result
  }

  private func table(_ rows: [SizeRow], _ trainedCost: Int) -> StageTable {
    StageTable(
      name: "by-size", title: "Other sizes, the same weights",
      columns: [
        .init("pixels"), .init("latents"), .init("U-Net, times the trained"), .init("shapes, seed by seed"),
        .init("mean"),
      ],
      rows: rows.map { row in
        [
          "\(row.width)×\(row.height)", row.latentShape,
          NumberText.fixed(Double(row.multiplyAdds) / Double(trainedCost), decimals: 2),
          row.shapes.map(String.init).joined(separator: " "),
          NumberText.fixed(row.shapes.map(Double.init).mean, decimals: 1),
        ]
      })
  }
}

/// A size in sides of the pictures a model was trained on.
struct SizeFactor: Sendable {
  let width, height: Double

  static let all = [(1, 1), (1.5, 1.5), (2, 1), (1, 2), (0.5, 0.5), (2, 2)].map { SizeFactor(width: $0, height: $1) }

  var isTrained: Bool { width == 1 && height == 1 }
  var text: String { "\(NumberText.short(width))x\(NumberText.short(height))" }

  /// The nearest multiple of `step`.
  func pixels(side: Int, step: Int) -> (width: Int, height: Int) {
    func rounded(_ factor: Double) -> Int { max(1, Int((factor * Double(side) / Double(step)).rounded())) * step }
    return (rounded(width), rounded(height))
  }
}

/// Pictures of one size from several seeds.
struct SizeRow: Sendable {
  let width, height: Int
  /// [3, H, W] in 0…1.
  let pictures: [Tensor]
  let latentShape: String
  /// Of one call of the U-Net on one sample.
  let multiplyAdds: Int
  /// Separate shapes in each picture.
  let shapes: [Int]

  var pixels: Int { width * height }

  init(
    _ factor: SizeFactor, _ model: PipelineModel, _ context: StageContext, progress: (Int) -> Void
  ) throws(UserError) {
    let side = model.pipeline.defaultSide
    (width, height) = factor.pixels(side: side, step: model.pipeline.sizeFactor)
    var (pictures, latentShape) = ([Tensor](), "")
    for n in 0..<context.integer("seeds") {
      var request = model.request(context)
      request.seed = context.seed &+ UInt64(n)
      (request.width, request.height) = (width, height)
      let made = try model.generate(request)
      pictures.append(made.pictures[index: 0])
      latentShape = made.latents.shape.dropFirst().map(String.init).joined(separator: "×")
      progress(n + 1)
    }
    self.pictures = pictures
    self.latentShape = latentShape
    multiplyAdds = Self.multiplyAdds(model, height: height, width: width)
    shapes = pictures.map { separateShapes(in: $0, leastArea: side * side / 50) }
  }

  /// Multiply-adds of one call of the U-Net for one picture of that size.
  static func multiplyAdds(_ model: PipelineModel, height: Int, width: Int) -> Int {
    let pipeline = model.pipeline
    let recorder = Recorder()
    let latents = Tensor.zeros([
      1, pipeline.unet.configuration.inChannels, height / pipeline.sizeFactor, width / pipeline.sizeFactor,
    ])
    let states = Tensor.zeros([1, pipeline.tokenizer.contextLength, pipeline.unet.configuration.crossAttentionDim])
    _ = pipeline.unet(
      .init(latents), timesteps: [500], encoderHiddenStates: .init(states), recorder.recording())
    return ModelInspection(pipeline.unet, recorder).multiplyAdds
  }
}

/// How many separate shapes stand out from the background of a picture [3, H, W] in 0…1.
///
/// The background is the median colour of the border; a pixel stands out where some colour differs from it by more than ¼;
/// neighbours above, below, left and right belong together; what is smaller than `leastArea` pixels does not count.
package func separateShapes(in picture: Tensor, leastArea: Int) -> Int {
  let (height, width) = (picture.shape[1], picture.shape[2])
  let background = (0..<3).map { channel -> Float in
    let border =
      (0..<width).flatMap { [picture[channel, 0, $0], picture[channel, height - 1, $0]] }
      + (0..<height).flatMap { [picture[channel, $0, 0], picture[channel, $0, width - 1]] }
    return border.sorted()[border.count / 2]
  }
  var open = (0..<(height * width)).map { place in
    (0..<3).contains { abs(picture[$0, place / width, place % width] - background[$0]) > 0.25 }
  }
  var count = 0
  for start in open.indices where open[start] {
    var (stack, area) = ([start], 0)
    open[start] = false
    while let place = stack.popLast() {
      area += 1
      let (y, x) = (place / width, place % width)
      for (ny, nx) in [(y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)]
      where ny >= 0 && ny < height && nx >= 0 && nx < width && open[ny * width + nx] {
        open[ny * width + nx] = false
        stack.append(ny * width + nx)
      }
    }
    if area >= leastArea { count += 1 }
  }
  return count
}
