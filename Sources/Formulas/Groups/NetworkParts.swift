/// The layers a U-Net is made of.
enum NetworkParts {
  static let formulas: [Formula] = [groupNorm, layerNorm, silu, sinusoidal]

  private static let gamma = Formula.Symbol("gamma", "learned scale of each channel", "[C]")
  private static let delta = Formula.Symbol("delta", "small constant against division by zero", "number, 1e-5")
  private static let shift = Formula.Symbol("beta", "learned shift of each channel", "[C]")

  static let groupNorm = Formula(
    "norm.group", "Group normalisation",
    "y = gamma[c]*(x - mu[n, g])/sqrt(v[n, g] + delta) + beta[c]",
    computed: """
      reshape((reshape(x, N, G, -1) - mean(reshape(x, N, G, -1), axis=2))\
      /sqrt(var(reshape(x, N, G, -1), axis=2) + delta), N, C, H, W)*reshape(gamma, C, 1, 1) + reshape(beta, C, 1, 1)
      """,
    summary: """
      Bring the values to mean 0 and variance 1, separately for each image and each group of channels, over all its \
      pixels; then let every channel have its own scale and shift. It does not depend on the batch.
      """,
    symbols: [
      .init("y", "normalised features", "[N, C, H, W]", .result), .init("x", "features", "[N, C, H, W]"), gamma, shift,
      delta, .init("G", "number of groups; it divides C", "integer, 32 as a rule"),
      .init("mu", "mean over a group's channels and all pixels", "[N, G]", .explained),
      .init("v", "variance over the same, divided by their number", "[N, G]", .explained),
      .init("g", "group of the channel c: c·G/C, rounded down", "integer", .explained),
      .init("N", "images in the batch", "integer"), .init("C", "channels", "integer"),
      .init("H", "height", "integer"), .init("W", "width", "integer"),
    ],
    sources: [.groupNorm("(1)–(4)")],
    mistakes: [
      .init(
        "layer normalisation",
        """
        reshape((reshape(x, N, -1) - mean(reshape(x, N, -1), axis=1))\
        /sqrt(var(reshape(x, N, -1), axis=1) + delta), N, C, H, W)*reshape(gamma, C, 1, 1) + reshape(beta, C, 1, 1)
        """, "You normalised over all channels: one group. Group normalisation has G of them."),
      .init(
        "instance normalisation",
        """
        reshape((reshape(x, N, C, -1) - mean(reshape(x, N, C, -1), axis=2))\
        /sqrt(var(reshape(x, N, C, -1), axis=2) + delta), N, C, H, W)*reshape(gamma, C, 1, 1) \
        + reshape(beta, C, 1, 1)
        """, "You normalised every channel by itself: as many groups as channels."),
      .init(
        "sample variance",
        """
        n = C/G*H*W; u = reshape(x, N, G, -1); reshape((u - mean(u, axis=2))\
        /sqrt(var(u, axis=2)*n/(n - 1) + delta), N, C, H, W)*reshape(gamma, C, 1, 1) + reshape(beta, C, 1, 1)
        """, "The variance is divided by the number of values n, not by n − 1."),
      .init(
        "constant outside the root",
        """
        u = reshape(x, N, G, -1); reshape((u - mean(u, axis=2))/(sqrt(var(u, axis=2)) + delta), N, C, H, W)\
        *reshape(gamma, C, 1, 1) + reshape(beta, C, 1, 1)
        """, "The constant is added to the variance, under the root."),
      .init(
        "divided by the variance",
        """
        u = reshape(x, N, G, -1); reshape((u - mean(u, axis=2))/(var(u, axis=2) + delta), N, C, H, W)\
        *reshape(gamma, C, 1, 1) + reshape(beta, C, 1, 1)
        """, "Divide by the standard deviation: the root is missing."),
    ])

  static let layerNorm = Formula(
    "norm.layer", "Layer normalisation",
    "y = gamma*(x - mu)/sqrt(v + delta) + beta", where: ["mu = mean(x, axis=-1)", "v = var(x, axis=-1)"],
    summary: """
      Bring the features of every token to mean 0 and variance 1, by themselves, then scale and shift each feature. \
      Transformers use it where U-Nets use group normalisation.
      """,
    symbols: [
      .init("y", "normalised features", "[N, L, D]", .result), .init("x", "features of each token", "[N, L, D]"),
      .init("gamma", "learned scale of each feature", "[D]"), .init("beta", "learned shift of each feature", "[D]"),
      delta, .init("mu", "mean of a token's features", "[N, L, 1]", .explained),
      .init("v", "their variance, divided by D", "[N, L, 1]", .explained),
    ],
    sources: [.layerNorm("(3)")],
    mistakes: [
      .init(
        "over the tokens", "gamma*(x - mean(x, axis=1))/sqrt(var(x, axis=1) + delta) + beta",
        "Mean and variance run over the features of one token, the last axis."),
      .init(
        "sample variance",
        """
        n = size(x, axis=-1); gamma*(x - mean(x, axis=-1))/sqrt(var(x, axis=-1)*n/(n - 1) + delta) + beta
        """, "The variance is divided by the number of features n, not by n − 1."),
      .init(
        "constant outside the root", "gamma*(x - mean(x, axis=-1))/(sqrt(var(x, axis=-1)) + delta) + beta",
        "The constant is added to the variance, under the root."),
      .init(
        "mean not subtracted", "gamma*x/sqrt(var(x, axis=-1) + delta) + beta",
        "Subtract the mean; what only divides is RMS normalisation, and that divides by the root of the mean square."),
      .init(
        "divided by the variance", "gamma*(x - mean(x, axis=-1))/(var(x, axis=-1) + delta) + beta",
        "Divide by the standard deviation: the root is missing."),
    ])

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
    ])

  static let sinusoidal = Formula(
    "embed.sinusoidal", "Sinusoidal embedding of the timestep",
    "e(t) = concat(cos(t*f), sin(t*f))", where: ["f[j] = 10000^(-2*j/D)"],
    computed: "g = 10000^(-2*range(0, D/2)/D); concat(cos(t*g), sin(t*g))",
    summary: """
      A number becomes a vector of waves, from fast to slow, so that a network can tell 17 from 18 and near from far. \
      All residual blocks receive it.
      """,
    symbols: [
      .init("e(t)", "embedding of t, cosines first", "[D]", .result), .init("t", "timestep", "number, 0…T−1"),
      .init("f", "frequencies fⱼ, j = 0…D/2 − 1, falling from 1 to almost 1/10000", "[D/2]", .explained),
      .init("D", "length of the embedding", "even integer"),
    ],
    sources: [.attention("section 3.5"), .ddpm("appendix B")],
    paperForm: """
      The paper interleaves, sin at even and cos at odd places. DDPM puts all sines first and divides by D/2 − 1; \
      diffusers has switches for both (flip_sin_to_cos, downscale_freq_shift), used here as Stable Diffusion sets them.
      """,
    mistakes: [
      .init(
        "sines first", "concat(sin(t*f), cos(t*f))", "Here the cosines come first (flip_sin_to_cos = True)."),
      .init(
        "divided by D/2 − 1",
        """
        g = exp(-log(10000)*range(0, D/2)/(D/2 - 1)); concat(cos(t*g), sin(t*g))
        """, "That is downscale_freq_shift = 1, as in the DDPM code; Stable Diffusion divides by D/2."),
      .init(
        "exponent not halved", "g = exp(-log(10000)*range(0, D/2)/D); concat(cos(t*g), sin(t*g))",
        "D/2 frequencies cover the range: divide by D/2."),
      .init(
        "frequencies rising", "g = exp(log(10000)*range(0, D/2)/(D/2)); concat(cos(t*g), sin(t*g))",
        "The exponent is negative: frequencies fall from 1."),
      .init(
        "decimal logarithm", "g = exp(-log10(10000)*range(0, D/2)/(D/2)); concat(cos(t*g), sin(t*g))",
        "The natural logarithm goes with exp."),
    ])
}
