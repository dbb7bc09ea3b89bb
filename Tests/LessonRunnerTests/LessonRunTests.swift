import LessonRunner
import Models
import Stages
import Tensors
import Testing

@Suite struct LessonRunTests {
  static let body = """
    # Echo

    Twice is {{e.twice}}, *{{e.twice:.1f}}*; `{{e.word}}`, {{e.squares[1]:.2e}}, {{e.width:.1%}}, {{e.steps}}.

    ```stage echo
    as: e
    count: 4
    steps: [3, 20]
    ```

    """

  private func run(_ assignments: [String] = [], keepsTensors: Bool = false) throws(UserError) -> LessonRun {
    let settings = try LessonSettings(assignments: assignments, keepsTensors: keepsTensors)
    return try LessonRun(try parse(Self.body), settings: settings, home: try Home.find(workingDirectory: #filePath))
  }

  private func paragraph(_ run: LessonRun) throws -> String {
    try TerminalRenderer(width: 100).block(run.document.blocks[1], of: run)
  }

  @Test func placeholdersComeFromTheRun() throws {
    #expect(try paragraph(run()) == "Twice is 8, 8.0; `red`, 4.00·10², 25.0 %, 3, 20.\n\n")
  }

  @Test func setChangesAParameter() throws {
    let text = try paragraph(run(["count=5", "e.color=green", "steps=7,9", "width=-0.5"]))
    #expect(text == "Twice is 10, 10.0; `green`, 8.10·10¹, −50.0 %, 7, 9.\n\n")
  }

  @Test func severalValuesRunTheStageForEach() throws {
    let run = try run(["count=1,2", "count=2,3"])
    let outcome = try run.outcome(of: try #require(run.document.stages.first))
    #expect(outcome.runs.map(\.variant.label) == ["count = 1", "count = 2", "count = 3"])
    #expect(outcome.runs.map { $0.result.fact(named: "twice") } == [.integer(2), .integer(4), .integer(6)])
    #expect(try paragraph(run).hasPrefix("Twice is 2 / 4 / 6, 2.0 / 4.0 / 6.0; `red / red / red`"))
  }

  @Test func textKeepsItsCommas() throws {
    let run = try run(["prompt=red heart, blue", "prompt=pizza"])
    let outcome = try run.outcome(of: try #require(run.document.stages.first))
    #expect(outcome.runs.map { $0.variant.values["prompt"] } == [[.text("red heart, blue")], [.text("pizza")]])
  }

  static let refused: [(assignments: [String], says: String)] = [
    (["count=99"], "--set count=99: count must be a whole number from 0 to 10, not '99'"),
    (["count=1,x"], "not 'x'"),
    (["cuont=1"], "no parameter of lesson 02 is named 'cuont'; did you mean count?"),
    (["f.count=1"], "no parameter of lesson 02 is named 'f.count'"),
    (["count"], "--set takes NAME=VALUE"), (["=3"], "--set takes NAME=VALUE"), (["count="], "has no value"),
    (["count=1,2", "width=0,1"], "several values of count and of width"),
    (["steps=1,2,3,4"], "steps is given 4 values and takes 1 to 3"),
  ]

  @Test(arguments: refused)
  func refusesWrongSettings(_ expected: (assignments: [String], says: String)) {
    let sentence = sentence { () throws(UserError) in try run(expected.assignments) }
    #expect(sentence.contains(expected.says), "\(sentence)")
  }

  @Test func imageNeedsAStageThatTakesOne() throws {
    let settings = try LessonSettings(imageFile: "shoe.png")
    let sentence = sentence { () throws(UserError) in
      try LessonRun(try parse(Self.body), settings: settings, home: try Home.find(workingDirectory: #filePath))
    }
    #expect(sentence.contains("works on no picture"))
  }

  @Test func recordsTensorsOnlyWhenWanted() throws {
    for (keeps, names) in [(false, ["steps"]), (true, ["steps", "unet"])] {
      let run = try run(keepsTensors: keeps)
      let outcome = try run.outcome(of: try #require(run.document.stages.first))
      #expect(outcome.runs.first?.result.tensors.map(\.name) == names)
    }
  }

  @Test(arguments: ["{{echo.squares[2]}}", "{{echo.twice[0]}}", "{{echo.word:.2f}}"])
  func refusesPlaceholdersThatDoNotFitTheirValue(_ placeholder: String) throws {
    let document = try parse("x\n\(placeholder)\n\n```stage echo\n```\n")
    let run = try LessonRun(document, settings: LessonSettings(), home: emptyHome())
    let sentence = sentence { () throws(UserError) in try TerminalRenderer().block(document.blocks[0], of: run) }
    #expect(sentence.hasPrefix("Lessons/02-test.md, line 5: "), "\(sentence)")
  }

  static let keys: [(keys: String, order: [String])] = [
    ("nnn", ["one", "▶", "two", "▶", "three"]), ("q", ["one", "▶"]),
    ("npn n", ["one", "▶", "two", "▶", "one", "▶", "two", "▶", "three"]),
    ("xrn", ["one", "▶", "▶", "two", "▶"]), ("p", ["one", "▶", "one", "▶", "two", "▶", "three"]),
    ("", ["one", "▶", "two", "▶", "three"]),
  ]

  @Test(arguments: keys)
  func stepsFollowTheKeys(_ expected: (keys: String, order: [String])) throws {
    let body = "one\n\n```stage echo\nas: a\n```\n\ntwo\n\n```stage echo\nas: b\n```\n\nthree\n"
    let run = try LessonRun(try parse(body), settings: LessonSettings(), home: emptyHome())
    var (keys, seen) = (Array(expected.keys), [String]())
    let player = LessonPlayer(run: run, renderer: TerminalRenderer()) { (text) throws(UserError) in
      seen += text.split(separator: "\n").compactMap { line in
        ["one", "two", "three", "▶"].first { line == $0 || (line.hasPrefix($0) && $0 == "▶") }
      }
    }
    try player.playSteps(key: { keys.isEmpty ? nil : keys.removeFirst() })
    #expect(seen.starts(with: expected.order), "\(seen)")
    if !expected.keys.contains("r") { #expect(seen == expected.order) }
  }

  @Test func stepsChangeAParameter() throws {
    let body = "```stage echo\n```\n\n```stage echo\nas: b\n```\n\nTwice is {{echo.twice}} and {{b.twice}}.\n"
    let run = try LessonRun(try parse(body), settings: LessonSettings(assignments: ["count=2"]), home: emptyHome())
    var (keys, lines, seen) = (Array("ccnn"), ["count=99", "cuont=1", "count=5", "seed=9"], "")
    let player = LessonPlayer(run: run, renderer: TerminalRenderer()) { (text) throws(UserError) in seen += text }
    try player.playSteps(
      key: { keys.isEmpty ? nil : keys.removeFirst() }, line: { _ in lines.isEmpty ? nil : lines.removeFirst() })
    #expect(lines.isEmpty)
    #expect(seen.contains("count must be a whole number from 0 to 10, not '99'"), "\(seen)")
    #expect(seen.contains("cuont") && seen.contains("--set count=5") && seen.contains("--seed 9"), "\(seen)")
    #expect(seen.hasSuffix("Twice is 10 and 4.\n\n"), "\(seen)")
  }

  @Test func longStepsPauseWhenTheWindowIsFull() throws {
    let body = (1...9).map { "Paragraph \($0).\n\n" }.joined() + "## End\n\nThe end.\n"
    let run = try LessonRun(try parse(body), settings: LessonSettings(), home: emptyHome())
    var (keys, seen) = (Array("nnnnnnnn"), "")
    let player = LessonPlayer(run: run, renderer: TerminalRenderer()) { (text) throws(UserError) in seen += text }
    try player.playSteps(key: { keys.isEmpty ? nil : keys.removeFirst() }, rows: 10)
    // Each paragraph takes two lines, so that four of them fit.
    #expect(seen.contains("Paragraph 4.\n\nmore:") && seen.contains("Paragraph 8.\n\nmore:"), "\(seen)")
    #expect(seen.contains("step 1 of 2:") && seen.contains("The end."))
  }
}
