/// Symbols that mean the same wherever they appear.
extension Formula.Symbol {
  static let alphaBar = Self(
    "alpha_bar", "share of the signal's variance that is left at t; falls from almost 1 to almost 0", "[T], 0…1",
    .schedule(at: "t", before: 1))
  static let beta = Self(
    "beta", "variance of the noise that step t adds", "[T], 0…1", .schedule(at: "t", before: nil))
  static let t = Self("t", "timestep; 0 is the first step of noising", "integer, 0…T−1")
  static let prev = Self(
    "prev", "timestep after this step of sampling; −1 stands for the clean image", "integer, −1…t−1")
  static let stepCount = Self("T", "number of steps the noising has", "integer, 1000 as a rule")
  static let x0 = Self("x0", "clean image, scaled to −1…1", "[N, C, H, W]")
  static let xt = Self("x_t", "noisy image at timestep t", "[N, C, H, W]")
  static let eps = Self("eps", "the noise that was drawn, from N(0, I)", "[N, C, H, W]")
  static let epsHat = Self("eps_hat", "the noise the model predicts, ε_θ(xₜ, t)", "[N, C, H, W]")
  static let x0Hat = Self("x0_hat", "the clean image the model predicts", "[N, C, H, W]")
  static let z = Self("z", "fresh noise, drawn from N(0, I) at every step", "[N, C, H, W]")

  /// The same symbol, as a result or as something explained only.
  func asResult() -> Self { Self(name, meaning, shape, .result) }
  func explained() -> Self { Self(name, meaning, shape, .explained) }
}

extension Formula {
  /// What the papers' counting of timesteps is to ours.
  static let countsFromOne = """
    The papers count t = 1…T and put ᾱ₀ = 1 before the first step; here, as in diffusers, t = 0…T−1 and ᾱ₋₁ = 1. \
    Their t is our t + 1, the formula looks the same.
    """
  static let countsStepsOfDDIM = """
    DDIM writes α for what DDPM calls ᾱ, and numbers the steps of the sampler τ₁…τ_S; here ᾱ keeps its bar and the \
    timestep after the step is called prev, with ᾱ₋₁ = 1.
    """
}
