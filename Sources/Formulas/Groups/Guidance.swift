/// Steering a sample towards its condition.
enum GuidanceFormulas {
  static let formulas: [Formula] = [classifierFree, rescale, classifier]

  static let classifierFree = Formula(
    "guidance.cfg", "Classifier-free guidance",
    "eps_tilde = eps_uncond + w*(eps_cond - eps_uncond)",
    summary: """
      Ask the model twice, with and without the prompt, and go beyond the answer with it. w = 1 is the conditional \
      model, w = 0 the unconditional one; above 1 the picture fits the prompt better and varies less.
      """,
    symbols: [
      .init("eps_tilde", "the noise that is used", "[N, C, H, W]", .result),
      .init("eps_uncond", "noise predicted without the condition", "[N, C, H, W]"),
      .init("eps_cond", "noise predicted with it", "[N, C, H, W]"),
      .init("w", "guidance scale", "number, 7.5 as a rule"),
    ],
    sources: [.imagen("(2)"), .cfg("(6)")],
    paperForm: """
      The original paper writes (1 + w) ε_cond − w ε_uncond, where w = 0 is the conditional model: its w is ours minus \
      1. Imagen and diffusers count as here.
      """,
    notes: ["A negative prompt takes the place of the empty one in ε_uncond."],
    mistakes: [
      .init(
        "the paper's w", "(1 + w)*eps_cond - w*eps_uncond",
        """
        You went on from ε_cond, as the original paper does. Its w is one less than the guidance scale: with w = 1 the \
        conditional prediction itself must come out.
        """),
      .init(
        "difference exchanged", "eps_uncond + w*(eps_uncond - eps_cond)",
        "The direction is from unconditional to conditional."),
      .init(
        "cond and uncond exchanged", "eps_cond + w*(eps_uncond - eps_cond)",
        "In a batch of two the unconditional half usually comes first."),
      .init(
        "unconditional part missing", "w*(eps_cond - eps_uncond)", "Add the difference to ε_uncond."),
    ],
    cases: [
      .hand("1 + 3 · (2 − 1)", "eps_uncond = [1, 0]; eps_cond = [2, -1]; w = 3", "[4, -3]"),
      .hand(
        "w = 1 is the conditional prediction", "eps_uncond = [[1, 0, 5]]; eps_cond = [[2, -1, 3]]; w = 1",
        "[[2, -1, 3]]"),
    ])

  static let rescale = Formula(
    "guidance.rescale", "Guidance without over-exposure",
    "eps_final = phi*eps_tilde*sqrt(v_cond/v_tilde) + (1 - phi)*eps_tilde",
    where: [
      "v_cond = var(reshape(eps_cond, size(eps_cond, axis=0), -1), axis=1)",
      "v_tilde = var(reshape(eps_tilde, size(eps_tilde, axis=0), -1), axis=1)",
    ],
    summary: """
      Strong guidance makes the prediction larger than any the model was trained on, and pictures come out over-exposed. \
      This gives it the spread of the conditional prediction back, image by image, and mixes the two.
      """,
    symbols: [
      .init("eps_final", "the prediction that is used", "[N, D]", .result),
      .init("eps_tilde", "guided prediction", "[N, D]"), .init("eps_cond", "conditional prediction", "[N, D]"),
      .init("phi", "share of the rescaled prediction", "number, 0.7"),
      .init("v_cond", "variance of each image of ε_cond", "[N, 1]", .explained),
      .init("v_tilde", "variance of each image of ε̃", "[N, 1]", .explained),
    ],
    sources: [
      .init(
        "Lin and others", "(15), (16)",
        "Lin, Liu, Li, Yang 2024: Common Diffusion Noise Schedules and Sample Steps Are Flawed", "arXiv:2305.08891")
    ],
    paperForm: "The paper writes standard deviations, σ_pos/σ_cfg; the quotient is the root of ours.",
    notes: ["D stands for all of C, H, W: an image is one row here."],
    mistakes: [
      .init(
        "variances instead of deviations", "phi*eps_tilde*v_cond/v_tilde + (1 - phi)*eps_tilde",
        "Scale by the quotient of standard deviations: take the root."),
      .init(
        "quotient upside down", "phi*eps_tilde*sqrt(v_tilde/v_cond) + (1 - phi)*eps_tilde",
        "The guided prediction is too large; it is multiplied by σ_cond/σ̃, below 1."),
      .init(
        "one scale for the batch",
        "phi*eps_tilde*sqrt(var(eps_cond)/var(eps_tilde)) + (1 - phi)*eps_tilde",
        "The spread is measured for each image, not over the batch."),
      .init(
        "mixed with the conditional", "phi*eps_tilde*sqrt(v_cond/v_tilde) + (1 - phi)*eps_cond",
        "The rest, 1 − φ, is the guided prediction itself."),
    ],
    cases: [
      .hand(
        "deviation 2 instead of 4: halved", "eps_tilde = [[4, -4]]; eps_cond = [[3, -1]]; phi = 1", "[[2, -2]]"),
      .hand("φ = 0 changes nothing", "eps_tilde = [[4, -4, 1]]; eps_cond = [[3, -1, 0]]; phi = 0", "[[4, -4, 1]]"),
    ])

  static let classifier = Formula(
    "guidance.classifier", "Classifier guidance", "eps_tilde = eps_hat - w*sqrt(1 - alpha_bar[t])*g",
    summary: """
      The older way to steer: a classifier trained on noisy images says in which direction the picture looks more like \
      the class, and the prediction is pushed there. Classifier-free guidance replaced it, but the idea is the same: \
      score of the images plus w times score of the class.
      """,
    symbols: [
      .init("eps_tilde", "the noise that is used", "[N, C, H, W]", .result), .epsHat,
      .init("w", "guidance scale", "number, 1 and more"), .alphaBar, .t,
      .init("g", "gradient of log p(y | xₜ) with respect to xₜ", "[N, C, H, W]"),
    ],
    sources: [.adm("(14)")], paperForm: Formula.countsFromOne,
    mistakes: [
      .init(
        "sign", "eps_hat + w*sqrt(1 - alpha_bar[t])*g",
        "Noise is against the score: to follow the gradient, subtract it."),
      .init("not scaled", "eps_hat - w*g", "The score is −ε̂/√(1 − ᾱₜ), so a gradient enters ε̂ with √(1 − ᾱₜ)."),
      .init(
        "variance for deviation", "eps_hat - w*(1 - alpha_bar[t])*g",
        "The factor is the noise's deviation √(1 − ᾱₜ)."),
      .init("weight of the signal", "eps_hat - w*sqrt(alpha_bar[t])*g", "The factor is that of the noise, √(1 − ᾱₜ)."),
    ],
    cases: [
      .hand(
        "0.5 − 2 · 0.6 · 1", "eps_hat = [0.5, 1]; w = 2; alpha_bar = [0.9, 0.64]; t = 1; g = [1, -0.5]", "[-0.7, 1.6]")
    ])
}
