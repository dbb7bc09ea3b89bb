/// What a network costs.
enum Costs {
  static let formulas: [Formula] = [convolution, linear, attention, parameters, receptiveField]

  static let convolution = Formula(
    "unet.macs_conv", "Multiply-adds of a convolution",
    "M = H_out*W_out*C_out*C_in*k^2",
    summary: """
      Every number of the output is a sum of C_in·k² products. Twice the side of the picture is four times the work; \
      twice the channels, too.
      """,
    symbols: [
      .init("M", "multiply-adds for one image", "integer", .result), .init("H_out", "height of the output", "integer"),
      .init("W_out", "width of the output", "integer"), .init("C_out", "channels of the output", "integer"),
      .init("C_in", "channels of the input", "integer"), .init("k", "side of the kernel", "integer, 3 as a rule"),
    ],
    sources: [
      .init("Convolution", "section 2", "Dumoulin, Visin 2016: A Guide to Convolution Arithmetic", "arXiv:1603.07285")
    ],
    notes: ["A multiply-add counts once here; “FLOPs” usually counts it twice. The bias is left out."],
    mistakes: [
      .init("FLOPs", "2*H_out*W_out*C_out*C_in*k^2", "You counted product and sum apart: that is twice."),
      .init("kernel's side not squared", "H_out*W_out*C_out*C_in*k", "A kernel has k² places."),
      .init("input channels missing", "H_out*W_out*C_out*k^2", "Every output sums over all input channels."),
      .init("parameters", "C_out*C_in*k^2", "That is the number of weights; each is used at every pixel."),
    ],
    cases: [
      .hand("4 · 5 · 8 · 3 · 9", "H_out = 4; W_out = 5; C_out = 8; C_in = 3; k = 3", "4320"),
      .hand("a 1×1 kernel", "H_out = 2; W_out = 3; C_out = 7; C_in = 5; k = 1", "210"),
    ])

  static let linear = Formula(
    "cost.macs_linear", "Multiply-adds of a linear layer", "M = L*D_in*D_out",
    summary: "Every output of every token is a sum of D_in products.",
    symbols: [
      .init("M", "multiply-adds", "integer", .result), .init("L", "tokens", "integer"),
      .init("D_in", "inputs", "integer"), .init("D_out", "outputs", "integer"),
    ],
    sources: [.attention("table 1")],
    mistakes: [
      .init("FLOPs", "2*L*D_in*D_out", "You counted product and sum apart: that is twice."),
      .init("weights", "D_in*D_out", "That is the number of weights; each is used for every token."),
      .init("added", "L*(D_in + D_out)", "Every output is connected with every input: multiply."),
      .init(
        "tokens squared", "L^2*D_in*D_out", "A linear layer treats each token by itself; attention is what has L²."),
    ],
    cases: [
      .hand("77 · 128 · 512", "L = 77; D_in = 128; D_out = 512", "5046272"),
      .hand("one token", "L = 1; D_in = 3; D_out = 5", "15"),
    ])

  static let attention = Formula(
    "cost.macs_attention", "Multiply-adds of attention", "M = 2*L_q*L_k*D",
    summary: """
      Every query meets every key, once for the scores and once for the values. In self-attention both lengths are the \
      number of pixels: twice the side of the picture is sixteen times the work. That is why attention sits at the low \
      resolutions, and why latents pay.
      """,
    symbols: [
      .init("M", "multiply-adds, projections left out", "integer", .result), .init("L_q", "queries", "integer"),
      .init("L_k", "keys", "integer"), .init("D", "features of all heads together", "integer"),
    ],
    sources: [.attention("table 1")],
    notes: ["The number of heads does not matter: each has D/heads features."],
    mistakes: [
      .init("scores alone", "L_q*L_k*D", "The values are weighed too: twice."),
      .init(
        "square of the queries", "2*L_q^2*D", "Right for self-attention only; here keys have a length of their own."),
      .init("square of the features", "2*L_q*L_k*D^2", "D², that is the projections."),
      .init("linear in the length", "2*(L_q + L_k)*D", "Every query meets every key: multiply."),
    ],
    cases: [
      .hand("256 pixels, 77 tokens, 128 features", "L_q = 256; L_k = 77; D = 128", "5046272"),
      .hand("self-attention of 9 pixels", "L_q = 9; L_k = 9; D = 4", "648"),
    ])

  static let parameters = Formula(
    "cost.params_conv", "Parameters of a convolution", "P = C_out*(C_in*k^2 + 1)",
    summary: "A kernel for every pair of channels, a bias for every output. The size of the picture does not matter.",
    symbols: [
      .init("P", "parameters", "integer", .result), .init("C_out", "channels of the output", "integer"),
      .init("C_in", "channels of the input", "integer"), .init("k", "side of the kernel", "integer"),
    ],
    sources: [
      .init("Convolution", "section 2", "Dumoulin, Visin 2016: A Guide to Convolution Arithmetic", "arXiv:1603.07285")
    ],
    mistakes: [
      .init("bias forgotten", "C_out*C_in*k^2", "Each output channel has a bias."),
      .init("one bias", "C_out*C_in*k^2 + 1", "Each output channel has a bias of its own."),
      .init("bias for each input", "C_in*(C_out*k^2 + 1)", "Biases belong to the output channels."),
      .init("kernel's side not squared", "C_out*(C_in*k + 1)", "A kernel has k² places."),
    ],
    cases: [
      .hand("3 → 64 channels, 3×3", "C_in = 3; C_out = 64; k = 3", "1792"),
      .hand("5 → 7 channels, 1×1", "C_in = 5; C_out = 7; k = 1", "42"),
    ])

  static let receptiveField = Formula(
    "cost.receptive_field", "What a pixel sees",
    "R = 1 + sum((k[l] - 1)*prod(s[m], m=0..l-1), l=0..n-1)",
    summary: """
      How wide a window of the input an output depends on. Kernels add up, strides multiply: shrinking the picture is the \
      cheap way to see far, and the reason for the U in U-Net.
      """,
    symbols: [
      .init("R", "side of the window", "integer", .result), .init("k", "side of each layer's kernel", "[n]"),
      .init("s", "stride of each layer", "[n]"), .init("n", "number of layers", "integer"),
      .init("l", "layer", "integer, from 0", .explained), .init("m", "layers before it", "integer", .explained),
    ],
    sources: [
      .init(
        "Distill", "(2)", "Araujo, Norris, Sim 2019: Computing Receptive Fields of Convolutional Neural Networks",
        "doi:10.23915/distill.00021")
    ],
    mistakes: [
      .init(
        "strides ignored", "1 + sum(k[l] - 1, l=0..n-1)", "After a stride every step is that much wider in the input."),
      .init(
        "own stride counted", "1 + sum((k[l] - 1)*prod(s[m], m=0..l), l=0..n-1)",
        "Only the strides of the layers before count."),
      .init("centre forgotten", "sum((k[l] - 1)*prod(s[m], m=0..l-1), l=0..n-1)", "The pixel itself counts: add 1."),
      .init(
        "whole kernels", "1 + sum(k[l]*prod(s[m], m=0..l-1), l=0..n-1)",
        "A kernel adds k − 1: its own place is counted already."),
    ],
    cases: [
      .hand("two 3×3: 5", "k = [3, 3]; s = [1, 1]; n = 2", "5"),
      .hand("3×3 with stride 2, then 3×3, then 5×5: 1 + 2 + 4 + 8", "k = [3, 3, 5]; s = [2, 1, 2]; n = 3", "15"),
    ])
}
