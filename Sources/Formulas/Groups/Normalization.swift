/// Bringing features to one scale.
enum NormalizationFormulas {
  static let formulas: [Formula] = [groupNorm, layerNorm]

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
      .init("c", "channel", "integer", .explained), .init("n", "image", "integer", .explained),
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
    ],
    cases: [
      .hand(
        "two groups of one channel, δ = 0: each −1 and 1",
        "x = [[[[1, 3]], [[-10, 30]]]]; gamma = [1, 2]; beta = [0, 5]; delta = 0; G = 2; N = 1; C = 2; H = 1; W = 2",
        "[[[[-1, 1]], [[3, 7]]]]")
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
    ],
    cases: [
      .hand(
        "mean 2, variance 4: (x − 2)/2", "x = [[[0, 4, 0, 4]]]; gamma = [1, 1, 2, 1]; beta = [0, 0, 0, 3]; delta = 0",
        "[[[-1, 1, -2, 4]]]")
    ])
}
