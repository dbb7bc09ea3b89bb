/// Steering a sample towards its condition.
enum GuidanceFormulas {
  static let formulas: [Formula] = [classifierFree]

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
        "That is the original paper's formula; its w is one less than the guidance scale of Imagen and diffusers."),
      .init(
        "starts from the conditional", "eps_cond + w*(eps_cond - eps_uncond)",
        "Start from ε_uncond: with w = 1 the conditional prediction must come out."),
      .init(
        "difference exchanged", "eps_uncond + w*(eps_uncond - eps_cond)",
        "The direction is from unconditional to conditional."),
      .init(
        "cond and uncond exchanged", "eps_cond + w*(eps_uncond - eps_cond)",
        "In a batch of two the unconditional half usually comes first."),
      .init(
        "unconditional part missing", "w*(eps_cond - eps_uncond)", "Add the difference to ε_uncond."),
    ])
}
