import Formulas
import Testing

@Suite struct ExpressionTests {
  private func value(_ text: String, _ inputs: [String: Numbers] = [:]) throws -> Numbers {
    try Evaluator.value(Program(parsing: text), in: Scope(inputs: inputs)).value
  }

  @Test(arguments: [
    ("2 + 3*4", 14), ("-2^2", -4), ("2^3^2", 512), ("2^-1", 0.5), ("(1 + 2)(3 + 4)", 21), ("2(3)", 6), ("6/2/3", 1),
    ("√4 + √(9)", 5), ("3² + 2³", 17), ("2 pi", 6.283185307179586), ("|−3| + ‖[3, 4]‖", 8), ("1e-3*1000", 1),
    ("sum(i^2, i=1..3)", 14), ("prod(i, i=1..5)", 120), ("sum(i, i=3..2)", 0), ("a = 2; b = a + 1; a*b", 6),
    ("f(u) = u^2; f(3)", 9), ("g[j] = 10*j; g[4]", 40), ("if(1 < 2, 7, 1/0)", 7), ("min(3, 1, 2) + max([4, 9])", 10),
    ("round(2.5) + round(3.5)", 6), ("floor(−0.5)", -1), ("mean([1, 2, 6])", 3), ("var([1, 3])", 1),
    ("[5, 7, 9][1]", 7), ("[[1, 2], [3, 4]][1, 0]", 3), ("det([[1, 2], [3, 4]])", -2), ("a = 1; a = a + 1; a", 2),
    ("trace(inverse([[2, 0], [0, 4]]))", 0.75), ("sum([1, 2] @ [[1, 2], [3, 4]])", 17), ("log10(1000)", 3),
    ("argmax([1, 5, 2])", 1), ("size(reshape(range(0, 6), 2, 3), axis=1)", 3), ("2 · 3 ⋅ 4 × 5 ÷ 6", 20),
    ("1 − 2 + ½", nil),
  ])
  func arithmetic(_ text: String, _ expected: Double?) throws {
    guard let expected else {
      #expect(throws: FormulaError.self) { try value(text) }
      return
    }
    let result = try #require(try value(text).scalar)
    #expect(abs(result - expected) < 1e-12, "\(text) gives \(result)")
  }

  @Test(arguments: [
    "alpha_bar", "ᾱ", "α\u{304}", "alphas_cumprod", "alpha_bar_t", "ᾱ_t", "ᾱₜ", "alpha_bar[t]", "ᾱ_{t}", "ᾱ[t]",
    "epsilon_theta*0 + alpha_bar", "ε_θ*0 + ᾱ",
  ])
  func spellingsOfOneName(_ text: String) throws {
    let closed = try Catalogue.formula("schedule.snr")
    let values = ["alpha_bar": Numbers([0.9, 0.25]), "t": Numbers(1), "eps_theta": Numbers(3)]
    let scope = try closed.scope(values)
    #expect(try Evaluator.value(Program(parsing: text), in: scope).value.scalar == 0.25)
  }

  @Test func indexBeforeTheFirstIsTheCleanImage() throws {
    let scope = try Catalogue.formula("posterior.variance").scope(["alpha_bar": Numbers([0.9]), "t": Numbers(0)])
    #expect(try Evaluator.value(Program(parsing: "alpha_bar[t-1]"), in: scope).value.scalar == 1)
    #expect(throws: FormulaError("index -2 of alpha_bar, which has −1…0")) {
      try Evaluator.value(Program(parsing: "alpha_bar[t-2]"), in: scope)
    }
  }

  @Test(arguments: [
    ("", 1, "the expression is empty"), ("sqrt(alpha", 5, "not closed"), ("1 + ", 5, "the end of the expression"),
    ("1 + * 2", 5, "“*”"), ("x0(1 - a)", 1, "“x0” is no function"), ("sqrt x", 1, "needs brackets"),
    ("a $ b", 3, "“$” has no meaning"), ("sofmax(x)", 1, "did you mean softmax?"), ("x_{t-1", 3, "not closed"),
    ("x_{t+}", 2, "in the index"), ("1e999", 1, "not a number that fits"), ("mean(x, axis=1, axis=2)", 17, "twice"),
    ("exp(x, i=0..3)", 1, "only sum and prod"), ("3 x 4", 5, "the number 4"), ("a; b", nil, "before a semicolon"),
    ("[1, 2", 1, "not closed"), ("f(1", 1, "no function"), (")", 1, "“)”"),
  ])
  func errorsPointAtTheColumn(_ text: String, _ column: Int?, _ part: String) {
    do {
      _ = try Program(parsing: text)
      Issue.record("“\(text)” was read")
    } catch {
      #expect(error.column == column, "\(text): \(error)")
      #expect(error.sentence.contains(part), "\(text): \(error)")
    }
  }

  @Test(arguments: [
    String(repeating: "(", count: 3000) + "1" + String(repeating: ")", count: 900),
    String(repeating: "sqrt(", count: 300) + "1" + String(repeating: ")", count: 300),
    String(repeating: "-", count: 3000) + "1",
    String(repeating: "√", count: 500) + "1", String(repeating: "2^", count: 500) + "2",
    String(repeating: "x[", count: 200) + "1" + String(repeating: "]", count: 200),
    String(repeating: "[", count: 1000) + String(repeating: "]", count: 1000),
    String(repeating: "x_{", count: 500) + "1" + String(repeating: "}", count: 500),
    String(repeating: "1+", count: 1900) + "1", String(repeating: "9", count: 5000), "range(0, 1e12)",
    "reshape([1], 1e18, -1)", "eye(100000)", "linspace(0, 1, 1e9)", "sum(sum(sum(1, i=0..1e6), j=0..1e6), k=0..1e6)",
    "a = range(0, 1000); reshape(a, 1000, 1)*a*reshape(a, 1000, 1, 1)", "sum(i, i=0..1e300)", "inverse(eye(900))",
    "f[n] = if(n < 1, 1, f[n-1] + f[n-1]); f[60]", "x", "[1, 2] + [1, 2, 3]", "[[1, 2]] @ [[1, 2]]", "[1, 2][5]",
    "[1, 2][0.5]", "transpose(3)", "mean([1], axis=4)", "permute([1], 3)", "inverse([[1, 2], [2, 4]])", "a ~ b",
    "concat([1], [[1]])", "log()", "clamp(1, 2)", "sum([])", "\u{0}", "\u{200B}", "👩‍👩‍👧‍👦", "prod(1, i=1..1e9)",
    "a = [1]; a = stack(a, a, a, a, a, a, a, a, a, a); a = stack(a, a, a, a, a, a, a, a, a, a); a[3, 3, 3]",
    "conv2d([1], [1])", "max()", "size([1], axis=2)", "x_{}", "(1 < 2 < 3)",
  ])
  func hostileInputEndsInASentence(_ text: String) {
    do {
      let result = try value(text)
      // Only a long row of signs is harmless.
      #expect(text.hasPrefix("---"), "“\(text.prefix(60))” gave \(result)")
    } catch let error as FormulaError {
      #expect(!error.sentence.isEmpty && error.sentence.count < 600, "\(error)")
    } catch {
      Issue.record("\(error)")
    }
  }

  @Test func divisionByZeroIsNamed() throws {
    let checker = Checker(try Catalogue.formula("schedule.snr"))
    let verdict = try checker.check(expression: "alpha_bar/(1 - alpha_bar - (1 - alpha_bar))")
    #expect(verdict.sentence?.contains("division by zero in") == true, "\(verdict.sentence ?? "passes")")
  }
}
