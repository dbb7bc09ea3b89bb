/// Samplers that step from timestep to timestep.
enum SamplerSteps {
  static let formulas: [Formula] = [ddpmStep, ddimStep, ddimSigma, inpaintBlend]

  private static let x0Definition = "x0_hat = (x_t - sqrt(1 - alpha_bar[t])*eps_hat)/sqrt(alpha_bar[t])"
  private static let result = Formula.Symbol(
    "x[prev]", "the image after this step, a little less noisy", "[N, C, H, W]", .result)

  static let ddpmStep = Formula(
    "sampler.ddpm_step", "A step of DDPM sampling",
    """
    x[prev] = sqrt(alpha_bar[prev])*beta/(1 - alpha_bar[t])*x0_hat \
    + sqrt(alpha)*(1 - alpha_bar[prev])/(1 - alpha_bar[t])*x_t + sqrt(beta_tilde)*z
    """,
    where: [
      "alpha = alpha_bar[t]/alpha_bar[prev]", "beta = 1 - alpha",
      "beta_tilde = (1 - alpha_bar[prev])/(1 - alpha_bar[t])*beta", x0Definition,
    ],
    summary: """
      Take a part of the predicted noise out, then put a little fresh noise in. It draws from the posterior with the \
      model's x̂₀ in place of the image. When steps are left out, α and β are those of the whole stride from t to prev.
      """,
    symbols: [
      result, .xt, .epsHat, .z, .alphaBar, .t, .prev, .x0Hat.explained(),
      .init("alpha", "share of the variance kept between prev and t", "number", .explained),
      .init("beta", "variance added between prev and t", "number", .explained),
      .init("beta_tilde", "variance of the step back", "number; 0 at the last step", .explained),
    ],
    sources: [.ddpm("algorithm 2, (7)")],
    paperForm: """
      The paper writes xₜ₋₁ = (xₜ − βₜ/√(1 − ᾱₜ) ε_θ)/√αₜ + σₜ z, (11): the same mean, with x̂₀ written out. It allows \
      σₜ² = β̃ₜ, used here, or βₜ.
      """,
    notes: ["When x̂₀ is clipped to −1…1, as for pixels it usually is, only the form with x̂₀ stays right."],
    mistakes: [
      .init(
        "variance for standard deviation",
        """
        sqrt(alpha_bar[prev])*beta/(1 - alpha_bar[t])*x0_hat \
        + sqrt(alpha)*(1 - alpha_bar[prev])/(1 - alpha_bar[t])*x_t + beta_tilde*z
        """, "The fresh noise is multiplied by √β̃, the standard deviation."),
      .init(
        "no fresh noise",
        """
        sqrt(alpha_bar[prev])*beta/(1 - alpha_bar[t])*x0_hat \
        + sqrt(alpha)*(1 - alpha_bar[prev])/(1 - alpha_bar[t])*x_t
        """, "That is the mean of the step; DDPM draws from the Gaussian around it."),
      .init(
        "stride ignored in prev",
        """
        a = alpha_bar[t]/alpha_bar[t-1]; b = 1 - a; sqrt(alpha_bar[t-1])*b/(1 - alpha_bar[t])*x0_hat \
        + sqrt(a)*(1 - alpha_bar[t-1])/(1 - alpha_bar[t])*x_t + sqrt((1 - alpha_bar[t-1])/(1 - alpha_bar[t])*b)*z
        """, "The step arrives at prev, which is t − 1 only when no steps are left out."),
      .init(
        "DDIM with η = 1",
        """
        sqrt(alpha_bar[prev])*x0_hat + sqrt(1 - alpha_bar[prev])*eps_hat + sqrt(beta_tilde)*z
        """, "The predicted noise must shrink by what the fresh noise adds: √(1 − ᾱ_prev − β̃)."),
      .init(
        "all the predicted noise removed", "(x_t - beta/(1 - alpha_bar[t])*eps_hat)/sqrt(alpha) + sqrt(beta_tilde)*z",
        "In the paper's form β is divided by √(1 − ᾱₜ), with the root."),
    ],
    cases: [
      .hand(
        "the last step gives x̂₀, without noise",
        "alpha_bar = [0.64, 0.3]; t = 0; prev = -1; x_t = [1.1, 0.8]; eps_hat = [0.5, 2]; z = [3, -3]", "[1, -0.5]"),
      .hand(
        "ᾱ 0.64 → 0.16 with x̂₀ = 0: 0.5 · 0.36/0.84 xₜ, and √(0.27/0.84) z",
        "alpha_bar = [0.64, 0.4, 0.16, 0.1]; t = 2; prev = 0; x_t = [2.1]; eps_hat = [2.1 / sqrt(0.84)]; z = [1]",
        "[0.45 + sqrt(0.27 / 0.84)]"),
    ])

  static let ddimStep = Formula(
    "sampler.ddim_step", "A step of DDIM sampling",
    "x[prev] = sqrt(alpha_bar[prev])*x0_hat + sqrt(1 - alpha_bar[prev] - sigma^2)*eps_hat + sigma*z",
    where: [x0Definition],
    summary: """
      Guess the clean image, then noise it again to the earlier timestep, with the noise that was predicted rather than \
      a fresh one. With σ = 0 nothing is drawn: the same start gives the same picture, and few steps are enough.
      """,
    symbols: [
      result, .xt, .epsHat, .z, .alphaBar, .t, .prev,
      .init("sigma", "standard deviation of the fresh noise, see sampler.ddim_sigma", "number, 0 as a rule"),
      .x0Hat.explained(),
    ],
    sources: [.ddim("(12)")], paperForm: Formula.countsStepsOfDDIM,
    mistakes: [
      .init(
        "fresh noise not made room for",
        "sqrt(alpha_bar[prev])*x0_hat + sqrt(1 - alpha_bar[prev])*eps_hat + sigma*z",
        "The predicted noise and the fresh one share 1 − ᾱ_prev: subtract σ² under the root."),
      .init(
        "σ not squared", "sqrt(alpha_bar[prev])*x0_hat + sqrt(1 - alpha_bar[prev] - sigma)*eps_hat + sigma*z",
        "Under the root stand variances: σ²."),
      .init(
        "noised back to t", "sqrt(alpha_bar[t])*x0_hat + sqrt(1 - alpha_bar[t] - sigma^2)*eps_hat + sigma*z",
        "You used ᾱₜ: that leads back to xₜ. The step arrives at prev."),
      .init(
        "stride of one",
        "sqrt(alpha_bar[t-1])*x0_hat + sqrt(1 - alpha_bar[t-1] - sigma^2)*eps_hat + sigma*z",
        "prev is t − 1 only when no steps are left out; here it is given."),
      .init(
        "dropped square root of the signal",
        "alpha_bar[prev]*x0_hat + sqrt(1 - alpha_bar[prev] - sigma^2)*eps_hat + sigma*z",
        "DDIM's α is DDPM's ᾱ; the factor of the image is its root."),
      .init(
        "variance for standard deviation",
        "sqrt(alpha_bar[prev])*x0_hat + sqrt(1 - alpha_bar[prev] - sigma^2)*eps_hat + sigma^2*z",
        "The fresh noise is multiplied by σ, not by σ²."),
    ],
    cases: [
      .hand(
        "x̂₀ = 1 and −0.5, noised to ᾱ = 0.64 with the same noise",
        "alpha_bar = [0.8, 0.64, 0.5, 0.36]; t = 3; prev = 1; x_t = [1, 1.3]; eps_hat = [0.5, 2]; z = [1, 1]; sigma = 0",
        "[1.1, 0.8]"),
      .hand(
        "σ = 0.36 leaves √(0.36 − 0.1296) = 0.48 to the predicted noise",
        "alpha_bar = [0.8, 0.64, 0.5, 0.36]; t = 3; prev = 1; x_t = [1, 1.3]; eps_hat = [0.5, 2]; z = [1, -1]; sigma = 0.36",
        "[1.4, 0.2]"),
    ])

  static let ddimSigma = Formula(
    "sampler.ddim_sigma", "How much fresh noise DDIM adds",
    "sigma = eta*sqrt((1 - alpha_bar[prev])/(1 - alpha_bar[t]))*sqrt(1 - alpha_bar[t]/alpha_bar[prev])",
    summary: """
      η turns a knob between two samplers: 0 adds nothing (DDIM), 1 adds what DDPM adds, √β̃ of the stride.
      """,
    symbols: [
      .init("sigma", "standard deviation of the fresh noise", "number", .result),
      .init("eta", "share of DDPM's randomness", "number, 0…1"), .alphaBar, .t, .prev,
    ],
    sources: [.ddim("(16)")], paperForm: Formula.countsStepsOfDDIM,
    notes: ["diffusers' “variance” is σ² at η = 1: 0.1477 from 420 to 400, 0.3246 from 980 to 960, linear schedule."],
    mistakes: [
      .init(
        "variance", "eta*(1 - alpha_bar[prev])/(1 - alpha_bar[t])*(1 - alpha_bar[t]/alpha_bar[prev])",
        "That is σ² (at η = 1): take the root of both factors."),
      .init(
        "first ratio upside down",
        "eta*sqrt((1 - alpha_bar[t])/(1 - alpha_bar[prev]))*sqrt(1 - alpha_bar[t]/alpha_bar[prev])",
        "Above stands the noise that is left after the step, 1 − ᾱ_prev."),
      .init(
        "stride of one", "eta*sqrt((1 - alpha_bar[t-1])/(1 - alpha_bar[t]))*sqrt(1 - alpha_bar[t]/alpha_bar[t-1])",
        "prev is t − 1 only when no steps are left out."),
      .init(
        "second ratio upside down",
        "eta*sqrt((1 - alpha_bar[prev])/(1 - alpha_bar[t]))*sqrt(abs(1 - alpha_bar[prev]/alpha_bar[t]))",
        "ᾱ falls with t, so ᾱₜ/ᾱ_prev is below 1; the other way round the root is of a negative number."),
      .init(
        "η squared", "eta^2*sqrt((1 - alpha_bar[prev])/(1 - alpha_bar[t]))*sqrt(1 - alpha_bar[t]/alpha_bar[prev])",
        "η multiplies the standard deviation as it is."),
    ],
    cases: [
      .hand(
        "ᾱ 0.64 → 0.16, η = 1: √(0.36/0.84 · 0.75)", "alpha_bar = [0.64, 0.5, 0.16]; t = 2; prev = 0; eta = 1",
        "sqrt(0.27 / 0.84)"),
      .hand("η = 0: nothing", "alpha_bar = [0.64, 0.5, 0.16]; t = 2; prev = 0; eta = 0", "0"),
      .of(
        "linear schedule, 420 → 400: σ² = 0.147719513", .independent("diffusers 0.42.1, float64"),
        "alpha_bar = alpha_bar_linear; t = 420; prev = 400; eta = 1", "sqrt(0.14771951284089857)"),
      .of(
        "linear schedule, 980 → 960: σ² = 0.324605236", .independent("diffusers 0.42.1, float64"),
        "alpha_bar = alpha_bar_linear; t = 980; prev = 960; eta = 1", "sqrt(0.3246052358749862)"),
    ])

  static let inpaintBlend = Formula(
    "sampler.inpaint_blend", "A step of inpainting",
    "x[prev] = m*x_new + (1 - m)*(sqrt(alpha_bar[prev])*x0 + sqrt(1 - alpha_bar[prev])*eps)",
    summary: """
      Where the mask is 1 the sampler's own step counts; elsewhere the known image is put back, noised to the timestep \
      the step arrives at. Both parts then carry the same amount of noise, and the seam heals.
      """,
    symbols: [
      result, .init("m", "mask: 1 where the picture is painted anew", "[N, 1, H, W], 0…1"),
      .init("x_new", "what the sampler's step gives", "[N, C, H, W]"),
      .init("x0", "the known image", "[N, C, H, W]"), .eps, .alphaBar, .prev,
      .init("t", "timestep before the step", "integer, 0…T−1"),
    ],
    sources: [
      .init(
        "RePaint", "(8)", "Lugmayr and others 2022: RePaint: Inpainting using Denoising Diffusion Probabilistic Models",
        "arXiv:2201.09865")
    ],
    paperForm: "RePaint's mask is 1 where the image is known; here, as in pipelines, white is painted anew.",
    mistakes: [
      .init(
        "mask turned round", "(1 - m)*x_new + m*(sqrt(alpha_bar[prev])*x0 + sqrt(1 - alpha_bar[prev])*eps)",
        "White, 1, is what is painted anew."),
      .init(
        "known part not noised", "m*x_new + (1 - m)*x0",
        "The known part needs the noise of the timestep the step arrives at; only the last step puts it back clean."),
      .init(
        "known part noised to t", "m*x_new + (1 - m)*(sqrt(alpha_bar[t])*x0 + sqrt(1 - alpha_bar[t])*eps)",
        "After the step the picture is at prev, not at t any more."),
      .init(
        "known part added", "x_new + (1 - m)*(sqrt(alpha_bar[prev])*x0 + sqrt(1 - alpha_bar[prev])*eps)",
        "The known part replaces the sampled one: multiply that by the mask."),
      .init(
        "known part not dimmed", "m*x_new + (1 - m)*(x0 + sqrt(1 - alpha_bar[prev])*eps)",
        "Noising also dims: √ᾱ_prev x₀."),
    ],
    cases: [
      .hand(
        "left anew, right known and clean",
        "alpha_bar = [0.64, 0.3]; t = 0; prev = -1; m = [1, 0]; x_new = [7, 8]; x0 = [1, 2]; eps = [5, 5]", "[7, 2]"),
      .hand(
        "half and half",
        "alpha_bar = [0.64, 0.3]; t = 1; prev = 0; m = [0.5]; x_new = [2]; x0 = [1]; eps = [0.5]", "[1.55]"),
    ])
}
