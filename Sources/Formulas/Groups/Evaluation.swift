/// How good samples are.
enum EvaluationFormulas {
  static let formulas: [Formula] = [frechet]

  static let frechet = Formula(
    "metric.frechet", "Fréchet distance",
    "D = norm(mu1 - mu2)^2 + trace(C1 + C2 - 2*sqrtm(C1 @ C2))",
    summary: """
      Describe two sets of pictures by mean and covariance of their features, and measure how far one Gaussian is from \
      the other: far apart, or differently spread. FID is this on Inception's features; here the features are those of \
      the project's own classifier, so values compare with each other and with nothing else.
      """,
    symbols: [
      .init("D", "squared Fréchet distance", "number, 0 when equal", .result),
      .init("mu1", "mean feature of the first set", "[D]"), .init("mu2", "mean feature of the second", "[D]"),
      .init("C1", "covariance of the first set", "[D, D]"), .init("C2", "covariance of the second", "[D, D]"),
    ],
    sources: [.frechet("(6)")], paperForm: "The paper writes m, C and m_w, C_w, and d² for the distance.",
    notes: [
      "The trace of the root is that of the positive matrix (√C₁ C₂ √C₁)^½ as well, which is safer to compute.",
      "It falls with the number of samples: compare only values from equally many.",
    ],
    mistakes: [
      .init(
        "mean distance not squared", "norm(mu1 - mu2) + trace(C1 + C2 - 2*sqrtm(C1 @ C2))",
        "The distance of the means is squared."),
      .init(
        "factor 2 missing", "norm(mu1 - mu2)^2 + trace(C1 + C2 - sqrtm(C1 @ C2))",
        "Twice the root is subtracted; else equal sets have a distance."),
      .init("root of the whole", "sqrt(norm(mu1 - mu2)^2 + trace(C1 + C2 - 2*sqrtm(C1 @ C2)))", "FID is the square."),
      .init(
        "root element by element", "norm(mu1 - mu2)^2 + trace(C1 + C2 - 2*sqrt(abs(C1 @ C2)))",
        "The root is that of a matrix: R @ R = C₁ @ C₂."),
      .init("covariances ignored", "norm(mu1 - mu2)^2", "Sets that differ in spread alone differ too."),
    ])
}
