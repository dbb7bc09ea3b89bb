/// Quantities that say how noisy a timestep is.
enum NoiseLevelFormulas {
  static let formulas: [Formula] = [snr, logSNR, sigma, karrasSigmas, zeroTerminalSNR]

  static let snr = Formula(
    "schedule.snr", "Signal-to-noise ratio", "SNR(t) = alpha_bar[t]/(1 - alpha_bar[t])",
    summary: """
      The variance of the signal over the variance of the noise. One is where they weigh the same. It does not depend \
      on how the image is scaled on its way, so schedules are compared by it.
      """,
    symbols: [.init("SNR(t)", "signal-to-noise ratio at t", "number, positive", .result), .alphaBar, .t],
    sources: [.vdm("(2)")], paperForm: "The paper writes SNR(t) = αₜ²/σₜ² with αₜ = √ᾱₜ and σₜ = √(1 − ᾱₜ).",
    mistakes: [
      .init(
        "ratio of amplitudes", "sqrt(alpha_bar[t]/(1 - alpha_bar[t]))",
        "You divided the amplitudes. The ratio is one of variances, the square of that."),
      .init(
        "upside down", "(1 - alpha_bar[t])/alpha_bar[t]", "That is the noise over the signal."),
      .init(
        "divided by the root of the noise", "alpha_bar[t]/sqrt(1 - alpha_bar[t])",
        "Both are variances: no root over 1 − ᾱₜ."),
      .init(
        "signal over the total", "alpha_bar[t]", "ᾱₜ is the signal's share of the total variance, not over the noise."),
    ],
    cases: [
      .hand("0.8 over 0.2", "alpha_bar = [0.9, 0.8]; t = 1", "4"),
      .hand("signal and noise weigh the same", "alpha_bar = [0.7, 0.6, 0.5]; t = 2", "1"),
    ])

  static let logSNR = Formula(
    "schedule.log_snr", "Half the log signal-to-noise ratio",
    "lambda[t] = log(sqrt(alpha_bar[t])/sqrt(1 - alpha_bar[t]))",
    summary: """
      Time as the DPM solvers measure it. Equal steps in λ are equal factors of noise, and on this axis the equation \
      that sampling solves is almost straight.
      """,
    symbols: [.init("lambda[t]", "half the natural logarithm of the SNR", "number", .result), .alphaBar, .t],
    sources: [.dpmSolverPlusPlus("section 2.2"), .vdm("section 3.2")],
    paperForm: "The paper writes λₜ = log(αₜ/σₜ) with αₜ = √ᾱₜ and σₜ = √(1 − ᾱₜ).",
    notes: ["Some papers (VDM, progressive distillation) call the whole log SNR λ: twice this."],
    mistakes: [
      .init(
        "whole log SNR", "log(alpha_bar[t]/(1 - alpha_bar[t]))",
        "That is log SNR, twice λ: the solvers take the logarithm of the ratio of amplitudes."),
      .init(
        "decimal logarithm", "log10(sqrt(alpha_bar[t])/sqrt(1 - alpha_bar[t]))",
        "The logarithm is natural; the solvers exponentiate it with e."),
      .init(
        "binary logarithm", "log2(sqrt(alpha_bar[t])/sqrt(1 - alpha_bar[t]))",
        "The logarithm is natural; the solvers exponentiate it with e."),
      .init(
        "sign exchanged", "log(sqrt(1 - alpha_bar[t])/sqrt(alpha_bar[t]))",
        "Signal over noise: λ falls as t grows. Yours is log σ of the variance-exploding form."),
    ],
    cases: [
      .hand("equal shares: log 1", "alpha_bar = [0.9, 0.5]; t = 1", "0"),
      .hand("SNR 4: log 2", "alpha_bar = [0.9, 0.8]; t = 1", "0.6931471805599453"),
    ])

  static let sigma = Formula(
    "schedule.sigma", "Noise level with the image unscaled", "sigma[t] = sqrt((1 - alpha_bar[t])/alpha_bar[t])",
    summary: """
      Divide xₜ by √ᾱₜ and the image keeps its size while the noise grows: x₀ + σₜ ε. The Euler and Heun samplers work \
      in these coordinates.
      """,
    symbols: [
      .init("sigma[t]", "standard deviation of the noise beside an unscaled image", "number, 0…157", .result),
      .alphaBar, .t,
    ],
    sources: [.edm("table 1, column VP")],
    notes: ["σₜ = 1/√SNR. For the linear schedule σ₉₉₉ = 157.4; for Stable Diffusion's scaled linear one 14.61."],
    mistakes: [
      .init(
        "noise of the scaled image", "sqrt(1 - alpha_bar[t])",
        "That is the noise beside the shrunk image √ᾱₜ x₀; divide by √ᾱₜ as well."),
      .init("square root dropped", "(1 - alpha_bar[t])/alpha_bar[t]", "That is σ², the variance."),
      .init("upside down", "sqrt(alpha_bar[t]/(1 - alpha_bar[t]))", "That is 1/σ, the root of the SNR."),
      .init(
        "divided by ᾱ without root", "sqrt(1 - alpha_bar[t])/alpha_bar[t]",
        "The image was shrunk by √ᾱₜ, so the noise is divided by √ᾱₜ."),
    ],
    cases: [
      .hand("0.36 over 0.64, root: 0.75", "alpha_bar = [0.9, 0.64]; t = 1", "0.75"),
      .hand("equal shares", "alpha_bar = [0.5, 0.2]; t = 0", "1"),
      .of(
        "linear, 1000 steps, the end", .independent("mpmath 1.3.0, 40 digits"), "alpha_bar = alpha_bar_linear; t = 999",
        "157.40728081"),
      .of(
        "scaled linear, 1000 steps, the end", .independent("mpmath 1.3.0, 40 digits"),
        "alpha_bar = alpha_bar_scaled; t = 999", "14.6146412293"),
    ])

  static let karrasSigmas = Formula(
    "schedule.karras_sigmas", "Noise levels of Karras and others",
    "sigma[i] = (sigma_max^(1/rho) + i/(S - 1)*(sigma_min^(1/rho) - sigma_max^(1/rho)))^rho",
    summary: """
      Which noise levels should a run of few steps visit? Many small ones: with ρ = 7 the levels lie close together near \
      the clean image, where errors show, and far apart where there is only noise.
      """,
    symbols: [
      .init("sigma[i]", "noise level of step i", "number", .result),
      .init("sigma_max", "first, largest level", "number, 14.6 for Stable Diffusion"),
      .init("sigma_min", "last level before 0", "number, 0.03"),
      .init("rho", "how strongly small levels are favoured", "number, 7"),
      .init("i", "number of the step", "integer, 0…S−1"), .init("S", "number of steps", "integer"),
    ],
    sources: [.edm("(5)")], paperForm: "The paper writes N for the number of steps and appends σ_N = 0.",
    mistakes: [
      .init(
        "root and power exchanged", "(sigma_max^rho + i/(S - 1)*(sigma_min^rho - sigma_max^rho))^(1/rho)",
        "Take the ρ-th root first, interpolate, then raise to ρ; yours crowds the large levels."),
      .init(
        "ends exchanged", "(sigma_min^(1/rho) + i/(S - 1)*(sigma_max^(1/rho) - sigma_min^(1/rho)))^rho",
        "Sampling starts at the largest level."),
      .init(
        "S gaps instead of S − 1", "(sigma_max^(1/rho) + i/S*(sigma_min^(1/rho) - sigma_max^(1/rho)))^rho",
        "Between S levels lie S − 1 gaps."),
      .init(
        "geometric", "sigma_max*(sigma_min/sigma_max)^(i/(S - 1))",
        "Even spacing of the logarithms is the limit of large ρ; with ρ = 7 it is the ρ-th roots that are spaced evenly."
      ),
      .init(
        "not raised to ρ", "sigma_max^(1/rho) + i/(S - 1)*(sigma_min^(1/rho) - sigma_max^(1/rho))",
        "You interpolated the roots but did not raise the result to ρ."),
    ],
    cases: [
      .hand("ρ = 2: roots 4 and 0, halfway 2, squared", "sigma_max = 16; sigma_min = 0; rho = 2; i = 1; S = 3", "4"),
      .hand("the first is the largest", "sigma_max = 80; sigma_min = 0.002; rho = 7; i = 0; S = 18", "80"),
    ])

  static let zeroTerminalSNR = Formula(
    "schedule.zero_terminal_snr", "A schedule that ends in pure noise",
    """
    a[t] = ((sqrt(alpha_bar[t]) - sqrt(alpha_bar[T-1]))\
    *sqrt(alpha_bar[0])/(sqrt(alpha_bar[0]) - sqrt(alpha_bar[T-1])))^2
    """,
    summary: """
      Sampling starts from pure noise, but most schedules end with a little signal left, and the model learns to read the \
      picture's brightness from it. This shifts √ᾱ so that it ends at 0, and stretches it so that it begins as before.
      """,
    symbols: [
      .init("a[t]", "the corrected ᾱₜ", "number", .result), .alphaBar, .t, .stepCount,
    ],
    sources: [
      .init(
        "Lin and others", "algorithm 1",
        "Lin, Liu, Li, Yang 2024: Common Diffusion Noise Schedules and Sample Steps Are Flawed", "arXiv:2305.08891")
    ],
    notes: ["At the end the SNR is 0 and noise cannot be predicted any more from it; such models predict v."],
    mistakes: [
      .init(
        "ᾱ shifted instead of its root",
        "(alpha_bar[t] - alpha_bar[T-1])*alpha_bar[0]/(alpha_bar[0] - alpha_bar[T-1])",
        "It is √ᾱ that is shifted and stretched; the result is squared."),
      .init(
        "square forgotten",
        "(sqrt(alpha_bar[t]) - sqrt(alpha_bar[T-1]))*sqrt(alpha_bar[0])/(sqrt(alpha_bar[0]) - sqrt(alpha_bar[T-1]))",
        "That is the root of the new ᾱ: square it."),
      .init(
        "not stretched", "(sqrt(alpha_bar[t]) - sqrt(alpha_bar[T-1]))^2",
        "After the shift the first value is too small; stretch it to what it was."),
      .init(
        "stretched to 1",
        "((sqrt(alpha_bar[t]) - sqrt(alpha_bar[T-1]))/(sqrt(alpha_bar[0]) - sqrt(alpha_bar[T-1])))^2",
        "The first value must come out as it was, √ᾱ₀, not as 1."),
    ],
    cases: [
      .hand("the last is 0", "alpha_bar = [0.81, 0.49, 0.16, 0.04]; t = 3; T = 4", "0"),
      .hand(
        "roots 0.9, 0.5, 0.1: (0.4 · 0.9/0.8)²", "alpha_bar = [0.81, 0.25, 0.01]; t = 1; T = 3", "0.45^2"),
    ])
}
