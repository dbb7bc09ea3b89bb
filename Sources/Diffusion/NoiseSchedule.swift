import Foundation
import Tensors

/// The curve along which β grows from the first to the last timestep.
public enum BetaSchedule: String, CaseIterable, Sendable {
  /// β straight from `betaStart` to `betaEnd` (Ho et al. 2020, section 4).
  case linear
  /// √β straight from √`betaStart` to √`betaEnd` (Rombach et al. 2022, as released).
  case scaledLinear = "scaled_linear"
  /// ᾱ follows cos², β is capped at 0.999 (Nichol & Dhariwal 2021, equation 17); uses no start and end.
  case squaredcosCapV2 = "squaredcos_cap_v2"
}

/// What a noise schedule is made from, named as in diffusers.
public struct ScheduleSettings: Equatable, Sendable {
  public var betaSchedule: BetaSchedule
  /// T, the number of timesteps of the forward chain, 1…100 000.
  public var numTrainTimesteps: Int
  /// β at t = 0, between 0 and 1.
  public var betaStart: Double
  /// β at t = T − 1, between 0 and 1.
  public var betaEnd: Double
  /// Shifts √ᾱ so that it ends at exactly 0 (Lin et al. 2024, algorithm 1).
  public var rescaleBetasZeroSNR: Bool
  /// β_t themselves, T values between 0 and 1, in place of a curve; not among the settings a file can hold.
  public var trainedBetas: [Double]?

  /// The β_t given one by one; T is their number.
  public init(trainedBetas: [Double]) {
    self.init(numTrainTimesteps: trainedBetas.count)
    self.trainedBetas = trainedBetas
  }

  public init(
    betaSchedule: BetaSchedule = .linear, numTrainTimesteps: Int = 1000, betaStart: Double = 0.0001,
    betaEnd: Double = 0.02, rescaleBetasZeroSNR: Bool = false
  ) {
    self.betaSchedule = betaSchedule
    self.numTrainTimesteps = numTrainTimesteps
    self.betaStart = betaStart
    self.betaEnd = betaEnd
    self.rescaleBetasZeroSNR = rescaleBetasZeroSNR
  }

  /// Stable Diffusion's: scaled linear, β 0.00085…0.012. Its last ᾱ is 0.0047, so that a trace of the picture is left.
  public static let stableDiffusion = ScheduleSettings(betaSchedule: .scaledLinear, betaStart: 0.00085, betaEnd: 0.012)
}

/// How much noise the forward process has added at each timestep t = 0…T−1.
///
/// α_t = 1 − β_t, ᾱ_t = Π_{s ≤ t} α_s, with ᾱ₋₁ = 1. The papers count t = 1…T; their ᾱ_{t+1} is ᾱ_t here.
/// Computed in the order of operations of PyTorch and diffusers, so that the Float32 tables are theirs.
/// Source: Ho et al. 2020, section 2.
public struct NoiseSchedule: Equatable, Sendable {
  public let settings: ScheduleSettings
  /// β_t, the variance of the noise that step t adds; T values.
  public let betas: [Float]
  /// α_t = 1 − β_t; T values.
  public let alphas: [Float]
  /// ᾱ_t = Π_{s ≤ t} α_s, the share of the signal in the variance of x_t; T values.
  public let alphasCumprod: [Float]

  /// T.
  public var numTrainTimesteps: Int { betas.count }

  /// Throws when a setting is out of its range, or when ᾱ leaves the open interval 0…1 in Float32.
  public init(_ settings: ScheduleSettings = ScheduleSettings()) throws(UserError) {
    try Self.check(settings)
    var betas = Self.betas(settings)
    if settings.rescaleBetasZeroSNR { betas = Self.rescaledToZeroTerminalSNR(betas) }
    self.settings = settings
    self.betas = betas
    alphas = betas.map { 1 - $0 }
    alphasCumprod = Self.cumulativeProduct(alphas)
    try checkRange()
  }

  /// A schedule from its parts.
  public init(
    _ betaSchedule: BetaSchedule, numTrainTimesteps: Int = 1000, betaStart: Double = 0.0001, betaEnd: Double = 0.02
  ) throws(UserError) {
    try self.init(
      ScheduleSettings(
        betaSchedule: betaSchedule, numTrainTimesteps: numTrainTimesteps, betaStart: betaStart, betaEnd: betaEnd))
  }

  private init(_ other: NoiseSchedule, alphasCumprod: [Float]) {
    settings = other.settings
    betas = other.betas
    alphas = other.alphas
    self.alphasCumprod = alphasCumprod
  }

  /// The same schedule with 2⁻²⁴ in place of a last ᾱ of 0, whose σ would be infinite; as diffusers' σ samplers do.
  func withFiniteSigmas() -> NoiseSchedule {
    guard settings.rescaleBetasZeroSNR else { return self }
    return NoiseSchedule(self, alphasCumprod: alphasCumprod.dropLast() + [0x1p-24])
  }
}

// MARK: Tables

extension NoiseSchedule {
  private static func betas(_ s: ScheduleSettings) -> [Float] {
    let count = s.numTrainTimesteps
    if let betas = s.trainedBetas { return betas.map { Float($0) } }
    switch s.betaSchedule {
    case .linear:
      return torchLinspace(Float(s.betaStart), Float(s.betaEnd), count)
    case .scaledLinear:
      return torchLinspace(Float(s.betaStart.squareRoot()), Float(s.betaEnd.squareRoot()), count).map { $0 * $0 }
    case .squaredcosCapV2:
      func alphaBar(_ t: Double) -> Double {
        let root = cos((t + 0.008) / 1.008 * Double.pi / 2)
        return root * root
      }
      return (0..<count).map { i in
        let (from, to) = (Double(i) / Double(count), Double(i + 1) / Double(count))
        return Float(min(1 - alphaBar(to) / alphaBar(from), 0.999))
      }
    }
  }

  /// Π of the first t + 1 factors, accumulated in Double and rounded to Float once each, as torch.cumprod does.
  static func cumulativeProduct(_ factors: [Float]) -> [Float] {
    var product = 1.0
    return factors.map { factor in
      product *= Double(factor)
      return Float(product)
    }
  }

  /// Betas whose √ᾱ was shifted to end at 0 and scaled to begin as before (Lin et al. 2024, algorithm 1).
  private static func rescaledToZeroTerminalSNR(_ betas: [Float]) -> [Float] {
    let roots = cumulativeProduct(betas.map { 1 - $0 }).map { $0.squareRoot() }
    guard let first = roots.first, let last = roots.last, first != last else { return betas }
    let scale = first / (first - last)
    let alphasBar = roots.map { root in
      let shifted = (root - last) * scale
      return shifted * shifted
    }
    return alphasBar.indices.map { i in 1 - (i == 0 ? alphasBar[0] : alphasBar[i] / alphasBar[i - 1]) }
  }

  /// Throws when a setting is out of its range.
  static func check(_ s: ScheduleSettings) throws(UserError) {
    guard (1...100_000).contains(s.numTrainTimesteps) else {
      throw UserError("num_train_timesteps is \(s.numTrainTimesteps); it must be between 1 and 100000")
    }
    if s.betaSchedule != .squaredcosCapV2 {
      for (name, beta) in [("beta_start", s.betaStart), ("beta_end", s.betaEnd)] {
        guard beta > 0, beta < 1 else { throw UserError("\(name) is \(beta); it must lie between 0 and 1") }
      }
    }
    if let betas = s.trainedBetas {
      guard betas.count == s.numTrainTimesteps else {
        throw UserError("\(betas.count) trained_betas are given for num_train_timesteps = \(s.numTrainTimesteps)")
      }
      if let t = betas.firstIndex(where: { !($0 > 0 && $0 < 1) }) {
        throw UserError("trained_betas holds \(betas[t]) at t = \(t); it must lie between 0 and 1")
      }
    }
    if s.rescaleBetasZeroSNR, s.numTrainTimesteps < 2 {
      throw UserError("rescale_betas_zero_snr needs num_train_timesteps of at least 2")
    }
  }

  private func checkRange() throws(UserError) {
    let checked = settings.rescaleBetasZeroSNR ? alphasCumprod.dropLast() : alphasCumprod[...]
    guard let t = checked.firstIndex(where: { !($0.isNormal && $0 < 1) }) else { return }
    throw UserError(
      """
      the betas from \(settings.betaStart) to \(settings.betaEnd) over \(numTrainTimesteps) timesteps bring the \
      cumulative product of alphas to \(alphasCumprod[t]) at t = \(t); it must stay between 0 and 1 in Float32
      """)
  }
}

// MARK: Quantities of one timestep

extension NoiseSchedule {
  /// ᾱ_t, and 1 for t = −1; t must lie in −1…T−1.
  public func alphaCumprod(_ t: Int) -> Float {
    precondition(t >= -1 && t < numTrainTimesteps, "timestep \(t) outside -1...\(numTrainTimesteps - 1)")
    return t < 0 ? 1 : alphasCumprod[t]
  }

  /// σ_t = √((1 − ᾱ_t)/ᾱ_t), the noise of x_t when its signal is scaled to 1; T values.
  public var sigmas: [Float] { alphasCumprod.map { ((1 - $0) / $0).squareRoot() } }

  /// SNR_t = ᾱ_t/(1 − ᾱ_t) = 1/σ_t²; T values.
  public var signalToNoiseRatios: [Float] { alphasCumprod.map { $0 / (1 - $0) } }

  /// σ at a timestep that may lie between two, by linear interpolation; at the ends it stays constant.
  public func sigma(at timestep: Float) -> Float {
    Float(interpolate(sigmas, at: Double(timestep)))
  }

  /// Throws when t is outside 0…T−1.
  public func check(timestep t: Int) throws(UserError) {
    guard t >= 0, t < numTrainTimesteps else {
      throw UserError("timestep \(t) is outside the schedule; it must be between 0 and \(numTrainTimesteps - 1)")
    }
  }
}
