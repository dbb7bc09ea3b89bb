/// How weights are moved, and smoothed.
enum TrainingFormulas {
  static let formulas: [Formula] = [adamW, ema, emaDecay, clipNorm, warmupCosine, initBound]

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
    ],
    cases: [
      .hand(
        "first step: m̂ = g and √v̂ = |g|, so every weight moves by lr",
        "theta[k-1] = [1, -1]; g = [0.5, -2]; m[k-1] = [0, 0]; v[k-1] = [0, 0]; lr = 0.1; beta1 = 0.9; beta2 = 0.999; delta = 0; lambda = 0; k = 1",
        "[0.9, -0.9]"),
      .hand(
        "no gradient: the weights decay by lr λ",
        "theta[k-1] = [1, -2, 4]; g = [0, 0, 0]; m[k-1] = [0, 0, 0]; v[k-1] = [0, 0, 0]; lr = 0.1; beta1 = 0.9; beta2 = 0.999; delta = 1e-8; lambda = 0.5; k = 3",
        "[0.95, -1.9, 3.8]"),
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
    ],
    cases: [
      .hand("0.9 · 1 + 0.1 · 2", "s[k-1] = [1, 0]; theta = [2, 5]; d = 0.9", "[1.1, 0.5]")
    ])

  static let emaDecay = Formula(
    "ema.decay", "Warm-up of the moving average", "d_n = min(d, (1 + n)/(10 + n))",
    summary: """
      At the start an average with a long memory would remember random weights. So the decay begins at 0.1 and grows \
      towards its final value as updates are counted.
      """,
    symbols: [
      .init("d_n", "decay of the next update", "number", .result), .init("d", "final decay", "number, 0.999"),
      .init("n", "updates done so far", "integer, from 0"),
    ],
    sources: [
      .init(
        "TensorFlow", "ExponentialMovingAverage", "TensorFlow documentation, num_updates", "tensorflow.org/api_docs")
    ],
    mistakes: [
      .init("max for min", "max(d, (1 + n)/(10 + n))", "The decay is limited to its final value from above."),
      .init("always the final decay", "d", "The decay starts small, so that the random start is forgotten."),
      .init("counted from 1", "min(d, (2 + n)/(11 + n))", "The first update has n = 0: 0.1."),
      .init(
        "ones forgotten", "min(d, n/(10 + n))", "The first update would have decay 0 and forget all: (1 + n)/(10 + n)."),
    ],
    cases: [
      .hand("the first update: 1/10", "d = 0.999; n = 0", "0.1"),
      .hand("late: the final decay", "d = 0.9; n = 1000", "0.9"),
      .hand("10/19", "d = 0.9999; n = 9", "10/19"),
      .hand("just before the limit: 80/89 < 0.9", "d = 0.9; n = 79", "80/89"),
    ])

  static let clipNorm = Formula(
    "train.clip_norm", "Clipping the gradient", "g_clipped = g*min(1, c/(norm(g) + 1e-6))",
    summary: """
      A rare batch with a huge gradient would throw the weights far off. A gradient longer than c is shortened to c; its \
      direction stays.
      """,
    symbols: [
      .init("g_clipped", "gradient that is used", "as g", .result),
      .init("g", "gradient of all weights together", "any shape"), .init("c", "greatest length", "number, 1"),
    ],
    sources: [
      .init(
        "Pascanu and others", "algorithm 1",
        "Pascanu, Mikolov, Bengio 2013: On the Difficulty of Training Recurrent Neural Networks", "arXiv:1211.5063")
    ],
    paperForm: "The paper has no 10⁻⁶; PyTorch adds it against division by zero.",
    mistakes: [
      .init("always scaled", "g*c/(norm(g) + 1e-6)", "A short gradient is left alone: min with 1."),
      .init(
        "element by element", "clamp(g, -c, c)",
        "The length of the whole gradient is limited, so that its direction stays."),
      .init("max for min", "g*max(1, c/(norm(g) + 1e-6))", "A long gradient is shortened, a short one left alone."),
      .init("squared length", "g*min(1, c/(norm(g)^2 + 1e-6))", "The length, not its square."),
      .init("sum of absolute values", "g*min(1, c/(sum(abs(g)) + 1e-6))", "The length is Euclidean."),
    ],
    cases: [
      .hand("length 5, limit 1", "g = [3, 4]; c = 1", "[3/5.000001, 4/5.000001]"),
      .hand("short enough", "g = [[0.3], [-0.4], [0]]; c = 1", "[[0.3], [-0.4], [0]]"),
    ])

  static let warmupCosine = Formula(
    "train.warmup_cosine", "Learning rate over a run",
    "lr_k = lr*if(k < W, k/W, (1 + cos(pi*(k - W)/(K - W)))/2)",
    summary: """
      Up on a straight line while the optimiser's averages are still rough, then down half a cosine to 0, so that the \
      last steps settle.
      """,
    symbols: [
      .init("lr_k", "learning rate of update k", "number", .result), .init("lr", "peak", "number, 1e-4"),
      .init("k", "number of the update", "integer, 0…K−1"), .init("W", "updates of the warm-up", "integer, 1…K−1"),
      .init("K", "updates of the run", "integer"),
    ],
    sources: [
      .init(
        "SGDR", "(5)", "Loshchilov, Hutter 2017: SGDR: Stochastic Gradient Descent with Warm Restarts",
        "arXiv:1608.03983")
    ],
    paperForm: "The paper has no warm-up and restarts the cosine; with T_i = K − W and one period it is this.",
    mistakes: [
      .init(
        "whole cosine", "lr*if(k < W, k/W, (1 + cos(2*pi*(k - W)/(K - W)))/2)",
        "Half a period: the rate falls once and ends at 0."),
      .init(
        "warm-up counted in", "lr*if(k < W, k/W, (1 + cos(pi*k/K))/2)",
        "The cosine starts where the warm-up ends, from the peak."),
      .init(
        "one too early", "lr*if(k < W, (k + 1)/W, (1 + cos(pi*(k - W)/(K - W)))/2)", "The first update has rate 0."),
      .init("half missing", "lr*if(k < W, k/W, 1 + cos(pi*(k - W)/(K - W)))", "1 + cos begins at 2: take half."),
      .init(
        "straight down", "lr*if(k < W, k/W, 1 - (k - W)/(K - W))", "That is a line; the cosine starts and ends flat."),
    ],
    cases: [
      .hand("a quarter of the warm-up", "lr = 0.4; k = 25; W = 100; K = 1000", "0.1"),
      .hand("the peak", "lr = 0.4; k = 100; W = 100; K = 1100", "0.4"),
      .hand("half way down", "lr = 0.4; k = 600; W = 100; K = 1100", "0.2"),
    ])

  static let initBound = Formula(
    "train.init_bound", "How large random weights start", "a = 1/sqrt(C_in*k^2)",
    summary: """
      Weights of a convolution are drawn evenly from −a…a. The more inputs a sum has, the smaller each weight, so that \
      features neither explode nor vanish from layer to layer.
      """,
    symbols: [
      .init("a", "bound of the weights", "number", .result), .init("C_in", "channels of the input", "integer"),
      .init("k", "side of the kernel", "integer; 1 for a linear layer"),
    ],
    sources: [
      .init(
        "He and others", "section 2.2", "He, Zhang, Ren, Sun 2015: Delving Deep into Rectifiers", "arXiv:1502.01852"),
      .init("PyTorch", "torch.nn.Conv2d", "PyTorch documentation", "pytorch.org/docs"),
    ],
    paperForm: "The paper has variance 2/n for ReLU; PyTorch's layers use bound 1/√n, that is variance 1/(3 n).",
    mistakes: [
      .init("root missing", "1/(C_in*k^2)", "Variances add up: the root of the number of inputs."),
      .init("kernel's side not squared", "1/sqrt(C_in*k)", "A kernel has k² places."),
      .init("He's deviation", "sqrt(2/(C_in*k^2))", "That is the deviation of He's normal distribution."),
      .init("kernel forgotten", "1/sqrt(C_in)", "Every channel contributes k² products."),
    ],
    cases: [
      .hand("16 channels, 1×1", "C_in = 16; k = 1", "0.25"), .hand("4 channels, 3×3", "C_in = 4; k = 3", "1/6"),
    ])
}
