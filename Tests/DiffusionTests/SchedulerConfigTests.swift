import Diffusion
import Foundation
import Tensors
import Testing

@Suite("Scheduler configurations")
struct SchedulerConfigTests {
  private func read(_ json: String, as kind: SamplerKind? = nil) throws(UserError) -> SamplerSettings {
    try SamplerSettings(schedulerConfig: Data(json.utf8), as: kind)
  }

  @Test(arguments: SamplerCase.all)
  func whatIsWrittenIsReadAgain(_ golden: SamplerCase) throws {
    var settings = golden.settings
    settings.eta = 0
    settings.useClippedModelOutput = false
    #expect(try SamplerSettings(schedulerConfig: settings.schedulerConfig()) == settings)
  }

  @Test func whatIsWritten() throws {
    var settings = SamplerSettings(.ddim)
    settings.eta = 0.5
    settings.schedule.betaStart = 0.00085
    let json = try #require(
      try JSONSerialization.jsonObject(with: settings.schedulerConfig()) as? [String: Any])
    #expect(json["_class_name"] as? String == "DDIMScheduler")
    #expect(json["beta_start"] as? Double == 0.00085)
    #expect(json["set_alpha_to_one"] as? Bool == true)
    #expect(Set(json.keys).isDisjoint(with: ["eta", "use_clipped_model_output", "solver_order"]))
  }

  /// What diffusers writes for DPM-Solver++, -Infinity included, and keys of other schedulers.
  @Test func readsWhatDiffusersWrites() throws {
    let settings = try read(
      """
      {"_class_name": "DPMSolverMultistepScheduler", "_diffusers_version": "0.42.1", "algorithm_type": "dpmsolver++",
       "beta_schedule": "scaled_linear", "beta_start": 0.00085, "beta_end": 0.012, "lambda_min_clipped": -Infinity,
       "solver_order": 3, "thresholding": false, "trained_betas": null, "variance_type": null, "steps_offset": 1,
       "use_karras_sigmas": null, "skip_prk_steps": true, "some_list": [1, {"a": 2}]}
      """)
    var expected = SamplerSettings(.dpmSolver)
    expected.schedule = ScheduleSettings(betaSchedule: .scaledLinear, betaStart: 0.00085, betaEnd: 0.012)
    expected.solverOrder = 3
    expected.stepsOffset = 1
    #expect(settings == expected)
  }

  @Test func anotherSchedulersConfigurationGivesWhatIsShared() throws {
    let settings = try read(
      #"{"_class_name": "PNDMScheduler", "beta_schedule": "scaled_linear", "set_alpha_to_one": false, "steps_offset": 1}"#,
      as: .euler)
    #expect(settings.kind == .euler && settings.stepsOffset == 1 && settings.timestepSpacing == .linspace)
    #expect(settings.schedule.betaSchedule == .scaledLinear && settings.setAlphaToOne)
    var ddim = SamplerSettings(.ddim)
    ddim.setAlphaToOne = false
    ddim.predictionType = .velocity
    ddim.schedule.rescaleBetasZeroSNR = true
    let heun = ddim.converted(to: .heun)
    #expect(heun.predictionType == .velocity && !heun.clipSample && heun.setAlphaToOne)
    #expect(!heun.schedule.rescaleBetasZeroSNR && heun.schedule.betaStart == 0.0001)
    #expect(throws: Never.self) { try heun.makeSampler() }
  }

  @Test(arguments: [
    (#"{"_class_name": "DDIMScheduler", "thresholding": true}"#, "thresholding is true, which is not implemented"),
    (#"{"_class_name": "DDIMScheduler", "trained_betas": [0.1]}"#, "trained_betas is a list"),
    (
      #"{"_class_name": "DPMSolverMultistepScheduler", "algorithm_type": "sde-dpmsolver++"}"#,
      "algorithm_type is sde-dpmsolver++"
    ),
    (#"{"_class_name": "EulerDiscreteScheduler", "use_beta_sigmas": true}"#, "use_beta_sigmas is true"),
    (
      #"{"_class_name": "DDPMScheduler", "beta_schedule": "sigmoid"}"#,
      "beta_schedule is sigmoid; it must be one of linear, scaled_linear, squaredcos_cap_v2"
    ),
    (#"{"_class_name": "DDPMScheduler", "variance_type": "learned"}"#, "variance_type is learned"),
    (#"{"_class_name": "DDPMScheduler", "steps_offset": 1.5}"#, "steps_offset is 1.5; it must be a whole number"),
    (#"{"_class_name": "DDPMScheduler", "steps_offset": -1}"#, "steps_offset is -1; it must be between 0 and 999"),
    (#"{"_class_name": "DDPMScheduler", "clip_sample": "yes"}"#, "clip_sample is yes; it must be true or false"),
    (#"{"_class_name": "DDPMScheduler", "clip_sample_range": 0}"#, "clip_sample_range is 0.0; it must be positive"),
    (#"{"_class_name": "DDPMScheduler", "num_train_timesteps": 0}"#, "num_train_timesteps is 0"),
    (#"{"_class_name": "DPMSolverMultistepScheduler", "solver_order": 4}"#, "solver_order is 4"),
    (
      #"{"_class_name": "LMSDiscreteScheduler"}"#,
      "_class_name is LMSDiscreteScheduler; it must be one of DDPMScheduler"
    ),
    (#"{"beta_start": 0.1}"#, "_class_name is missing"), ("[1, 2]", "is not a JSON object"),
    ("", "is not a JSON object"),
  ])
  func badConfigurationsAreRefused(_ json: String, _ words: String) {
    let error = #expect(throws: UserError.self) { try read(json) }
    #expect(error?.sentence.contains(words) == true, "\(String(describing: error))")
    #expect(error?.code == .config)
  }

  @Test func settingsOfOtherSamplersAreRefused() {
    var settings = SamplerSettings(.euler)
    settings.setAlphaToOne = false
    #expect(throws: UserError("the euler scheduler has no setting set_alpha_to_one, which is false")) {
      try settings.makeSampler()
    }
    settings = SamplerSettings(.ddim)
    settings.eta = 1.5
    #expect(throws: UserError("eta is 1.5; it must be between 0 and 1")) { try settings.makeSampler() }
    #expect(throws: UserError.self) { try SamplerKind(named: "ddmi") }
  }

  @Test func noSignalForNoisePrediction() throws {
    var settings = SamplerSettings(.ddpm)
    settings.schedule.rescaleBetasZeroSNR = true
    settings.timestepSpacing = .trailing
    let error = #expect(throws: UserError.self) {
      try DDPMSampler(settings).plan(numInferenceSteps: 10)
    }
    #expect(error?.sentence.contains("rescale_betas_zero_snr") == true)
    settings.timestepSpacing = .leading
    #expect(throws: Never.self) { try DDPMSampler(settings).plan(numInferenceSteps: 10) }
  }
}
