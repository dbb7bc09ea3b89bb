import Diffusion
import Drawing
import Foundation
import Tensors

/// One call of the network within a run, in the scale of x_t = √ᾱ x₀ + √(1 − ᾱ) ε.
struct ChainMoment {
  let call: Int
  let timestep: Float
  /// σ = √((1 − ᾱ)/ᾱ).
  let sigma: Double
  /// x_t, [1, 1, 32, 32].
  let sample: Tensor
  /// x̂₀.
  let guess: Tensor

  /// - Parameter scaled: whether the sampler's sample is x_t/√ᾱ, as that of Euler and its kin.
  init(_ event: SamplingEvent, scaled: Bool) {
    call = event.call
    timestep = event.timestep
    sigma = Double(event.sigma)
    guess = event.predictedOriginal
    sample = scaled ? event.sample / (event.sigma * event.sigma + 1).squareRoot() : event.sample
  }

  /// √ᾱ.
  var signal: Double { 1 / (sigma * sigma + 1).squareRoot() }
  /// √(1 − ᾱ).
  var noise: Double { sigma * signal }
  /// The prefix of tensors' names: `step.012`.
  var path: String { "step." + String(format: "%03d", call) }

  func record(in recorder: Recorder) {
    let place = recorder.recording(path)
    place.record(sample, as: "x_t")
    place.record(guess, as: "x0_hat")
  }
}

/// A whole run, and what can be said of it.
struct DenoisingChain {
  let moments: [ChainMoment]
  /// The result, [1, 1, 32, 32].
  let garment: Tensor
  let schedule: NoiseSchedule

  /// The calls a figure has room for, the first and the last among them.
  var shown: [ChainMoment] {
    let columns = min(9, moments.count)
    guard columns > 1 else { return moments }
    return (0..<columns).map { moments[($0 * (moments.count - 1) + (columns - 1) / 2) / (columns - 1)] }
  }

  /// RMS distance of x̂₀, clamped to −1…1, from the garment, for each call.
  var guessDistances: [Double] { moments.map { rootMeanSquare($0.guess.clamped(to: -1...1) - garment) } }

  /// RMS distance of x_t from the garment, for each call.
  var sampleDistances: [Double] { moments.map { rootMeanSquare($0.sample - garment) } }

  /// The step of a call; where a sampler visits a timestep twice, the step goes on to the next one.
  func parts(at call: Int) -> StepParts {
    let t = Int(moments[call].timestep.rounded())
    let next = moments[call...].first { Int($0.timestep.rounded()) < t }
    return StepParts(schedule, from: t, to: next.map { Int($0.timestep.rounded()) } ?? -1)
  }

  var table: StageTable {
    let distances = guessDistances
    func text(_ value: Double, _ decimals: Int) -> String { NumberText.fixed(value, decimals: decimals) }
    return StageTable(
      name: "chain", title: "What a DDPM step does to the noise at these timesteps",
      columns: [
        .init("t"), .init("σ"), .init("noise before"), .init("taken out"), .init("kept"), .init("fresh"),
        .init("noise after"), .init("x̂₀ off by"),
      ],
      rows: shown.map { moment in
        let parts = parts(at: moment.call)
        return [
          "\(Int(moment.timestep.rounded()))", NumberText.short(moment.sigma, significant: 3), text(parts.before, 3),
          text(100 * parts.removedShare, 1) + " %", text(parts.kept, 3), text(parts.fresh, 3), text(parts.after, 3),
          text(distances[moment.call], 3),
        ]
      })
  }
}
