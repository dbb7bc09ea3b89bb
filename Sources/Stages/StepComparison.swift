import Datasets
import Diffusion
import Drawing
import Foundation
import Models
import Tensors

/// Garments from one noise by several numbers of steps, and what the judge says of them.
struct StepComparison {
  struct Row {
    let steps: Int
    /// Calls of the network for one garment, without those for guidance.
    let calls: Int
    /// [N, 1, 32, 32]; sample i is of class i mod 10.
    let garments: Tensor
    let namedShare: Double
    let grain: Double
    /// RMS distance from the row of the most steps.
    var distance = 0.0
  }

  let kind: SamplerKind
  let count: Int
  /// By rising number of steps.
  private(set) var rows: [Row]

  init(_ context: StageContext, sampler: GarmentSampler, judge: GarmentJudge) throws(UserError) {
    kind = try context.sampler()
    count = context.integer("samples")
    let labels = (0..<count).map { $0 % 10 }
    let stepCounts = Set(context.integers("step_counts")).sorted()
    var plans: [Int: Int] = [:]
    for steps in stepCounts { plans[steps] = try sampler.plan(kind, steps: steps).calls.count }
    let total = plans.values.reduce(0, +)
    rows = []
    var done = 0
    for steps in stepCounts {
      let request = GarmentSampler.Request(
        labels: labels, kind: kind, steps: steps, guidanceScale: context.number("guidance_scale"),
        eta: context.number("eta"), seed: context.seed)
      let garments = try sampler.garments(request) { _ in
        done += 1
        context.report(done, of: total, "denoising steps of \(labels.count) garments")
      }
      let classes = judge.labels(of: garments)
      let named = zip(classes, labels).count { $0 == $1 }
      rows.append(
        Row(
          steps: steps, calls: plans[steps] ?? steps, garments: garments, namedShare: Double(named) / Double(count),
          grain: grain(of: garments)))
    }
    let finest = rows[rows.count - 1].garments
    for index in rows.indices {
      rows[index].distance = rootMeanSquare(rows[index].garments - finest)
    }
  }

  var table: StageTable {
    StageTable(
      name: "by-steps", title: "\(kind.title) from the same noise, \(count) garments a row",
      columns: [
        .init("steps"), .init("network calls"), .init("named as wanted"), .init("grain"),
        .init("distance from the last row"),
      ],
      rows: rows.map { row in
        [
          "\(row.steps)", "\(row.calls)", NumberText.fixed(100 * row.namedShare, decimals: 0) + " %",
          NumberText.fixed(row.grain, decimals: 3), NumberText.fixed(row.distance, decimals: 3),
        ]
      })
  }
}

/// One jump from pure noise to x̂₀, many times for each class, and the mean of the results.
///
/// The best guess from pure noise is the mean of all garments of the class. A network comes near it but for an error that
/// differs from noise to noise, which averaging takes out.
struct MeanJump {
  /// Jumps for each class.
  static let count = 32

  /// The mean of x̂₀, unclipped, [10, 1, 32, 32].
  let means: Tensor
  /// 1/√ᾱ at t = T − 1.
  let amplification: Double
  /// RMS of ε̂ − x_t: at the last timestep x_t is the noise but for one part in 25 000 of its variance.
  let error: Double

  init(
    _ sampler: GarmentSampler, seed: UInt64, guidanceScale: Double, progress: (Int, Int) -> Void
  ) throws(UserError) {
    let last = sampler.schedule.numTrainTimesteps - 1
    amplification = 1 / Double(sampler.schedule.alphasCumprod[last]).squareRoot()
    var means: [Tensor] = []
    var (squares, elements) = (0.0, 0)
    for label in 0..<10 {
      // Another noise for each class; the seeds of other experiments start at `seed` itself.
      let request = GarmentSampler.Request(
        labels: [Int](repeating: label, count: Self.count), kind: .euler, steps: 1, guidanceScale: guidanceScale,
        seed: seed &+ UInt64(1000 + label))
      var guess: Tensor?
      _ = try sampler.garments(request) { event in
        guess = event.predictedOriginal
        let difference = event.modelOutput - event.sample / (event.sigma * event.sigma + 1).squareRoot()
        squares += difference.squaredNorm
        elements += difference.count
      }
      guard let guess else { preconditionFailure("a run of one step makes no call") }
      means.append(guess.mean(along: 0, keepingDimension: true))
      progress(label + 1, 10)
    }
    self.means = Tensor.concatenated(means)
    error = (squares / Double(elements)).squareRoot()
  }
}
