/// From pictures to latents and back.
enum AutoencoderFormulas {
  static let formulas: [Formula] = [
    reparameterize, divergence, scalingFactor, unscale, projection, grey, compressionRatio,
  ]

  static let reparameterize = Formula(
    "vae.reparameterize", "Drawing a latent", "z = mu + exp(l/2)*eps",
    summary: """
      The encoder gives a mean and a log-variance for every number of the latent. Drawing is written as mean plus \
      deviation times noise, so that gradients pass through both.
      """,
    symbols: [
      .init("z", "latent", "[N, 4, h, w]", .result), .init("mu", "mean", "[N, 4, h, w]"),
      .init("l", "logarithm of the variance", "[N, 4, h, w]"), .init("eps", "noise from N(0, I)", "[N, 4, h, w]"),
    ],
    sources: [.vae("section 2.4")], paperForm: "The paper writes z = μ + σ ⊙ ε; the network yields log σ².",
    mistakes: [
      .init("variance for deviation", "mu + exp(l)*eps", "exp(l) is the variance; the deviation is exp(l/2)."),
      .init("logarithm not undone", "mu + l*eps", "l is a logarithm: exponentiate half of it."),
      .init("sign in the exponent", "mu + exp(-l/2)*eps", "A larger log-variance means a larger deviation."),
      .init("root of the logarithm", "mu + sqrt(abs(l))*eps", "The root of exp(l) is exp(l/2)."),
      .init("noise not scaled", "mu + eps", "The noise is multiplied by the deviation exp(l/2)."),
    ],
    cases: [
      .hand("variance 4, deviation 2", "mu = [1, -1]; l = [log(4), log(4)]; eps = [0.5, 2]", "[2, 3]"),
      .hand("log-variance 0: deviation 1", "mu = [[1, 2, 3]]; l = [[0, 0, 0]]; eps = [[1, 0, -1]]", "[[2, 2, 2]]"),
    ])

  static let divergence = Formula(
    "vae.kl", "Divergence of the latents from a standard normal",
    "KL = sum(mu[i]^2 + exp(l[i]) - 1 - l[i], i=0..d-1)/2",
    computed: """
      u = mu^2 + exp(l) - 1 - l; sum(reshape(u, size(u, axis=0), -1), axis=1)/2
      """,
    summary: """
      What keeps the latents of all pictures near one common cloud, with no holes between. Latent diffusion weighs it \
      with 10⁻⁶ only: enough to keep the scale, not enough to blur.
      """,
    symbols: [
      .init("KL", "divergence of each picture, in nats", "[N]", .result), .init("mu", "mean", "[N, 4, h, w]"),
      .init("l", "logarithm of the variance", "[N, 4, h, w]"),
      .init("i", "runs over the numbers of a latent", "integer", .explained),
      .init("d", "their number", "integer", .explained),
    ],
    sources: [.vae("(10)")],
    paperForm: "The paper writes −½ Σ (1 + log σ² − μ² − σ²), to be made large: the same with both signs turned.",
    mistakes: [
      .init(
        "mean for sum", "u = mu^2 + exp(l) - 1 - l; mean(reshape(u, size(u, axis=0), -1), axis=1)/2",
        "The numbers of a latent add up; a mean makes the weight depend on the picture's size."),
      .init(
        "half missing", "u = mu^2 + exp(l) - 1 - l; sum(reshape(u, size(u, axis=0), -1), axis=1)", "Half of the sum."),
      .init(
        "sign", "u = 1 + l - mu^2 - exp(l); sum(reshape(u, size(u, axis=0), -1), axis=1)/2",
        "A divergence is never negative; you copied the bound, which is made large."),
      .init(
        "μ not squared", "u = abs(mu) + exp(l) - 1 - l; sum(reshape(u, size(u, axis=0), -1), axis=1)/2",
        "The means enter squared."),
      .init(
        "deviation for variance", "u = mu^2 + exp(l/2) - 1 - l; sum(reshape(u, size(u, axis=0), -1), axis=1)/2",
        "exp(l) is the variance and belongs here."),
      .init(
        "summed over the batch", "sum(mu^2 + exp(l) - 1 - l)/2", "Each picture has a divergence of its own."),
    ],
    cases: [
      .hand("standard normal: 0", "mu = [[0, 0, 0]]; l = [[0, 0, 0]]", "[0]"),
      .hand(
        "means 3 and 4: 25/2; variance e: (e − 2)/2", "mu = [[3, 4], [0, 0]]; l = [[0, 0], [1, 0]]",
        "[12.5, (e - 2)/2]"),
    ])

  static let scalingFactor = Formula(
    "vae.scaling_factor", "Scaling factor of the latents", "f = 1/sqrt(var(z))",
    summary: """
      Noise schedules expect data of variance 1. One number, measured once on encoded pictures, brings latents there; for \
      Stable Diffusion it is 0.18215.
      """,
    symbols: [.init("f", "scaling factor", "number", .result), .init("z", "latents of a first batch", "[N, 4, h, w]")],
    sources: [.ldm("appendix G")],
    paperForm: "The paper writes z ← z/σ̂ with the deviation σ̂ over batch, channels and places.",
    mistakes: [
      .init("deviation itself", "sqrt(var(z))", "Latents are multiplied by the factor: it is 1 over the deviation."),
      .init("variance for deviation", "1/var(z)", "Scaling by f changes the variance by f²: take the root."),
      .init("mean not subtracted", "1/sqrt(mean(z^2))", "The variance is measured around the mean."),
      .init("per channel", "1/sqrt(mean(var(z, axis=0)))", "One number over batch, channels and places together."),
      .init("sample variance", "n = size(z); 1/sqrt(var(z)*n/(n - 1))", "Divide by n, not by n − 1."),
    ],
    cases: [
      .hand("deviation 2", "z = [[1, 5], [5, 1]]", "0.5"), .hand("deviation 5", "z = [-5, 5]", "0.2"),
    ])

  static let unscale = Formula(
    "vae.unscale", "Back to the decoder's scale", "x_tilde = decode(z/f)", computed: "z/f",
    summary: """
      Diffusion works on latents multiplied by the scaling factor; before decoding they are divided by it again. Forget \
      it, and the picture is a grey fog: the decoder sees latents five times too small.
      """,
    symbols: [
      .init("x_tilde", "decoded picture", "[N, 3, H, W]", .result), .init("z", "scaled latent", "[N, 4, h, w]"),
      .init("f", "scaling factor", "number, 0.18215 for Stable Diffusion"),
      .init("decode", "decoder of the autoencoder, 𝒟 in the paper", "function", .explained),
    ],
    sources: [.ldm("appendix G")], notes: ["Compared here is what goes into the decoder, z/f."],
    mistakes: [
      .init("multiplied", "z*f", "Encoding multiplied by the factor; decoding divides."),
      .init("forgotten", "z", "Divide by the factor before decoding."),
      .init("squared", "z/f^2", "Divide once."),
      .init("root", "z/sqrt(f)", "Divide by the factor itself."),
    ],
    cases: [
      .hand("factor 0.25", "z = [1, -0.5]; f = 0.25", "[4, -2]"),
      .hand("factor 0.18215", "z = [[0.18215], [-0.3643]]; f = 0.18215", "[[1], [-2]]"),
    ])

  static let projection = Formula(
    "latent.pca", "What principal components keep",
    "x_hat = mu + (x - mu) @ transpose(W) @ W",
    summary: """
      The best linear compression: project onto the few directions in which pictures vary most, and back. An autoencoder \
      does better because its surface may bend.
      """,
    symbols: [
      .init("x_hat", "what is left after compression", "[N, D]", .result), .init("x", "pictures as rows", "[N, D]"),
      .init("mu", "mean picture", "[D]"), .init("W", "principal directions, rows of length 1", "[k, D]"),
    ],
    sources: [.init("Bishop", "(12.20)", "Bishop 2006: Pattern Recognition and Machine Learning", "section 12.1.3")],
    mistakes: [
      .init("mean not subtracted", "x @ transpose(W) @ W", "Directions are measured from the mean picture."),
      .init("mean not added again", "(x - mu) @ transpose(W) @ W", "Add the mean picture again."),
      .init("mean subtracted only before", "mu + x @ transpose(W) @ W", "Project what differs from the mean."),
      .init("what is lost", "x - mu - (x - mu) @ transpose(W) @ W", "That is the part that compression drops."),
    ],
    cases: [
      .hand(
        "onto the first axis, mean (0, 1)", "x = [[3, 4], [-1, 0]]; mu = [0, 1]; W = [[1, 0]]", "[[3, 1], [-1, 1]]"),
      .hand("onto (0.6, 0.8): 5 along it", "x = [[3, 4, 2]]; mu = [0, 0, 0]; W = [[0.6, 0.8, 0]]", "[[3, 4, 0]]"),
    ])

  static let grey = Formula(
    "latent.grey", "From three numbers to one", "Y = 0.299*x[0] + 0.587*x[1] + 0.114*x[2]",
    summary: """
      The simplest latent space: a pixel's red, green and blue become one brightness, weighed as the eye weighs them. \
      Two thirds of the numbers are gone, and the picture can still be read.
      """,
    symbols: [
      .init("Y", "brightness", "[H, W]", .result), .init("x", "picture; x₀ red, x₁ green, x₂ blue", "[3, H, W]"),
    ],
    sources: [.init("BT.601", "section 2.5.1", "ITU-R Recommendation BT.601-7, 2011", "itu.int/rec/R-REC-BT.601")],
    mistakes: [
      .init("plain mean", "(x[0] + x[1] + x[2])/3", "The eye does not weigh colours equally: green counts most."),
      .init("weights of BT.709", "0.2126*x[0] + 0.7152*x[1] + 0.0722*x[2]", "Those are the weights for HDTV."),
      .init("blue first", "0.114*x[0] + 0.587*x[1] + 0.299*x[2]", "The channels are red, green, blue in this order."),
      .init("green alone", "x[1]", "Green counts most, but not alone."),
    ],
    cases: [
      .hand("white stays white, red becomes 0.299", "x = [[[1, 1]], [[1, 0]], [[1, 0]]]", "[[1, 0.299]]"),
      .hand("green and blue", "x = [[[0], [0]], [[1], [0]], [[0], [1]]]", "[[0.587], [0.114]]"),
    ])

  static let compressionRatio = Formula(
    "latent.compression_ratio", "How many numbers are saved", "r = 3*H*W/(c*(H/f)*(W/f))",
    summary: """
      The picture's numbers over the latent's. With f = 4 and 4 channels it is 12, with Stable Diffusion's f = 8 it is \
      48. Convolutions get cheaper by f², self-attention by f⁴.
      """,
    symbols: [
      .init("r", "compression ratio", "number", .result), .init("H", "height of the picture", "integer"),
      .init("W", "width", "integer"), .init("f", "factor by which each side shrinks", "integer, 4 or 8"),
      .init("c", "channels of the latent", "integer, 4"),
    ],
    sources: [.ldm("section 3.1")], notes: ["The picture's size cancels: r = 3 f²/c."],
    mistakes: [
      .init("sides instead of areas", "3*f/c", "Both sides shrink: f²."),
      .init("channels forgotten", "f^2", "Three channels become c."),
      .init("upside down", "c*(H/f)*(W/f)/(3*H*W)", "The picture stands above."),
      .init("channels of the picture forgotten", "H*W/(c*(H/f)*(W/f))", "The picture has three numbers a pixel."),
    ],
    cases: [
      .hand("64×64 → 4×16×16", "H = 64; W = 64; f = 4; c = 4", "12"),
      .hand("512×768 → 4×64×96", "H = 512; W = 768; f = 8; c = 4", "48"),
    ])
}
