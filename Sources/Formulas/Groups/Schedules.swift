/// How much noise each step adds, and the quantities derived from it.
enum Schedules {
  static let formulas: [Formula] = [
    betaLinear, betaScaledLinear, alphaBarCosine, alphasCumprod,
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
    ],
    cases: [
      .hand("the middle of five steps lies halfway", "beta_start = 0.1; beta_end = 0.5; t = 2; T = 5", "0.3"),
      .hand("the last step has exactly β_end", "beta_start = 0.0001; beta_end = 0.02; t = 999; T = 1000", "0.02"),
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
    ],
    cases: [
      .hand("roots 0.1 and 0.5: halfway 0.3, squared 0.09", "beta_start = 0.01; beta_end = 0.25; t = 3; T = 7", "0.09"),
      .hand("the first step has exactly β_start", "beta_start = 0.00085; beta_end = 0.012; t = 0; T = 1000", "0.00085"),
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
    ],
    cases: [
      .hand("s = 0, T = 3: cos² falls from 1 to 3/4", "T = 3; t = 0; s = 0", "0.25"),
      .hand("s = 0, T = 3: from 3/4 to 1/4", "T = 3; t = 1; s = 0", "2.0 / 3"),
      .hand("the last step is cut", "T = 1000; t = 999; s = 0.008", "0.999"),
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
    ],
    cases: [
      .hand("0.9 · 0.8 · 0.5", "beta = [0.1, 0.2, 0.5, 0.9]; t = 2", "0.36"),
      .hand("after the first step, what it kept", "beta = [0.25, 0.5]; t = 0", "0.75"),
      .of(
        "linear, 1000 steps, half way", .independent("mpmath 1.3.0, 40 digits"), "beta = beta_linear; t = 499",
        "0.0785872428817782"),
      .of(
        "linear, 1000 steps, the end", .independent("mpmath 1.3.0, 40 digits"), "beta = beta_linear; t = 999",
        "4.03582976537568e-5"),
      .hand(
        "scaled linear, 1000 steps, the first", "beta = beta_scaled; t = 0", "1 - 0.00085"),
      .of(
        "scaled linear, 1000 steps, half way", .independent("mpmath 1.3.0, 40 digits"), "beta = beta_scaled; t = 499",
        "0.277669650456468"),
      .of(
        "scaled linear, 1000 steps, the end", .independent("mpmath 1.3.0, 40 digits"), "beta = beta_scaled; t = 999",
        "0.00466009851307724"),
      .of(
        "cosine, 1000 steps, half way", .independent("mpmath 1.3.0, 40 digits"), "beta = beta_cosine; t = 499",
        "0.493843590440638"),
      .of(
        "cosine, 1000 steps, the end", .independent("mpmath 1.3.0, 40 digits"), "beta = beta_cosine; t = 999",
        "2.42876690703447e-9",
        engine: .init(1e-4, "1 − 0.999 in single precision keeps three fewer digits than 0.999 has")),
    ])
}
