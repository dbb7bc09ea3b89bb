import Stages
import Tensors

/// Takes a reader through a lesson: prints its blocks, runs its stages, shows and writes their figures.
public struct LessonPlayer {
  public let run: LessonRun
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
    for block in run.document.blocks { try play(block) }
  }

  /// One stage of the lesson alone.
  public func play(only block: StageBlock) throws(UserError) { try play(.stage(block)) }

  /// Stops after each stage until `key` gives a key: n, blank or Return goes on, p back, r runs the stage again, q ends.
  public func playSteps(key: () -> Character?) throws(UserError) {
    let steps = steps
    var (index, isAgain) = (0, false)
    try write(renderer.opening(of: run.document))
    while index < steps.count {
      for block in isAgain ? steps[index].suffix(1) : steps[index][...] { try play(block) }
      guard index < steps.count - 1 else { return }
      isAgain = false
      try write(renderer.prompt(step: index + 1, of: steps.count))
      switch try choice(key) {
      case "p": index = max(0, index - 1)
      case "r":
        if case .stage(let block)? = steps[index].last { run.forget(block) }
        isAgain = true
      case "q": return
      default: index += 1
      }
    }
  }

  /// The keys that mean something; the end of input means going on.
  private func choice(_ key: () -> Character?) throws(UserError) -> Character {
    while let pressed = key() {
      if "npqr".contains(pressed) { return pressed }
      if pressed == " " || pressed == "\n" || pressed == "\r" { return "n" }
    }
    return "n"
  }

  /// Blocks up to and with each stage; what follows the last stage is a step too.
  private var steps: [[LessonBlock]] {
    var steps: [[LessonBlock]] = [[]]
    for block in run.document.blocks {
      steps[steps.count - 1].append(block)
      if case .stage = block { steps.append([]) }
    }
    return steps.filter { !$0.isEmpty }
  }

  private func play(_ block: LessonBlock) throws(UserError) {
    try write(try renderer.block(block, of: run))
    if case .exercise(let exercise) = block, exercise == run.document.exercises.last {
      try write(renderer.lines("diffuse lesson \(run.document.number) --exercises grades your answers.") + "\n")
    }
    guard case .stage(let stage) = block else { return }
    let outcome = try run.outcome(of: stage)
    for name in stage.figures {
      let fileName = run.document.fileName(ofFigure: name, in: stage)
      let declared = stage.stage.figures.first { $0.name == name }
      let text = try desk.take(
        { () throws(UserError) in try run.figure(name, of: outcome, fileName: fileName) }, named: fileName,
        summary: declared?.summary ?? "", ownSize: declared?.size ?? .slide, renderer: renderer)
      try write(text + "\n")
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

extension TerminalRenderer {
  /// What the keys do, between two steps.
  func prompt(step: Int, of count: Int) -> String {
    let text = "step \(step) of \(count): [n]ext  [p]revious  [r]un again  [q]uit"
    return (colors ? TextStyle.dim.apply(to: text) : text) + "\n\n"
  }
}
