import Drawing
import Stages
import Tensors

extension LessonRun {
  /// A figure of a stage as the reader gets it: variants side by side, with the command that makes it again.
  ///
  /// - Parameters:
  ///   - name: one of the stage's declared figures.
  ///   - fileName: what the figure is called in files; the declared name when nil.
  public func figure(
    _ name: String, of outcome: StageOutcome, command: String? = nil, fileName: String? = nil
  ) throws(UserError) -> Figure {
    var drawn: [(label: String, figure: Figure)] = []
    for run in outcome.runs {
      guard let figure = run.result.figure(named: name) else {
        preconditionFailure("stage '\(outcome.block.stage.name)' has no figure '\(name)'")
      }
      drawn.append((run.variant.label, try figure.draw()))
    }
    guard let first = drawn.first?.figure else { preconditionFailure("stage '\(outcome.block.alias)' did not run") }
    if try areAlike(drawn.map(\.figure)) { drawn.removeLast(drawn.count - 1) }
    var provenance = first.provenance
    provenance.command = command ?? self.command
    provenance.seed = settings.seed
    let declared = outcome.block.stage.figures.first { $0.name == name }
    let isOne = drawn.count == 1
    return Figure(
      name: fileName ?? name, title: isOne ? first.title : RichText(verbatim: declared?.summary ?? name),
      caption: isOne ? first.caption : joined(drawn) { $0.caption },
      alternativeText: isOne ? first.alternativeText : joined(drawn) { $0.alternativeText },
      equation: declared?.equation, equationNumber: declared?.equationNumber, provenance: provenance,
      content: isOne ? first.content : SideBySide(items: drawn.map(item)), motion: isOne ? first.motion : motion(drawn))
  }

  /// The motions of compared figures side by side; none where one of them stands still.
  private func motion(_ drawn: [(label: String, figure: Figure)]) -> Motion? {
    let motions = drawn.compactMap(\.figure.motion)
    guard motions.count == drawn.count else { return nil }
    return Motion.together(motions) { frames in
      SideBySide(
        items: zip(drawn, frames).map { .init(heading: RichText(verbatim: $0.label), content: $1) })
    }
  }

  /// Whether the figures look the same, since the compared parameter has no part in them; then one is enough.
  private func areAlike(_ figures: [Figure]) throws(UserError) -> Bool {
    guard figures.count > 1 else { return false }
    var pages: [[DrawingCommand]] = []
    for figure in figures {
      pages.append(try figure.page(theme: .light).commands)
      if pages[0] != pages[pages.count - 1] { return false }
    }
    return true
  }

  private func item(_ label: String, _ figure: Figure) -> SideBySide.Item {
    SideBySide.Item(heading: RichText(verbatim: label), content: figure.content)
  }

  private func joined(_ drawn: [(label: String, figure: Figure)], _ text: (Figure) -> String) -> String {
    let texts = drawn.map { text($0.figure) }
    if Set(texts).count == 1, let only = texts.first { return only }
    return zip(drawn, texts).map { "\($0.label): \($1)" }.joined(separator: " ")
  }

  /// The command that runs the lesson this way.
  public var command: String {
    var words = ["diffuse", "lesson", document.number]
    for override in settings.overrides { words += ["--set", Self.quoted("\(override.key)=\(override.text)")] }
    if let image = settings.imageFile {
      words += ["--image", Self.quoted(image.split(separator: "/").last.map(String.init) ?? image)]
    }
    if settings.seed != 0 { words += ["--seed", "\(settings.seed)"] }
    return words.joined(separator: " ")
  }

  private static func quoted(_ word: String) -> String {
    word.allSatisfy { $0.isLetter || $0.isNumber || "=,.-_/".contains($0) } ? word : "'\(word)'"
  }
}
