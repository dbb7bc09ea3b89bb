import Diffusion
import TestSupport
import Tensors
import Testing

@Suite("Noise schedules")
struct NoiseScheduleTests {
  /// Whole tables of diffusers, equal to the last bit; only those rescaled to zero terminal SNR go through PyTorch's
  /// square root, which is not always the nearest number, and differences of its results.
  @Test func tablesEqualDiffusers() throws {
    let tensors = try Goldens.tensors("diffusion/schedules.safetensors")
    let cases = try GoldenFiles.cases("schedules.json")
    for json in cases {
      let name = try #require(json["name"] as? String)
      let kind = try #require((json["beta_schedule"] as? String).flatMap(BetaSchedule.init))
      let schedule = try NoiseSchedule(
        ScheduleSettings(
          betaSchedule: kind, numTrainTimesteps: try #require(json["num_train_timesteps"] as? Int),
          betaStart: try #require(json["beta_start"] as? Double), betaEnd: try #require(json["beta_end"] as? Double),
          rescaleBetasZeroSNR: try #require(json["rescale_betas_zero_snr"] as? Bool)))
      let tolerance = schedule.settings.rescaleBetasZeroSNR ? Tolerance.scaled(1e-5) : .absolute(0)
      let label = "\(json)"
      expectClose(Tensor(schedule.betas), try #require(tensors["\(name).betas"]), tolerance, label)
      expectClose(
        Tensor(schedule.alphasCumprod), try #require(tensors["\(name).alphas_cumprod"]), tolerance, label)
    }
    #expect(Set(cases.compactMap { $0["beta_schedule"] as? String }) == Set(BetaSchedule.allCases.map(\.rawValue)))
  }

  /// Figures of the field, given to as many digits as stand here.
  @Test(arguments: [
    (BetaSchedule.linear, 0.0001, 0.02, 999, 4.0358298e-5), (.linear, 0.0001, 0.02, 499, 0.0785872),
    (.scaledLinear, 0.00085, 0.012, 0, 0.99915), (.scaledLinear, 0.00085, 0.012, 499, 0.2776697),
    (.scaledLinear, 0.00085, 0.012, 999, 0.00466010), (.squaredcosCapV2, 0.0001, 0.02, 499, 0.4938436),
    (.squaredcosCapV2, 0.0001, 0.02, 999, 2.4288e-9),
  ])
  func knownCumulativeProducts(_ kind: BetaSchedule, _ start: Double, _ end: Double, _ t: Int, _ value: Double) throws {
    let schedule = try NoiseSchedule(kind, betaStart: start, betaEnd: end)
    let actual = Double(schedule.alphasCumprod[t])
    #expect(abs(actual / value - 1) < 3e-5, "\(actual), expected \(value)")
  }

  @Test func knownNoiseLevels() throws {
    #expect(abs(try NoiseSchedule(.linear).sigmas[999] - 157.4073) < 1e-4)
    #expect(abs(try NoiseSchedule(.scaledLinear, betaStart: 0.00085, betaEnd: 0.012).sigmas[999] - 14.614641) < 1e-5)
  }

  @Test(arguments: BetaSchedule.allCases, [2, 37, 1000])
  func signalFallsAndVarianceIsPreserved(_ kind: BetaSchedule, _ count: Int) throws {
    let schedule = try NoiseSchedule(kind, numTrainTimesteps: count)
    #expect(zip(schedule.alphasCumprod, schedule.alphasCumprod.dropFirst()).allSatisfy { $0 > $1 })
    #expect(zip(schedule.signalToNoiseRatios, schedule.sigmas).allSatisfy { abs($0 * $1 * $1 - 1) < 1e-5 })
    // The chain x ← √(1 − β) x + √β ε: the signal's factor and the noise's variance follow the closed form.
    var (signal, variance) = (1.0, 0.0)
    for t in 0..<count {
      let alpha = Double(schedule.alphas[t])
      signal *= alpha.squareRoot()
      variance = alpha * variance + Double(schedule.betas[t])
      #expect(abs(signal * signal - Double(schedule.alphasCumprod[t])) < 1e-5)
      #expect(abs(signal * signal + variance - 1) < 1e-5)
    }
  }

  @Test func forwardStepsReachTheClosedForm() throws {
    let schedule = try NoiseSchedule(.linear, numTrainTimesteps: 20, betaStart: 0.01, betaEnd: 0.3)
    var random = RandomSource(seed: 3)
    let original = random.normal([2, 3, 4, 5])
    // Without noise only the signal's factor is left.
    var x = original
    for t in 0..<12 { x = try schedule.forwardStep(x, noise: Tensor.zeros(x.shape), timestep: t) }
    expectClose(
      x, try schedule.addNoise(original, noise: Tensor.zeros(x.shape), timesteps: [11]), .absolute(1e-6))
    let noise = random.normal(x.shape)
    let first = try schedule.forwardStep(original, noise: noise, timestep: 0)
    expectClose(first, try schedule.addNoise(original, noise: noise, timesteps: [0, 0]), .absolute(1e-6))
  }

  @Test func noiseAndVelocityOfEachSamplesOwnTimestep() throws {
    let schedule = try NoiseSchedule(.scaledLinear)
    let (original, noise) = (
      Tensor([1, -2, 3, 4, 5, -6], shape: [3, 2]), Tensor([2, 1, 0, -1, 3, 5], shape: [3, 2])
    )
    let timesteps = [999, 0, 420]
    let noisy = try schedule.addNoise(original, noise: noise, timesteps: timesteps)
    let velocity = try schedule.velocity(original, noise: noise, timesteps: timesteps)
    for (i, t) in timesteps.enumerated() {
      let alphaBar = Double(schedule.alphasCumprod[t])
      for d in 0..<2 {
        let (x, e) = (Double(original[i, d]), Double(noise[i, d]))
        #expect(abs(Double(noisy[i, d]) - (alphaBar.squareRoot() * x + (1 - alphaBar).squareRoot() * e)) < 1e-6)
        #expect(abs(Double(velocity[i, d]) - (alphaBar.squareRoot() * e - (1 - alphaBar).squareRoot() * x)) < 1e-6)
      }
    }
  }

  @Test func posteriorIsBayesRule() throws {
    let schedule = try NoiseSchedule(.linear)
    for (t, s) in [(420, 400), (980, 960), (1, 0), (7, 3)] {
      // q(x_s | x_t, x₀) ∝ q(x_t | x_s) q(x_s | x₀): precisions add.
      let (alphaBar, previous) = (Double(schedule.alphasCumprod[t]), Double(schedule.alphasCumprod[s]))
      let alpha = alphaBar / previous
      let precision = alpha / (1 - alpha) + 1 / (1 - previous)
      let posterior = schedule.posterior(timestep: t, previous: s)
      #expect(abs(Double(posterior.variance) * precision - 1) < 1e-3)
      #expect(abs(Double(posterior.sampleCoefficient) - alpha.squareRoot() / (1 - alpha) / precision) < 1e-3)
      #expect(abs(Double(posterior.originalCoefficient) - previous.squareRoot() / (1 - previous) / precision) < 1e-3)
    }
    let last = schedule.posterior(timestep: 0, previous: -1)
    #expect(last.originalCoefficient == 1 && last.sampleCoefficient == 0 && last.variance == 0)
  }

  @Test(arguments: [
    (ScheduleSettings(numTrainTimesteps: 0), "num_train_timesteps is 0"),
    (ScheduleSettings(numTrainTimesteps: 100_001), "num_train_timesteps is 100001"),
    (ScheduleSettings(betaStart: 0), "beta_start is 0.0"), (ScheduleSettings(betaEnd: 1), "beta_end is 1.0"),
    (ScheduleSettings(betaStart: .nan), "beta_start is nan"), (ScheduleSettings(betaStart: 1e-12), "at t = 0"),
    (ScheduleSettings(numTrainTimesteps: 20_000, betaEnd: 0.5), "at t = "),
  ])
  func settingsOutOfRangeAreRefused(_ settings: ScheduleSettings, _ words: String) {
    let error = #expect(throws: UserError.self) { try NoiseSchedule(settings) }
    #expect(error?.sentence.contains(words) == true, "\(String(describing: error))")
  }

  @Test(arguments: [-1, 1000])
  func timestepsOutsideAreRefused(_ t: Int) throws {
    let schedule = try NoiseSchedule()
    let x = Tensor.zeros([1, 2])
    #expect(throws: UserError("timestep \(t) is outside the schedule; it must be between 0 and 999")) {
      try schedule.addNoise(x, noise: x, timesteps: [t])
    }
    #expect(throws: UserError.self) { try schedule.forwardStep(x, noise: x, timestep: t) }
    #expect(throws: UserError.self) { try schedule.velocity(x, noise: x, timesteps: [t]) }
    #expect(throws: UserError.self) { try schedule.score(epsilon: x, timestep: t) }
  }
}
