/// What training makes small.
enum Losses {
  static let formulas: [Formula] = [simple, latent, conditional]

  private static let meanNote = """
    The papers write the squared length, a sum over all numbers of an image. Code, diffusers' and ours, takes the mean \
    over them as well: the same minimum, another scale. On a batch the expectation is the mean over its images, each \
    with a t and a noise of its own.
    """
  private static let computedMean = "mean((eps - eps_hat)^2)"

  static let simple = Formula(
    "loss.simple", "Diffusion loss",
    "L_DM = E(norm(eps - eps_theta(x_t, t))^2, x0, eps, t)", computed: computedMean,
    summary: """
      Noise an image to a random t, let the network say which noise it was, and make the squared error small. Nothing \
      else is trained. The terms of the likelihood bound carry weights that differ with t; leaving them out gave better \
      pictures, hence “simple”.
      """,
    symbols: [
      .init("L_DM", "loss of the diffusion model", "number", .result), .eps, .epsHat,
      .init("eps_theta", "the network, with weights θ", "function of xₜ and t", .explained), .xt.explained(),
      .x0.explained(), .init("t", "timestep, drawn evenly from 0…T−1", "[N], integers", .explained),
    ],
    sources: [.ldm("(1)"), .ddpm("(14)")],
    paperForm: "DDPM calls it L_simple and writes xₜ out: ‖ε − ε_θ(√ᾱₜ x₀ + √(1 − ᾱₜ) ε, t)‖².",
    notes: [meanNote], mistakes: commonMistakes, cases: commonCases)

  static let latent = Formula(
    "loss.ldm", "Latent diffusion loss",
    "L_LDM = E(norm(eps - eps_theta(z_t, t))^2, encode(x), eps, t)", computed: computedMean,
    summary: """
      The same loss with the image replaced by its latent z = ℰ(x): the encoder runs once an image, noise and network \
      live in the small space. The autoencoder is trained beforehand and stays fixed.
      """,
    symbols: [
      .init("L_LDM", "loss of the latent diffusion model", "number", .result),
      .init("eps", "the noise that was drawn, from N(0, I)", "[N, 4, H/4, W/4]"),
      .init("eps_hat", "the noise the model predicts, ε_θ(zₜ, t)", "[N, 4, H/4, W/4]"),
      .init("z_t", "noisy latent: the closed form with z for x₀", "[N, 4, H/4, W/4]", .explained),
      .init("encode", "encoder of the autoencoder, ℰ in the paper", "function", .explained),
      .init("x", "image", "[N, 3, H, W]", .explained),
      .init("t", "timestep, drawn evenly from 0…T−1", "[N], integers", .explained),
    ],
    sources: [.ldm("(2)")], notes: [meanNote], mistakes: commonMistakes, cases: commonCases)

  static let conditional = Formula(
    "loss.conditional", "Conditional latent diffusion loss",
    "L_LDM = E(norm(eps - eps_theta(z_t, t, tau_theta(y)))^2, encode(x), y, eps, t)", computed: computedMean,
    summary: """
      The network is also told what the picture shows: τ encodes the prompt y, and cross-attention takes it into the \
      U-Net. In one of about ten examples y is left empty, so that the same network can predict without it (guidance \
      needs both).
      """,
    symbols: [
      .init("L_LDM", "loss of the conditional model", "number", .result),
      .init("eps", "the noise that was drawn, from N(0, I)", "[N, 4, H/4, W/4]"),
      .init("eps_hat", "the noise the model predicts, ε_θ(zₜ, t, τ_θ(y))", "[N, 4, H/4, W/4]"),
      .init("z_t", "noisy latent", "[N, 4, H/4, W/4]", .explained),
      .init("encode", "encoder of the autoencoder", "function", .explained),
      .init("x", "image", "[N, 3, H, W]", .explained),
      .init("tau_theta", "encoder of the condition, a text transformer here", "function → [N, L, D]", .explained),
      .init("y", "condition: a prompt", "text", .explained),
      .init("t", "timestep, drawn evenly from 0…T−1", "[N], integers", .explained),
    ],
    sources: [.ldm("(3)")],
    notes: [
      meanNote,
      """
      The condition is an argument of ε_θ: the bracket closes after τ_θ(y). Printed versions put it outside, where it \
      would multiply or say nothing.
      """,
    ], mistakes: commonMistakes, cases: commonCases)

  private static let commonCases: [Formula.Case] = [
    .hand("errors 1, −1, 2, 0: mean of squares 1.5", "eps = [[1, 0], [2, 1]]; eps_hat = [[0, 1], [0, 1]]", "1.5"),
    .hand("errors that cancel do not vanish", "eps = [[0.5, -0.5, 0]]; eps_hat = [[0, 0, 0]]", "0.5 / 3"),
  ]

  private static let commonMistakes: [Formula.Mistake] = [
    .init(
      "sum for mean", "sum((eps - eps_hat)^2)",
      "You added the squared errors up; code divides by their number, over the batch and over the pixels."),
    .init(
      "summed over pixels", "sum((eps - eps_hat)^2)/size(eps, axis=0)",
      "That is the papers' ‖…‖², averaged over the batch. Code takes the mean over the pixels too."),
    .init(
      "half of it", "mean((eps - eps_hat)^2)/2",
      "No factor ½: it would vanish in the gradient's scale, but the values differ."),
    .init(
      "root of it", "sqrt(mean((eps - eps_hat)^2))", "You took the root of the mean squared error; the loss has none."),
    .init(
      "absolute error", "mean(abs(eps - eps_hat))", "The error is squared, not made positive: L2, not L1."),
    .init(
      "square of the mean", "mean(eps - eps_hat)^2", "Square first, then average; else errors cancel."),
  ]
}
