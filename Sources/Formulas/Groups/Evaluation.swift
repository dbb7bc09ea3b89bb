/// How good samples are.
enum EvaluationFormulas {
  static let formulas: [Formula] = [frechet, covariance, diversity, nearest, accuracy, coverage]

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
    ],
    cases: [
      .hand(
        "equal sets", "mu1 = [1, 2]; mu2 = [1, 2]; C1 = [[2, 1], [1, 3]]; C2 = [[2, 1], [1, 3]]", "0",
        tolerance: .absolute(1e-9)),
      .hand(
        "diagonal: 3² + 4² + (1 − 2)² + (3 − 1)²",
        "mu1 = [3, 0]; mu2 = [0, 4]; C1 = [[1, 0], [0, 9]]; C2 = [[4, 0], [0, 1]]", "30"),
    ])

  static let covariance = Formula(
    "metric.covariance", "Covariance of features",
    "C = transpose(x - m) @ (x - m)/(n - 1)", where: ["m = mean(x, axis=0)", "n = size(x, axis=0)"],
    summary: """
      How the features of a set of pictures vary together. The Fréchet distance compares two of these. Divided by n − 1, \
      because the mean was estimated from the same pictures.
      """,
    symbols: [
      .init("C", "covariance", "[D, D]", .result), .init("x", "features, a row for each picture", "[n, D]"),
      .init("m", "mean feature", "[1, D]", .explained), .init("n", "number of pictures", "integer", .explained),
    ],
    sources: [.init("NumPy", "numpy.cov", "NumPy documentation; FID's code calls it", "numpy.org/doc")],
    mistakes: [
      .init("divided by n", "transpose(x - m) @ (x - m)/n", "The mean is estimated too: divide by n − 1."),
      .init("mean not subtracted", "transpose(x) @ x/(n - 1)", "Covariance is measured around the mean."),
      .init(
        "pictures instead of features", "(x - m) @ transpose(x - m)/(n - 1)", "Rows are pictures: [D, n] times [n, D]."),
      .init("not divided", "transpose(x - m) @ (x - m)", "Divide by n − 1."),
      .init(
        "variances alone", "eye(size(x, axis=1))*(transpose(x - m) @ (x - m))/(n - 1)",
        "Features vary together: the rest of the matrix counts."),
    ],
    cases: [
      .hand("three pictures, two features", "x = [[1, 2], [3, 2], [5, 8]]", "[[4, 6], [6, 12]]"),
      .hand("two pictures", "x = [[0, 0, 0], [2, 0, -2]]", "[[2, 0, -2], [0, 0, 0], [-2, 0, 2]]"),
    ])

  static let diversity = Formula(
    "metric.diversity", "Diversity",
    "D = 2/(n*(n - 1))*sum(sum(norm(f[i] - f[j]), j=i+1..n-1), i=0..n-1)",
    summary: """
      How far the pictures of one class lie from each other, on average over all pairs. A model that always draws the \
      same shoe may score well on everything else; this catches it.
      """,
    symbols: [
      .init("D", "mean distance of two pictures", "number", .result),
      .init("f", "features, a row for each picture", "[n, D]"), .init("n", "number of pictures", "integer"),
      .init("i", "one picture", "integer", .explained), .init("j", "another", "integer", .explained),
    ],
    sources: [
      .init(
        "Naeem and others", "section 2",
        "Naeem, Oh, Uh, Choi, Yoo 2020: Reliable Fidelity and Diversity Metrics for Generative Models",
        "arXiv:2002.09797")
    ],
    mistakes: [
      .init(
        "pairs with themselves", "sum(sum(norm(f[i] - f[j]), j=0..n-1), i=0..n-1)/n^2",
        "A picture has no distance to itself: n (n − 1)/2 pairs."),
      .init(
        "each pair twice", "2/(n*(n - 1))*sum(sum(norm(f[i] - f[j]), j=0..n-1), i=0..n-1)",
        "Count every pair once: j from i + 1."),
      .init(
        "squared distances", "2/(n*(n - 1))*sum(sum(norm(f[i] - f[j])^2, j=i+1..n-1), i=0..n-1)",
        "Distances, not their squares."),
      .init(
        "factor 2 missing", "sum(sum(norm(f[i] - f[j]), j=i+1..n-1), i=0..n-1)/(n*(n - 1))",
        "There are n (n − 1)/2 pairs."),
      .init(
        "neighbours only", "sum(norm(f[i] - f[i+1]), i=0..n-2)/(n - 1)",
        "All pairs, not only those that follow each other."),
    ],
    cases: [
      .hand("a triangle with sides 3, 4, 5", "f = [[0, 0], [3, 0], [0, 4]]; n = 3", "4"),
      .hand("two pictures", "f = [[1, 0, 0], [1, 2, 0]]; n = 2", "2"),
    ])

  static let nearest = Formula(
    "metric.nearest_distance", "Distance to the nearest training picture",
    "d = mean(min(s, axis=1))",
    where: ["s = sqrt(sum((reshape(f, size(f, axis=0), 1, -1) - reshape(g, 1, size(g, axis=0), -1))^2, axis=2))"],
    summary: """
      Has the model learnt the pictures by heart? Then its samples lie nearer to training pictures than unseen real ones \
      do. The same number for the test set is what to compare with.
      """,
    symbols: [
      .init("d", "mean distance to the nearest", "number", .result), .init("f", "features of the samples", "[n, D]"),
      .init("g", "features of the training pictures", "[m, D]"),
      .init("s", "distance of every sample to every training picture", "[n, m]", .explained),
    ],
    sources: [
      .init(
        "Alaa and others", "section 3",
        "Alaa, van Breugel, Saveliev, van der Schaar 2022: How Faithful is your Synthetic Data?", "arXiv:2102.08921")
    ],
    mistakes: [
      .init(
        "nearest sample of each training picture", "mean(min(s, axis=0))",
        "For each sample the nearest training picture: over the columns."),
      .init("mean distance", "mean(s)", "The nearest counts, not the average."),
      .init("farthest", "mean(max(s, axis=1))", "The nearest: the minimum."),
      .init("squared", "mean(min(s^2, axis=1))", "Distances, not their squares."),
      .init("nearest of all", "min(s)", "Each sample has its nearest; average over the samples."),
    ],
    cases: [
      .hand("1 and 5", "f = [[0, 0], [10, 0]]; g = [[0, 1], [13, 4], [0, 9]]", "3"),
      .hand("learnt by heart: 0", "f = [[1, 2, 3]]; g = [[9, 9, 9], [1, 2, 3]]", "0"),
    ])

  static let accuracy = Formula(
    "metric.accuracy", "Share of pictures the judge names as wanted", "a = mean(argmax(s, axis=1) == y)",
    summary: """
      A classifier that never saw generated pictures names each; how often is it what was asked for? It says nothing \
      about diversity: one perfect shoe, always the same, gets 100 %.
      """,
    symbols: [
      .init("a", "share", "number, 0…1", .result), .init("s", "scores of the classifier", "[N, K]"),
      .init("y", "wanted class", "[N, 1], integers 0…K−1"),
    ],
    sources: [
      .init(
        "Ravuri, Vinyals", "section 3",
        "Ravuri, Vinyals 2019: Classification Accuracy Score for Conditional Generative Models", "arXiv:1905.10887")
    ],
    mistakes: [
      .init("errors counted", "mean(argmax(s, axis=1) != y)", "That is the error rate, 1 minus this."),
      .init("number for share", "sum(argmax(s, axis=1) == y)", "Divide by the number of pictures."),
      .init("classes counted from 1", "mean(argmax(s, axis=1) + 1 == y)", "Classes count from 0."),
      .init("least score", "mean(argmax(-s, axis=1) == y)", "The class with the greatest score is named."),
    ],
    cases: [
      .hand("two of three", "s = [[0.1, 0.9], [2, 1], [0, 3]]; y = [[1], [0], [0]]", "2/3"),
      .hand(
        "three classes, one of four", "s = [[1, 2, 3], [3, 2, 1], [0, 1, 0], [0, 0, 5]]; y = [[2], [1], [0], [1]]",
        "0.25"),
    ])

  static let coverage = Formula(
    "metric.mode_coverage", "Mode coverage", "c = mean(n >= r*sum(n)/size(n))",
    summary: """
      Of the bumps the data has, how many does the model reach? A mode counts as reached when it gets at least the \
      fraction r of its fair share of the samples. GANs often fail here; that is mode collapse.
      """,
    symbols: [
      .init("c", "share of the modes that are reached", "number, 0…1", .result),
      .init("n", "samples that fall to each mode", "[K], integers"),
      .init("r", "least fraction of the fair share", "number, 0.1"),
    ],
    sources: [
      .init(
        "VEEGAN", "section 4.1",
        "Srivastava, Valkov, Russell, Gutmann, Sutton 2017: VEEGAN: Reducing Mode Collapse in GANs", "arXiv:1705.07761")
    ],
    paperForm: "The paper counts modes with any sample within three deviations: r just above 0.",
    mistakes: [
      .init("number for share", "sum(n >= r*sum(n)/size(n))", "Divide by the number of modes."),
      .init("fair share of all samples", "mean(n >= r*sum(n))", "The fair share of a mode is 1/K of the samples."),
      .init("missed modes", "mean(n < r*sum(n)/size(n))", "That is the share of modes that are missed."),
      .init("compared with the largest", "mean(n >= r*max(n))", "The measure is the fair share, not the largest mode."),
    ],
    cases: [
      .hand("8 modes, 6 reached", "n = [100, 120, 80, 90, 110, 100, 0, 5]; r = 0.1", "0.75"),
      .hand("collapse: 1 of 5", "n = [0, 0, 500, 0, 0]; r = 0.1", "0.2"),
    ])
}
