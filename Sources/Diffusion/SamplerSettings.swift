import Tensors

/// The sampling algorithms, by the names of the command line.
public enum SamplerKind: String, CaseIterable, Sendable {
  case ddpm
  case ddim
  case euler
  case eulerAncestral = "euler-ancestral"
  case heun
  case dpmSolver = "dpmsolver++"
  case pndm

  /// Those that lesson 04 and the sweeps compare.
  public static let compared: [SamplerKind] = [.ddpm, .ddim, .euler, .eulerAncestral, .heun, .dpmSolver]

  /// The class in diffusers, `_class_name` in a scheduler_config.json.
  public var className: String {
    switch self {
    case .ddpm: "DDPMScheduler"
    case .ddim: "DDIMScheduler"
    case .euler: "EulerDiscreteScheduler"
    case .eulerAncestral: "EulerAncestralDiscreteScheduler"
    case .heun: "HeunDiscreteScheduler"
    case .dpmSolver: "DPMSolverMultistepScheduler"
    case .pndm: "PNDMScheduler"
    }
  }

  /// How the algorithm is called in prose.
  public var title: String {
    switch self {
    case .ddpm: "DDPM"
    case .ddim: "DDIM"
    case .euler: "Euler"
    case .eulerAncestral: "Euler ancestral"
    case .heun: "Heun"
    case .dpmSolver: "DPM-Solver++"
    case .pndm: "PNDM"
    }
  }
}

/// Which of the T timesteps a sampler visits (Lin et al. 2024, table 2).
public enum TimestepSpacing: String, CaseIterable, Sendable {
  /// Multiples of ⌊T/n⌋, from 0 on, plus `stepsOffset`.
  case leading
  /// Multiples of T/n, counted down from T, less 1: the last timestep is always visited.
  case trailing
  /// From 0 to T − 1, both ends included.
  case linspace
}

/// The variance of the noise that DDPM adds (Ho et al. 2020, section 3.2).
public enum VarianceType: String, CaseIterable, Sendable {
  /// β̃, right for data that is a single point.
  case fixedSmall = "fixed_small"
  /// β̃ taken through its logarithm.
  case fixedSmallLog = "fixed_small_log"
  /// β, right for data that is N(0, 1).
  case fixedLarge = "fixed_large"
}

/// The σ at which a sampler ends.
public enum FinalSigmas: String, CaseIterable, Sendable {
  case zero
  /// σ₀, the smallest σ of the schedule.
  case sigmaMin = "sigma_min"
}

/// How DPM-Solver++ of second order weighs the difference of two predictions (Lu et al. 2022b, appendix B).
public enum SolverType: String, CaseIterable, Sendable {
  case midpoint
  case heun
}

/// Everything a sampler can be told, under the names and with the defaults diffusers gives that sampler.
///
/// A sampler has only some of the settings (`SamplerKind.settingNames`); one that it does not have must keep its
/// default, and is refused by name otherwise.
public struct SamplerSettings: Equatable, Sendable {
  public let kind: SamplerKind
  public var schedule = ScheduleSettings()
  public var predictionType = PredictionType.epsilon
  public var timestepSpacing = TimestepSpacing.linspace
  /// Added to every timestep of the leading spacing, 0…T−1.
  public var stepsOffset = 0
  /// Limits x̂₀ to ±`clipSampleRange` at every step.
  public var clipSample = false
  /// Positive.
  public var clipSampleRange = 1.0
  /// DDPM.
  public var varianceType = VarianceType.fixedSmall
  /// DDIM, PNDM: after the last timestep comes ᾱ = 1 rather than ᾱ₀.
  public var setAlphaToOne = true
  /// PNDM: begins with the linear multistep method rather than with steps of Runge and Kutta.
  public var skipPRKSteps = false
  /// DDIM: 0 is deterministic, 1 has the noise of DDPM.
  public var eta = 0.0
  /// DDIM: computes ε̂ anew from the clipped x̂₀.
  public var useClippedModelOutput = false
  /// Euler, Heun, DPM-Solver++: σ by Karras et al. 2022, equation 5, with ρ = 7.
  public var useKarrasSigmas = false
  /// Euler, DPM-Solver++.
  public var finalSigmasType = FinalSigmas.zero
  /// DPM-Solver++: 1…3.
  public var solverOrder = 2
  /// DPM-Solver++.
  public var solverType = SolverType.midpoint
  /// DPM-Solver++: lower orders in the last steps when there are fewer than 15.
  public var lowerOrderFinal = true
  /// DPM-Solver++: first order in the last step.
  public var eulerAtFinal = false
  /// DPM-Solver++: leaves out timesteps whose log(√ᾱ/√(1 − ᾱ)) lies below; −∞ keeps all.
  public var lambdaMinClipped = -Double.infinity

  /// The defaults of diffusers for this sampler.
  public init(_ kind: SamplerKind) {
    self.kind = kind
    switch kind {
    case .ddpm, .ddim:
      timestepSpacing = .leading
      clipSample = true
    case .heun:
      schedule.betaStart = 0.00085
      schedule.betaEnd = 0.012
    case .pndm:
      timestepSpacing = .leading
      setAlphaToOne = false
    case .euler, .eulerAncestral, .dpmSolver: break
    }
  }

  /// The same settings for another sampler: what it does not have is dropped, what it has besides is its default.
  public func converted(to other: SamplerKind) -> SamplerSettings {
    var result = SamplerSettings(other)
    result.schedule = schedule
    if !other.settings.contains(.rescaleBetasZeroSNR) { result.schedule.rescaleBetasZeroSNR = false }
    let common = kind.settings.intersection(other.settings)
    for key in common where self[key] != SamplerSettings(kind)[key] {
      // A value read from a valid setting of the same name is valid.
      try? result.set(key, to: self[key])
    }
    return result
  }

  /// The sampler itself; throws when a setting is out of its range or not one of this sampler's.
  public func makeSampler() throws(UserError) -> any Sampler {
    switch kind {
    case .ddpm: try DDPMSampler(self)
    case .ddim: try DDIMSampler(self)
    case .euler: try EulerSampler(self)
    case .eulerAncestral: try EulerAncestralSampler(self)
    case .heun: try HeunSampler(self)
    case .dpmSolver: try DPMSolverSampler(self)
    case .pndm: try PNDMSampler(self)
    }
  }

  /// Throws when a setting is out of its range or not one of this sampler's.
  func check() throws(UserError) {
    try NoiseSchedule.check(schedule)
    let defaults = SamplerSettings(kind)
    for key in SettingKey.allCases where !kind.settings.contains(key) && self[key] != defaults[key] {
      throw UserError("the \(kind.rawValue) scheduler has no setting \(key.rawValue), which is \(self[key])")
    }
    guard stepsOffset >= 0, stepsOffset < schedule.numTrainTimesteps else {
      throw UserError("steps_offset is \(stepsOffset); it must be between 0 and \(schedule.numTrainTimesteps - 1)")
    }
    guard clipSampleRange > 0, clipSampleRange.isFinite else {
      throw UserError("clip_sample_range is \(clipSampleRange); it must be positive")
    }
    guard (0...1).contains(eta) else { throw UserError("eta is \(eta); it must be between 0 and 1") }
    guard (1...3).contains(solverOrder) else {
      throw UserError("solver_order is \(solverOrder); it must be 1, 2 or 3")
    }
    guard lambdaMinClipped < .infinity else {
      throw UserError("lambda_min_clipped is \(lambdaMinClipped); it must be -Infinity or a finite number")
    }
  }
}

extension SamplerKind {
  /// The sampler of that command-line name; throws, with suggestions, when there is none.
  public init(named name: String) throws(UserError) {
    guard let kind = SamplerKind(rawValue: name) else {
      throw UserError.unknown("scheduler", name, among: Self.allCases.map(\.rawValue))
    }
    self = kind
  }
}
