import Formulas
import Testing

@Suite struct PrintingTests {
  @Test(arguments: [
    ("sqrt(alpha_bar[t])*x0 + sqrt(1 - alpha_bar[t])*eps", "√ᾱₜ x₀ + √(1 − ᾱₜ) ε"),
    ("(x_t - sqrt(1 - alpha_bar[t])*eps_hat)/sqrt(alpha_bar[t])", "(xₜ − √(1 − ᾱₜ) ε̂)/√ᾱₜ"),
    ("prod(1 - beta[s], s=0..t)", "∏ₛ₌₀ᵗ (1 − βₛ)"),
    ("(1 - alpha_bar[t-1])/(1 - alpha_bar[t])*beta[t]", "(1 − ᾱₜ₋₁)/(1 − ᾱₜ) · βₜ"),
    ("softmax(Q @ transpose(K)/sqrt(d))@V", "softmax(Q Kᵀ/√d) V"),
    ("x0_hat_uncond", "x̂_{0,uncond}"), ("beta_tilde", "β̃"),
    ("sigma_up*z", "σ_up z"), ("-eps/d", "−ε/d"), ("cos(u)^2", "cos²(u)"), ("a/b*c", "a/b · c"), ("-x^2", "−x²"),
    ("a - (b - c)", "a − (b − c)"),
    ("a/(b*c)", "a/(b c)"), ("exp(-h) - 1", "exp(−h) − 1"), ("x_T", "x_T"), ("norm(x - y)^2", "‖x − y‖²"),
    ("2*r", "2 r"), ("(a + b)*(a - b)", "(a + b) (a − b)"), ("1e-20*x", "10⁻²⁰ x"),
  ])
  func unicode(_ typed: String, _ printed: String) throws {
    #expect(try Expression(parsing: typed).unicode == printed)
  }

  @Test(arguments: [
    ("a/b*c", "\\frac{a}{b} c"), ("a/b*2", "\\frac{a}{b} \\cdot 2"), ("exp(-h)", "\\exp (- h)"),
    ("sqrt(a/b)", "\\sqrt{\\frac{a}{b}}"), ("transpose(K)", "K^{\\top}"), ("x0_hat", "\\hat{x}_{0}"),
    ("sum(a[i], i=0..n)", "\\sum_{i = 0}^{n} a_{i}"), ("beta_start", "\\beta_{\\mathrm{start}}"),
  ])
  func latex(_ typed: String, _ printed: String) throws {
    #expect(try Expression(parsing: typed).latex == printed)
  }

  @Test func latexAndMathML() throws {
    let closed = try Catalogue.formula("forward.closed_form")
    #expect(
      closed.latex
        == "x_{t} = \\sqrt{\\bar{\\alpha}_{t}} x_{0} + \\sqrt{1 - \\bar{\\alpha}_{t}} \\varepsilon")
    #expect(closed.mathML.contains("<msub><mover accent=\"true\"><mi>α</mi><mo>¯</mo></mover><mi>t</mi></msub>"))
    let loss = try Catalogue.formula("loss.simple")
    #expect(loss.unicode == "L_DM = 𝔼_{x₀,ε,t}[‖ε − ε_θ(xₜ, t)‖²]")
  }

  @Test(arguments: Catalogue.formulas) func asciiReadsBack(_ formula: Formula) throws {
    for tree in [formula.statement] + formula.definitions + (formula.computed.map { [$0.result] } ?? []) {
      #expect(try Program(parsing: tree.description, functions: nil).result == tree)
    }
  }
}
