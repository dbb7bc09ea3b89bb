import Diffusion
import Tensors

/// One call of the network within a run, in the scale of x_t = √ᾱ x₀ + √(1 − ᾱ) ε; in latent space x is z.
struct DenoisingMoment {
  let call: Int
  let timestep: Float
  /// σ = √((1 − ᾱ)/ᾱ).
  let sigma: Double
  /// x_t, [N, C, H, W].
  let sample: Tensor
  /// x̂₀, the network's guess of what is under the noise.
  let guess: Tensor
  /// The prediction after guidance.
  let prediction: Tensor
  /// After the step, in the sampler's own scale.
  let next: Tensor

  /// - Parameter scaled: whether the sampler's sample is x_t/√ᾱ, as that of Euler and its kin.
  init(_ event: SamplingEvent, scaled: Bool) {
    call = event.call
    timestep = event.timestep
    sigma = Double(event.sigma)
    guess = event.predictedOriginal
    prediction = event.modelOutput
    next = event.previousSample
    sample = scaled ? event.sample / (event.sigma * event.sigma + 1).squareRoot() : event.sample
  }

  var t: Int { Int(timestep.rounded()) }
  /// √ᾱ.
  var signal: Double { 1 / (sigma * sigma + 1).squareRoot() }
  /// √(1 − ᾱ).
  var noise: Double { sigma * signal }
  /// The prefix of tensors' names: `step.012`.
  var path: String { Recorder.stepPath(call) }

  func record(in recorder: Recorder) {
    let place = recorder.recording(path)
    place.record(sample, as: "x_t")
    place.record(guess, as: "x0_hat")
  }
}

extension Array {
  /// At most `count` elements at even distances, the first and the last among them.
  func evenlyChosen(_ count: Int) -> [Element] {
    guard self.count > count, count > 1 else { return Array(prefix(Swift.max(count, 0))) }
    return (0..<count).map { self[($0 * (self.count - 1) + (count - 1) / 2) / (count - 1)] }
  }
}
