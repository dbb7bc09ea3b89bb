/// What a network costs.
enum Costs {
  static let formulas: [Formula] = [convolution]

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
    ])
}
