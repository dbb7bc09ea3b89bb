/// The bends between linear layers.
enum ActivationFormulas {
  static let formulas: [Formula] = [silu, gelu, quickGELU, geglu]

  static let silu = Formula(
    "act.silu", "SiLU, also Swish", "y = x/(1 + exp(-x))",
    summary: """
      A smooth bend: almost x where x is large, almost 0 where it is very negative, a shallow dip of −0.278 between. \
      U-Nets of diffusion models use it after every normalisation.
      """,
    symbols: [.init("y", "result", "as x", .result), .init("x", "any features", "any shape")],
    sources: [
      .init(
        "SiLU", "section 2", "Elfwing, Uchibe, Doya 2018: Sigmoid-Weighted Linear Units for Neural Network …",
        "arXiv:1702.03118")
    ],
    mistakes: [
      .init("sigmoid", "1/(1 + exp(-x))", "That is the sigmoid; SiLU is x times it."),
      .init("sign in the exponent", "x/(1 + exp(x))", "The exponent is −x; yours is SiLU mirrored and negated."),
      .init("ReLU", "max(x, 0)", "ReLU has a corner at 0; SiLU is smooth."),
      .init("GELU", "x*(1 + erf(x/sqrt(2)))/2", "That is GELU, which weighs x by the normal distribution."),
      .init("QuickGELU", "x/(1 + exp(-1.702*x))", "That is QuickGELU; SiLU has no factor in the exponent."),
    ],
    cases: [
      .hand("0, and log 3 · 3/4", "x = [0, 1.0986122886681098]", "[0, 0.8239592165010823]")
    ])

  static let gelu = Formula(
    "act.gelu", "GELU", "y = x*(1 + erf(x/sqrt(2)))/2",
    summary: """
      x times the share of a normal distribution that lies below x. Transformers use it; it bends like SiLU, a little \
      more sharply.
      """,
    symbols: [.init("y", "result", "as x", .result), .init("x", "any features", "any shape")],
    sources: [.init("GELU", "section 2", "Hendrycks, Gimpel 2016: Gaussian Error Linear Units", "arXiv:1606.08415")],
    notes: ["The approximation with tanh differs by up to 0.0005: enough to fail a comparison of weights' outputs."],
    mistakes: [
      .init(
        "tanh approximation", "x*(1 + tanh(sqrt(2/pi)*(x + 0.044715*x^3)))/2",
        "That is the approximation; the exact form has erf."),
      .init("root of 2 missing", "x*(1 + erf(x))/2", "The normal distribution's share is (1 + erf(x/√2))/2."),
      .init("SiLU", "x/(1 + exp(-x))", "That is SiLU, with the logistic instead of the normal distribution."),
      .init("QuickGELU", "x/(1 + exp(-1.702*x))", "That is QuickGELU, which CLIP uses."),
      .init("half missing", "x*(1 + erf(x/sqrt(2)))", "Half of 1 + erf: a share between 0 and 1."),
    ],
    cases: [
      .hand("0 stays, ±10 are almost ReLU", "x = [0, 10, -10]", "[0, 10, 0]", tolerance: .absolute(1e-12)),
      .hand(
        "x = 1: 0.841345 of the distribution lies below", "x = [[1], [-1]]",
        "[[0.8413447460685429], [-0.15865525393145707]]"),
    ])

  static let quickGELU = Formula(
    "act.quick_gelu", "QuickGELU", "y = x/(1 + exp(-1.702*x))",
    summary:
      "A logistic stand-in for GELU. CLIP's first text encoders were trained with it, so it must be used with them.",
    symbols: [.init("y", "result", "as x", .result), .init("x", "any features", "any shape")],
    sources: [.init("GELU", "section 2", "Hendrycks, Gimpel 2016: Gaussian Error Linear Units", "arXiv:1606.08415")],
    mistakes: [
      .init("SiLU", "x/(1 + exp(-x))", "That is SiLU; the factor 1.702 is missing."),
      .init("GELU", "x*(1 + erf(x/sqrt(2)))/2", "That is the exact GELU; CLIP was trained with the logistic form."),
      .init("sign in the exponent", "x/(1 + exp(1.702*x))", "The exponent is −1.702 x."),
      .init("factor outside", "1.702*x/(1 + exp(-x))", "The factor stands in the exponent."),
    ],
    cases: [
      .hand("1.702 x = log 3: 3/4 of x", "x = [0, log(3)/1.702]", "[0, 0.75*log(3)/1.702]")
    ])

  static let geglu = Formula(
    "act.geglu", "GEGLU", "y = a*g*(1 + erf(g/sqrt(2)))/2",
    summary: """
      One half of a linear layer's output, multiplied by GELU of the other half: a gate. The feed-forward part of Stable \
      Diffusion's transformer blocks.
      """,
    symbols: [
      .init("y", "result", "[N, L, D]", .result), .init("a", "first half of the layer's output", "[N, L, D]"),
      .init("g", "second half, the gate", "[N, L, D]"),
    ],
    sources: [.init("GLU variants", "section 2", "Shazeer 2020: GLU Variants Improve Transformer", "arXiv:2002.05202")],
    paperForm:
      "The paper writes GELU(x W) ⊗ x V: its first factor is the gate; in checkpoints the gate is the second half.",
    mistakes: [
      .init("halves exchanged", "g*a*(1 + erf(a/sqrt(2)))/2", "In checkpoints the second half goes through GELU."),
      .init("SiLU gate", "a*g/(1 + exp(-g))", "That is SwiGLU; here the gate is GELU."),
      .init("sigmoid gate", "a/(1 + exp(-g))", "That is the plain GLU."),
      .init("sum for product", "a + g*(1 + erf(g/sqrt(2)))/2", "The gate multiplies."),
    ],
    cases: [
      .hand("gate 0 closes, gate 10 is open", "a = [3, -2]; g = [0, 10]", "[0, -20]", tolerance: .absolute(1e-12)),
      .hand("2 · 0.841345", "a = [[2]]; g = [[1]]", "[[1.6826894921370859]]"),
    ])
}
