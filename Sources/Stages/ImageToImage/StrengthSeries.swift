import Drawing
import Pipelines
import Tensors
import Training

/// Results of one strength from several seeds, and how far they are from the given picture.
struct StrengthRun: Sendable {
  let strength: Double
  /// Steps that run, ⌊S·r⌋, and those before them that do not.
  let steps, skipped: Int
  let firstTimestep: Float
  /// By seed: [3, H, W] in 0…1.
  let pictures: [Tensor]
  /// z₀ of each, [1, C, h, w].
  let latents: [Tensor]
  let psnr, ssim, latentDistances: [Double]
}

/// One picture and one prompt at rising strengths.
struct StrengthSeries: Sendable {
  let given: GivenPicture
  let prompt: String
  /// S
  let stepCount: Int
  /// t of every planned step, the skipped ones too.
  let timesteps: [Float]
  let seeds: [UInt64]
  /// Rising.
  let runs: [StrengthRun]

  init(_ context: StageContext, _ model: PipelineModel, _ given: GivenPicture) throws(UserError) {
    self.given = given
    prompt = context.text("prompt")
    seeds = (0..<context.integer("seeds")).map { context.seed &+ UInt64($0) }
    var request = model.request(context)
    stepCount = request.numInferenceSteps
    timesteps = try model.pipeline.plan(request).timesteps
    let strengths = Array(Set(context.numbers("strengths"))).sorted()
    guard strengths.count > 1 else { throw UserError("strengths needs two different values, to compare") }
    var runs: [StrengthRun] = []
    for strength in strengths {
      request.start = .picture(given.unit, strength: strength)
      // Tells a strength that leaves no step to run before anything is computed.
      _ = try model.pipeline.plan(request)
    }
    for strength in strengths {
      request.start = .picture(given.unit, strength: strength)
      runs.append(try Self.run(request, strength, model, given, seeds))
      context.report(runs.count, of: strengths.count, "strengths")
    }
    self.runs = runs
  }

  private static func run(
    _ request: TextToImageRequest, _ strength: Double, _ model: PipelineModel, _ given: GivenPicture, _ seeds: [UInt64]
  ) throws(UserError) -> StrengthRun {
    let plan = try model.pipeline.plan(request)
    var request = request
    var (pictures, latents) = ([Tensor](), [Tensor]())
    for seed in seeds {
      request.seed = seed
      let made = try model.generate(request)
      pictures.append(made.pictures[index: 0])
      latents.append(made.latents)
    }
    return StrengthRun(
      strength: strength, steps: (plan.timesteps.count - plan.begin + plan.order - 1) / plan.order,
      skipped: plan.begin / plan.order, firstTimestep: plan.timesteps[plan.begin], pictures: pictures,
      latents: latents, psnr: given.psnr(of: pictures), ssim: given.ssim(of: pictures),
      latentDistances: latents.map { rootMeanSquare($0 - given.latents) })
  }

  /// The one the lesson speaks of: that nearest to 0.6.
  var example: StrengthRun { runs.min { abs($0.strength - 0.6) < abs($1.strength - 0.6) } ?? runs[0] }

  var table: StageTable {
    func mean(_ values: [Double], _ decimals: Int) -> String { NumberText.fixed(values.mean, decimals: decimals) }
    return StageTable(
      name: "by-strength", title: "What runs of \(stepCount) steps, and how far the results are from the picture",
      columns: [
        .init("strength"), .init("run"), .init("skipped"), .init("first t"), .init("PSNR (dB)"), .init("SSIM"),
        .init("RMS in z"),
      ],
      rows: runs.map { run in
        [
          NumberText.short(run.strength), "\(run.steps)", "\(run.skipped)", "\(Int(run.firstTimestep.rounded()))",
          mean(run.psnr, 1), mean(run.ssim, 2), mean(run.latentDistances, 2),
        ]
      })
  }

  // MARK: Figures

  func gridFigure(_ provenance: Provenance) -> Figure {
    let rows = seeds.indices.map { n in
      [n == 0 ? ImageCell(given.unit, .unit, caption: "x", frame: .palette(2)) : nil]
        + [n == 0 ? ImageCell(given.restored, .unit, caption: "D(E(x))") : nil]
        + runs.map { run in ImageCell(run.pictures[n], .unit) }
    }
    return Figure(
      name: "strength-grid", title: "The stronger, the less is left of the picture, and the more the prompt says",
      caption: """
        Image-to-image from \(given.picture.noun) (framed) with the prompt “\(prompt)”: \(stepCount) steps planned, of which \
        the last ⌊\(stepCount) · strength⌋ run. Each row has one seed. The second picture went through the autoencoder alone.
        """,
      alternativeText: """
        A grid of small pictures, one row for each seed. On the left they look like the given picture; to the right, with \
        growing strength, they turn into what the prompt says.
        """,
      provenance: provenance,
      content: ImageGrid(
        rows: rows, rowLabels: seeds.map { RichText("seed \($0)") },
        columnLabels: ["given", "r = 0"] + runs.map { RichText(verbatim: "r = " + NumberText.short($0.strength)) }))
  }

  func distanceFigure(_ provenance: Provenance) -> Figure {
    func chart(_ label: RichText, _ values: [[Double]], _ other: [any ChartLayer] = []) -> Chart {
      let x = runs.map(\.strength)
      return Chart(
        x: Axis("strength", range: 0...1.02, ticks: [0, 0.2, 0.4, 0.6, 0.8, 1]), y: Axis(label),
        layers: other + [
          Line(
            "", x: x, y: values.map(\.mean), color: .palette(0), markers: true,
            band: .init(lower: values.map { $0.min() ?? 0 }, upper: values.map { $0.max() ?? 0 }))
        ])
    }
    let limit = ReferenceLine(y: given.autoencoderPSNR, label: "autoencoder alone")
    return Figure(
      name: "strength-distance", title: "Strength is a distance: from the picture towards the prompt",
      caption: """
        How far the results are from the given picture: peak signal-to-noise ratio and structural similarity of the pixels \
        (higher is closer), and root mean square distance of the latents, whose values spread by about 1. Lines: mean over \
        \(seeds.count) seeds; bands: smallest and largest.
        """,
      alternativeText: """
        Three charts over the strength from 0 to 1. The two measures of likeness of the pixels fall as the strength grows, \
        the distance of the latents rises.
        """,
      provenance: provenance,
      content: Panels(
        [
          chart("PSNR (dB)", runs.map(\.psnr), [limit]), chart("SSIM", runs.map(\.ssim)),
          chart("RMS distance of the latents", runs.map(\.latentDistances)),
        ], columns: 3, narrowColumns: 1))
  }
}
