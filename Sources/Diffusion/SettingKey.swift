import Tensors

/// The settings by diffusers' names.
enum SettingKey: String, CaseIterable, Sendable {
  case numTrainTimesteps = "num_train_timesteps"
  case betaStart = "beta_start"
  case betaEnd = "beta_end"
  case betaSchedule = "beta_schedule"
  case rescaleBetasZeroSNR = "rescale_betas_zero_snr"
  case predictionType = "prediction_type"
  case timestepSpacing = "timestep_spacing"
  case stepsOffset = "steps_offset"
  case clipSample = "clip_sample"
  case clipSampleRange = "clip_sample_range"
  case varianceType = "variance_type"
  case setAlphaToOne = "set_alpha_to_one"
  case skipPRKSteps = "skip_prk_steps"
  case eta
  case useClippedModelOutput = "use_clipped_model_output"
  case useKarrasSigmas = "use_karras_sigmas"
  case finalSigmasType = "final_sigmas_type"
  case solverOrder = "solver_order"
  case solverType = "solver_type"
  case lowerOrderFinal = "lower_order_final"
  case eulerAtFinal = "euler_at_final"
  case lambdaMinClipped = "lambda_min_clipped"

  /// diffusers takes these two at each step; they have no place in a configuration file.
  var isOfStep: Bool { self == .eta || self == .useClippedModelOutput }
}

extension SamplerKind {
  /// The names of the settings this sampler has, as diffusers writes them.
  public var settingNames: [String] { SettingKey.allCases.filter(settings.contains).map(\.rawValue) }

  var settings: Set<SettingKey> {
    let common: Set<SettingKey> = [
      .numTrainTimesteps, .betaStart, .betaEnd, .betaSchedule, .predictionType, .timestepSpacing, .stepsOffset,
    ]
    let own: Set<SettingKey> =
      switch self {
      case .ddpm: [.varianceType, .clipSample, .clipSampleRange, .rescaleBetasZeroSNR]
      case .ddim:
        [.clipSample, .clipSampleRange, .setAlphaToOne, .rescaleBetasZeroSNR, .eta, .useClippedModelOutput]
      case .euler: [.useKarrasSigmas, .finalSigmasType, .rescaleBetasZeroSNR]
      case .eulerAncestral: [.rescaleBetasZeroSNR]
      case .heun: [.useKarrasSigmas, .clipSample, .clipSampleRange]
      case .dpmSolver:
        [
          .solverOrder, .solverType, .lowerOrderFinal, .eulerAtFinal, .useKarrasSigmas, .finalSigmasType,
          .lambdaMinClipped, .rescaleBetasZeroSNR,
        ]
      case .pndm: [.setAlphaToOne, .skipPRKSteps]
      }
    return common.union(own)
  }

  /// Settings that diffusers' class has and this package does not, with the only value that changes nothing.
  var unimplemented: [String: SettingValue] {
    let ownSigmas: [String: SettingValue] = ["use_exponential_sigmas": .flag(false), "use_beta_sigmas": .flag(false)]
    let own: [String: SettingValue] =
      switch self {
      case .ddpm, .ddim: ["thresholding": .flag(false)]
      case .euler:
        [
          "interpolation_type": .text("linear"), "timestep_type": .text("discrete"), "sigma_min": .null,
          "sigma_max": .null,
        ].merging(ownSigmas) { a, _ in a }
      case .eulerAncestral, .pndm: [:]
      case .heun: ownSigmas
      case .dpmSolver:
        [
          "thresholding": .flag(false), "algorithm_type": .text("dpmsolver++"), "variance_type": .null,
          "use_lu_lambdas": .flag(false), "use_flow_sigmas": .flag(false), "use_dynamic_shifting": .flag(false),
        ].merging(ownSigmas) { a, _ in a }
      }
    return own.merging(["trained_betas": .null]) { a, _ in a }
  }
}

/// The value of one setting, as it stands in a configuration file.
enum SettingValue: Equatable, Sendable, CustomStringConvertible {
  case null
  case flag(Bool)
  case whole(Int)
  case number(Double)
  case text(String)
  /// An array or an object.
  case compound

  var description: String {
    switch self {
    case .null: "null"
    case .flag(let value): "\(value)"
    case .whole(let value): "\(value)"
    case .number(let value): "\(value)"
    case .text(let value): value
    case .compound: "a list"
    }
  }
}

extension SamplerSettings {
  subscript(key: SettingKey) -> SettingValue {
    switch key {
    case .numTrainTimesteps: .whole(schedule.numTrainTimesteps)
    case .betaStart: .number(schedule.betaStart)
    case .betaEnd: .number(schedule.betaEnd)
    case .betaSchedule: .text(schedule.betaSchedule.rawValue)
    case .rescaleBetasZeroSNR: .flag(schedule.rescaleBetasZeroSNR)
    case .predictionType: .text(predictionType.rawValue)
    case .timestepSpacing: .text(timestepSpacing.rawValue)
    case .stepsOffset: .whole(stepsOffset)
    case .clipSample: .flag(clipSample)
    case .clipSampleRange: .number(clipSampleRange)
    case .varianceType: .text(varianceType.rawValue)
    case .setAlphaToOne: .flag(setAlphaToOne)
    case .skipPRKSteps: .flag(skipPRKSteps)
    case .eta: .number(eta)
    case .useClippedModelOutput: .flag(useClippedModelOutput)
    case .useKarrasSigmas: .flag(useKarrasSigmas)
    case .finalSigmasType: .text(finalSigmasType.rawValue)
    case .solverOrder: .whole(solverOrder)
    case .solverType: .text(solverType.rawValue)
    case .lowerOrderFinal: .flag(lowerOrderFinal)
    case .eulerAtFinal: .flag(eulerAtFinal)
    case .lambdaMinClipped: .number(lambdaMinClipped)
    }
  }

  /// Throws when the value is of another kind or not one of the names allowed.
  mutating func set(_ key: SettingKey, to value: SettingValue) throws(UserError) {
    switch key {
    case .numTrainTimesteps: schedule.numTrainTimesteps = try whole(key, value)
    case .betaStart: schedule.betaStart = try number(key, value)
    case .betaEnd: schedule.betaEnd = try number(key, value)
    case .betaSchedule: schedule.betaSchedule = try named(key, value)
    case .rescaleBetasZeroSNR: schedule.rescaleBetasZeroSNR = try flag(key, value)
    case .predictionType: predictionType = try named(key, value)
    case .timestepSpacing: timestepSpacing = try named(key, value)
    case .stepsOffset: stepsOffset = try whole(key, value)
    case .clipSample: clipSample = try flag(key, value)
    case .clipSampleRange: clipSampleRange = try number(key, value)
    case .varianceType: varianceType = try named(key, value)
    case .setAlphaToOne: setAlphaToOne = try flag(key, value)
    case .skipPRKSteps: skipPRKSteps = try flag(key, value)
    case .eta: eta = try number(key, value)
    case .useClippedModelOutput: useClippedModelOutput = try flag(key, value)
    case .useKarrasSigmas: useKarrasSigmas = try flag(key, value)
    case .finalSigmasType: finalSigmasType = try named(key, value)
    case .solverOrder: solverOrder = try whole(key, value)
    case .solverType: solverType = try named(key, value)
    case .lowerOrderFinal: lowerOrderFinal = try flag(key, value)
    case .eulerAtFinal: eulerAtFinal = try flag(key, value)
    case .lambdaMinClipped: lambdaMinClipped = try number(key, value)
    }
  }
}

private func flag(_ key: SettingKey, _ value: SettingValue) throws(UserError) -> Bool {
  guard case .flag(let flag) = value else { throw mistake(key, value, "true or false") }
  return flag
}

private func whole(_ key: SettingKey, _ value: SettingValue) throws(UserError) -> Int {
  guard case .whole(let whole) = value else { throw mistake(key, value, "a whole number") }
  return whole
}

private func number(_ key: SettingKey, _ value: SettingValue) throws(UserError) -> Double {
  switch value {
  case .number(let number): return number
  case .whole(let whole): return Double(whole)
  default: throw mistake(key, value, "a number")
  }
}

private func named<Name: RawRepresentable & CaseIterable>(
  _ key: SettingKey, _ value: SettingValue
) throws(UserError) -> Name where Name.RawValue == String {
  let names = Name.allCases.map(\.rawValue).joined(separator: ", ")
  guard case .text(let text) = value, let name = Name(rawValue: text) else {
    throw mistake(key, value, "one of \(names)")
  }
  return name
}

private func mistake(_ key: SettingKey, _ value: SettingValue, _ allowed: String) -> UserError {
  UserError("\(key.rawValue) is \(value); it must be \(allowed)", code: .config)
}
