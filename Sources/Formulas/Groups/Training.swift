/// How weights are moved, and smoothed.
enum TrainingFormulas {
  static let formulas: [Formula] = [adamW, ema]

  static let adamW = Formula(
    "adamw.update", "AdamW",
    "theta[k] = theta[k-1] - lr*(m_hat/(sqrt(v_hat) + delta) + lambda*theta[k-1])",
    where: [
      "m = beta1*m[k-1] + (1 - beta1)*g", "v = beta2*v[k-1] + (1 - beta2)*g^2", "m_hat = m/(1 - beta1^k)",
      "v_hat = v/(1 - beta2^k)",
    ],
    summary: """
      Follow the running mean of the gradient, divided by the running size of it, so that every weight moves at about \
      the same speed; and let every weight decay a little, beside the gradient rather than through it.
      """,
    symbols: [
      .init("theta[k]", "weights after step k", "any shape", .result),
      .init("theta[k-1]", "weights before", "any shape"),
      .init("g", "gradient of the loss", "as θ"), .init("m[k-1]", "running mean of the gradient", "as θ"),
      .init("v[k-1]", "running mean of its square", "as θ"), .init("lr", "learning rate", "number, 1e-4"),
      .init("beta1", "memory of the mean", "number, 0.9"), .init("beta2", "memory of the square", "number, 0.999"),
      .init("delta", "small constant against division by zero", "number, 1e-8"),
      .init("lambda", "weight decay", "number, 0.01"), .init("k", "number of the step, from 1", "integer"),
      .init("m_hat", "mean, corrected for starting at 0", "as θ", .explained),
      .init("v_hat", "square, corrected likewise", "as θ", .explained),
    ],
    sources: [.adamW("algorithm 2")],
    paperForm: "The paper has another factor η, the schedule, before both terms; PyTorch's lr is their product.",
    mistakes: [
      .init(
        "no bias correction", "theta[k-1] - lr*(m/(sqrt(v) + delta) + lambda*theta[k-1])",
        "m and v start at 0 and are too small at first: divide by 1 − βᵏ."),
      .init(
        "decay through the gradient (Adam with L2)",
        """
        q = g + lambda*theta[k-1]; a = (beta1*m[k-1] + (1 - beta1)*q)/(1 - beta1^k); \
        b = (beta2*v[k-1] + (1 - beta2)*q^2)/(1 - beta2^k); theta[k-1] - lr*a/(sqrt(b) + delta)
        """, "You added the decay to the gradient; then it is divided by √v̂ as well. In AdamW it stands apart."),
      .init(
        "constant under the root", "theta[k-1] - lr*(m_hat/sqrt(v_hat + delta) + lambda*theta[k-1])",
        "δ is added after the root."),
      .init(
        "square root missing", "theta[k-1] - lr*(m_hat/(v_hat + delta) + lambda*theta[k-1])",
        "Divide by √v̂, which has the gradient's unit."),
      .init(
        "decay not scaled by the learning rate", "theta[k-1] - lr*m_hat/(sqrt(v_hat) + delta) - lambda*theta[k-1]",
        "The decay is multiplied by the learning rate too."),
      .init("no decay", "theta[k-1] - lr*m_hat/(sqrt(v_hat) + delta)", "That is Adam: the term λ θ is missing."),
    ])

  static let ema = Formula(
    "ema.update", "Exponential moving average of the weights", "s[k] = d*s[k-1] + (1 - d)*theta",
    summary: """
      Keep a second set of weights that follows the trained ones slowly, and sample with it. Training jitters around the \
      minimum; the average is nearer to it. A decay of 0.999 remembers about the last thousand steps.
      """,
    symbols: [
      .init("s[k]", "smoothed weights after step k", "any shape", .result),
      .init("s[k-1]", "smoothed weights before", "any shape"), .init("theta", "trained weights after step k", "as s"),
      .init("d", "decay", "number, 0.999"),
    ],
    sources: [.ddpm("appendix B")],
    mistakes: [
      .init("weights exchanged", "(1 - d)*s[k-1] + d*theta", "The old average keeps d, close to 1."),
      .init("weights added", "d*s[k-1] + theta", "The new weights enter with 1 − d, so that both add up to 1."),
      .init("running mean", "(s[k-1] + theta)/2", "The average forgets slowly: d and 1 − d, not a half each."),
      .init("old average kept whole", "s[k-1] + (1 - d)*theta", "The old average shrinks to d of itself."),
    ])
}
