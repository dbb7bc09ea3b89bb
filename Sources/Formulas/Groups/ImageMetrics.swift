/// How alike two pictures are.
enum ImageMetrics {
  static let formulas: [Formula] = [psnr, ssim]

  static let psnr = Formula(
    "image.psnr", "Peak signal-to-noise ratio", "PSNR = 10*log10(R^2/mean((x - y)^2))",
    summary: """
      The squared error on a logarithmic scale, in decibels: 10 dB more is a tenth of the error. 30 dB is good for a \
      compressed photograph. It counts pixels, not what one sees: blur costs little.
      """,
    symbols: [
      .init("PSNR", "peak signal-to-noise ratio", "number, decibels", .result), .init("x", "picture", "[N, C, H, W]"),
      .init("y", "the other picture", "[N, C, H, W]"), .init("R", "range of the values", "number, 1, 2 or 255"),
    ],
    sources: [
      .init(
        "PSNR", "(1)", "Huynh-Thu, Ghanbari 2008: Scope of Validity of PSNR in Image/Video Quality Assessment",
        "doi:10.1049/el:20080522")
    ],
    notes: ["R is the range of the values: 2 for −1…1, 1 for 0…1. With the wrong one the result is 6 dB off."],
    mistakes: [
      .init("range not squared", "10*log10(R/mean((x - y)^2))", "The peak is squared as the error is."),
      .init(
        "20 instead of 10", "20*log10(R^2/mean((x - y)^2))", "20 goes with amplitudes; this is a ratio of squares."),
      .init("natural logarithm", "10*log(R^2/mean((x - y)^2))", "Decibels are tenths of decimal powers: log₁₀."),
      .init("sum for mean", "10*log10(R^2/sum((x - y)^2))", "The mean squared error."),
      .init("absolute error", "10*log10(R^2/mean(abs(x - y)))", "Errors are squared."),
    ],
    cases: [
      .hand("error 0.01, range 1: 20 dB", "x = [0.5, 0.3]; y = [0.4, 0.4]; R = 1", "20"),
      .hand(
        "the same with range 2: 6 dB more", "x = [[0.5], [0.3], [0]]; y = [[0.4], [0.4], [0.1]]; R = 2",
        "20 + 10*log10(4)"),
    ])

  static let ssim = Formula(
    "image.ssim", "Structural similarity",
    "SSIM = (2*m_x*m_y + c1)*(2*cov + c2)/((m_x^2 + m_y^2 + c1)*(v_x + v_y + c2))",
    where: [
      "m_x = mean(x)", "m_y = mean(y)", "v_x = var(x)", "v_y = var(y)", "cov = mean((x - m_x)*(y - m_y))",
      "c1 = (0.01*R)^2", "c2 = (0.03*R)^2",
    ],
    summary: """
      Compares brightness, contrast and structure of a small window, and is averaged over windows. 1 means equal. Closer \
      to what people see than the squared error, though it forgives blur as well.
      """,
    symbols: [
      .init("SSIM", "similarity of a window", "number, −1…1", .result), .init("x", "window of one picture", "[h, w]"),
      .init("y", "the same window of the other", "[h, w]"), .init("R", "range of the values", "number, 1, 2 or 255"),
      .init("m_x", "mean of x", "number", .explained), .init("m_y", "mean of y", "number", .explained),
      .init("v_x", "variance of x", "number", .explained), .init("v_y", "variance of y", "number", .explained),
      .init("cov", "covariance of x and y", "number", .explained),
      .init("c1", "constant against division by zero", "number", .explained),
      .init("c2", "another", "number", .explained),
    ],
    sources: [
      .init(
        "SSIM", "(13)", "Wang, Bovik, Sheikh, Simoncelli 2004: Image Quality Assessment: From Error Visibility to …",
        "doi:10.1109/TIP.2003.819861")
    ],
    paperForm: "The paper weighs the window with a Gaussian of 1.5 pixels; here all pixels count the same.",
    mistakes: [
      .init(
        "2 missing before the covariance", "(2*m_x*m_y + c1)*(cov + c2)/((m_x^2 + m_y^2 + c1)*(v_x + v_y + c2))",
        "Equal pictures must give 1: twice the covariance."),
      .init(
        "deviations for the covariance",
        "(2*m_x*m_y + c1)*(2*sqrt(v_x*v_y) + c2)/((m_x^2 + m_y^2 + c1)*(v_x + v_y + c2))",
        "That compares contrast alone; the covariance compares structure too."),
      .init(
        "means not squared", "(2*m_x*m_y + c1)*(2*cov + c2)/((m_x + m_y + c1)*(v_x + v_y + c2))",
        "Below stand the squares of the means."),
      .init(
        "structure alone", "(2*cov + c2)/(v_x + v_y + c2)", "The brightness term is missing."),
      .init(
        "constants for range 1",
        "(2*m_x*m_y + 0.0001)*(2*cov + 0.0009)/((m_x^2 + m_y^2 + 0.0001)*(v_x + v_y + 0.0009))",
        "The constants grow with the range: (0.01 R)² and (0.03 R)²."),
    ],
    cases: [
      .hand("equal", "x = [[1, 2, 3], [4, 5, 9]]; y = [[1, 2, 3], [4, 5, 9]]; R = 9", "1"),
      .hand(
        "R = 100: means 0, variances 1 and 4, covariance 2: 13/14", "x = [1, -1]; y = [2, -2]; R = 100", "13/14"),
    ])
}
