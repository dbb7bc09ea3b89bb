import Diffusion
import Foundation
import TestSupport
import Tensors
import Testing

@Suite("Timesteps and noise levels")
struct PlanTests {
  @Test(arguments: SamplerKind.allCases)
  func plansEqualDiffusers(_ kind: SamplerKind) throws {
    var checked = 0
    for json in try GoldenFiles.cases("plans.json") {
      let config = try #require(json["config"] as? [String: Any])
      guard config["_class_name"] as? String == kind.className else { continue }
      let settings = try SamplerSettings(schedulerConfig: JSONSerialization.data(withJSONObject: config))
      let steps = try #require(json["steps"] as? Int)
      let plan = try settings.makeSampler().plan(numInferenceSteps: steps)
      func floats(_ key: String) -> [Float]? { (json[key] as? [Double])?.map { Float($0) } }
      let label = "\(config), \(steps) steps"
      let timesteps = try #require(floats("timesteps"))
      // Karras' timesteps come from logarithms; all others are equal to the last bit.
      expectClose(
        Tensor(plan.timesteps), Tensor(timesteps), settings.useKarrasSigmas ? .scaled(1e-6) : .absolute(0), label)
      // PyTorch's square roots are not always the nearest number.
      if let sigmas = floats("sigmas") { #expect(agree(plan.sigmas, sigmas, within: 4e-7), "\(label): \(plan.sigmas)") }
      let first = try #require(json["init_noise_sigma"] as? Double)
      #expect(agree([plan.initNoiseSigma], [Float(first)], within: 4e-7), "\(label)")
      checked += 1
    }
    #expect(checked >= 30)
  }

  private func agree(_ a: [Float], _ b: [Float], within relative: Float) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= relative * abs($1) }
  }

  /// NumPy's arange yields one timestep too many, −1, for some n (61 of 1000 among them).
  @Test(arguments: [SamplerKind.ddpm, .euler, .dpmSolver], [10, 100, 1000])
  func trailingHasAsManyTimestepsAsSteps(_ kind: SamplerKind, _ total: Int) throws {
    var settings = SamplerSettings(kind)
    settings.schedule.numTrainTimesteps = total
    settings.timestepSpacing = .trailing
    let sampler = try settings.makeSampler()
    for steps in 1...total {
      let timesteps = try sampler.plan(numInferenceSteps: steps).timesteps
      #expect(timesteps.count == steps && timesteps.first == Float(total - 1))
      #expect(zip(timesteps, timesteps.dropFirst()).allSatisfy { $0 > $1 } && timesteps.allSatisfy { $0 >= 0 })
    }
  }

  @Test(arguments: SamplerKind.allCases, [0, -3, 1001])
  func stepsOutOfRangeAreRefused(_ kind: SamplerKind, _ steps: Int) throws {
    let sampler = try SamplerSettings(kind).makeSampler()
    #expect(
      throws: UserError("num_inference_steps is \(steps); it must be between 1 and num_train_timesteps = 1000")
    ) { try sampler.plan(numInferenceSteps: steps) }
  }

  @Test(arguments: SamplerKind.allCases)
  func offsetPastTheEndIsRefused(_ kind: SamplerKind) throws {
    var settings = SamplerSettings(kind)
    settings.timestepSpacing = .leading
    settings.stepsOffset = 600
    let sampler = try settings.makeSampler()
    let error = #expect(throws: UserError.self) { try sampler.plan(numInferenceSteps: 10) }
    #expect(error?.sentence.hasPrefix("steps_offset 600 leads to timestep") == true)
  }

  @Test(arguments: [TimestepSpacing.linspace, .leading])
  func repeatedNoiseLevelsAreRefused(_ spacing: TimestepSpacing) throws {
    var settings = SamplerSettings(.dpmSolver)
    settings.timestepSpacing = spacing
    let sampler = try settings.makeSampler()
    #expect(throws: Never.self) { try sampler.plan(numInferenceSteps: 999) }
    #expect(throws: UserError("1000 steps of dpmsolver++ visit the same timestep twice; take fewer steps")) {
      try sampler.plan(numInferenceSteps: 1000)
    }
  }

  @Test func strengthKeepsTheLastSteps() throws {
    let plan = try SamplerSettings(.ddim).makeSampler().plan(numInferenceSteps: 50)
    #expect(try plan.starting(strength: 0.6).calls == 20..<50)
    #expect(try plan.starting(strength: 1) == plan)
    let heun = try SamplerSettings(.heun).makeSampler().plan(numInferenceSteps: 8)
    #expect(try heun.starting(strength: 0.5).calls == 8..<15)
    for strength in [0, -0.1, 1.01, .nan] {
      #expect(throws: UserError("strength is \(strength); it must be above 0 and at most 1")) {
        try plan.starting(strength: strength)
      }
    }
    #expect(throws: UserError("strength 0.01 of 50 steps leaves none to run; the least is 0.02")) {
      try plan.starting(strength: 0.01)
    }
  }
}
