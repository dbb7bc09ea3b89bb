/// The layers a U-Net is made of.
enum LayerFormulas {
  static let formulas: [Formula] = [sinusoidal, linear, convolution, convolutionSize, upsample]

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
      .init("j", "number of the frequency", "integer, 0…D/2 − 1", .explained),
    ],
    sources: [.attention("section 3.5"), .ddpm("appendix B")],
    paperForm: """
      The paper interleaves, sin at even and cos at odd places. DDPM puts all sines first and divides by D/2 − 1; \
      diffusers has switches for both (flip_sin_to_cos, downscale_freq_shift), used here as Stable Diffusion sets them.
      """,
    mistakes: [
      .init(
        "sines first", "g = 10000^(-2*range(0, D/2)/D); concat(sin(t*g), cos(t*g))",
        "Here the cosines come first (flip_sin_to_cos = True)."),
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
    ],
    cases: [
      .hand("t = 0: all cosines 1, all sines 0", "t = 0; D = 6", "[1, 1, 1, 0, 0, 0]"),
      .hand("D = 2: one frequency, 1", "t = 2; D = 2", "[-0.4161468365471424, 0.9092974268256817]"),
    ])

  static let linear = Formula(
    "layer.linear", "Linear layer", "y = x @ transpose(W) + b",
    summary: """
      Every output is a weighted sum of all inputs, plus a constant. Checkpoints store the weights as outputs × inputs, \
      hence the transpose.
      """,
    symbols: [
      .init("y", "outputs", "[N, Dout]", .result), .init("x", "inputs", "[N, Din]"),
      .init("W", "weights", "[Dout, Din]"),
      .init("b", "bias", "[Dout]"),
    ],
    sources: [.init("PyTorch", "torch.nn.Linear", "PyTorch documentation", "pytorch.org/docs")],
    mistakes: [
      .init("bias missing", "x @ transpose(W)", "Add the bias."),
      .init("not transposed", "x @ W + b", "Weights are stored as outputs × inputs: transpose them."),
      .init("bias subtracted", "x @ transpose(W) - b", "The bias is added."),
      .init("bias multiplied in", "x @ transpose(W)*b", "The bias is added, not multiplied."),
    ],
    cases: [
      .hand(
        "two inputs, three outputs", "x = [[1, 2]]; W = [[1, 0], [0, 1], [1, 1]]; b = [10, 20, 30]", "[[11, 22, 33]]"),
      .hand("a square W shows the transpose", "x = [[1, 2]]; W = [[0, 1], [3, 0]]; b = [0, 0]", "[[2, 3]]"),
    ])

  static let convolution = Formula(
    "layer.conv2d", "Convolution",
    "y[n, o, p, q] = b[o] + sum(sum(sum(x[n, c, s*p+u-r, s*q+v-r]*W[o, c, u, v], v=0..k-1), u=0..k-1), c=0..C-1)",
    computed: "conv2d(x, W, stride=s, padding=r) + reshape(b, -1, 1, 1)",
    summary: """
      The same small pattern of weights slides over the picture; each place gives the sum of products over the window and \
      all channels. Outside the picture are zeros. Strictly it is a correlation: the kernel is not turned round.
      """,
    symbols: [
      .init("y", "features", "[N, O, Hout, Wout]", .result), .init("x", "input", "[N, C, H, W]"),
      .init("W", "kernels", "[O, C, k, k]"), .init("b", "bias of each output channel", "[O]"),
      .init("s", "stride", "integer, 1 or 2"), .init("r", "padding with zeros", "integer, 1 for k = 3"),
      .init("k", "side of the kernel", "integer", .explained), .init("C", "input channels", "integer", .explained),
      .init("n", "image", "integer", .explained), .init("o", "output channel", "integer", .explained),
      .init("c", "input channel", "integer", .explained), .init("p", "row of the output", "integer", .explained),
      .init("q", "column of the output", "integer", .explained), .init("u", "row in the kernel", "integer", .explained),
      .init("v", "column in the kernel", "integer", .explained),
    ],
    sources: [
      .init("Convolution", "section 2", "Dumoulin, Visin 2016: A Guide to Convolution Arithmetic", "arXiv:1603.07285")
    ],
    mistakes: [
      .init("bias missing", "conv2d(x, W, stride=s, padding=r)", "Add the bias of each output channel."),
      .init(
        "kernel's rows and columns exchanged", "conv2d(x, transpose(W), stride=s, padding=r) + reshape(b, -1, 1, 1)",
        "u runs down, v across."),
      .init(
        "picture's rows and columns exchanged", "conv2d(transpose(x), W, stride=s, padding=r) + reshape(b, -1, 1, 1)",
        "Rows first, then columns."),
      .init(
        "stride forgotten", "conv2d(x, W, stride=1, padding=r) + reshape(b, -1, 1, 1)",
        "The window moves s places at a time."),
      .init(
        "not padded", "conv2d(x, W, stride=s, padding=0) + reshape(b, -1, 1, 1)",
        "Zeros surround the picture, r on each side."),
    ],
    cases: [
      .hand(
        "a kernel that looks one place to the right",
        "x = [[[[1, 2, 3]]]]; W = [[[[0, 0, 0], [0, 0, 1], [0, 0, 0]]]]; b = [10]; s = 1; r = 1", "[[[[12, 13, 10]]]]"),
      .hand(
        "two channels added up", "x = [[[[1, 2]], [[10, 20]]]]; W = [[[[1]], [[2]]]]; b = [0]; s = 1; r = 0",
        "[[[[21, 42]]]]"),
    ])

  static let convolutionSize = Formula(
    "layer.conv_size", "Size of a convolution's output", "H_out = floor((H + 2*r - k)/s) + 1",
    summary: """
      How many windows fit. A 3×3 kernel with padding 1 keeps the size; with stride 2 it halves it: that is how U-Nets \
      shrink pictures.
      """,
    symbols: [
      .init("H_out", "height of the output", "integer", .result), .init("H", "height of the input", "integer"),
      .init("r", "padding on each side", "integer"), .init("k", "side of the kernel", "integer"),
      .init("s", "stride", "integer"),
    ],
    sources: [
      .init(
        "Convolution", "relationship 6", "Dumoulin, Visin 2016: A Guide to Convolution Arithmetic", "arXiv:1603.07285")
    ],
    mistakes: [
      .init("padding on one side", "floor((H + r - k)/s) + 1", "Both sides are padded: 2 r."),
      .init("one missing", "floor((H + 2*r - k)/s)", "The first window counts too: add 1."),
      .init("rounded up", "ceil((H + 2*r - k)/s) + 1", "A window that does not fit is left out: round down."),
      .init("one inside", "floor((H + 2*r - k + 1)/s)", "Add the 1 after dividing by the stride."),
    ],
    cases: [
      .hand("3×3, padding 1: same size", "H = 28; r = 1; k = 3; s = 1", "28"),
      .hand("stride 2 halves", "H = 32; r = 1; k = 3; s = 2", "16"),
      .hand("an odd size: the last window does not fit", "H = 8; r = 0; k = 3; s = 2", "3"),
    ])

  static let upsample = Formula(
    "layer.upsample_nearest", "Upsampling by the nearest neighbour",
    "y[n, c, p, q] = x[n, c, floor(p/2), floor(q/2)]",
    computed: """
      N = size(x, axis=0); C = size(x, axis=1); H = size(x, axis=2); W = size(x, axis=3); \
      reshape(reshape(x, N, C, H, 1, W, 1)*reshape([1, 1, 1, 1], 2, 1, 2), N, C, 2*H, 2*W)
      """,
    summary:
      "Every pixel becomes a block of four. A convolution after it smooths the blocks; that is how U-Nets grow pictures.",
    symbols: [
      .init("y", "features of twice the size", "[N, C, 2H, 2W]", .result), .init("x", "features", "[N, C, H, W]"),
      .init("n", "image", "integer", .explained), .init("c", "channel", "integer", .explained),
      .init("p", "row", "integer", .explained), .init("q", "column", "integer", .explained),
    ],
    sources: [.init("PyTorch", "torch.nn.Upsample", "PyTorch documentation", "pytorch.org/docs")],
    mistakes: [
      .init(
        "the picture repeated", "concat(concat(x, x, axis=2), concat(x, x, axis=2), axis=3)",
        "Each pixel is repeated, not the picture."),
      .init(
        "filled with zeros",
        """
        N = size(x, axis=0); C = size(x, axis=1); H = size(x, axis=2); W = size(x, axis=3); \
        reshape(reshape(x, N, C, H, 1, W, 1)*reshape([1, 0, 0, 0], 2, 1, 2), N, C, 2*H, 2*W)
        """, "All four pixels of a block have the value."),
      .init(
        "a quarter each",
        """
        N = size(x, axis=0); C = size(x, axis=1); H = size(x, axis=2); W = size(x, axis=3); \
        reshape(reshape(x, N, C, H, 1, W, 1)*reshape([1, 1, 1, 1], 2, 1, 2), N, C, 2*H, 2*W)/4
        """, "The value is copied, not shared out."),
      .init(
        "rows and columns exchanged",
        """
        N = size(x, axis=0); C = size(x, axis=1); H = size(x, axis=2); W = size(x, axis=3); \
        transpose(reshape(reshape(x, N, C, H, 1, W, 1)*reshape([1, 1, 1, 1], 2, 1, 2), N, C, 2*H, 2*W))
        """, "Rows stay rows."),
    ],
    cases: [
      .hand("two pixels", "x = [[[[1, 2]]]]", "[[[[1, 1, 2, 2], [1, 1, 2, 2]]]]"),
      .hand("two channels", "x = [[[[3]], [[5]]]]", "[[[[3, 3], [3, 3]], [[5, 5], [5, 5]]]]"),
    ])
}
