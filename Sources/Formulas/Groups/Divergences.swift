/// Distances between distributions, and the weights of the likelihood bound.
enum DivergenceFormulas {
  static let formulas: [Formula] = [gaussians, boundWeight, minSNR, crossEntropy]

  static let gaussians = Formula(
    "loss.kl_gaussian", "Divergence between two Gaussians",
    "KL = sum((log(v2[i]/v1[i]) + (v1[i] + (m1[i] - m2[i])^2)/v2[i] - 1)/2, i=0..d-1)",
    computed: "sum(log(v2/v1) + (v1 + (m1 - m2)^2)/v2 - 1)/2",
    summary: """
      How much is lost when numbers drawn from the first Gaussian are taken for draws from the second. 0 when they are \
      equal, and not the same both ways. The likelihood bound of a diffusion model is a sum of these, one a step.
      """,
    symbols: [
      .init("KL", "divergence of the second from the first, in nats", "number, 0 and more", .result),
      .init("m1", "means of the first", "[d]"), .init("v1", "variances of the first", "[d]"),
      .init("m2", "means of the second", "[d]"), .init("v2", "variances of the second", "[d]"),
      .init("i", "runs over the coordinates", "integer", .explained), .init("d", "their number", "integer", .explained),
    ],
    sources: [.ddpm("(5)"), .vae("appendix B")],
    notes: ["With equal variances v it is ‖m₁ − m₂‖²/(2 v): that is how squared errors get into the diffusion loss."],
    mistakes: [
      .init(
        "order turned round", "sum(log(v1/v2) + (v2 + (m1 - m2)^2)/v1 - 1)/2",
        "The divergence is not symmetric: the variance of the second Gaussian divides."),
      .init("half missing", "sum(log(v2/v1) + (v1 + (m1 - m2)^2)/v2 - 1)", "Half of the sum."),
      .init(
        "distance not squared", "sum(log(v2/v1) + (v1 + abs(m1 - m2))/v2 - 1)/2",
        "The distance of the means is squared."),
      .init(
        "standard deviations taken for variances", "sum(log(v2^2/v1^2) + (v1^2 + (m1 - m2)^2)/v2^2 - 1)/2",
        "v₁ and v₂ are variances already; you squared them."),
      .init("mean for sum", "mean(log(v2/v1) + (v1 + (m1 - m2)^2)/v2 - 1)/2", "Coordinates add up."),
      .init(
        "one not subtracted", "sum(log(v2/v1) + (v1 + (m1 - m2)^2)/v2)/2", "Equal Gaussians must give 0: subtract 1."),
    ],
    cases: [
      .hand("equal", "m1 = [1, 2, 3]; v1 = [1, 4, 9]; m2 = [1, 2, 3]; v2 = [1, 4, 9]", "0"),
      .hand("means 3 apart, variance 4: 9/8", "m1 = [1]; v1 = [4]; m2 = [4]; v2 = [4]", "9/8"),
      .hand(
        "variance 1 against e²: (2 + e⁻² − 1)/2", "m1 = [0, 5]; v1 = [1, 2]; m2 = [0, 5]; v2 = [e^2, 2]",
        "(1 + e^(-2))/2"),
    ])

  static let boundWeight = Formula(
    "loss.vlb_weight", "Weight of a timestep in the likelihood bound",
    "w[t] = beta[t]^2/(2*sigma^2*alpha[t]*(1 - alpha_bar[t]))",
    where: ["beta[t] = 1 - alpha_bar[t]/alpha_bar[t-1]", "alpha[t] = 1 - beta[t]"],
    summary: """
      How much the squared error of the noise at t counts for the likelihood. It is large at small t, where little noise \
      hides fine detail that costs many bits and that nobody sees. The simple loss leaves it out, and pictures get better.
      """,
    symbols: [
      .init("w[t]", "weight of ‖ε − ε̂‖² at t", "number", .result), .alphaBar, .t,
      .init("sigma", "standard deviation of the model's step back", "number, √βₜ or √β̃ₜ"),
      .init("beta[t]", "variance that step t adds", "number", .explained),
      .init("alpha[t]", "share of the variance that step t keeps", "number", .explained),
    ],
    sources: [.ddpm("(12)")], paperForm: Formula.countsFromOne,
    mistakes: [
      .init(
        "β not squared", "beta[t]/(2*sigma^2*alpha[t]*(1 - alpha_bar[t]))",
        "β enters the mean, and the error of the mean is squared."),
      .init("2 missing", "beta[t]^2/(sigma^2*alpha[t]*(1 - alpha_bar[t]))", "A Gaussian's divergence has 1/(2 σ²)."),
      .init(
        "σ not squared", "beta[t]^2/(2*sigma*alpha[t]*(1 - alpha_bar[t]))", "The variance σ² divides."),
      .init(
        "ᾱ for α", "beta[t]^2/(2*sigma^2*alpha_bar[t]*(1 - alpha_bar[t]))", "αₜ without a bar: one step."),
      .init(
        "root over 1 − ᾱ", "beta[t]^2/(2*sigma^2*alpha[t]*sqrt(1 - alpha_bar[t]))",
        "The factor β/√(1 − ᾱ) is squared: no root is left."),
    ],
    cases: [
      .hand(
        "ᾱ 0.64 → 0.16: 0.75²/(2 · 0.75 · 0.25 · 0.84)", "alpha_bar = [0.64, 0.16]; t = 1; sigma = sqrt(0.75)",
        "0.5625/0.315")
    ])

  static let minSNR = Formula(
    "loss.min_snr", "Min-SNR weight", "w[t] = min(SNR, gamma)/SNR",
    where: ["SNR = alpha_bar[t]/(1 - alpha_bar[t])"],
    summary: """
      Timesteps pull the weights in different directions. Cutting the SNR at γ keeps the easy ones, with hardly any \
      noise, from taking over; training is several times faster.
      """,
    symbols: [
      .init("w[t]", "weight of the squared error of ε̂ at t", "number, 0…1", .result), .alphaBar, .t,
      .init("gamma", "where the SNR is cut", "number, 5"),
      .init("SNR", "signal-to-noise ratio at t", "number", .explained),
    ],
    sources: [
      .init(
        "Min-SNR", "section 3.4", "Hang and others 2023: Efficient Diffusion Training via Min-SNR Weighting Strategy",
        "arXiv:2303.09556")
    ],
    paperForm: "The paper gives min(SNR, γ) for models that predict x₀; for ε it is divided by SNR, for v by SNR + 1.",
    mistakes: [
      .init("weight for x₀", "min(SNR, gamma)", "That weighs the error of x̂₀; the error of ε̂ is SNR times smaller."),
      .init("weight for v", "min(SNR, gamma)/(SNR + 1)", "Divide by SNR + 1 for a model that predicts v."),
      .init("max for min", "max(SNR, gamma)/SNR", "The SNR is cut from above."),
      .init("upside down", "SNR/min(SNR, gamma)", "Weights are at most 1: the cut SNR stands above."),
    ],
    cases: [
      .hand("SNR 9, cut at 5", "alpha_bar = [0.99, 0.9]; t = 1; gamma = 5", "5/9"),
      .hand("SNR 1/4 is not cut", "alpha_bar = [0.9, 0.5, 0.2]; t = 2; gamma = 5", "1"),
    ])

  static let crossEntropy = Formula(
    "loss.cross_entropy", "Cross-entropy of a classifier", "L = -mean(sum(y*log(p), axis=1))",
    where: ["p = softmax(s)"],
    summary: """
      The surprise of the right class, in nats, averaged. A classifier that guesses among ten classes has log 10 = 2.303. \
      The judges that grade generated pictures are trained with it.
      """,
    symbols: [
      .init("L", "loss", "number", .result), .init("y", "1 for the right class, 0 for the others", "[N, K]"),
      .init("s", "the classifier's scores", "[N, K]"),
      .init("p", "their softmax over the classes", "[N, K]", .explained),
    ],
    sources: [.init("Bishop", "(4.108)", "Bishop 2006: Pattern Recognition and Machine Learning", "section 4.3.4")],
    mistakes: [
      .init("sum for mean", "-sum(y*log(p))", "Average over the batch."),
      .init("sign", "mean(sum(y*log(p), axis=1))", "Logarithms of probabilities are negative: turn the sign."),
      .init(
        "softmax over the batch", "-mean(sum(y*log(softmax(s, axis=0)), axis=1))", "Softmax runs over the classes."),
      .init("mean over the classes too", "-mean(y*log(p))", "Sum over the classes, average over the batch."),
      .init("binary logarithm", "-mean(sum(y*log2(p), axis=1))", "The natural logarithm: nats, not bits."),
      .init("without softmax", "-mean(sum(y*s, axis=1))", "Scores become probabilities by softmax first."),
    ],
    cases: [
      .hand("equal scores of 4 classes: log 4", "s = [[1, 1, 1, 1]]; y = [[0, 0, 1, 0]]", "log(4)"),
      .hand("odds 3 : 1 and 1 : 1", "s = [[log(3), 0], [0, 0]]; y = [[1, 0], [0, 1]]", "(log(4/3) + log(2))/2"),
    ])
}
