/// The chain that turns an image into noise.
enum ForwardProcess {
  static let formulas: [Formula] = [step, closedForm, meanVariance, jump, variance]

  static let step = Formula(
    "forward.step", "One step of noising",
    "x_t = sqrt(1 - beta[t])*x[t-1] + sqrt(beta[t])*eps",
    summary: """
      Shrink the image a little, add a little noise. The two roots are chosen so that an image of variance 1 keeps \
      variance 1: (1 − βₜ) + βₜ = 1. Repeated T times, nothing but noise is left.
      """,
    symbols: [
      .init("x_t", "the image after this step", "[N, C, H, W]", .result),
      .init("x[t-1]", "the image before this step; the clean image when t = 0", "[N, C, H, W]"),
      .beta, .t, .init("eps", "noise of this step alone, drawn from N(0, I)", "[N, C, H, W]"),
    ],
    sources: [.ddpm("(2)")], paperForm: Formula.countsFromOne,
    notes: [
      "The paper writes the distribution, q(xₜ | xₜ₋₁) = 𝒩(√(1 − βₜ) xₜ₋₁, βₜ I); this is how one draws from it."
    ],
    mistakes: [
      .init(
        "dropped square root of the noise", "sqrt(1 - beta[t])*x[t-1] + beta[t]*eps",
        "βₜ is the variance of the noise; the noise is multiplied by its root, the standard deviation."),
      .init(
        "image not shrunk", "x[t-1] + sqrt(beta[t])*eps",
        "Without the factor √(1 − βₜ) the variance grows with every step (that is the “variance exploding” chain)."),
      .init(
        "square root missing on the image", "(1 - beta[t])*x[t-1] + sqrt(beta[t])*eps",
        "The image is multiplied by √(1 − βₜ): variances, not amplitudes, add up to 1."),
      .init(
        "weights exchanged", "sqrt(beta[t])*x[t-1] + sqrt(1 - beta[t])*eps",
        "βₜ is small: it belongs to the noise, 1 − βₜ to the image."),
    ],
    cases: [
      .hand(
        "β = 0.36: factors 0.8 and 0.6", "beta = [0.1, 0.36, 0.5]; t = 1; x[t-1] = [1, -0.5]; eps = [0.5, 2]",
        "[1.1, 0.8]"),
      .hand(
        "without noise the image shrinks by 0.9", "beta = [0.19, 0.5]; t = 0; x[t-1] = [[2, -4, 0]]; eps = [[0, 0, 0]]",
        "[[1.8, -3.6, 0]]"),
    ])

  static let closedForm = Formula(
    "forward.closed_form", "Noising in one jump",
    "x_t = sqrt(alpha_bar[t])*x0 + sqrt(1 - alpha_bar[t])*eps",
    summary: """
      All t + 1 steps of noising at once. Sums of independent Gaussian noise are Gaussian noise again, so the whole \
      chain is one weighted sum of the clean image and a single noise. Training never walks the chain: it draws any t \
      and jumps there.
      """,
    symbols: [.xt.asResult(), .alphaBar, .t, .x0, .eps],
    sources: [.ddpm("(4)")], paperForm: Formula.countsFromOne,
    notes: [
      "Signal and noise have the shares ᾱₜ and 1 − ᾱₜ of the variance, so an image of variance 1 keeps it.",
      "The noise here is not the noise of step t: it stands for all steps together.",
    ],
    mistakes: [
      .init(
        "dropped square root of the noise", "sqrt(alpha_bar[t])*x0 + (1 - alpha_bar[t])*eps",
        "You dropped the square root over 1 − ᾱₜ. It is the variance of the noise; the noise is multiplied by its root."
      ),
      .init(
        "dropped square root of the signal", "alpha_bar[t]*x0 + sqrt(1 - alpha_bar[t])*eps",
        "You dropped the square root over ᾱₜ. ᾱₜ is the signal's share of the variance, √ᾱₜ its factor."),
      .init(
        "dropped both square roots", "alpha_bar[t]*x0 + (1 - alpha_bar[t])*eps",
        "These weights add up to 1, but their squares do not: the variance is not preserved. Take the root of both."),
      .init(
        "√(1 − √ᾱ) for √(1 − ᾱ)", "sqrt(alpha_bar[t])*x0 + sqrt(1 - sqrt(alpha_bar[t]))*eps",
        "Under the second root stands ᾱₜ itself, not its root."),
      .init(
        "one step too early", "sqrt(alpha_bar[t-1])*x0 + sqrt(1 - alpha_bar[t-1])*eps",
        "You used ᾱₜ₋₁. Here t counts from 0, so ᾱₜ already holds t + 1 steps."),
      .init(
        "weights exchanged", "sqrt(1 - alpha_bar[t])*x0 + sqrt(alpha_bar[t])*eps",
        "ᾱₜ is what is left of the signal: it starts near 1 and belongs to x₀."),
    ],
    cases: [
      .hand(
        "ᾱ = 0.64: factors 0.8 and 0.6", "alpha_bar = [0.9, 0.64, 0.3]; t = 1; x0 = [1, -0.5]; eps = [0.5, 2]",
        "[1.1, 0.8]"),
      .hand(
        "ᾱ = 0.25 and no noise: half the image",
        "alpha_bar = [0.5, 0.4, 0.25]; t = 2; x0 = [[1, -1, 0.5]]; eps = [[0, 0, 0]]", "[[0.5, -0.5, 0.25]]"),
    ])

  static let meanVariance = Formula(
    "forward.mean_variance", "Mean and variance of the noisy image",
    "q(x_t | x0) = N(sqrt(alpha_bar[t])*x0, (1 - alpha_bar[t])*I)",
    computed: "stack(sqrt(alpha_bar[t])*x0, 1 - alpha_bar[t])",
    summary: """
      The noisy image as a distribution: a Gaussian around a dimmed copy of the clean image, with the same variance for \
      every pixel. At the last t the mean is almost 0 and the variance almost 1, whatever the image was.
      """,
    symbols: [
      .init("q(x_t | x0)", "distribution of the noisy image, given the clean one", "over [N, C, H, W]", .explained),
      .alphaBar, .t, .x0, .init("I", "identity: pixels are independent", "matrix", .explained),
    ],
    sources: [.ddpm("(4)")], paperForm: Formula.countsFromOne,
    notes: ["Computed here as two stacked arrays: the mean, then the variance."],
    mistakes: [
      .init(
        "standard deviation for variance", "stack(sqrt(alpha_bar[t])*x0, sqrt(1 - alpha_bar[t]))",
        "√(1 − ᾱₜ) is the standard deviation; the Gaussian is written with its variance."),
      .init(
        "mean without root", "stack(alpha_bar[t]*x0, 1 - alpha_bar[t])",
        "The mean is √ᾱₜ x₀: ᾱₜ is the share of the variance, its root the factor of the image."),
      .init(
        "variance of one step", "stack(sqrt(alpha_bar[t])*x0, 1 - alpha_bar[t]/alpha_bar[t-1])",
        "1 − ᾱₜ/ᾱₜ₋₁ is βₜ, the variance which the last step alone adds."),
      .init(
        "share of the signal for the noise", "stack(sqrt(alpha_bar[t])*x0, alpha_bar[t])",
        "ᾱₜ is the signal's share of the variance; the noise has the rest, 1 − ᾱₜ."),
    ],
    cases: [
      .hand(
        "ᾱ = 0.36: mean 0.6 x₀, variance 0.64", "alpha_bar = [0.8, 0.36]; t = 1; x0 = [1, -2, 0.5]",
        "[[0.6, -1.2, 0.3], [0.64, 0.64, 0.64]]")
    ])

  static let jump = Formula(
    "forward.jump", "From one timestep to a later one",
    "x_t = sqrt(alpha_bar[t]/alpha_bar[s])*x_s + sqrt(1 - alpha_bar[t]/alpha_bar[s])*eps",
    summary: """
      The closed form with a start other than the clean image. The steps between s and t keep the share ᾱₜ/ᾱₛ of what \
      there was at s, and the rest is new noise. With s = t − 1 it is one step, with s = −1 the closed form.
      """,
    symbols: [
      .xt.asResult(), .init("x_s", "image at the earlier timestep", "[N, C, H, W]"), .alphaBar, .t,
      .init("s", "earlier timestep; −1 is the clean image", "integer, −1…t−1"),
      .init("eps", "noise of the steps between, drawn from N(0, I)", "[N, C, H, W]"),
    ],
    sources: [.vdm("appendix A.1"), .ddpm("(2)")],
    paperForm:
      "VDM writes α_{t|s} = αₜ/αₛ and σ²_{t|s} = σₜ² − α²_{t|s} σₛ² for general schedules; ours has α² + σ² = 1.",
    mistakes: [
      .init(
        "difference for ratio", "sqrt(1 - (alpha_bar[s] - alpha_bar[t]))*x_s + sqrt(alpha_bar[s] - alpha_bar[t])*eps",
        "Shares multiply along the chain: what the steps between keep is the ratio ᾱₜ/ᾱₛ."),
      .init(
        "noised from the start", "sqrt(alpha_bar[t])*x_s + sqrt(1 - alpha_bar[t])*eps",
        "x_s has lost its part already: divide ᾱₜ by ᾱₛ."),
      .init(
        "ratio upside down", "sqrt(alpha_bar[s]/alpha_bar[t])*x_s + sqrt(alpha_bar[s]/alpha_bar[t] - 1)*eps",
        "ᾱ falls: ᾱₜ/ᾱₛ is below 1."),
      .init(
        "dropped square root of the noise",
        "sqrt(alpha_bar[t]/alpha_bar[s])*x_s + (1 - alpha_bar[t]/alpha_bar[s])*eps",
        "1 − ᾱₜ/ᾱₛ is a variance; the noise is multiplied by its root."),
    ],
    cases: [
      .hand(
        "ᾱ 0.8 → 0.512: ratio 0.64",
        "alpha_bar = [0.9, 0.8, 0.6, 0.512]; s = 1; t = 3; x_s = [1, -0.5]; eps = [0.5, 2]",
        "[1.1, 0.8]"),
      .hand(
        "from the clean image: the closed form",
        "alpha_bar = [0.9, 0.36]; s = -1; t = 1; x_s = [[1], [-2]]; eps = [[0], [1]]", "[[0.6], [-0.4]]"),
    ])

  static let variance = Formula(
    "forward.variance", "Variance on the way",
    "v_t = alpha_bar[t]*v0 + 1 - alpha_bar[t]",
    summary: """
      What noising does to the spread of a whole data set. Data of variance 1 keep it; pictures with less contrast are \
      blown up, latents with more are calmed down. That is why latents are scaled to variance 1 first.
      """,
    symbols: [
      .init("v_t", "variance of the noisy images", "number", .result), .alphaBar, .t,
      .init("v0", "variance of the clean images", "number"),
    ],
    sources: [.ddpm("(4)"), .ldm("appendix G")], paperForm: Formula.countsFromOne,
    mistakes: [
      .init(
        "standard deviations added", "(sqrt(alpha_bar[t]*v0) + sqrt(1 - alpha_bar[t]))^2",
        "Signal and noise are independent: their variances add, not their standard deviations."),
      .init("noise forgotten", "alpha_bar[t]*v0", "The noise adds 1 − ᾱₜ."),
      .init(
        "factor not squared", "sqrt(alpha_bar[t])*v0 + 1 - alpha_bar[t]",
        "A factor √ᾱₜ multiplies the variance by its square, ᾱₜ."),
      .init("noise of full size", "alpha_bar[t]*v0 + 1", "The noise is multiplied by √(1 − ᾱₜ): it adds 1 − ᾱₜ."),
    ],
    cases: [
      .hand("variance 1 stays 1", "alpha_bar = [0.9, 0.37]; t = 1; v0 = 1", "1"),
      .hand("0.5 · 4 + 0.5", "alpha_bar = [0.9, 0.7, 0.5]; t = 2; v0 = 4", "2.5"),
    ])
}
