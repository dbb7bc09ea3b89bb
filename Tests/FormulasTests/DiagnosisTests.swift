import Formulas
import Foundation
import Testing

/// Slips that are no known mistakes of the entry, and what they must be called.
@Suite struct DiagnosisTests {
  @Test(arguments: [
    ("prediction.score", "eps_hat/sqrt(1 - alpha_bar) + 0", "sign"),
    ("forward.variance", "2*(alpha_bar*v0 + 1 - alpha_bar)", "factor 2"),
    ("forward.variance", "(alpha_bar*v0 + 1 - alpha_bar)/2", "factor ½"),
    (
      "schedule.karras_sigmas", "sqrt((sigma_max^(1/rho) + i/(S-1)*(sigma_min^(1/rho) - sigma_max^(1/rho)))^rho)",
      "square dropped"
    ),
    ("schedule.sigma", "sqrt(1/alpha_bar)", "term missing"),
    ("forward.step", "sqrt(1 - beta[t-1])*x[t-1] + sqrt(beta[t])*eps", "index one too small"),
    ("forward.step", "sqrt(1 - beta)*eps + sqrt(beta)*x[t-1]", "weights exchanged"),
    (
      "forward.jump", "sqrt(alpha_bar[t]/alpha_bar[s])*eps + sqrt(1 - alpha_bar[t]/alpha_bar[s])*x_s",
      "xₛ and ε exchanged"
    ),
    ("attention.weights", "transpose(softmax(Q @ transpose(K)/sqrt(d)))", "transposed"),
    ("vae.l1", "sum(abs(x - x_tilde))", "sum for mean"),
    ("norm.layer", "gamma*(x - mean(x, axis=1))/sqrt(var(x, axis=-1) + delta) + beta", "wrong axis"),
    ("train.warmup_cosine", "lr*if(k < W, k/W, (1 + sin(pi*(k - W)/(K - W)))/2)", "sine for cosine"),
    ("ema.update", "d*s[k-1] - (1 - d)*theta", "minus for plus"),
    ("guidance.cfg", "eps_uncond - w*(eps_cond - eps_uncond)", "difference exchanged"),
    ("schedule.snr", "log(alpha_bar/(1 - alpha_bar))", "logarithm"),
    ("schedule.snr", "(1 - alpha_bar)/alpha_bar*1", "upside down"),
    ("prediction.v", "1.5*(sqrt(alpha_bar)*eps - sqrt(1 - alpha_bar)*x0)", "scaled by 1.5"),
    ("prediction.v", "sqrt(alpha_bar)*eps - sqrt(1 - alpha_bar)*x0 + 0.25", "shifted by 0.25"),
    ("layer.conv2d", "conv2d(x, W, stride=s, padding=r) - reshape(b, -1, 1, 1)", "minus for plus"),
    ("sampler.euler_step", "x_i + sigma[i+1]*d", "term missing"),
    ("forward.closed_form", "√ᾱ x₀ + √1−ᾱ ε", "root too short"),
    ("forward.closed_form", "sqrt(alpha_t)*x0 + sqrt(1-alpha_t)*eps", "α for ᾱ"),
    ("forward.closed_form", "sqrt(alpha_bar)*x0 + sqrt(beta)*eps", "β for 1 − ᾱ"),
    ("forward.closed_form", "sqrt(alpha_bar[t+1])*x0 + sqrt(1-alpha_bar[t+1])*eps", "index one too large"),
    ("posterior.mean_from_epsilon", "(x_t - beta/(1 - alpha_bar)*eps_hat)/alpha", "square roots dropped"),
    ("norm.layer", "gamma*(x-mean(x))/sqrt(var(x)+delta)+beta", "axis forgotten"),
    ("metric.frechet", "norm(mu1-mu2)^2+trace(C1+C2-2*sqrtm(C1*C2))", "element by element"),
    ("sampler.ddim_step", "sqrt(alpha_bar[prev])*x0_hat + sqrt(1-alpha_bar[prev])*eps_hat", "σ left out"),
  ])
  func namesTheSlip(_ id: String, _ typed: String, _ name: String) throws {
    let verdict = try Checker(Catalogue.formula(id)).check(expression: typed)
    #expect(!verdict.passed)
    #expect(verdict.diagnosis?.name == name, "\(id): \(typed) is called \(verdict.diagnosis?.name ?? "nothing")")
    #expect(verdict.diagnosis?.explanation.isEmpty == false)
    #expect(verdict.diagnosis?.seeIt.hasPrefix("Case ") == true)
  }

  @Test func nonsenseIsNotExplained() throws {
    let verdict = try Checker(Catalogue.formula("forward.closed_form")).check(expression: "x0^3 - exp(eps)*alpha_bar")
    #expect(verdict.failed == verdict.checked)
    #expect(verdict.diagnosis == nil)
  }

  @Test func theFirstCaseAndIndexAreNamed() throws {
    let checker = Checker(try Catalogue.formula("forward.closed_form"))
    let verdict = try checker.check(expression: "sqrt(alpha_bar)*x0 + (1 - alpha_bar)*eps")
    #expect(verdict.sentence == "case 1 (by hand): at [0] it gives 0.98, 1.1 is right")
    #expect(verdict.diagnosis?.explanation.contains("You dropped the square root over 1 − ᾱₜ") == true)
    let shape = try checker.check(expression: "alpha_bar")
    #expect(shape.sentence == "case 1 (by hand): it gives the shape [], [2] is right")
    let infinite = try checker.check(expression: "x0/(alpha_bar - alpha_bar)")
    #expect(infinite.sentence?.contains("division by zero in x₀/(ᾱ − ᾱ)") == true, "\(infinite.sentence ?? "")")
  }

  @Test func answersAreGradedToThreeDigits() throws {
    let formula = try Catalogue.formula("schedule.snr")
    let checker = Checker(formula)
    let right = Dictionary(
      uniqueKeysWithValues: formula.cases.enumerated().map { place, testCase in
        (place, Numbers(shape: testCase.expected.shape, testCase.expected.elements.map { rounded($0, digits: 4) }))
      })
    #expect(checker.check(answers: right).passed)
    #expect(checker.check(answers: [1: Numbers(1)]).checked == 1)
    let roots = right.mapValues { Numbers(shape: $0.shape, $0.elements.map { rounded($0.squareRoot(), digits: 4) }) }
    #expect(checker.check(answers: roots).diagnosis?.name == "ratio of amplitudes")
  }

  private func rounded(_ value: Double, digits: Int) -> Double {
    Double(String(format: "%.\(digits)g", value)) ?? value
  }
}

@Suite struct FileTests {
  private func data(_ text: String) -> Data { Data(text.utf8) }

  @Test(arguments: ["forward.closed_form", "schedule.snr", "norm.group", "metric.frechet", "adamw.update"])
  func worksheetsComeBack(_ id: String) throws {
    let formula = try Catalogue.formula(id)
    let sheet = Worksheet(formula)
    #expect(!sheet.json.contains("expected"))
    #expect(throws: FormulaError("sheet.json holds no answers yet")) {
      try sheet.answers(data(sheet.json), file: "sheet.json")
    }
    // Filled in as a person would, from the expected values.
    var json = sheet.json
    for testCase in formula.cases {
      let open = try #require(json.range(of: "\"answer\": null"))
      json.replaceSubrange(open, with: "\"answer\": \(testCase.expected.json)")
    }
    let answers = try sheet.answers(data(json), file: "sheet.json")
    #expect(answers.count == formula.cases.count)
    #expect(Checker(formula).check(answers: answers).passed)

    let lines = sheet.csv.split(separator: "\n").map(String.init)
    var (place, filled) = (-1, [String]())
    var next = 0
    for line in lines {
      guard line.contains(",answer,") else {
        filled.append(line)
        continue
      }
      let number = (Int(line.prefix { $0 != "," }) ?? 0) - 1
      if number != place { (place, next) = (number, 0) }
      filled.append(line + "\(formula.cases[place].expected.elements[next])")
      next += 1
    }
    let table = try sheet.answers(data(filled.joined(separator: "\r\n")), file: "sheet.csv")
    #expect(Checker(formula).check(answers: table).passed)
  }

  @Test func decimalCommas() throws {
    let sheet = Worksheet(try Catalogue.formula("schedule.snr"))
    let answers = try sheet.answers(data("case;symbol;index;value\n1;answer;;4,0\n"), file: "a.csv")
    #expect(answers[0]?.scalar == 4)
  }

  @Test(arguments: [
    ("", "is empty"), ("{", "is no JSON"), ("[1, 2", "is no JSON"), ("{\"formula\": \"act.silu\"}", "act.silu"),
    ("{}", "no list named cases"), ("[1,2,3,4,5,6,7,8,9,10,11,12]", "has the cases 1…"), ("[\"four\"]", "“four”"),
    ("[[1, [2]]]", "rows of different shapes"), ("case,symbol,index,value\n1,answer,,four\n", "line 2 of"),
    ("case,symbol,index,value\n99,answer,,4\n", "case 99"), ("\u{FF}\u{FE}", "no answers"),
    (String(repeating: "[", count: 100_000), "is no JSON"),
    ("{\"cases\": [{\"case\": 1, \"answer\": {}}]}", "a number is wanted"),
  ])
  func brokenAnswersEndInASentence(_ text: String, _ part: String) throws {
    let sheet = Worksheet(try Catalogue.formula("schedule.snr"))
    do {
      _ = try sheet.answers(data(text), file: "answers")
      Issue.record("“\(text.prefix(40))” was read")
    } catch {
      #expect(error.sentence.contains(part), "\(error)")
    }
  }

  @Test func casesOfOnesOwn() throws {
    let text = """
      {"cases": [{"name": "double", "inputs": {"x": [1, 2], "k": 2}, "expected": [2, 4]},
                 {"inputs": {"x": [[3]], "k": 5}, "expected": [[15]], "tolerance": 1e-6}]}
      """
    let checker = Checker(cases: try CaseFile.cases(data(text), file: "own.json"))
    #expect(try checker.check(expression: "k*x").passed)
    let verdict = try checker.check(expression: "-k*x")
    #expect(verdict.diagnosis?.name == "sign")
    #expect(verdict.sentence == "case 1 (own.json): at [0] it gives -2, 2 is right")
  }

  @Test(arguments: [
    ("[]", "no list named cases"), ("[1]", "case 1 of own.json is no object"), ("[{}]", "has no inputs"),
    ("[{\"inputs\": {}}]", "no expected"), ("[{\"inputs\": {\"1+\": 1}, \"expected\": 1}]", "is no name"),
    ("[{\"inputs\": {\"x\": \"a\"}, \"expected\": 1}]", "x in case 1 of own.json"),
    ("[{\"inputs\": {}, \"expected\": 1, \"tolerance\": -1}]", "the tolerance in case 1"),
  ])
  func brokenCasesEndInASentence(_ text: String, _ part: String) {
    do {
      _ = try CaseFile.cases(data(text), file: "own.json")
      Issue.record("\(text) was read")
    } catch {
      #expect(error.sentence.contains(part), "\(error)")
    }
  }
}
