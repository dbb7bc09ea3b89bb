/// How much noise each step adds, and the quantities derived from it.
enum Schedules {
  static let formulas: [Formula] = [
    betaLinear, betaScaledLinear, alphaBarCosine, alphasCumprod, snr, logSNR, sigma,
  ]

  private static let betaStart = Formula.Symbol("beta_start", "variance added by the first step", "number, 1e-4")
  private static let betaEnd = Formula.Symbol("beta_end", "variance added by the last step", "number, 0.02")

  static let betaLinear = Formula(
    "schedule.beta_linear", "Linear schedule",
    "beta[t] = beta_start + t/(T - 1)*(beta_end - beta_start)",
    summary: """
      The variance that a step adds grows on a straight line from the first step to the last. It is the schedule of the \
      DDPM paper, with 0.0001…0.02 over 1000 steps.
      """,
    symbols: [
      .init("beta[t]", "variance that step t adds", "number", .result), betaStart, betaEnd, .t, .stepCount,
    ],
    sources: [.ddpm("section 4")],
    paperForm: "The paper gives β₁ = 10⁻⁴ and β_T = 0.02 for T = 1000; its β₁ is our β₀.",
    notes: ["At the end ᾱ₉₉₉ = 4.04·10⁻⁵: half of a percent of the signal's amplitude is still there."],
    mistakes: [
      .init(
        "T steps between instead of T − 1", "beta_start + t/T*(beta_end - beta_start)",
        "Between T values lie T − 1 gaps; with t/T the last step never reaches β_end."),
      .init(
        "t counted from 1", "beta_start + (t + 1)/T*(beta_end - beta_start)",
        "The first step, t = 0, has exactly β_start."),
      .init(
        "start added to the whole range", "beta_start + t/(T - 1)*beta_end",
        "The slope is β_end − β_start; else the last step gets β_start + β_end."),
      .init(
        "geometric spacing", "beta_start*(beta_end/beta_start)^(t/(T - 1))",
        "You spaced the logarithms evenly; the linear schedule spaces the variances."),
    ])

  static let betaScaledLinear = Formula(
    "schedule.beta_scaled_linear", "Scaled linear schedule",
    "beta[t] = (sqrt(beta_start) + t/(T - 1)*(sqrt(beta_end) - sqrt(beta_start)))^2",
    summary: """
      A straight line between the roots, squared: gentler at the beginning. Latent diffusion and Stable Diffusion use it \
      with 0.00085…0.012 over 1000 steps.
      """,
    symbols: [
      .init("beta[t]", "variance that step t adds", "number", .result),
      .init("beta_start", "variance added by the first step", "number, 0.00085"),
      .init("beta_end", "variance added by the last step", "number, 0.012"), .t, .stepCount,
    ],
    sources: [.ldm("code, schedule “linear”")],
    notes: [
      """
      In the latent diffusion code this schedule is called “linear”; diffusers calls it “scaled_linear”. Mixing the \
      two up is a frequent cause of washed-out pictures.
      """,
      """
      ᾱ₉₉₉ = 0.00466: 6.8 % of the signal's amplitude survives. Pure noise, from which sampling starts, is not quite \
      what the model saw in training.
      """,
    ],
    mistakes: [
      .init(
        "plain linear", "beta_start + t/(T - 1)*(beta_end - beta_start)",
        "That is the linear schedule; scaled linear interpolates between the square roots and squares."),
      .init(
        "square forgotten", "sqrt(beta_start) + t/(T - 1)*(sqrt(beta_end) - sqrt(beta_start))",
        "You interpolated the roots but did not square the result: this is √βₜ."),
      .init(
        "squares interpolated", "sqrt(beta_start^2 + t/(T - 1)*(beta_end^2 - beta_start^2))",
        "You took the root of interpolated squares; it is the square of interpolated roots."),
      .init(
        "T steps between instead of T − 1", "(sqrt(beta_start) + t/T*(sqrt(beta_end) - sqrt(beta_start)))^2",
        "Between T values lie T − 1 gaps."),
    ])

  static let alphaBarCosine = Formula(
    "schedule.alpha_bar_cosine", "Cosine schedule",
    "beta[t] = min(1 - f((t + 1)/T)/f(t/T), 0.999)", where: ["f(u) = cos((u + s)/(1 + s)*(pi/2))^2"],
    summary: """
      Choose the curve of ᾱ first, a quarter of a cosine, squared, and derive β from it. ᾱ falls gently at both ends, \
      where the linear schedule wastes steps on images that are already noise.
      """,
    symbols: [
      .init("beta[t]", "variance that step t adds", "number", .result),
      .init("f", "the wanted ᾱ, up to the factor 1/f(0)", "function of 0…1", .explained),
      .init("s", "small offset that keeps the first steps from adding almost nothing", "number, 0.008"), .t, .stepCount,
      .init("u", "how far the chain has come", "number, 0…1", .explained),
    ],
    sources: [.improvedDDPM("(17)")],
    paperForm: """
      The paper writes ᾱₜ = f(t)/f(0) with t = 0…T and βₜ = 1 − ᾱₜ/ᾱₜ₋₁, cut at 0.999; its βₜ for t = 1…T is our \
      βₜ for t = 0…T−1.
      """,
    notes: [
      "The factor 1/f(0) cancels in the quotient.",
      """
      The cut at 0.999 matters for the last step alone. ᾱ₉₉₉ comes from a product with it, 2.43·10⁻⁹, not from f, \
      which would give 0; in single precision few of its digits can be trusted.
      """,
    ],
    mistakes: [
      .init(
        "cosine not squared", "min(1 - cos(((t + 1)/T + s)/(1 + s)*pi/2)/cos((t/T + s)/(1 + s)*pi/2), 0.999)",
        "f is the square of a cosine: ᾱ is a variance, its root the amplitude."),
      .init(
        "not cut at 0.999", "1 - cos(((t + 1)/T + s)/(1 + s)*pi/2)^2/cos((t/T + s)/(1 + s)*pi/2)^2",
        "Without the cut the last β is 1 and ᾱ ends at exactly 0, where log SNR and x̂₀ do not exist."),
      .init(
        "half-angle missing", "min(1 - cos(((t + 1)/T + s)/(1 + s)*pi)^2/cos((t/T + s)/(1 + s)*pi)^2, 0.999)",
        "The angle runs over a quarter turn: π/2, not π."),
      .init(
        "offset without its divisor", "min(1 - cos(((t + 1)/T + s)*pi/2)^2/cos((t/T + s)*pi/2)^2, 0.999)",
        "u + s is divided by 1 + s, so that the angle ends at π/2."),
      .init(
        "one step too early", "min(1 - cos((t/T + s)/(1 + s)*pi/2)^2/cos(((t - 1)/T + s)/(1 + s)*pi/2)^2, 0.999)",
        "With t from 0, step t goes from u = t/T to u = (t + 1)/T."),
    ])

  static let alphasCumprod = Formula(
    "schedule.alphas_cumprod", "Signal left after t steps",
    "alpha_bar[t] = prod(1 - beta[s], s=0..t)",
    summary: """
      Every step keeps the share 1 − β of the signal's variance; after t + 1 steps the shares have multiplied. diffusers \
      calls the sequence alphas_cumprod.
      """,
    symbols: [
      .init("alpha_bar[t]", "share of the signal's variance that is left at t", "number, 0…1", .result), .beta, .t,
      .init("s", "runs over the steps so far", "integer, 0…t", .explained),
    ],
    sources: [.ddpm("(4)")], paperForm: Formula.countsFromOne,
    notes: ["With αₛ = 1 − βₛ this is ᾱₜ = ∏ αₛ. α without a bar is one step, ᾱ with a bar all of them."],
    mistakes: [
      .init("α for ᾱ", "1 - beta[t]", "1 − βₜ is what this step alone keeps; ᾱₜ multiplies all steps so far."),
      .init(
        "product without the last step", "prod(1 - beta[s], s=0..t-1)",
        "The product ends with step t: with t from 0, ᾱ₀ = 1 − β₀."),
      .init(
        "sum instead of product", "1 - sum(beta[s], s=0..t)",
        "What is left multiplies; subtracting the sum is right only while it is small."),
      .init(
        "roots multiplied", "prod(sqrt(1 - beta[s]), s=0..t)",
        "That is √ᾱₜ, the factor of the image, not the share of the variance."),
      .init("product of β", "prod(beta[s], s=0..t)", "βₛ is what step s replaces; what it keeps is 1 − βₛ."),
    ])

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
    ])
}
