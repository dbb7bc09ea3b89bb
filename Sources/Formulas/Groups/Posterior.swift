/// The step back when the clean image is known.
enum PosteriorFormulas {
  static let formulas: [Formula] = [posteriorMean, posteriorVariance, meanFromEpsilon]

  static let posteriorMean = Formula(
    "posterior.mean", "Mean of the step back",
    """
    mu_tilde[t] = sqrt(alpha_bar[t-1])*beta[t]/(1 - alpha_bar[t])*x0 \
    + sqrt(alpha[t])*(1 - alpha_bar[t-1])/(1 - alpha_bar[t])*x_t
    """,
    where: ["beta[t] = 1 - alpha_bar[t]/alpha_bar[t-1]", "alpha[t] = 1 - beta[t]"],
    summary: """
      Where was the image one step earlier? If both the clean image and the noisy one are known, the answer is a \
      Gaussian, and this is its mean: a weighted sum of the two. In sampling the model's x̂₀ stands in for x₀.
      """,
    symbols: [
      .init("mu_tilde[t]", "mean of q(xₜ₋₁ | xₜ, x₀)", "[N, C, H, W]", .result), .x0, .xt, .alphaBar, .t,
      .init("alpha[t]", "share of the variance that step t keeps, 1 − βₜ", "number", .explained),
      .init("beta[t]", "variance that step t adds", "number", .explained),
    ],
    sources: [.ddpm("(7)")], paperForm: Formula.countsFromOne,
    notes: ["At t = 0 the weights are 1 and 0: the step back from the first step is the clean image itself."],
    mistakes: [
      .init(
        "ᾱₜ for ᾱₜ₋₁ before x₀",
        """
        sqrt(alpha_bar[t])*beta[t]/(1 - alpha_bar[t])*x0 \
        + sqrt(alpha[t])*(1 - alpha_bar[t-1])/(1 - alpha_bar[t])*x_t
        """, "Before x₀ stands √ᾱₜ₋₁: the signal's amplitude where the step arrives."),
      .init(
        "dropped square root of α",
        """
        sqrt(alpha_bar[t-1])*beta[t]/(1 - alpha_bar[t])*x0 + alpha[t]*(1 - alpha_bar[t-1])/(1 - alpha_bar[t])*x_t
        """, "Before xₜ stands √αₜ, the amplitude one step keeps."),
      .init(
        "ᾱ for α",
        """
        sqrt(alpha_bar[t-1])*beta[t]/(1 - alpha_bar[t])*x0 \
        + sqrt(alpha_bar[t])*(1 - alpha_bar[t-1])/(1 - alpha_bar[t])*x_t
        """, "Before xₜ stands √αₜ without a bar: one step, not all of them."),
      .init(
        "weights exchanged",
        """
        sqrt(alpha_bar[t-1])*beta[t]/(1 - alpha_bar[t])*x_t \
        + sqrt(alpha[t])*(1 - alpha_bar[t-1])/(1 - alpha_bar[t])*x0
        """, "The weight with βₜ belongs to x₀; it is the small one while there is much noise."),
    ],
    cases: [
      .hand("at t = 0 the clean image itself", "alpha_bar = [0.64, 0.3]; t = 0; x0 = [1, -2]; x_t = [5, 7]", "[1, -2]"),
      .hand(
        "ᾱ 0.64 → 0.16, so α = 0.25, β = 0.75: (0.8 · 0.75 x₀ + 0.5 · 0.36 xₜ)/0.84",
        "alpha_bar = [0.64, 0.16]; t = 1; x0 = [1.4, 0]; x_t = [0, 2.1]", "[1, 0.45]"),
    ])

  static let posteriorVariance = Formula(
    "posterior.variance", "Variance of the step back",
    "beta_tilde[t] = (1 - alpha_bar[t-1])/(1 - alpha_bar[t])*beta[t]",
    where: ["beta[t] = 1 - alpha_bar[t]/alpha_bar[t-1]"],
    summary: """
      How uncertain the step back is when the clean image is known. It is smaller than βₜ, and 0 at t = 0, where the \
      step arrives at the clean image and no noise may be added.
      """,
    symbols: [
      .init("beta_tilde[t]", "variance of q(xₜ₋₁ | xₜ, x₀)", "number", .result), .alphaBar, .t,
      .init("beta[t]", "variance that step t adds", "number", .explained),
    ],
    sources: [.ddpm("(7)")], paperForm: Formula.countsFromOne,
    notes: [
      """
      The numerator holds the earlier ᾱ, so the ratio is below 1. Annotated implementations in wide use print it \
      upside down or with ᾱₜ above.
      """,
      "Sampling may use βₜ instead, an upper bound; the two differ visibly in the first steps only.",
    ],
    mistakes: [
      .init(
        "ratio upside down", "(1 - alpha_bar[t])/(1 - alpha_bar[t-1])*beta[t]",
        "The earlier ᾱ stands above: less noise is left before the step than after it, so the ratio is below 1."),
      .init(
        "βₜ itself", "beta[t]",
        "βₜ is the variance of the forward step; knowing x₀ as well shrinks it by (1 − ᾱₜ₋₁)/(1 − ᾱₜ)."),
      .init(
        "α for ᾱ", "a = 1 - beta[t]; (1 - a)/(1 - alpha_bar[t])*beta[t]",
        "Above the bar stands 1 − ᾱₜ₋₁, the noise of all earlier steps."),
      .init(
        "standard deviation", "sqrt((1 - alpha_bar[t-1])/(1 - alpha_bar[t])*beta[t])",
        "You took the root: β̃ₜ is the variance, what multiplies the fresh noise is its root."),
      .init(
        "ᾱ without 1 −", "alpha_bar[t-1]/alpha_bar[t]*beta[t]",
        "The ratio is one of noise shares, 1 − ᾱ, not of signal shares."),
    ],
    cases: [
      .hand("0 at t = 0: the step arrives at the clean image", "alpha_bar = [0.64, 0.16]; t = 0", "0"),
      .hand("ᾱ 0.64 → 0.16: 0.36/0.84 · 0.75", "alpha_bar = [0.64, 0.16, 0.1]; t = 1", "0.27 / 0.84"),
    ])

  static let meanFromEpsilon = Formula(
    "posterior.mean_from_epsilon", "Mean of the step back from a predicted noise",
    "mu = (x_t - beta[t]/sqrt(1 - alpha_bar[t])*eps_hat)/sqrt(alpha[t])",
    where: ["beta[t] = 1 - alpha_bar[t]/alpha_bar[t-1]", "alpha[t] = 1 - beta[t]"],
    summary: """
      The mean of the step back with x̂₀ written out: take a part of the predicted noise away and scale up. The part is \
      small; that is what “removing a part of the noise” means.
      """,
    symbols: [
      .init("mu", "mean of the step back", "[N, C, H, W]", .result), .xt, .epsHat, .alphaBar, .t,
      .init("alpha[t]", "share of the variance that step t keeps, 1 − βₜ", "number", .explained),
      .init("beta[t]", "variance that step t adds", "number", .explained),
    ],
    sources: [.ddpm("(11)")], paperForm: Formula.countsFromOne,
    notes: ["It cannot be used when x̂₀ is clipped: then insert the clipped x̂₀ in posterior.mean."],
    mistakes: [
      .init(
        "root missing over 1 − ᾱ", "(x_t - beta[t]/(1 - alpha_bar[t])*eps_hat)/sqrt(alpha[t])",
        "β is divided by √(1 − ᾱₜ): one root is left of the noise's own factor."),
      .init(
        "all the noise removed", "(x_t - sqrt(1 - alpha_bar[t])*eps_hat)/sqrt(alpha[t])",
        "√(1 − ᾱₜ) ε̂ is all the noise; a step removes β/√(1 − ᾱₜ) of ε̂."),
      .init(
        "ᾱ for α outside", "(x_t - beta[t]/sqrt(1 - alpha_bar[t])*eps_hat)/sqrt(alpha_bar[t])",
        "The factor outside belongs to one step: 1/√αₜ, without the bar."),
      .init(
        "√β for β", "(x_t - sqrt(beta[t])/sqrt(1 - alpha_bar[t])*eps_hat)/sqrt(alpha[t])",
        "β itself stands above the bar."),
      .init(
        "not scaled up", "x_t - beta[t]/sqrt(1 - alpha_bar[t])*eps_hat",
        "The step of noising shrank the image by √αₜ: divide by it."),
    ],
    cases: [
      .hand(
        "ᾱ 0.64 → 0.16, no noise predicted: xₜ/0.5", "alpha_bar = [0.64, 0.16]; t = 1; x_t = [1, -3]; eps_hat = [0, 0]",
        "[2, -6]"),
      .hand(
        "at t = 0 it is x̂₀", "alpha_bar = [0.64, 0.3]; t = 0; x_t = [1.1, 0.8]; eps_hat = [0.5, 2]", "[1, -0.5]"),
    ])
}
