import Stages
import Tensors

/// Takes a reader through a lesson step by step: a section or a stage at a time, a window at a time, and back; a stage runs
/// again, with another value when the reader gives one.
final class StepPlayer {
  /// What the reader does at the prompt.
  struct Hands {
    /// The next key, lower-case; nil at the end of input.
    let key: () -> Character?
    /// A line the reader types behind the words; nil at the end of input.
    let line: (String) -> String?
    /// The lines of the window; nil shows each step in one piece.
    let rows: Int?
  }

  private var player: LessonPlayer
  private let hands: Hands
  private var shownRows = 0

  init(_ player: LessonPlayer, hands: Hands) {
    self.player = player
    self.hands = hands
  }

  private enum Choice { case next, previous, again, change, quit }

  func play() throws(UserError) {
    let steps = player.run.document.steps
    var (index, first) = (0, 0)
    try player.write(player.renderer.opening(of: player.run.document))
    while index < steps.count {
      guard try show(steps[index].dropFirst(first)) else { return }
      first = 0
      guard index < steps.count - 1 else { return }
      let stage = steps[index].last?.stage
      switch try ask("step \(index + 1) of \(steps.count)", stage != nil) {
      case .previous: index = max(0, index - 1)
      case .again:
        if let stage { player.run.forget(stage) }
        first = steps[index].count - 1
      case .change:
        if let stage { try change(stage) }
        first = steps[index].count - 1
      case .quit: return
      case .next: index += 1
      }
    }
  }

  // MARK: Showing

  /// Blocks, with a pause where the window is full; false when the reader has had enough.
  private func show(_ blocks: ArraySlice<LessonBlock>) throws(UserError) -> Bool {
    shownRows = 0
    for block in blocks {
      var goesOn = true
      try player.pieces(of: block) { (piece) throws(UserError) in
        guard goesOn else { return }
        goesOn = try show(piece)
      }
      guard goesOn else { return false }
    }
    return true
  }

  private func show(_ piece: String) throws(UserError) -> Bool {
    let count = piece.count { $0 == "\n" }
    if let rows = hands.rows, shownRows > 0, shownRows + count > rows - 2 {
      if case .quit = try ask("more", false) { return false }
      shownRows = 0
    }
    shownRows += count
    try player.write(piece)
    return true
  }

  // MARK: Asking

  /// The keys that mean something; the end of input means going on.
  private func ask(_ place: String, _ hasStage: Bool) throws(UserError) -> Choice {
    let prompt = player.renderer.prompt(place, hasStage: hasStage)
    try player.write(prompt)
    let choice = choice(hasStage)
    try player.write(player.renderer.wiped(prompt))
    return choice
  }

  private func choice(_ hasStage: Bool) -> Choice {
    while let pressed = hands.key() {
      switch pressed {
      case "n", " ", "\n", "\r": return .next
      case "p": return .previous
      case "q": return .quit
      case "r" where hasStage: return .again
      case "c" where hasStage: return .change
      default: continue
      }
    }
    return .next
  }

  /// Asks for a value until there is a good one; an empty line changes nothing.
  private func change(_ stage: StageBlock) throws(UserError) {
    let names = stage.stage.parameters.map(\.name).joined(separator: ", ")
    while let line = hands.line("change \(names) or seed, as in NAME=VALUE: "), !line.trimmed.isEmpty {
      do throws(UserError) {
        player.run = try player.run.changing(line.trimmed, of: stage)
        return
      } catch {
        try player.write(player.renderer.lines("✗ \(error.sentence)"))
      }
    }
  }
}

extension LessonDocument {
  /// What is shown at once: up to and with each stage, and each section by itself.
  var steps: [[LessonBlock]] {
    var steps: [[LessonBlock]] = [[]]
    for block in blocks {
      if case .notebook = block { continue }
      if case .heading(let level, _) = block, level <= 2, !(steps.last ?? []).isEmpty { steps.append([]) }
      steps[steps.count - 1].append(block)
      if block.stage != nil { steps.append([]) }
    }
    return steps.filter { !$0.isEmpty }
  }
}

extension LessonBlock {
  var stage: StageBlock? { if case .stage(let block) = self { block } else { nil } }
}

extension TerminalRenderer {
  /// What the keys do.
  func prompt(_ place: String, hasStage: Bool) -> String {
    var words = [place + ":", "[n]ext", "[p]revious"]
    if hasStage { words += ["[r]un again", "[c]hange a parameter"] }
    let text = (words + ["[q]uit"]).joined(separator: "  ")
    return colors ? TextStyle.dim.apply(to: text) : text + "\n\n"
  }

  /// Takes a prompt away again where the terminal can.
  func wiped(_ prompt: String) -> String { colors ? "\r\u{1B}[K" : "" }
}
