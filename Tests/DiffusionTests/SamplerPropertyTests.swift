import Diffusion
import TestSupport
import Tensors
import Testing

@Suite("What samplers have in common")
struct SamplerPropertyTests {
  /// The linear schedule's β̃ between timesteps 20 apart.
  @Test(arguments: [(420, 400, 0.147719513), (980, 960, 0.324605236)] as [(Int, Int, Float)])
  func knownVariances(_ t: Int, _ previous: Int, _ expected: Float) throws {
    let ddim = try DDIMSampler(SamplerSettings(.ddim))
    #expect(abs(ddim.variance(timestep: t, previous: previous) - expected) < 1e-6)
  }

  @Test(arguments: BetaSchedule.allCases)
  func varianceOfDDIMIsThatOfDDPM(_ kind: BetaSchedule) throws {
    var settings = SamplerSettings(.ddim)
    settings.schedule.betaSchedule = kind
    let ddim = try DDIMSampler(settings)
    for t in stride(from: 0, to: 1000, by: 37) {
      for previous in [-1, 0, t / 2, t - 1] where previous < t {
        #expect(
          ddim.variance(timestep: t, previous: previous)
            == ddim.schedule.posterior(timestep: t, previous: previous).variance)
      }
    }
  }

  /// η = 1 with the same noise walks DDPM's chain.
  @Test(arguments: [PredictionType.epsilon, .velocity])
  func ddimWithFullNoiseIsDDPM(_ prediction: PredictionType) throws {
    var (ddim, ddpm) = (SamplerSettings(.ddim), SamplerSettings(.ddpm))
    ddim.eta = 1
    ddim.clipSample = false
    ddpm.clipSample = false
    (ddim.predictionType, ddpm.predictionType) = (prediction, prediction)
    let results = try [ddim, ddpm].map { try run($0, steps: 50, model: wavyModel) }
    expectClose(results[0], results[1], .scaled(1e-4))
  }

  /// First-order DPM-Solver++, DDIM and Euler are one method in three sets of variables.
  @Test func threeNamesOfOneMethod() throws {
    var solver = SamplerSettings(.dpmSolver)
    solver.solverOrder = 1
    var (ddim, euler) = (SamplerSettings(.ddim), SamplerSettings(.euler))
    ddim.clipSample = false
    ddim.timestepSpacing = .trailing
    solver.timestepSpacing = .trailing
    euler.timestepSpacing = .trailing
    let reference = try run(ddim, steps: 20, model: wavyModel)
    expectClose(try run(solver, steps: 20, model: wavyModel), reference, .scaled(1e-4), "DPM-Solver++ of order 1")
    // x̃ = x_t/√ᾱ_t, so the same x_T is σ/√(1 − ᾱ) = √(σ² + 1) of noise rather than σ.
    let sampler = try euler.makeSampler()
    let plan = try sampler.plan(numInferenceSteps: 20)
    var random = RandomSource(seed: 11)
    let first = random.normal([2, 3, 4, 5]) * (plan.sigmas[0] * plan.sigmas[0] + 1).squareRoot()
    expectClose(
      try sampler.run(wavyModel, from: first, plan: plan, noise: { random.normal($0) }), reference, .scaled(1e-4))
  }

  private let wavyModel = DenoiserFunction { x, t in x.map { 0.8 * $0 / (1 + abs($0)) + t / 5000 } }

  private func run(_ settings: SamplerSettings, steps: Int, model: some Denoiser) throws -> Tensor {
    let sampler = try settings.makeSampler()
    let plan = try sampler.plan(numInferenceSteps: steps)
    var random = RandomSource(seed: 11)
    let first = random.normal([2, 3, 4, 5]) * plan.initNoiseSigma
    return try sampler.run(model, from: first, plan: plan, noise: { random.normal($0) })
  }

  /// A denoiser that knows the one point there is leads every sampler to it, whatever it is asked to predict.
  @Test(arguments: SamplerKind.allCases, PredictionType.allCases)
  func exactDenoiserRecoversTheData(_ kind: SamplerKind, _ prediction: PredictionType) throws {
    let point = [0.5, -0.25, 1.75, -3]
    let mixture = GaussianMixture([.init(weight: 1, mean: point, standardDeviation: 0)])
    // PNDM combines predictions of several timesteps: that of ε alone stays the same on the way to a point, and its steps
    // of ⌊T/n⌋ miss the timesteps of linspace.
    if kind == .pndm && prediction != .epsilon { return }
    for steps in kind == .pndm ? [4, 25] : [1, 4, 25] {
      for spacing in TimestepSpacing.allCases where kind != .pndm || spacing != .linspace {
        var settings = SamplerSettings(kind)
        settings.predictionType = prediction
        settings.timestepSpacing = spacing
        settings.clipSample = false
        settings.setAlphaToOne = settings.setAlphaToOne || kind == .pndm
        let sampler = try settings.makeSampler()
        let model = GaussianMixtureDenoiser(mixture, schedule: sampler.schedule, predictionType: prediction)
        let plan = try sampler.plan(numInferenceSteps: steps)
        var random = RandomSource(seed: 5)
        let first = random.normal([3, 4]) * plan.initNoiseSigma
        let result = try sampler.run(model, from: first, plan: plan, noise: { random.normal($0) })
        let expected = Tensor((0..<3).flatMap { _ in point.map { Float($0) } }, shape: [3, 4])
        expectClose(result, expected, .absolute(2e-3), "\(kind), \(prediction), \(steps) steps, \(spacing)")
      }
    }
  }

  @Test func clippingLimitsEveryPrediction() throws {
    for kind in [SamplerKind.ddpm, .ddim, .heun] {
      var settings = SamplerSettings(kind)
      settings.clipSample = true
      settings.clipSampleRange = 0.5
      let sampler = try settings.makeSampler()
      let plan = try sampler.plan(numInferenceSteps: 6)
      var random = RandomSource(seed: 2)
      var largest: Float = 0
      _ = try sampler.run(
        wavyModel, from: random.normal([2, 3]) * plan.initNoiseSigma, plan: plan, noise: { random.normal($0) }
      ) { largest = max(largest, $0.predictedOriginal.max, -$0.predictedOriginal.min) }
      #expect(largest == 0.5, "\(kind)")
    }
  }

  @Test func noiseIsDrawnOnlyWhereTheMethodHasSome() throws {
    func draws(_ settings: SamplerSettings) throws -> Int {
      let sampler = try settings.makeSampler()
      let plan = try sampler.plan(numInferenceSteps: 5)
      var count = 0
      _ = try sampler.run(wavyModel, from: Tensor.ones([2, 3]), plan: plan) { shape in
        count += 1
        return Tensor.zeros(shape)
      }
      return count
    }
    var noisy = SamplerSettings(.ddim)
    noisy.eta = 0.1
    #expect(try draws(SamplerSettings(.ddpm)) == 4)
    #expect(try draws(noisy) == 5)
    #expect(try draws(SamplerSettings(.eulerAncestral)) == 5)
    for kind in [SamplerKind.ddim, .euler, .heun, .dpmSolver, .pndm] { #expect(try draws(SamplerSettings(kind)) == 0) }
  }

  @Test func whatTheWatcherThrowsEndsTheRun() throws {
    struct Enough: Error {}
    let sampler = try SamplerSettings(.heun).makeSampler()
    let plan = try sampler.plan(numInferenceSteps: 5)
    var calls: [Int] = []
    #expect(throws: Enough.self) {
      try sampler.run(wavyModel, from: Tensor.ones([1, 2]), plan: plan, noise: { Tensor.zeros($0) }) { event in
        calls.append(event.call)
        if event.call == 3 { throw Enough() }
      }
    }
    #expect(calls == [0, 1, 2, 3])
  }
}
