import ArgumentParser
import FormulaBindings
import Formulas
import Foundation
import LessonRunner
import Stages
import Tensors

/// `diffuse check`: formulas against cases, the catalogue's and the user's own.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Checks formulas against cases, your own included.",
    discussion: """
      Example:

        diffuse check
        diffuse check forward.closed_form
        diffuse check forward.closed_form --expression 'sqrt(alpha_bar)*x0 + sqrt(1-alpha_bar)*eps'
        diffuse check schedule.snr --worksheet > snr.csv
        diffuse check schedule.snr --answers snr.csv
        diffuse check --cases my-cases.json --expression 'k*x'

      An expression has + - * / ^ @ (matrix product), brackets, sqrt, exp, log, sum, mean, prod, softmax, transpose \
      and indices such as beta[t-1]; ᾱ, ε, x̂₀, √ and β_t are understood. Definitions go before it, each with a \
      semicolon: 's = sqrt(alpha_bar); s*x0 + sqrt(1-s^2)*eps'. The exit code is 1 when something fails.
      """)

  @Argument(help: "A formula's id; without one, all are checked.")
  var formula: String?

  @Flag(help: "List all formulas.")
  var list = false

  @Option(parsing: .unconditional, help: ArgumentHelp("Check your own formula.", valueName: "formula"))
  var expression: String?

  @Option(help: ArgumentHelp("Check your own numbers.", valueName: "file.json|csv"))
  var answers: String?

  @Flag(help: "Print a sheet of inputs to fill in, as CSV, or as JSON with --json.")
  var worksheet = false

  @Option(help: ArgumentHelp("Cases for a formula that is not in the catalogue.", valueName: "file.json"))
  var cases: String?

  @Option(help: ArgumentHelp("Grade the answers to a lesson's exercises.", valueName: "lesson"))
  var lesson: String?

  @Flag(help: "Print JSON.")
  var json = false

  @OptionGroup var home: HomeOptions

  func run() throws {
    do {
      try answer()
    } catch let error as FormulaError {
      throw UserError(error.description, code: .usage)
    }
  }

  private func answer() throws {
    if let lesson {
      try only("--lesson", with: ["--answers": answers != nil])
      return try gradeLesson(lesson)
    }
    if list {
      try only("--list", with: [:])
      return try Console.write(json ? CheckJSON.listing() : CatalogueCheck.listing)
    }
    if let cases {
      try only("--cases", with: ["--expression": expression != nil])
      return try checkOwnCases(cases)
    }
    guard let formula else {
      if expression != nil || answers != nil || worksheet {
        throw UserError("a formula's id is missing; `diffuse check --list` shows them all")
      }
      return try checkAll()
    }
    try check(try Catalogue.formula(formula))
  }

  /// Refuses options that do not go with `option`, and demands those that must.
  private func only(_ option: String, with wanted: [String: Bool]) throws(UserError) {
    let given = [
      "a formula": formula != nil, "--list": list, "--expression": expression != nil, "--answers": answers != nil,
      "--worksheet": worksheet, "--cases": cases != nil, "--lesson": lesson != nil,
    ]
    for (name, isGiven) in given.sorted(by: { $0.key < $1.key })
    where isGiven && name != option && wanted[name] == nil {
      throw UserError("\(option) does not go with \(name)")
    }
    for (name, isGiven) in wanted where !isGiven { throw UserError("\(option) needs \(name)") }
  }

  private func checkAll() throws {
    let check = CatalogueCheck()
    try Console.write(json ? CheckJSON.text(check) : check.table)
    if !check.passed { throw ExitCode(1) }
  }

  private func check(_ formula: Formula) throws {
    let chosen = ["--expression": expression != nil, "--answers": answers != nil, "--worksheet": worksheet]
    let names = chosen.filter(\.value).keys.sorted()
    guard names.count <= 1 else { throw UserError("\(names.joined(separator: " and ")) do not go together") }
    let checker = Checker(formula)
    if let expression {
      try report(checker.check(expression: expression), of: "your formula", for: formula)
    } else if let answers {
      let data = try content(answers)
      let given = try reading { () throws(FormulaError) in try Worksheet(formula).answers(data, file: answers) }
      try report(checker.check(answers: given), of: "your answers", for: formula)
    } else if worksheet {
      let sheet = Worksheet(formula)
      try Console.write(json ? sheet.json : sheet.csv)
    } else {
      let page = FormulaPage(formula, figures: StageCatalogue.figures(of: formula.id).map(\.name))
      try Console.write(json ? CheckJSON.text(page) : page.page)
      if !page.check.passed { throw ExitCode(1) }
    }
  }

  private func checkOwnCases(_ file: String) throws {
    let data = try content(file)
    let cases = try reading { () throws(FormulaError) in try CaseFile.cases(data, file: file) }
    let checker = Checker(cases: cases)
    try report(checker.check(expression: expression ?? ""), of: "your formula", for: nil)
  }

  private func report(_ verdict: Checker.Verdict, of subject: String, for formula: Formula?) throws {
    let text = VerdictText(verdict, of: subject, for: formula).text
    try Console.write(json ? CheckJSON.text(verdict, for: formula) : text)
    if !verdict.passed { throw ExitCode(1) }
  }

  private func gradeLesson(_ name: String) throws {
    let home = try home.find()
    let library = try LessonLibrary(home: home)
    let document = try library.load(try library.find(name))
    let given = try ExerciseAnswers(try content(answers ?? ""), file: answers ?? "", exercises: document.exercises)
    let progress = ProgressLine()
    let run = try LessonRun(document, settings: LessonSettings(), home: home, reporter: progress.report)
    let grades = try given.grade(run)
    progress.clear()
    try Console.write(json ? grades.json() : grades.text)
    if !grades.passed { throw ExitCode(1) }
  }

  /// What is wrong in a file is wrong data, not wrong usage.
  private func reading<T>(_ read: () throws(FormulaError) -> T) throws(UserError) -> T {
    do { return try read() } catch { throw UserError(error.description, code: .data) }
  }

  private func content(_ file: String) throws(UserError) -> Data {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: file, isDirectory: &isFolder), isFolder.boolValue {
      throw UserError("\(file) is a folder; a file of answers or cases is wanted", code: .noInput)
    }
    // By a handle, so that pipes such as /dev/stdin can be read as well.
    guard let handle = FileHandle(forReadingAtPath: file), let data = try? handle.read(upToCount: 100_000_000) ?? Data()
    else { throw UserError("\(file) cannot be read", code: .noInput) }
    return data
  }
}
