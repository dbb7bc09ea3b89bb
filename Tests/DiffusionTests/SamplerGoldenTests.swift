import Diffusion
import TestSupport
import Tensors
import Testing

@Suite("Samplers step by step against diffusers")
struct SamplerGoldenTests {
  static let tensors = Result { try Goldens.tensors("diffusion/samplers.safetensors") }

  @Test(arguments: SamplerCase.all)
  func loop(_ golden: SamplerCase) throws {
    let tensors = try Self.tensors.get()
    func tensor(_ key: String) throws -> Tensor { try #require(tensors[key], "no \(key)") }
    let sampler = try golden.settings.makeSampler()
    let model = StandInModel(weight: try tensor("model.weight"), bias: try tensor("model.bias"))
    var plan = try sampler.plan(numInferenceSteps: golden.steps)
    var random = RandomSource(seed: golden.seed)
    let noise = random.normal([2, 3, 4, 5])
    var first = noise * plan.initNoiseSigma
    if let strength = golden.strength {
      plan = try plan.starting(strength: strength)
      first = sampler.addNoise(try tensor("image"), noise: noise, at: plan.begin, of: plan)
    }
    expectClose(first, try tensor("\(golden).first"), .scaled(1e-5), "\(golden) first sample")
    // With σ = 4096, as the Euler samplers start after rescaling to zero terminal SNR, one unit in the last place of the
    // sample is 5e-4, and PyTorch's σ itself is one such unit off.
    let startsAtHugeSigma = plan.initNoiseSigma > 1000
    let tolerance = Tolerance.scaled(startsAtHugeSigma ? 1e-4 : 1e-5)
    let (samples, originals) = (try tensor("\(golden).samples"), try tensor("\(golden).originals"))
    #expect(samples.shape[0] == plan.calls.count)
    let result = try sampler.run(model, from: first, plan: plan, noise: { random.normal($0) }) { event in
      let step = event.call - plan.begin
      let label = "\(golden) step \(step), t = \(event.timestep)"
      expectClose(event.previousSample, samples.element(step), tolerance, label)
      expectClose(event.predictedOriginal, originals.element(step), tolerance, "\(label), x̂₀")
    }
    expectClose(result, samples.element(plan.calls.count - 1), tolerance, "\(golden) result")
  }

  @Test func everySamplerHasAtLeastFiveSettings() {
    for kind in SamplerKind.allCases {
      #expect(SamplerCase.all.filter { $0.settings.kind == kind }.count >= 5)
    }
  }
}

extension Tensor {
  /// The i-th entry along the first dimension.
  func element(_ i: Int) -> Tensor {
    let size = count / shape[0]
    return Tensor(Array(scalars[i * size..<(i + 1) * size]), shape: Array(shape.dropFirst()))
  }
}
