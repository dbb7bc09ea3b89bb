/// The one kind of data for which everything is known exactly.
enum MixtureFormulas {
  static let formulas: [Formula] = [logDensity, denoiser]

  private static let common: [Formula.Symbol] = [
    .init("x", "noisy point", "[D]"), .init("w", "weights of the Gaussians, adding up to 1", "[K]"),
    .init("m", "their means", "[K, D]"), .init("v", "their variances along the axes", "[K, D]"),
    .init("a", "what is left of the signal, √ᾱₜ", "number"), .init("s", "deviation of the noise, √(1 − ᾱₜ)", "number"),
    .init("K", "number of Gaussians", "integer"), .init("k", "one of them", "integer", .explained),
    .init("c[k]", "its variances after noising", "[D]", .explained),
  ]

  static let logDensity = Formula(
    "mixture.log_density", "Density of a noised mixture",
    "L = log(sum(w[k]*exp(-sum((x - a*m[k])^2/c[k])/2)/sqrt(prod(2*pi*c[k])), k=0..K-1))",
    where: ["c[k] = a^2*v[k] + s^2"],
    summary: """
      Noising a mixture of Gaussians gives a mixture of Gaussians: means shrink by a, variances become a² v + s². So at \
      every t the density of the noisy data is known, and with it the score.
      """,
    symbols: [.init("L", "log p(x) of the noisy data", "number", .result)] + common,
    sources: [.init("Bishop", "(2.188)", "Bishop 2006: Pattern Recognition and Machine Learning", "section 2.3.9")],
    mistakes: [
      .init(
        "means not shrunk", "log(sum(w[k]*exp(-sum((x - m[k])^2/c[k])/2)/sqrt(prod(2*pi*c[k])), k=0..K-1))",
        "Noising dims the data: the means become a μ."),
      .init(
        "noise not added", "log(sum(w[k]*exp(-sum((x - a*m[k])^2/(a^2*v[k]))/2)/sqrt(prod(2*pi*a^2*v[k])), k=0..K-1))",
        "The noise adds s² to every variance."),
      .init(
        "half missing in the exponent", "log(sum(w[k]*exp(-sum((x - a*m[k])^2/c[k]))/sqrt(prod(2*pi*c[k])), k=0..K-1))",
        "The exponent is −½ of the squared distance."),
      .init(
        "factor 2π missing", "log(sum(w[k]*exp(-sum((x - a*m[k])^2/c[k])/2)/sqrt(prod(c[k])), k=0..K-1))",
        "A Gaussian is divided by √(2π c), once an axis."),
      .init(
        "variance scaled by a",
        "log(sum(w[k]*exp(-sum((x - a*m[k])^2/(a*v[k] + s^2))/2)/sqrt(prod(2*pi*(a*v[k] + s^2))), k=0..K-1))",
        "A factor a multiplies the variance by a²."),
    ],
    cases: [
      .hand(
        "one standard normal at its mean", "x = [0, 0]; w = [1]; m = [[5, -5]]; v = [[1, 1]]; a = 0; s = 1; K = 1",
        "-log(2*pi)"),
      .hand(
        "two points, noised: halves of two normals",
        "x = [0]; w = [0.5, 0.5]; m = [[1], [-1]]; v = [[0], [0]]; a = 0.6; s = 0.8; K = 2",
        "-0.36/1.28 - log(2*pi*0.64)/2"),
    ])

  static let denoiser = Formula(
    "mixture.denoiser", "The exact denoiser of a mixture",
    "x0_hat = sum(r[k]*(m[k] + a*v[k]/c[k]*(x - a*m[k])), k=0..K-1)",
    where: [
      "r[k] = p[k]/sum(p[j], j=0..K-1)", "p[k] = w[k]*exp(-sum((x - a*m[k])^2/c[k])/2)/sqrt(prod(c[k]))",
      "c[k] = a^2*v[k] + s^2",
    ],
    summary: """
      The mean of all clean points that could have become x: each Gaussian answers for itself, and the answers are \
      weighed by how likely it is the one. A network trained for ever would learn this; with it in its place, all error \
      of a sampler is the sampler's own.
      """,
    symbols: [.init("x0_hat", "mean of x₀, given x", "[D]", .result)] + common + [
      .init("r[k]", "how likely the k-th made x", "number", .explained),
      .init("p[k]", "its share of the density, up to a common factor", "number", .explained),
      .init("j", "runs over the Gaussians", "integer", .explained),
    ],
    sources: [
      .edm("appendix B.3"),
      .init("Tweedie", "(1.4)", "Efron 2011: Tweedie's Formula and Selection Bias", "doi:10.1198/jasa.2011.tm11181"),
    ],
    mistakes: [
      .init(
        "nearest Gaussian alone", "m[argmax([p[0], p[K-1]])] + 0*x",
        "All Gaussians answer, weighed by how likely they are."),
      .init(
        "weights by w alone", "sum(w[k]*(m[k] + a*v[k]/c[k]*(x - a*m[k])), k=0..K-1)",
        "What was seen counts: weigh by r, not by the prior w."),
      .init(
        "means alone", "sum(r[k]*m[k], k=0..K-1)", "Each Gaussian has a width: its answer lies between its mean and x."),
      .init("gain without a", "sum(r[k]*(m[k] + v[k]/c[k]*(x - a*m[k])), k=0..K-1)", "The gain is a v/(a² v + s²)."),
      .init(
        "mean not dimmed in the difference", "sum(r[k]*(m[k] + a*v[k]/c[k]*(x - m[k])), k=0..K-1)",
        "x is compared with a μ, the dimmed mean."),
    ],
    cases: [
      .hand(
        "one Gaussian of variance 1: a x", "x = [1, -2]; w = [1]; m = [[0, 0]]; v = [[1, 1]]; a = 0.6; s = 0.8; K = 1",
        "[0.6, -1.2]"),
      .hand(
        "two points, x half way: the mean of both",
        "x = [0, 0.3]; w = [0.5, 0.5]; m = [[1, 1], [-1, 1]]; v = [[0, 0], [0, 0]]; a = 0.6; s = 0.8; K = 2", "[0, 1]"),
    ])
}
