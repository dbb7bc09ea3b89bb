import Stages
import Tensors

/// Takes a reader through a lesson: prints its blocks, runs its stages, shows and writes their figures.
public struct LessonPlayer {
  public internal(set) var run: LessonRun
  public let renderer: TerminalRenderer
  /// Where text goes.
  public let write: (String) throws(UserError) -> Void
  /// What happens to figures.
  public let desk: FigureDesk

  public init(
    run: LessonRun, renderer: TerminalRenderer, desk: FigureDesk = FigureDesk(folder: nil),
    write: @escaping (String) throws(UserError) -> Void
  ) {
    self.run = run
    self.renderer = renderer
    self.write = write
    self.desk = desk
  }

  /// The whole lesson in one go.
  public func play() throws(UserError) {
    try write(renderer.opening(of: run.document))
    for block in run.document.blocks { try pieces(of: block, write) }
  }

  /// One stage of the lesson alone.
  public func play(only block: StageBlock) throws(UserError) { try pieces(of: .stage(block), write) }

  /// A step at a time: n, blank or Return goes on, p back, r runs the stage again, c asks for another value of a parameter
  /// and runs it with that, q ends.
  ///
  /// - Parameters:
  ///   - key: the next key.
  ///   - line: asks for a line with the given words.
  ///   - rows: lines of the window, at which a long step pauses; nil never pauses.
  public func playSteps(
    key: @escaping () -> Character?, line: @escaping (String) -> String? = { _ in nil }, rows: Int? = nil
  ) throws(UserError) {
    try StepPlayer(self, hands: StepPlayer.Hands(key: key, line: line, rows: rows)).play()
  }

  /// What is shown of a block, in pieces that are not to be torn: text, a stage's numbers, its tensors, each of its figures.
  func pieces(of block: LessonBlock, _ show: (String) throws(UserError) -> Void) throws(UserError) {
    try show(try renderer.block(block, of: run))
    if case .exercise(let exercise) = block, exercise == run.document.exercises.last {
      try show(renderer.lines("diffuse lesson \(run.document.number) --exercises grades your answers.") + "\n")
    }
    guard case .stage(let stage) = block else { return }
    let outcome = try run.outcome(of: stage)
    for picture in desk.tensors(of: outcome, renderer: renderer) { try show(picture) }
    for name in stage.figures {
      let fileName = run.document.fileName(ofFigure: name, in: stage)
      let declared = stage.stage.figures.first { $0.name == name }
      let text = try desk.take(
        { () throws(UserError) in try run.figure(name, of: outcome, fileName: fileName) }, named: fileName,
        summary: declared?.summary ?? "", ownSize: declared?.size ?? .slide, renderer: renderer)
      try show(text + "\n")
    }
  }

  // MARK: Exercises

  /// Asks every exercise and grades the answers.
  ///
  /// - Parameter answer: one line of the reader, nil at the end of input; then the questions that are left are only printed.
  /// - Returns: how many were answered rightly, and how many there are.
  @discardableResult
  public func playExercises(answer: () -> String?) throws(UserError) -> (right: Int, all: Int) {
    var right = 0
    var isOpen = true
    let exercises = run.document.exercises
    guard !exercises.isEmpty else {
      try write("Lesson \(run.document.number) has no exercises.\n")
      return (0, 0)
    }
    for exercise in exercises {
      try print(renderer.question(exercise))
      if isOpen, let given = answer() {
        let verdict = try run.grade(given, to: exercise)
        if verdict == .right { right += 1 }
        try print(renderer.feedback(verdict, to: exercise))
      } else {
        isOpen = false
      }
      try write("\n")
    }
    if isOpen { try write("\(right) of \(exercises.count) right.\n") }
    return (right, exercises.count)
  }

  private func print(_ lines: [String]) throws(UserError) {
    try write(lines.map { $0 + "\n" }.joined())
  }
}
