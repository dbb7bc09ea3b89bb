/// The chain that turns an image into noise.
enum ForwardProcess {
  static let formulas: [Formula] = [step, closedForm, meanVariance]

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
    ])
}
