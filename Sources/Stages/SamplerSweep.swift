import Diffusion
import Drawing
import Models
import Tensors

/// `samplers.csv` beside a model: what `diffuse evaluate` measured of every sampler at several numbers of steps.
package struct SamplerSweep: ModelSweep {
  package struct Point: Equatable {
    package let kind: SamplerKind
    package let steps: Int
    /// Calls of the network for one picture.
    package let calls: Int
    package let frechet: Double
    /// Share of samples of which the judge names the wanted class.
    package let named: Double
    package let samples: Int
    package let guidanceScale: Double
    package let seed: String
    package let weights: String
  }

  package static let fileName = "samplers.csv"
  package static let columns = [
    "sampler", "steps", "model_calls", "frechet_distance", "wanted_class_named", "samples", "guidance_scale", "seed",
    "weights",
  ]
  /// What is said when there is no such file.
  static let missing =
    "The model has no samplers.csv yet: `diffuse evaluate fashion-ddpm` measures it. The figure shows this run alone."

  package let points: [Point]

  package var weights: String { points[0].weights }

  package init(_ file: SweepFile) throws(UserError) {
    var points: [Point] = []
    for line in file.lines {
      guard let kind = SamplerKind(rawValue: line.text("sampler")) else {
        throw line.refusal("sampler", "one of \(SamplerKind.allCases.map(\.rawValue).joined(separator: ", "))")
      }
      points.append(
        Point(
          kind: kind, steps: try line.integer("steps", from: 1), calls: try line.integer("model_calls", from: 1),
          frechet: try line.number("frechet_distance"), named: try line.number("wanted_class_named", in: 0...1),
          samples: try line.integer("samples", from: 1), guidanceScale: try line.number("guidance_scale"),
          seed: line.text("seed"), weights: line.text("weights")))
    }
    self.points = points
  }

  /// The points of one sampler by rising number of calls.
  package func points(of kind: SamplerKind) -> [Point] {
    points.filter { $0.kind == kind }.sorted { $0.calls < $1.calls }
  }

  package func point(_ kind: SamplerKind, steps: Int) -> Point? {
    points.first { $0.kind == kind && $0.steps == steps }
  }

  /// One sentence: whether the shares of a run lie where the sweep's do.
  ///
  /// - Parameters:
  ///   - rows: what this run measured.
  ///   - steps: of each sampler.
  ///   - count: garments of each sampler.
  func check(_ rows: [SamplerComparison.Row], steps: Int, count: Int, guidanceScale: Double) -> String {
    guard guidanceScale == points[0].guidanceScale else {
      return "The file was made with another guidance, so this run is not compared with it."
    }
    let pairs = rows.compactMap { row in point(row.kind, steps: steps).map { (row.namedShare, $0.named) } }
    guard !pairs.isEmpty else { return "The file has no row of \(steps) steps to compare this run with." }
    let near = pairs.count { abs($0 - $1) <= SamplerComparison.Row.margin($1, count: count) }
    return "\(near) of this run's \(pairs.count) shares lie within two standard errors of the file's."
  }

  /// Whether two steps of Heun's method lie farther from real garments than one jump.
  package var heunOvershoots: (twoSteps: Point, jump: Point)? {
    guard let two = point(.heun, steps: 2), let jump = point(.heun, steps: 1), two.frechet > jump.frechet else {
      return nil
    }
    return (two, jump)
  }

  /// Sentences on what the curves show beyond that more calls are better; empty when they show nothing of the kind.
  ///
  /// - Parameter sigmas: the noise levels of a run of two steps.
  package func remarks(sigmas: [Float]) -> String {
    var sentences: [String] = []
    if let (two, jump) = heunOvershoots {
      let (from, to) = (
        NumberText.short(Double(sigmas[0]), significant: 3), NumberText.short(Double(sigmas[1]), significant: 2)
      )
      sentences.append(
        "One curve goes the wrong way first: two steps of Heun's method lie at \(NumberText.fixed(two.frechet, decimals: 0)), "
          + "one jump at \(NumberText.fixed(jump.frechet, decimals: 0)). Heun takes the mean of the slopes at both ends of a "
          + "step times its length, here from σ = \(from) to \(to), and an error of either slope is multiplied by that too."
      )
    }
    let most = points.map(\.steps).max() ?? 0
    let last = points.filter { $0.steps == most }
    if let named = last.max(by: { $0.named < $1.named }), let near = last.min(by: { $0.frechet < $1.frechet }),
      named.kind != near.kind
    {
      sentences.append(
        "The two measures need not agree: with \(most) steps \(named.kind.title) has the largest share "
          + "(\(NumberText.fixed(100 * named.named, decimals: 0)) %), \(near.kind.title) the smallest distance "
          + "(\(NumberText.fixed(near.frechet, decimals: 2))). What is easy to name need not be as varied as real garments are."
      )
    }
    return sentences.joined(separator: " ")
  }

  /// How the file was made, in one or two sentences.
  package func story(currentWeights: String) -> String {
    let first = points[0]
    let made =
      "The curves are from samplers.csv (`diffuse evaluate fashion-ddpm`): \(first.samples) garments a point, guidance "
      + "\(first.guidanceScale.formatted()), seed \(first.seed), weights \(first.weights)."
    return dated(made, currentWeights: currentWeights)
  }
}
