/// What a network may predict, and how one prediction gives another.
enum Predictions {
  static let formulas: [Formula] = [
    x0FromEpsilon, epsilonFromX0, velocity, x0FromVelocity, epsilonFromVelocity, score,
  ]

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
    ],
    cases: [
      .hand(
        "(1.1 − 0.6 · 0.5)/0.8", "alpha_bar = [0.9, 0.64]; t = 1; x_t = [1.1, 0.8]; eps_hat = [0.5, 2]", "[1, -0.5]"),
      .hand(
        "no noise predicted: the dimming is undone",
        "alpha_bar = [0.25]; t = 0; x_t = [[0.5, -0.5, 1]]; eps_hat = [[0, 0, 0]]", "[[1, -1, 2]]"),
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
    ],
    cases: [
      .hand("(1.1 − 0.8 · 1)/0.6", "alpha_bar = [0.9, 0.64]; t = 1; x_t = [1.1, 0.8]; x0_hat = [1, -0.5]", "[0.5, 2]")
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
    ],
    cases: [
      .hand("0.8 · 0.5 − 0.6 · 1", "alpha_bar = [0.9, 0.64]; t = 1; eps = [0.5, 2]; x0 = [1, -0.5]", "[-0.2, 1.9]"),
      .hand(
        "0.96 ε − 0.28 x₀", "alpha_bar = [0.9216, 0.5]; t = 0; eps = [[0.5, 2, -1]]; x0 = [[1, 1, 1]]",
        "[[0.2, 1.64, -1.24]]"),
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
    ],
    cases: [
      .hand("−ε/0.6", "alpha_bar = [0.9, 0.64]; t = 1; eps_hat = [0.3, -1.2]", "[-0.5, 2]")
    ])

  static let x0FromVelocity = Formula(
    "prediction.x0_from_v", "The clean image behind a predicted velocity",
    "x0_hat = sqrt(alpha_bar[t])*x_t - sqrt(1 - alpha_bar[t])*v_hat",
    summary: """
      Turn back by the angle by which xₜ was turned. No division: at the last timestep, where a predicted noise says \
      nothing about the image, a predicted velocity still does.
      """,
    symbols: [
      .x0Hat.asResult(), .alphaBar, .t, .xt, .init("v_hat", "the velocity the model predicts", "[N, C, H, W]"),
    ],
    sources: [.distillation("appendix D")],
    paperForm: "The paper writes x̂ = α z − σ v̂ with α = √ᾱ, σ = √(1 − ᾱ).",
    mistakes: [
      .init(
        "plus for minus", "sqrt(alpha_bar[t])*x_t + sqrt(1 - alpha_bar[t])*v_hat",
        "v points from image to noise; the way back has a minus."),
      .init(
        "weights exchanged", "sqrt(1 - alpha_bar[t])*x_t - sqrt(alpha_bar[t])*v_hat",
        "√ᾱₜ belongs to xₜ: at small t, xₜ is the image already."),
      .init(
        "taken for ε", "(x_t - sqrt(1 - alpha_bar[t])*v_hat)/sqrt(alpha_bar[t])",
        "That is the formula for a predicted noise; this model predicts v."),
      .init(
        "dropped square roots", "alpha_bar[t]*x_t - (1 - alpha_bar[t])*v_hat", "The weights are √ᾱₜ and √(1 − ᾱₜ)."),
    ],
    cases: [
      .hand(
        "0.8 · 1.1 − 0.6 · (−0.2)", "alpha_bar = [0.9, 0.64]; t = 1; x_t = [1.1, 0.8]; v_hat = [-0.2, 1.9]",
        "[1, -0.5]")
    ])

  static let epsilonFromVelocity = Formula(
    "prediction.epsilon_from_v", "The noise behind a predicted velocity",
    "eps_hat = sqrt(1 - alpha_bar[t])*x_t + sqrt(alpha_bar[t])*v_hat",
    summary: "The other coordinate of the same turn: with it every sampler written for noise can use a v-model.",
    symbols: [
      .epsHat.asResult(), .alphaBar, .t, .xt, .init("v_hat", "the velocity the model predicts", "[N, C, H, W]"),
    ],
    sources: [.distillation("appendix D")],
    paperForm: "The paper writes ε̂ = σ z + α v̂ with α = √ᾱ, σ = √(1 − ᾱ).",
    mistakes: [
      .init(
        "minus for plus", "sqrt(1 - alpha_bar[t])*x_t - sqrt(alpha_bar[t])*v_hat",
        "v points towards the noise: plus."),
      .init(
        "weights exchanged", "sqrt(alpha_bar[t])*x_t + sqrt(1 - alpha_bar[t])*v_hat",
        "√ᾱₜ belongs to v: at small t, v is the noise."),
      .init("v taken for ε", "v_hat", "v is ε only at t where nothing is noised yet."),
      .init(
        "dropped square roots", "(1 - alpha_bar[t])*x_t + alpha_bar[t]*v_hat", "The weights are √(1 − ᾱₜ) and √ᾱₜ."),
    ],
    cases: [
      .hand(
        "0.6 · 1.1 + 0.8 · (−0.2)", "alpha_bar = [0.9, 0.64]; t = 1; x_t = [1.1, 0.8]; v_hat = [-0.2, 1.9]",
        "[0.5, 2]")
    ])
}
