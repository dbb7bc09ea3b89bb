import Diffusion
import Drawing
import Foundation
import Tensors

/// A whole run, and what can be said of it.
struct DenoisingChain {
  let moments: [DenoisingMoment]
  /// The result, [1, 1, 32, 32].
  let garment: Tensor
  let schedule: NoiseSchedule

  /// The calls a figure has room for, the first and the last among them.
  var shown: [DenoisingMoment] { moments.evenlyChosen(9) }

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
