/// The step back when the clean image is known, and what a network may predict in its place.
enum Predictions {
  static let formulas: [Formula] = [
    posteriorMean, posteriorVariance, x0FromEpsilon, epsilonFromX0, velocity, score,
  ]

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
    ])

  static let x0FromEpsilon = Formula(
    "prediction.x0_from_epsilon", "The clean image behind a predicted noise",
    "x0_hat = (x_t - sqrt(1 - alpha_bar[t])*eps_hat)/sqrt(alpha_bar[t])",
    summary: """
      The closed form of noising, solved for the image: take the predicted noise away, undo the dimming. Early in \
      sampling it is a blurred guess, the mean of all images that would fit; it sharpens step by step.
      """,
    symbols: [.x0Hat.asResult(), .xt, .alphaBar, .t, .epsHat],
    sources: [.ddpm("(15)"), .ddim("(9)")],
    paperForm: "DDIM writes α for ᾱ. " + Formula.countsFromOne,
    notes: [
      "At large t the division by √ᾱₜ magnifies every error of ε̂: by 157 at the end of the linear schedule."
    ],
    mistakes: [
      .init(
        "dimming not undone", "x_t - sqrt(1 - alpha_bar[t])*eps_hat",
        "What is left after taking the noise away is √ᾱₜ x̂₀; divide by √ᾱₜ."),
      .init(
        "dropped square root of the noise", "(x_t - (1 - alpha_bar[t])*eps_hat)/sqrt(alpha_bar[t])",
        "The noise in xₜ is √(1 − ᾱₜ) ε."),
      .init(
        "divided by ᾱ without root", "(x_t - sqrt(1 - alpha_bar[t])*eps_hat)/alpha_bar[t]",
        "The image was multiplied by √ᾱₜ."),
      .init(
        "the whole noise taken away", "x_t - eps_hat",
        "ε̂ has variance 1; in xₜ it is only √(1 − ᾱₜ) of that, and the image is dimmed."),
      .init(
        "bracket misplaced", "x_t - sqrt(1 - alpha_bar[t])*eps_hat/sqrt(alpha_bar[t])",
        "Both terms are divided by √ᾱₜ: put the difference in brackets."),
    ])

  static let epsilonFromX0 = Formula(
    "prediction.epsilon_from_x0", "The noise behind a predicted image",
    "eps_hat = (x_t - sqrt(alpha_bar[t])*x0_hat)/sqrt(1 - alpha_bar[t])",
    summary: """
      The same equation solved for the noise: for models that predict the image, and for samplers that clip x̂₀ and need \
      the noise that goes with it.
      """,
    symbols: [.epsHat.asResult(), .xt, .alphaBar, .t, .x0Hat],
    sources: [.ddpm("(4)"), .ddim("(9)")], paperForm: "Both papers use it without a number. " + Formula.countsFromOne,
    mistakes: [
      .init(
        "image not dimmed", "(x_t - x0_hat)/sqrt(1 - alpha_bar[t])",
        "In xₜ the image is dimmed to √ᾱₜ x̂₀; subtract that."),
      .init(
        "divided by the variance", "(x_t - sqrt(alpha_bar[t])*x0_hat)/(1 - alpha_bar[t])",
        "The noise was multiplied by √(1 − ᾱₜ); divide by the root."),
      .init(
        "not divided", "x_t - sqrt(alpha_bar[t])*x0_hat",
        "That is √(1 − ᾱₜ) ε̂, the noise as it is in the image; divide to get variance 1."),
      .init(
        "sign", "(sqrt(alpha_bar[t])*x0_hat - x_t)/sqrt(1 - alpha_bar[t])",
        "Noise is what xₜ has more than the dimmed image."),
    ])

  static let velocity = Formula(
    "prediction.v", "Velocity", "v[t] = sqrt(alpha_bar[t])*eps - sqrt(1 - alpha_bar[t])*x0",
    summary: """
      A third thing to predict: noise at small t, the (negative) image at large t, always with variance 1. Image and \
      noise are two axes, xₜ turns from one to the other, and v is the direction in which it turns.
      """,
    symbols: [
      .init("v[t]", "velocity, the target of v-prediction", "[N, C, H, W]", .result), .alphaBar, .t, .eps, .x0,
    ],
    sources: [.distillation("section 4")],
    paperForm: "The paper writes v = α ε − σ x with α = √ᾱₜ, σ = √(1 − ᾱₜ).",
    notes: ["x̂₀ = √ᾱₜ xₜ − √(1 − ᾱₜ) v and ε̂ = √(1 − ᾱₜ) xₜ + √ᾱₜ v: no division, so it is safe at every t."],
    mistakes: [
      .init(
        "sign exchanged", "sqrt(1 - alpha_bar[t])*x0 - sqrt(alpha_bar[t])*eps",
        "v points from the image towards the noise: ε with plus, x₀ with minus."),
      .init(
        "weights of the noisy image", "sqrt(1 - alpha_bar[t])*eps - sqrt(alpha_bar[t])*x0",
        "The weights are those of xₜ exchanged: √ᾱₜ belongs to ε."),
      .init(
        "plus for minus", "sqrt(alpha_bar[t])*eps + sqrt(1 - alpha_bar[t])*x0",
        "v stands at a right angle to xₜ: the products must cancel, so one sign is minus."),
      .init(
        "dropped square roots", "alpha_bar[t]*eps - (1 - alpha_bar[t])*x0",
        "The weights are amplitudes, the roots of the shares."),
    ])

  static let score = Formula(
    "prediction.score", "Score", "s(x_t) = -eps_hat/sqrt(1 - alpha_bar[t])",
    summary: """
      The score is the direction in which the density of noisy images rises fastest, ∇ log q(xₜ). A network that \
      predicts the noise has learnt it, up to a factor: against the noise lies where images are more likely.
      """,
    symbols: [
      .init("s(x_t)", "gradient of log q(xₜ) with respect to xₜ", "[N, C, H, W]", .result), .epsHat, .alphaBar, .t,
      .xt.explained(),
    ],
    sources: [.adm("(11)"), .scoreSDE("section 4.3")], paperForm: Formula.countsFromOne,
    mistakes: [
      .init("sign", "eps_hat/sqrt(1 - alpha_bar[t])", "The score points against the noise."),
      .init(
        "divided by the variance", "-eps_hat/(1 - alpha_bar[t])",
        "For a Gaussian the score is −(x − μ)/σ², and x − μ is σ ε already: one σ is left."),
      .init("not divided", "-eps_hat", "The score grows as the noise shrinks: divide by √(1 − ᾱₜ)."),
      .init("multiplied", "-eps_hat*sqrt(1 - alpha_bar[t])", "Divide by √(1 − ᾱₜ), do not multiply."),
    ])
}
