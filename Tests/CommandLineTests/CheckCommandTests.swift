import Foundation
import Testing

/// `diffuse check` as its users run it.
@Suite struct CheckCommandTests {
  private func check(_ arguments: [String]) throws -> Diffuse.Outcome { try Diffuse.run(["check"] + arguments) }

  /// Longest line in characters as they are seen: a letter with its mark is one.
  private func width(_ text: String) -> Int { text.split(separator: "\n").map(\.count).max() ?? 0 }

  private func json(_ text: String) throws -> Any { try JSONSerialization.jsonObject(with: Data(text.utf8)) }

  // MARK: The catalogue

  @Test func allFormulasPass() throws {
    let outcome = try check([])
    #expect(outcome.code == 0 && outcome.error.isEmpty)
    #expect(outcome.output.hasSuffix("all right.\n"))
    #expect(width(outcome.output) <= 80)
    let listing = try #require(try json(check(["--json"]).output) as? [String: Any])
    #expect(listing["passed"] as? Bool == true)
    #expect((listing["formulas"] as? [[String: Any]])?.count ?? 0 >= 60)
  }

  @Test func listsIdsAndTitles() throws {
    let outcome = try check(["--list"])
    #expect(outcome.code == 0 && width(outcome.output) <= 80)
    #expect(outcome.output.contains("  forward.closed_form             Noising in one jump\n"))
    let entries = try #require(try json(check(["--list", "--json"]).output) as? [[String: Any]])
    #expect(entries.contains { $0["id"] as? String == "forward.closed_form" && $0["latex"] is String })
  }

  @Test func aPageHasEverything() throws {
    let outcome = try check(["guidance.cfg"])
    #expect(outcome.code == 0 && width(outcome.output) <= 80)
    for part in [
      "ε̃ = ε_uncond + w (ε_cond − ε_uncond)", "to type: ", "Source  Imagen (2).",
      "Figures diffuse figures guidance-geometry",
      "Known mistakes", "Engine  guided", "Cases", "by hand",
    ] { #expect(outcome.output.contains(part), "no “\(part)”") }
    let page = try #require(try json(check(["guidance.cfg", "--json"]).output) as? [String: Any])
    #expect((page["figures"] as? [String])?.first == "guidance-geometry")
    #expect((page["mistakes"] as? [Any])?.isEmpty == false)
  }

  // MARK: Somebody's formula

  static let expressions: [(formula: String, typed: String, code: Int32, says: String)] = [
    ("forward.closed_form", "sqrt(alpha_bar)*x0 + sqrt(1-alpha_bar)*eps", 0, "Pass: your formula meets all"),
    ("forward.closed_form", "\\sqrt{\\bar\\alpha_t} x_0 + \\sqrt{1-\\bar\\alpha_t}\\epsilon", 0, "Pass"),
    ("forward.closed_form", "sqrt(alpha_bar)*x0 + (1-alpha_bar)*eps", 1, "dropped square root of the noise"),
    ("forward.closed_form", "-sqrt(alpha_bar)*x0 - sqrt(1-alpha_bar)*eps", 1, "sign: Every value has the wrong sign."),
    ("forward.closed_form", "sqrt(alpha)*x0 + sqrt(1-alpha)*eps", 1, "α for ᾱ"),
    ("forward.closed_form", "√ᾱ x₀ + √1−ᾱ ε", 1, "at [0] it"),
    ("forward.closed_form", "sqrt(abar)*x0", 1, "“abar” is unknown; known are alpha_bar (ᾱ), eps (ε), t, x0 (x₀)"),
    ("guidance.cfg", "(1 + w)*eps_cond - w*eps_uncond", 1, "the paper's w:"),
    ("attention.weights", "softmax(Q*transpose(K)/sqrt(d))", 1, "the matrix product is written A @ B"),
    ("schedule.snr", "1/0", 1, "division by zero"),
  ]

  @Test(arguments: expressions)
  func gradesFormulas(_ expected: (formula: String, typed: String, code: Int32, says: String)) throws {
    let outcome = try check([expected.formula, "--expression", expected.typed])
    #expect(outcome.code == expected.code, "\(outcome.output)\(outcome.error)")
    #expect(outcome.error.isEmpty && width(outcome.output) <= 80)
    let text = outcome.output.replacing(/\n +/, with: " ")
    #expect(text.contains(expected.says), "\(outcome.output)")
    let verdict = try #require(
      try json(check([expected.formula, "--expression", expected.typed, "--json"]).output) as? [String: Any])
    #expect(verdict["passed"] as? Bool == (expected.code == 0))
  }

  // MARK: Somebody's numbers

  /// The catalogue's own values in place of the answers, times a factor.
  private func filled(_ sheet: String, _ formula: String, times factor: Double = 1) throws -> String {
    // The values by the definition SNR = ᾱ/(1 − ᾱ), from the inputs on the sheet itself.
    #expect(formula == "schedule.snr")
    var (shares, t, lines) = ([String: [Double]](), [String: Int](), [String]())
    for line in sheet.split(separator: "\n").map(String.init) {
      let fields = line.components(separatedBy: ",")
      if fields[1] == "alpha_bar" { shares[fields[0], default: []].append(Double(fields[3]) ?? .nan) }
      if fields[1] == "t" { t[fields[0]] = Int(fields[3]) }
      lines.append(line)
    }
    return lines.map { line in
      let fields = line.components(separatedBy: ",")
      guard fields[1] == "answer", let all = shares[fields[0]], let t = t[fields[0]] else { return line + "\n" }
      return line + "\(factor * all[t] / (1 - all[t]))\n"
    }.joined()
  }

  @Test func worksheetsHaveNoAnswersAndComeBack() throws {
    let sheet = try check(["schedule.snr", "--worksheet"])
    #expect(sheet.code == 0)
    // Inputs come before the answers: t has no line yet when alpha_bar is read, so the sheet is read twice.
    let answers = sheet.output.split(separator: "\n").filter { $0.contains(",answer,") }
    #expect(answers.count >= 4 && answers.allSatisfy { $0.hasSuffix(",") })
    let right = try TemporaryFile(content: try filled(sheet.output, "schedule.snr"))
    let pass = try check(["schedule.snr", "--answers", right.path])
    #expect(pass.code == 0, "\(pass.output)\(pass.error)")
    #expect(pass.output.hasPrefix("Pass: your answers meet all"))
    let wrong = try TemporaryFile(content: try filled(sheet.output, "schedule.snr", times: 2))
    let fail = try check(["schedule.snr", "--answers", wrong.path])
    #expect(fail.code == 1)
    #expect(fail.output.contains("factor 2: Every value is twice the right one."))
  }

  @Test func spreadsheetsOfAllKindsAreRead() throws {
    let sheet = try filled(try check(["schedule.snr", "--worksheet"]).output, "schedule.snr")
    let semicolons = sheet.replacing(",", with: ";").replacing(".", with: ",")
    let quoted = sheet.split(separator: "\n").map { line in
      line.split(separator: ",", omittingEmptySubsequences: false).map { "\"\($0)\"" }.joined(separator: ",")
    }.joined(separator: "\r\n")
    for text in [
      sheet.replacing("\n", with: "\r\n"), "\u{FEFF}" + sheet, semicolons,
      "sep=;\r\n" + semicolons.replacing("\n", with: "\r\n"),
      quoted, sheet.replacing(",", with: "\t"),
    ] {
      let file = try TemporaryFile(content: text)
      let outcome = try check(["schedule.snr", "--answers", file.path])
      #expect(outcome.code == 0, "\(text.prefix(60)): \(outcome.output)\(outcome.error)")
    }
  }

  @Test func worksheetsAsJSONComeBack() throws {
    let sheet = try check(["vae.l1", "--worksheet", "--json"])
    var content = try #require(try json(sheet.output) as? [String: Any])
    var cases = try #require(content["cases"] as? [[String: Any]])
    #expect(cases.allSatisfy { $0["answer"] is NSNull } && !sheet.output.contains("expected"))
    func numbers(_ value: Any?) -> [Double] {
      (value as? [Any])?.flatMap { numbers($0) } ?? [(value as? NSNumber)?.doubleValue ?? .nan]
    }
    for place in cases.indices {
      let inputs = try #require(cases[place]["inputs"] as? [String: Any])
      let (a, b) = (numbers(inputs["x"]), numbers(inputs["x_tilde"]))
      cases[place]["answer"] = zip(a, b).reduce(0) { $0 + abs($1.0 - $1.1) } / Double(a.count)
    }
    content["cases"] = cases
    let text = String(decoding: try JSONSerialization.data(withJSONObject: content), as: UTF8.self)
    let file = try TemporaryFile(content: text)
    let outcome = try check(["vae.l1", "--answers", file.path])
    #expect(outcome.code == 0, "\(outcome.output)\(outcome.error)")
    let other = try check(["loss.simple", "--answers", file.path])
    #expect(other.code == 65 && other.error.contains("holds answers to vae.l1, not to loss.simple"))
  }

  // MARK: Cases of one's own

  @Test func casesOfOnesOwn() throws {
    let file = try TemporaryFile(
      content: "{\"cases\": [{\"inputs\": {\"x\": [1, 2], \"k\": 2}, \"expected\": [2, 4]}]}")
    #expect(try check(["--cases", file.path, "--expression", "k*x"]).code == 0)
    let wrong = try check(["--cases", file.path, "--expression", "k + x"])
    #expect(wrong.code == 1 && wrong.output.contains("Fail: 1 of 1 cases."), "\(wrong.output)")
    let unreadable = try check(["--cases", file.path, "--expression", "k*"])
    #expect(unreadable.code == 64 && unreadable.error.contains("column 3"))
  }

  // MARK: Exercises

  @Test func exercisesAreGraded() throws {
    let text = "half-signal,259\njump-cost,a\nsnr-formula,alpha_bar/(1 - alpha_bar)\n"
    let answers = try TemporaryFile(content: text)
    let right = try check(["--lesson", "02", "--answers", answers.path])
    #expect(right.code == 0, "\(right.output)\(right.error)")
    #expect(right.output.contains("3 of 3 answers right") && width(right.output) <= 80)
    let semicolons = try TemporaryFile(content: "\u{FEFF}exercise;answer\r\n\"half-signal\";259,0\r\n")
    #expect(try check(["--lesson", "02", "--answers", semicolons.path]).code == 0)
    let others = try TemporaryFile(
      content: "{\"half-signal\": 500, \"snr-formula\": \"sqrt(alpha_bar/(1 - alpha_bar))\"}")
    let wrong = try check(["--lesson", "02", "--answers", others.path])
    #expect(wrong.code == 1)
    #expect(wrong.output.contains("✗ half-signal: 500. 500 is too large"))
    #expect(wrong.output.contains("ratio of amplitudes"))
  }

  // MARK: Mistakes

  static let mistakes: [(arguments: [String], code: Int32, says: String)] = [
    (["forward.closedform"], 64, "no formula is called forward.closedform; there is forward.closed_form"),
    (["schedule"], 64, "no formula is called schedule; there is schedule.beta_linear"),
    (["nonsense"], 64, "`diffuse check --list` shows them all"),
    (["schedule.snr", "--expression", ""], 64, "the expression is empty"),
    (["schedule.snr", "--expression", "sqrt(alpha_bar"], 64, "column 5: the bracket opened here is not closed"),
    (["schedule.snr", "--expression", "\\foo{x}"], 64, "column 1: the LaTeX command \\foo is not read here"),
    (["schedule.snr", "--answers", "/nowhere/a.csv"], 66, "/nowhere/a.csv cannot be read"),
    (["schedule.snr", "--answers", "/dev/null"], 65, "/dev/null is empty"),
    (["schedule.snr", "--answers", "/tmp"], 66, "/tmp is a folder"),
    (["--cases", "/nowhere.json", "--expression", "x"], 66, "/nowhere.json cannot be read"),
    (["--cases", "x.json"], 64, "--cases needs --expression"),
    (["--expression", "x"], 64, "a formula's id is missing"),
    (["--lesson", "02"], 64, "--lesson needs --answers"),
    (["schedule.snr", "--worksheet", "--expression", "x"], 64, "--expression and --worksheet do not go together"),
    (["--list", "--worksheet"], 64, "--list does not go with --worksheet"),
  ]

  @Test(arguments: mistakes)
  func endInOneSentence(_ expected: (arguments: [String], code: Int32, says: String)) throws {
    let outcome = try check(expected.arguments)
    #expect(outcome.code == expected.code, "\(outcome.error)")
    #expect(outcome.output.isEmpty && outcome.error.hasPrefix("diffuse: "))
    #expect(outcome.error.contains(expected.says), "\(outcome.error)")
    #expect(outcome.error.split(separator: "\n").count == 1, "\(outcome.error)")
  }

  @Test(arguments: ["[", "{\"cases\": 3}", "case,symbol,index,value\n1,answer,,four\n", "case;symbol\n", "\u{0}\u{1}"])
  func brokenAnswersAreData(_ text: String) throws {
    let file = try TemporaryFile(content: text)
    let outcome = try check(["schedule.snr", "--answers", file.path])
    #expect(outcome.code == 65, "\(outcome.error)")
    #expect(outcome.error.split(separator: "\n").count == 1)
  }
}
