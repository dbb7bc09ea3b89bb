import Diffusion
import Drawing
import Pipelines
import Tensors
import Training

/// The same noise under other settings (steps × guidance), and the same settings from other noise (seeds).
struct SettingsGrid: Stage {
  let name = "settings-grid"
  let summary = "Changes steps, guidance and seed, one at a time"
  let models = [PipelineModel.defaultName]

  let parameters: [StageParameter] = [
    PipelineModel.promptParameter(default: "red heart left of pizza"),
    .text("other_prompt", default: "cat face above soccer ball", help: "a second prompt for the same seeds"),
    .integers(
      "step_counts", 1...1000, count: 2...7, default: [1, 2, 4, 8, 20], help: "numbers of steps to compare"),
    .numbers(
      "guidance_scales", 0...30, count: 2...6, default: [1, 2, 3, 5, 10], help: "values of w to compare"),
    PipelineModel.stepsParameter(default: 15), PipelineModel.guidanceParameter(),
    .integer("seeds", 2...16, default: 6, help: "how many seeds, counted from --seed"),
    PipelineModel.modelParameter,
  ]

  let facts = [
    FactDeclaration("fewest_steps", "the smallest number of steps compared"),
    FactDeclaration("most_steps", "the largest"),
    FactDeclaration("fewest_distance", "RMS distance of the picture of the fewest steps from that of the most, of 2"),
    FactDeclaration("next_distance", "the same for the largest number of steps but one"),
    FactDeclaration("reference_guidance", "the w these were compared at"),
    FactDeclaration("lowest_guidance", "the smallest w compared"),
    FactDeclaration("highest_guidance", "the largest w compared"),
    FactDeclaration("lowest_colour", "mean of the largest less the smallest colour of a pixel, 0…1, smallest w"),
    FactDeclaration("highest_colour", "the same, largest w"),
    FactDeclaration("lowest_latent_deviation", "standard deviation of the finished latents, smallest w"),
    FactDeclaration("highest_latent_deviation", "the same, largest w"),
    FactDeclaration("seed_distance", "mean RMS distance between pictures of two seeds, of 2"),
    FactDeclaration("prompt_distance", "mean RMS distance between the two prompts' pictures of one seed, of 2"),
  ]

  let figures = [
    FigureDeclaration(
      "steps-guidance-grid", "One noise under growing numbers of steps and growing guidance",
      formulas: ["guidance.cfg"]),
    FigureDeclaration("seeds-grid", "One prompt, another and several seeds"),
  ]

  func run(_ context: StageContext) throws(UserError) -> StageResult {
    let model = try PipelineModel(context)
    let grid = try StepsGuidanceGrid(context, model)
    let seeds = try SeedsGrid(context, model)
    var result = StageResult()
    result.fact("fewest_steps", grid.steps[0])
    result.fact("most_steps", grid.steps[grid.steps.count - 1])
    result.fact("fewest_distance", grid.distances[0])
    result.fact("next_distance", grid.distances[grid.steps.count - 2])
    result.fact("reference_guidance", grid.scales[grid.reference])
    result.fact("lowest_guidance", grid.scales[0])
    result.fact("highest_guidance", grid.scales[grid.scales.count - 1])
    result.fact("lowest_colour", grid.colours[0])
    result.fact("highest_colour", grid.colours[grid.scales.count - 1])
    result.fact("lowest_latent_deviation", grid.latentDeviations[0])
    result.fact("highest_latent_deviation", grid.latentDeviations[grid.scales.count - 1])
    result.fact("seed_distance", seeds.seedDistance)
    result.fact("prompt_distance", seeds.promptDistance)
    result.table(grid.stepsTable)
    result.table(grid.guidanceTable)
    for (row, scale) in grid.scales.enumerated() {
      for (column, steps) in grid.steps.enumerated() {
        result.tensor("w=\(scale)/steps=\(steps)", grid.pictures[row][column])
      }
    }
    for (row, name) in ["prompt", "other_prompt"].enumerated() {
      for (n, picture) in seeds.pictures[row].enumerated() { result.tensor("\(name)/seed+\(n)", picture) }
    }
    let provenance = model.provenance(context)
    result.figure("steps-guidance-grid") { () throws(UserError) in grid.figure(provenance) }
    result.figure("seeds-grid") { () throws(UserError) in seeds.figure(provenance) }
    return result
  }
}

/// Rows of guidance, columns of steps, all from one noise.
struct StepsGuidanceGrid {
  let prompt: String
  /// Rising.
  let steps: [Int]
  let scales: [Double]
  /// By guidance, then steps: [3, H, W] in 0…1.
  let pictures: [[Tensor]]
  /// Of the runs with the most steps, by guidance.
  let latentDeviations: [Double]

  init(_ context: StageContext, _ model: PipelineModel) throws(UserError) {
    prompt = context.text("prompt")
    steps = Array(Set(context.integers("step_counts"))).sorted()
    scales = Array(Set(context.numbers("guidance_scales"))).sorted()
    guard steps.count > 1, scales.count > 1 else {
      throw UserError("step_counts and guidance_scales need two different values each, to compare")
    }
    var (pictures, deviations) = ([[Tensor]](), [Double]())
    let total = steps.reduce(0, +) * scales.count
    var done = 0
    for scale in scales {
      var (row, deviation) = ([Tensor](), 0.0)
      for count in steps {
        var request = TextToImageRequest(prompt: prompt)
        (request.numInferenceSteps, request.guidanceScale) = (count, Float(scale))
        request.seed = context.seed
        let made = try model.generate(request)
        row.append(made.pictures[index: 0])
        deviation = Double(made.latents.standardDeviation())
        done += count
        context.report(done, of: total, "steps of the grid")
      }
      pictures.append(row)
      deviations.append(deviation)
    }
    (self.pictures, latentDeviations) = (pictures, deviations)
  }

  /// The row that stands for all in comparisons over steps: that of w = 3, or the one in the middle.
  var reference: Int { scales.firstIndex(of: 3) ?? scales.count / 2 }

  /// From the picture of the most steps, at the guidance of `reference`; black is −1, white 1.
  var distances: [Double] {
    let row = pictures[reference]
    return row.map { 2 * rootMeanSquare($0 - row[row.count - 1]) }
  }

  /// The mean of the largest less the smallest of a pixel's three colours, with the most steps, by guidance; 0 for grey.
  var colours: [Double] {
    pictures.map { row in
      let picture = row[row.count - 1]
      return meanSaturation(picture.reshaped([1] + picture.shape))
    }
  }

  var stepsTable: StageTable {
    StageTable(
      name: "by-steps", title: "More steps, at w = \(NumberText.short(scales[reference]))",
      columns: [.init("steps"), .init("RMS from \(steps[steps.count - 1]) steps")],
      rows: steps.indices.map { ["\(steps[$0])", NumberText.fixed(distances[$0], decimals: 3)] })
  }

  var guidanceTable: StageTable {
    StageTable(
      name: "by-guidance", title: "More guidance, at \(steps[steps.count - 1]) steps",
      columns: [.init("w"), .init("std of z₀"), .init("mean strength of colour")],
      rows: scales.indices.map { i in
        [
          NumberText.short(scales[i]), NumberText.fixed(latentDeviations[i], decimals: 3),
          NumberText.fixed(colours[i], decimals: 3),
        ]
      })
  }

  func figure(_ provenance: Provenance) -> Figure {
    Figure(
      name: "steps-guidance-grid", title: "More steps change less and less, more guidance pushes harder",
      caption: """
        “\(prompt)”, every picture from the same noise. Columns: the number of steps the sampler takes. Rows: the guidance \
        scale w; at w = 1 the prediction with text is used as it is, above it is pushed away from the one without.
        """,
      alternativeText: """
        A grid of small pictures. From left to right, with more steps, blurred shapes become sharp; from top to bottom, with \
        more guidance, colours and contrast grow.
        """,
      provenance: provenance,
      content: ImageGrid(
        rows: pictures.map { row in row.map { ImageCell($0, .unit) } },
        rowLabels: scales.map { RichText("w = \(NumberText.short($0))") },
        columnLabels: steps.map { $0 == 1 ? "1 step" : RichText("\($0) steps") }))
  }
}

/// Columns of seeds, rows of two prompts.
struct SeedsGrid {
  let prompts: [String]
  let seeds: [UInt64]
  /// By prompt, then seed: [3, H, W] in 0…1.
  let pictures: [[Tensor]]

  init(_ context: StageContext, _ model: PipelineModel) throws(UserError) {
    prompts = [context.text("prompt"), context.text("other_prompt")]
    seeds = (0..<context.integer("seeds")).map { context.seed &+ UInt64($0) }
    var rows: [[Tensor]] = []
    for prompt in prompts {
      var row: [Tensor] = []
      for seed in seeds {
        var request = model.request(context)
        (request.prompts, request.seed) = ([prompt], seed)
        row.append(try model.generate(request).pictures[index: 0])
        context.report(rows.count * seeds.count + row.count, of: prompts.count * seeds.count, "seeds")
      }
      rows.append(row)
    }
    pictures = rows
  }

  var seedDistance: Double {
    let distances = pictures.flatMap { row in
      row.indices.dropFirst().map { 2 * rootMeanSquare(row[$0] - row[$0 - 1]) }
    }
    return distances.mean
  }

  var promptDistance: Double { zip(pictures[0], pictures[1]).map { 2 * rootMeanSquare($0 - $1) }.mean }

  func figure(_ provenance: Provenance) -> Figure {
    Figure(
      name: "seeds-grid", title: "The prompt says what, the seed decides how",
      caption: """
        Two prompts from the same \(seeds.count) seeds: each column starts from one noise. “\(prompts[0])” above, \
        “\(prompts[1])” below.
        """,
      alternativeText: """
        Two rows of small pictures. Within a row the same things are shown in other places and sizes; between the rows the \
        things change.
        """,
      provenance: provenance,
      content: ImageGrid(
        rows: pictures.map { row in row.map { ImageCell($0, .unit) } },
        rowLabels: ["prompt", "other prompt"], columnLabels: seeds.map { RichText("seed \($0)") }))
  }
}
