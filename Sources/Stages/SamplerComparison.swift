import Datasets
import Diffusion
import Drawing
import Foundation
import Tensors

/// Six samplers from the same noise.
struct SamplerComparison: Stage {
  let name = "sampler-comparison"
  let summary = "Runs every sampler from the same noise"
  let models = [GarmentSampler.modelName, GarmentJudge.modelName]

  let parameters: [StageParameter] = [
    .integer("num_inference_steps", 1...100, default: 10, help: "steps of every sampler"),
    .integer(
      "reference_steps", 2...1000, default: 50, help: "steps of the DPM-Solver++ run the others are compared with"),
    GarmentSampler.guidanceParameter,
    .integer("samples", 10...200, default: 30, help: "garments for each sampler; the ten classes in turn"),
  ]

  let facts = [
    FactDeclaration(
      "deterministic_distance", "mean RMS distance of DDIM, Euler, Heun, DPM-Solver++ from the reference"),
    FactDeclaration("random_distance", "mean RMS distance of DDPM and Euler ancestral from it"),
    FactDeclaration("unrelated_distance", "mean RMS distance of two different garments of the reference"),
    FactDeclaration("heun_calls", "calls of the network of Heun's method for one garment"),
    FactDeclaration("euler_calls", "calls of Euler's method"),
    FactDeclaration("sweep", "where the curves of the quality figure come from"),
    FactDeclaration("live_check", "how this run compares with them"),
    FactDeclaration("remarks", "what the curves show beyond that more calls are better"),
  ]

  let figures = [
    FigureDeclaration("samplers-same-noise", "Garments of six samplers from the same noise"),
    FigureDeclaration(
      "sampler-quality", "Quality against calls of the network for six samplers", formulas: ["metric.frechet"]),
  ]

  /// Those that draw no noise on the way.
  static let deterministic: [SamplerKind] = [.ddim, .euler, .heun, .dpmSolver]
  static let random: [SamplerKind] = [.ddpm, .eulerAncestral]

  /// What one sampler made.
  struct Row {
    let kind: SamplerKind
    let calls: Int
    /// The first ten garments, one of each class.
    let garments: Tensor
    /// RMS distance of these from the reference.
    let distance: Double
    /// Share of all garments that the judge names as wanted.
    let namedShare: Double

    /// Two standard errors of a share of `count` garments that is `share` in truth.
    static func margin(_ share: Double, count: Int) -> Double {
      let variance = max(share * (1 - share), 0.25 / Double(count))
      return 2 * (variance / Double(count)).squareRoot()
    }
  }

  func run(_ context: StageContext) throws(UserError) -> StageResult {
    let sampler = try GarmentSampler(context.home)
    let judge = try GarmentJudge(context.home)
    let labels = (0..<context.integer("samples")).map { $0 % 10 }
    func request(_ kind: SamplerKind, _ labels: [Int], _ steps: String) -> GarmentSampler.Request {
      GarmentSampler.Request(
        labels: labels, kind: kind, steps: context.integer(steps), guidanceScale: context.number("guidance_scale"),
        seed: context.seed)
    }
    let requests =
      [request(.dpmSolver, Array(0..<10), "reference_steps")]
      + (Self.deterministic + Self.random).map { request($0, labels, "num_inference_steps") }
    var total = 0
    for request in requests { total += try sampler.plan(request.kind, steps: request.steps).calls.count }
    var done = 0
    var pictures: [Tensor] = []
    for request in requests {
      pictures.append(
        try sampler.garments(request) { _ in
          done += 1
          context.report(done, of: total, "denoising steps")
        })
    }
    let reference = pictures[0]
    var rows: [Row] = []
    for (request, garments) in zip(requests, pictures).dropFirst() {
      let named = zip(judge.labels(of: garments), labels).count { $0 == $1 }
      let first = garments.sliced(0..<10)
      rows.append(
        Row(
          kind: request.kind, calls: try sampler.calls(request), garments: first,
          distance: rootMeanSquare(first - reference), namedShare: Double(named) / Double(labels.count)))
    }
    return try result(rows, reference: reference, sampler, context)
  }

  private func result(
    _ rows: [Row], reference: Tensor, _ sampler: GarmentSampler, _ context: StageContext
  ) throws(UserError) -> StageResult {
    let sweep = try SamplerSweep(folder: sampler.folder.path)
    let (steps, count) = (context.integer("num_inference_steps"), context.integer("samples"))
    var result = StageResult()
    addDistances(rows, reference, to: &result)
    for (name, kind) in [("heun_calls", SamplerKind.heun), ("euler_calls", .euler)] {
      result.fact(name, rows.first { $0.kind == kind }?.calls ?? 0)
    }
    result.fact("sweep", sweep?.story(currentWeights: sampler.hash) ?? SamplerSweep.missing)
    result.fact(
      "live_check",
      sweep?.check(rows, steps: steps, count: count, guidanceScale: context.number("guidance_scale"))
        ?? "There is nothing to compare this run with.")
    result.fact("remarks", sweep?.remarks(sigmas: try sampler.plan(.euler, steps: 2).sigmas) ?? "")
    result.table(table(rows, steps: steps))
    result.tensor("reference/x0", reference)
    for row in rows { result.tensor("\(row.kind.rawValue)/x0", row.garments) }
    let referenceSteps = context.integer("reference_steps")
    result.figure("samplers-same-noise") { () throws(UserError) in
      SamplerGridFigure(rows: rows, reference: reference, steps: steps, referenceSteps: referenceSteps)
        .figure(sampler.provenance(context))
    }
    result.figure("sampler-quality") { () throws(UserError) in
      SamplerQualityFigure(rows: rows, count: count, sweep: sweep).figure(sampler.provenance(context))
    }
    return result
  }

  private func addDistances(_ rows: [Row], _ reference: Tensor, to result: inout StageResult) {
    func mean(_ kinds: [SamplerKind]) -> Double {
      let distances = rows.filter { kinds.contains($0.kind) }.map(\.distance)
      return distances.reduce(0, +) / Double(distances.count)
    }
    result.fact("deterministic_distance", mean(Self.deterministic))
    result.fact("random_distance", mean(Self.random))
    // Every garment against its right neighbour.
    let shifted = Tensor.concatenated([reference.sliced(1..<10), reference.sliced(0..<1)])
    result.fact("unrelated_distance", rootMeanSquare(shifted - reference))
  }

  private func table(_ rows: [Row], steps: Int) -> StageTable {
    StageTable(
      name: "samplers", title: "Garments from the same noise, \(steps) steps",
      columns: [
        .init("sampler", numeric: false), .init("fresh noise", numeric: false), .init("network calls"),
        .init("distance from the reference"), .init("named as wanted"),
      ],
      rows: rows.map { row in
        [
          row.kind.title, Self.random.contains(row.kind) ? "every step" : "none", "\(row.calls)",
          NumberText.fixed(row.distance, decimals: 3), NumberText.fixed(100 * row.namedShare, decimals: 0) + " %",
        ]
      })
  }
}
