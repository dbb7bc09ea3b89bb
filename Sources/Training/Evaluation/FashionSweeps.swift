import Diffusion
import Gradients
import Layers
import Models
import Tensors

// Sweeps that take too long for a lesson; their CSV files ship beside the model.

extension FashionEvaluation {
  /// The mean loss (1) at one timestep on test pictures.
  public struct TimestepLoss: Sendable, Equatable {
    public let timestep: Int
    public let loss: Double
    public let standardError: Double
    public let count: Int
  }

  /// E ‖ε − ε_θ(x_t, t, c)‖² / pixels at timesteps from 0 to T − 1, on `count` test pictures each with their own noise.
  public func lossByTimestep(count: Int = 500) throws -> [TimestepLoss] {
    let schedule = try NoiseSchedule(pipeline.settings.schedule)
    let timesteps = [0, 5, 10, 20, 35, 50, 75, 100, 150, 200, 300, 400, 500, 600, 700, 800, 900, 999]
    var random = RandomSource(seed: settings.seed)
    let batch = test.batch(Array(0..<count))
    return try timesteps.enumerated().map { index, t in
      progress("loss by timestep", index, timesteps.count)
      var losses: [Double] = []
      for start in stride(from: 0, to: count, by: 100) {
        let clean = batch.images.sliced(start..<(start + 100))
        let noise = random.normal(clean.shape)
        let noisy = try schedule.addNoise(clean, noise: noise, timesteps: [Int](repeating: t, count: 100))
        let predicted = pipeline.unet(
          Variable(noisy), timesteps: [Float(t)], classLabels: Array(batch.labels[start..<(start + 100)])
        ).value
        let difference = predicted - noise
        let squares = (difference * difference).reshaped([100, -1]).mean(along: 1)
        losses += squares.scalars.map(Double.init)
      }
      let mean = losses.reduce(0, +) / Double(count)
      let variance = losses.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count - 1)
      return TimestepLoss(
        timestep: t, loss: mean, standardError: (variance / Double(count)).squareRoot(), count: count)
    }
  }

  /// How good the pictures of one sampler are at one number of steps.
  public struct SamplerQuality: Sendable, Equatable {
    public let sampler: String
    public let steps: Int
    /// Calls of the network for one picture, without those for guidance.
    public let calls: Int
    public let frechet: Double
    public let named: Double
    public let count: Int
  }

  /// Every sampler at growing numbers of steps, `count` samples each from the same noise.
  public func samplerSweep(count: Int = 500, steps: [Int] = [1, 2, 5, 10, 20, 50]) throws -> [SamplerQuality] {
    let reference = FeatureStatistics(judged(test.batch(Array(0..<test.count)).images).features)
    var rows: [SamplerQuality] = []
    for kind in SamplerKind.compared {
      for n in steps {
        let label = "\(kind.rawValue), \(n) steps"
        let plan = try pipeline.settings.converted(to: kind).makeSampler().plan(numInferenceSteps: n)
        let generated = try samples(count, sampler: kind, steps: n, guidanceScale: 1, label: label)
        let (features, classes) = judged(generated.pictures)
        rows.append(
          SamplerQuality(
            sampler: kind.rawValue, steps: n, calls: plan.calls.count,
            frechet: frechetDistance(FeatureStatistics(features), reference),
            named: Double(zip(classes, generated.labels).count { $0 == $1 }) / Double(count), count: count))
      }
    }
    return rows
  }
}
