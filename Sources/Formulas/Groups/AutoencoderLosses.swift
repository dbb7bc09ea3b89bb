/// What an autoencoder is trained with.
enum AutoencoderLosses {
  static let formulas: [Formula] = [absolute, perceptual, hinge, generator, adaptiveWeight]

  static let absolute = Formula(
    "vae.l1", "Absolute error", "L_rec = mean(abs(x - x_tilde))",
    summary: """
      The reconstruction error of latent diffusion's autoencoder. Where several answers are possible, the squared error \
      settles on their mean, which is blurred; the absolute one on their median, a little sharper.
      """,
    symbols: [
      .init("L_rec", "loss", "number", .result), .init("x", "picture", "[N, 3, H, W]"),
      .init("x_tilde", "its reconstruction", "[N, 3, H, W]"),
    ],
    sources: [.ldm("appendix G")],
    mistakes: [
      .init("squared error", "mean((x - x_tilde)^2)", "That is L2; here errors are made positive, not squared."),
      .init("sum for mean", "sum(abs(x - x_tilde))", "Divide by the number of values."),
      .init("errors cancel", "abs(mean(x - x_tilde))", "Make each error positive first, then average."),
      .init("root of the squares", "sqrt(mean((x - x_tilde)^2))", "That is the root of the mean squared error."),
    ],
    cases: [
      .hand("errors 1, −1, 0, 4", "x = [[1, 0], [2, 5]]; x_tilde = [[0, 1], [2, 1]]", "1.5"),
      .hand("one row of three", "x = [[0.5, -0.5, 1]]; x_tilde = [[0, 0, 1]]", "1/3"),
    ])

  static let perceptual = Formula(
    "vae.perceptual", "Perceptual loss",
    "L_perc = mean(sum((u - u_tilde)^2, axis=1))",
    where: [
      "u = y/(sqrt(sum(y^2, axis=1)) + delta)", "u_tilde = y_tilde/(sqrt(sum(y_tilde^2, axis=1)) + delta)",
    ],
    summary: """
      Compare pictures not pixel by pixel but by what a network sees in them: features at each place, brought to length \
      1, and their squared distance. A shifted texture costs little, a blurred one much. Several layers are added up.
      """,
    symbols: [
      .init("L_perc", "loss of one layer", "number", .result), .init("y", "features of the picture", "[N, C, H, W]"),
      .init("y_tilde", "features of the reconstruction", "[N, C, H, W]"),
      .init("delta", "small constant against division by zero", "number, 1e-10"),
      .init("u", "features of length 1 at each place", "[N, C, H, W]", .explained),
      .init("u_tilde", "the same for the reconstruction", "[N, C, H, W]", .explained),
    ],
    sources: [
      .init(
        "LPIPS", "(1)",
        "Zhang, Isola, Efros, Shechtman, Wang 2018: The Unreasonable Effectiveness of Deep Features as a Perceptual Metric",
        "arXiv:1801.03924")
    ],
    paperForm: "The paper weighs channels with learned w and adds up layers; here one layer, all weights 1.",
    mistakes: [
      .init(
        "not normalised", "mean(sum((y - y_tilde)^2, axis=1))", "Features are brought to length 1 at each place first."),
      .init("mean over channels", "mean((u - u_tilde)^2)", "Add up over the channels, average over images and places."),
      .init(
        "normalised over the places",
        """
        a = y/(sqrt(sum(sum(y^2, axis=2), axis=3)) + delta); \
        b = y_tilde/(sqrt(sum(sum(y_tilde^2, axis=2), axis=3)) + delta); mean(sum((a - b)^2, axis=1))
        """, "The length is taken over the channels of one place."),
      .init("absolute distance", "mean(sum(abs(u - u_tilde), axis=1))", "Differences are squared."),
      .init("root", "mean(sqrt(sum((u - u_tilde)^2, axis=1)))", "Squared distances are averaged, without a root."),
    ],
    cases: [
      .hand(
        "(3, 4) and (4, 3) become (0.6, 0.8), (0.8, 0.6)",
        "y = [[[[3]], [[4]]]]; y_tilde = [[[[4]], [[3]]]]; delta = 0", "0.08"),
      .hand(
        "length does not count", "y = [[[[3, 1]], [[4, 0]]]]; y_tilde = [[[[6, 0]], [[8, 2]]]]; delta = 0", "1"),
    ])

  static let hinge = Formula(
    "vae.discriminator", "Hinge loss of the discriminator",
    "L_D = (mean(max(1 - D_real, 0)) + mean(max(1 + D_fake, 0)))/2",
    summary: """
      The discriminator looks at patches and is to give real ones more than 1, reconstructed ones less than −1. What is \
      beyond costs nothing, so that it does not become arbitrarily sure.
      """,
    symbols: [
      .init("L_D", "loss of the discriminator", "number", .result),
      .init("D_real", "its values for patches of pictures", "[N, 1, h, w]"),
      .init("D_fake", "its values for patches of reconstructions", "[N, 1, h, w]"),
    ],
    sources: [
      .init("Geometric GAN", "section 4.2", "Lim, Ye 2017: Geometric GAN", "arXiv:1705.02894"), .ldm("appendix G"),
    ],
    paperForm: "The paper adds the two means; latent diffusion's code takes half of that.",
    mistakes: [
      .init(
        "signs exchanged", "(mean(max(1 + D_real, 0)) + mean(max(1 - D_fake, 0)))/2",
        "Real patches are to have high values: 1 − D_real."),
      .init("not cut", "(mean(1 - D_real) + mean(1 + D_fake))/2", "What is beyond ±1 costs nothing: max with 0."),
      .init(
        "half missing", "mean(max(1 - D_real, 0)) + mean(max(1 + D_fake, 0))", "Latent diffusion takes half of the sum."
      ),
      .init(
        "logistic loss", "(mean(log(1 + exp(-D_real))) + mean(log(1 + exp(D_fake))))/2",
        "That is the loss of the original GAN; the hinge has a corner."),
      .init(
        "cut at the wrong place", "(mean(max(-D_real, 0)) + mean(max(D_fake, 0)))/2", "The corner is at ±1, not at 0."),
    ],
    cases: [
      .hand("(0 + 0.5)/2 and (0 + 1.5)/2, half of the sum", "D_real = [2, 0.5]; D_fake = [-3, 0.5]", "0.5"),
      .hand("undecided: 1", "D_real = [[0], [0], [0]]; D_fake = [[0], [0], [0]]", "1"),
    ])

  static let generator = Formula(
    "vae.adversarial", "Adversarial loss of the decoder", "L_G = -mean(D_fake)",
    summary: """
      The decoder is to please the discriminator: high values for its reconstructions. What looks real is on the side of \
      real pictures, and blur is not. Latent diffusion switches it on after some thousand steps.
      """,
    symbols: [
      .init("L_G", "adversarial loss", "number", .result),
      .init("D_fake", "the discriminator's values for patches of reconstructions", "[N, 1, h, w]"),
    ],
    sources: [
      .init("Geometric GAN", "section 4.2", "Lim, Ye 2017: Geometric GAN", "arXiv:1705.02894"), .ldm("(25)"),
    ],
    mistakes: [
      .init("sign", "mean(D_fake)", "The decoder wants high values: minus."),
      .init("sum for mean", "-sum(D_fake)", "Average over images and patches."),
      .init(
        "hinge of the discriminator", "mean(max(1 + D_fake, 0))", "The decoder's loss has no corner and the other sign."
      ),
      .init("hinge turned round", "mean(max(1 - D_fake, 0))", "The decoder's loss is not cut."),
    ],
    cases: [
      .hand("−(1 − 3 + 0.5)/3", "D_fake = [1, -3, 0.5]", "0.5"), .hand("two patches", "D_fake = [[[2, 4]]]", "-3"),
    ])

  static let adaptiveWeight = Formula(
    "vae.adaptive_weight", "Weight of the adversarial loss",
    "w = min(max(norm(g_rec)/(norm(g_adv) + delta), 0), 10000)",
    summary: """
      Both losses should pull equally hard at the decoder's last layer. The weight is the quotient of the lengths of \
      their gradients there, measured anew at every step.
      """,
    symbols: [
      .init("w", "weight of the adversarial loss", "number, 0…10000", .result),
      .init("g_rec", "gradient of the reconstruction loss at the last layer", "any shape"),
      .init("g_adv", "gradient of the adversarial loss there", "the same"),
      .init("delta", "small constant against division by zero", "number, 1e-4"),
    ],
    sources: [
      .init(
        "VQGAN", "(7)", "Esser, Rombach, Ommer 2021: Taming Transformers for High-Resolution Image Synthesis",
        "arXiv:2012.09841")
    ],
    paperForm: "The paper adds δ = 10⁻⁶ and cuts nothing; latent diffusion's code adds 10⁻⁴ and cuts at 10⁴.",
    mistakes: [
      .init(
        "upside down", "min(max(norm(g_adv)/(norm(g_rec) + delta), 0), 10000)",
        "The weight multiplies the adversarial loss: its gradient divides."),
      .init(
        "squared lengths", "min(max(norm(g_rec)^2/(norm(g_adv)^2 + delta), 0), 10000)", "Lengths, not their squares."),
      .init(
        "not cut", "norm(g_rec)/(norm(g_adv) + delta)", "A vanishing adversarial gradient would blow the weight up."),
      .init(
        "sums for lengths", "min(max(sum(abs(g_rec))/(sum(abs(g_adv)) + delta), 0), 10000)",
        "The length is Euclidean: the root of the sum of squares."),
    ],
    cases: [
      .hand("lengths 5 and 2.5", "g_rec = [3, 4]; g_adv = [1.5, 2]; delta = 0", "2"),
      .hand("cut", "g_rec = [[3, 4, 0]]; g_adv = [[0, 0, 0]]; delta = 1e-4", "10000"),
    ])
}
