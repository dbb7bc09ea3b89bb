import Foundation
import Tensors

// Sampling in terms of σ = √((1 − ᾱ)/ᾱ): the sample is x̃ = x_t/√ᾱ_t = x₀ + σ ε (Karras et al. 2022).

extension Sampler {
  /// The plan of the Euler family: σ at the timesteps, between two of them by straight interpolation, then the last σ.
  func noiseLevelPlan(_ numInferenceSteps: Int) throws(UserError) -> SamplingPlan {
    var timesteps = try settings.timesteps(numInferenceSteps, fractional: true)
    let table = schedule.sigmas
    var sigmas = timesteps.map { interpolate(table, at: Double($0)) }
    if settings.useKarrasSigmas, let first = sigmas.first, let last = sigmas.last {
      sigmas = karrasSigmas(from: first, to: last, count: numInferenceSteps)
      let logarithms = table.map { log($0) }
      timesteps = sigmas.map { Float(timestep(ofSigma: $0, logarithms: logarithms)) }
    }
    let levels = sigmas.map { Float($0) } + [settings.finalSigmasType == .zero ? 0 : table[0]]
    return SamplingPlan(
      numInferenceSteps, timesteps: timesteps, sigmas: levels, initNoiseSigma: initNoiseSigma(levels))
  }

  /// The largest σ; with the leading spacing, which stops short of T − 1, √(σ² + 1): unit variance for data and noise.
  private func initNoiseSigma(_ sigmas: [Float]) -> Float {
    let largest = sigmas.max() ?? 0
    return settings.timestepSpacing == .leading ? (largest * largest + 1).squareRoot() : largest
  }

  /// x_t = x̃/√(σ² + 1), which has the scale the model was trained on.
  func noiseLevelInput(_ sample: Tensor, at call: Int, of plan: SamplingPlan) -> Tensor {
    let sigma = plan.sigmas[call]
    return sample / (sigma * sigma + 1).squareRoot()
  }

  /// x̂₀ from the model's output for x̃ at noise level σ: x̃ − σ ε̂, x̂₀ itself, or x̃/(σ² + 1) − σ/√(σ² + 1) v̂.
  func predictedOriginal(_ output: Tensor, scaledSample: Tensor, sigma: Float) -> Tensor {
    switch settings.predictionType {
    case .epsilon: combine(1, scaledSample, -sigma, output)
    case .sample: output
    case .velocity:
      combine(-sigma / (sigma * sigma + 1).squareRoot(), output, 1, scaledSample / (sigma * sigma + 1))
    }
  }
}

/// σ_i = (σ_max^{1/ρ} + i/(n−1) (σ_min^{1/ρ} − σ_max^{1/ρ}))^ρ with ρ = 7 (Karras et al. 2022, equation 5).
func karrasSigmas(from largest: Double, to smallest: Double, count: Int) -> [Double] {
  let rho = 7.0
  let (start, end) = (pow(largest, 1 / rho), pow(smallest, 1 / rho))
  return numpyLinspace(0, 1, count).map { pow(start + $0 * (end - start), rho) }
}

/// The timestep, possibly between two, at which log σ has its value; limited to the ends of the table.
func timestep(ofSigma sigma: Double, logarithms: [Float]) -> Double {
  guard logarithms.count > 1 else { return 0 }
  let wanted = log(max(sigma, 1e-10))
  // The table rises, so the entries that are not above the wanted value are counted by halving.
  let below = logarithms.partitioningIndex { Double($0) > wanted }
  let low = min(max(below - 1, 0), logarithms.count - 2)
  let span = Double(logarithms[low] - logarithms[low + 1])
  let weight = min(max((Double(logarithms[low]) - wanted) / span, 0), 1)
  return (1 - weight) * Double(low) + weight * Double(low + 1)
}

extension Array {
  /// The first index whose element satisfies `predicate`, which is false up to it and true from it on.
  func partitioningIndex(where predicate: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if predicate(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
