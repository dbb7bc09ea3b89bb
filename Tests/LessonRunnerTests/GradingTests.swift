import LessonRunner
import Tensors
import Testing

@Suite struct GradingTests {
  static let body = """
    ```stage echo
    ```

    ```exercise
    id: twice
    type: number
    ask: How much is twice the number?
    answer: echo.twice
    tolerance: 0.5
    ```

    ```exercise
    id: color
    type: choice
    ask: Which colour?
    choices: [green, red, blue]
    answer: echo.word
    why: Because.
    ```

    ```exercise
    id: literal
    type: number
    ask: Five?
    answer: 5
    ```

    """

  private func run() throws(UserError) -> LessonRun {
    try LessonRun(try parse(Self.body), settings: try LessonSettings(), home: try .find(workingDirectory: #filePath))
  }

  static let answers: [(exercise: Int, answer: String, verdict: Verdict)] = [
    (0, "6", .right), (0, " 6.5 ", .right), (0, "5.5", .right), (0, "6.6", .wrong("6.6 is too large")),
    (0, "−3", .wrong("−3 is too small")), (0, "six", .unreadable("'six' is no number")),
    (0, "nan", .unreadable("'nan' is no number")), (0, "", .unreadable("'' is no number")),
    (1, "b", .right), (1, "Red", .right), (1, "a", .wrong("'green' is not it")),
    (1, "d", .unreadable("'d' is none of the choices; answer with a letter from a to c")),
    (2, "5", .right), (2, "5.0001", .wrong("5.0001 is too large")), (2, "5,000", .wrong("5,000 is too large")),
  ]

  @Test(arguments: answers)
  func grades(_ expected: (exercise: Int, answer: String, verdict: Verdict)) throws {
    let run = try run()
    #expect(try run.grade(expected.answer, to: run.document.exercises[expected.exercise]) == expected.verdict)
  }

  @Test func asksAndGradesLineByLine() throws {
    var lines = ["6", "green"]
    var output = ""
    let player = LessonPlayer(
      run: try run(), renderer: TerminalRenderer(), write: { (text) throws(UserError) in output += text })
    let score = try player.playExercises { lines.isEmpty ? nil : lines.removeFirst() }
    #expect(score.right == 1 && score.all == 3)
    #expect(output.contains("✓ Right."))
    #expect(output.contains("✗ Not yet: 'green' is not it."))
    #expect(output.contains("Five?"))
  }
}
