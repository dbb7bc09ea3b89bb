import Formulas
import Testing

/// What the catalogue prints, typed again by somebody: as Unicode, as LaTeX, as Python would have it.
@Suite struct ReadBackTests {
  /// Formulas whose printed form only a reader can evaluate are left to their form to type.
  static let printed = Catalogue.formulas.filter { $0.computed == nil && !$0.unicode.contains(" otherwise") }

  @Test(arguments: printed) func unicodeIsAccepted(_ formula: Formula) throws {
    let verdict = try Checker(formula).check(expression: formula.unicode)
    #expect(verdict.passed, "\(formula.id): \(formula.unicode): \(verdict.sentence ?? "")")
  }

  @Test(arguments: printed) func latexIsAccepted(_ formula: Formula) throws {
    let latex = formula.statement.latex
    let verdict = try Checker(formula).check(expression: latex)
    #expect(verdict.passed, "\(formula.id): \(latex): \(verdict.sentence ?? "")")
  }

  @Test(arguments: [
    ("forward.closed_form", "\\sqrt{\\bar{\\alpha}_t} x_0 + \\sqrt{1-\\bar{\\alpha}_t} \\epsilon"),
    ("forward.closed_form", "x_t = \\sqrt{\\bar\\alpha_t}\\,x_0+\\sqrt{1-\\bar\\alpha_t}\\,\\varepsilon"),
    (
      "forward.closed_form",
      "$x_t = \\sqrt{\\overline{\\alpha}_{t}} \\cdot x_{0} + \\sqrt{1 - \\bar{\\alpha_t}}\\epsilon$"
    ),
    ("forward.closed_form", "np.sqrt(alphas_cumprod[t])*x0 + np.sqrt(1 - alphas_cumprod[t])*noise"),
    ("forward.closed_form", "torch.sqrt(alphas_cumprod[t]) * x0 + (1 - alphas_cumprod[t])**0.5 * noise"),
    ("posterior.variance", "\\tilde\\beta_t = \\frac{1-\\bar\\alpha_{t-1}}{1-\\bar\\alpha_t}\\beta_t"),
    ("posterior.variance", "\\dfrac{1 - \\bar{\\alpha}_{t-1}}{1 - \\bar{\\alpha}_{t}} \\left(1 - \\alpha_t\\right)"),
    (
      "posterior.mean",
      "\\frac{\\sqrt{\\bar\\alpha_{t-1}}\\beta_t}{1-\\bar\\alpha_t}x_0 + \\frac{\\sqrt{\\alpha_t}(1-\\bar\\alpha_{t-1})}{1-\\bar\\alpha_t}x_t"
    ),
    ("attention.scaled_dot_product", "\\mathrm{softmax}\\left(\\frac{QK^\\top}{\\sqrt{d}}\\right)V"),
    ("attention.scaled_dot_product", "softmax(Q @ K.T / sqrt(d)) @ V"),
    ("attention.scaled_dot_product", "softmax(Q Kᵀ/√d) V"),
    ("attention.weights", "torch.softmax(Q @ K.mT / math.sqrt(d), dim=-1)"),
    ("schedule.alphas_cumprod", "\\prod_{s=0}^{t} (1 - \\beta_s)"), ("schedule.alphas_cumprod", "∏_{s=0}^t (1 − β_s)"),
    ("schedule.alphas_cumprod", "alpha[t]*alpha_bar[t]/alpha[t]"),
    ("forward.step", "√α_t x_{t-1} + √(1 − α_t) ε"), ("schedule.log_snr", "1/2*log(alpha_bar/(1 - alpha_bar))"),
    ("vae.l1", "‖x − x̃‖₁/size(x)"),
    ("prediction.x0_from_epsilon", "\\frac{x_t-\\sqrt{1-\\bar\\alpha_t}\\hat\\epsilon}{\\sqrt{\\bar\\alpha_t}}"),
    ("guidance.cfg", "\\epsilon_{\\text{uncond}} + w (\\epsilon_{\\text{cond}} - \\epsilon_{\\text{uncond}})"),
  ])
  func spellingsOfPeople(_ id: String, _ typed: String) throws {
    let verdict = try Checker(Catalogue.formula(id)).check(expression: typed)
    #expect(verdict.passed, "\(id): \(typed): \(verdict.sentence ?? "")")
  }

  @Test(arguments: [
    ("\\frac{1}{2", 9, "not closed"), ("\\foo{x}", 1, "\\foo"), ("1 + \\begin{cases}", 5, "\\begin"),
    ("\\sqrt", 6, "LaTeX ends"),
    ("\\alpha + + \\$", 12, "\\$"), ("x}\\,", 2, "closes no brace"), ("2 + \\sqrt{x_{t}", 10, "not closed"),
    ("x.mean()", 2, "write mean(…)"), ("x.foo", 2, "“.foo”"), ("∑ i", 1, "below ∑"), ("∑_{i=0} i", 1, "above ∑"),
    ("a × × b", 5, "“*”"), ("softmax(x, foo=1)", 1, "has no option “foo”"), ("exp(x, axis=1)", 1, "no option"),
  ])
  func mistakesPointAtTheColumn(_ typed: String, _ column: Int, _ part: String) {
    do {
      _ = try Program(parsing: typed)
      Issue.record("“\(typed)” was read")
    } catch {
      #expect(error.column == column, "\(typed): \(error)")
      #expect(error.sentence.contains(part), "\(typed): \(error)")
    }
  }

  @Test(arguments: [
    String(repeating: "\\sqrt{", count: 600), String(repeating: "{", count: 3900) + "\\",
    String(repeating: "\\frac{1}{", count: 400) + "1" + String(repeating: "}", count: 400),
    String(repeating: "∑_{i=0}^1 ", count: 390) + "1", "\\" + String(repeating: "^{", count: 1900),
  ])
  func hostileLaTeXEndsInASentence(_ typed: String) {
    do {
      let program = try Program(parsing: typed)
      Issue.record("“\(typed.prefix(30))” was read as \(program.result)")
    } catch {
      #expect(!error.sentence.isEmpty && error.sentence.count < 300)
    }
  }
}
