import LessonRunner
import Tensors
import Testing

@Suite struct ParserErrorTests {
  /// What stands in the body (its first line is the file's fourth), the line that is named, what is said.
  static let bodies: [(body: String, line: Int, says: String)] = [
    ("```stage ecko\n```\n", 4, "no stage is named 'ecko'; did you mean echo?"),
    (
      "Text.\n\n```stage echo\ncount: 3\ncuont: 4\n```\n", 8,
      "no parameter of echo is named 'cuont'; did you mean count?"
    ),
    ("```stage echo\ncount: 11\n```\n", 5, "count must be a whole number from 0 to 10, not '11'"),
    ("```stage echo\ncount: 1.5\n```\n", 5, "count must be a whole number from 0 to 10, not '1.5'"),
    ("```stage echo\nwidth: .nan\n```\n", 5, "width must be a number from -1.0 to 1.0, not '.nan'"),
    ("```stage echo\ncolor: blue\n```\n", 5, "color must be a choice of red, green, not 'blue'"),
    ("```stage echo\ncount: [1, 2]\n```\n", 5, "count takes one value here"),
    ("```stage echo\nsteps: [1, 2, 3, 4]\n```\n", 5, "steps is given 4 values and takes 1 to 3"),
    (
      "```stage echo\nfigures: [echo-plto]\n```\n", 5, "no figure of echo is named 'echo-plto'; did you mean echo-plot?"
    ),
    ("```stage echo\ncount: [1\n```\n", 6, "broken YAML"),
    ("```stage echo\n\ncount 3\n```\n", 6, "expected lines such as 'timestep: 250'"),
    ("```stage echo\ncount: 1\ncount: 2\n```\n", 5, "broken YAML: the key count appears twice"),
    ("```stage echo\nas: a b\n```\n", 5, "'a b' is no name for a stage"),
    ("```stage echo\n```\n\n```stage echo\n```\n", 7, "two stages are called 'echo'"),
    ("```stage\n```\n", 4, "a stage block begins with ```stage and one name"),
    ("* item\n\n  ```stage echo\n  ```\n", 6, "cannot stand inside a list"),
    (
      "Words\nwith {{echo.twise}}.\n\n```stage echo\n```\n", 5,
      "no fact or parameter of echo is named 'twise'; did you mean twice?"
    ),
    ("{{strip.twice}}\n\n```stage echo\n```\n", 4, "no stage of this lesson is named 'strip'"),
    ("a {{echo.twice:.3q}}\n\n```stage echo\n```\n", 4, "'.3q' in '{{echo.twice:.3q}}' is no number format"),
    ("a {{twice}}\n\n```stage echo\n```\n", 4, "'{{twice}}' is no placeholder"),
    ("a {{echo.twice\n\n```stage echo\n```\n", 4, "no closing }}"),
    ("a {{echo.squares[x]}}\n\n```stage echo\n```\n", 4, "has no index that counts from 0"),
    ("```formula forward.stop\n```\n", 4, "no formula is named 'forward.stop'; did you mean forward.step?"),
    ("```formula\n```\n", 4, "a formula block begins with ```formula and one id"),
    ("```formula forward.step\nx = 1\n```\n", 5, "a formula block has no content"),
    ("<div>\n</div>\n", 4, "HTML cannot be shown everywhere"),
    ("```exercise\nid: a\ntype: numbr\nask: Why?\nanswer: 3\n```\n", 6, "no type of exercise is named 'numbr'"),
    ("```exercise\nid: a\nask: Why?\nanswer: 3\n```\n", 4, "the exercise has no type"),
    ("```exercise\nid: a\ntype: number\nask: Why?\nanswer: many\n```\n", 8, "neither a number nor a fact"),
    ("```exercise\nid: a\ntype: number\nask: Why?\nanswer: 3\ntolerance: -1\n```\n", 9, "tolerance must be at least 0"),
    ("```exercise\nid: a\ntype: choice\nask: Why?\nchoices: [x, y]\nanswer: z\n```\n", 9, "none of the choices x, y"),
    ("```exercise\nid: a\ntype: choice\nask: Why?\nanswer: z\n```\n", 4, "a choice needs 2 to 26 choices"),
    (
      "```exercise\nid: a\ntype: number\nask: Why?\nanswer: echo.twice\n```\n", 8,
      "no stage of this lesson is named 'echo'"
    ),
    (
      "```exercise\nid: a\ntype: number\nask: Why?\nanswer: 3\nwhy: x\nwy: x\n```\n", 10,
      "no key of an exercise is named 'wy'"
    ),
  ]

  @Test(arguments: bodies)
  func namesFileAndLine(_ expected: (body: String, line: Int, says: String)) {
    let sentence = sentence { () throws(UserError) in try parse(expected.body) }
    #expect(sentence.hasPrefix("Lessons/02-test.md, line \(expected.line): "), "\(sentence)")
    #expect(sentence.contains(expected.says), "\(sentence)")
    #expect(!sentence.contains("\n"))
  }

  static let fronts: [(front: String, line: Int, says: String)] = [
    ("", 1, "the front matter has no title"),
    ("title: a\nminutes: ten\n", 3, "minutes must be from 1 to 600, not 'ten'"),
    ("title: a\nminuets: 10\n", 3, "no key of the front matter is named 'minuets'; did you mean minutes?"),
    ("title: a\nformulas: [forward.close_form]\n", 3, "did you mean forward.closed_form?"),
    ("title: a\nneeds: [a\n", 4, "broken YAML"),
    ("title: [a]\n", 2, "title must be one value"),
    ("- a\n", 2, "expected lines such as 'timestep: 250'"),
  ]

  @Test(arguments: fronts)
  func namesLineOfFrontMatter(_ expected: (front: String, line: Int, says: String)) {
    let sentence = sentence { () throws(UserError) in try parse("Text.\n", front: expected.front) }
    #expect(sentence.hasPrefix("Lessons/02-test.md, line \(expected.line): "), "\(sentence)")
    #expect(sentence.contains(expected.says), "\(sentence)")
  }

  @Test func errorsOfAFileAreConfigurationErrors() {
    #expect(throws: UserError.self) { try parse("```stage echo\ncount: 11\n```\n") }
    do throws(UserError) { _ = try parse("```stage echo\ncount: 11\n```\n") } catch { #expect(error.code == .config) }
  }

  @Test(arguments: ["", "Text without front matter\n", "---\ntitle: never closed\n"])
  func needsFrontMatter(_ source: String) {
    let sentence = sentence { () throws(UserError) in
      try LessonParser(stages: [EchoStage()]).parse(source, file: "a.md", name: "02-test")
    }
    #expect(sentence.hasPrefix("a.md, line 1: "), "\(sentence)")
  }
}
