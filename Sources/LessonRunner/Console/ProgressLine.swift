import Stages

/// One line on standard error that says how far the work is; silent when that is no terminal, or a dumb one.
public final class ProgressLine {
  private let isShown: Bool
  private let width: Int
  private var shown = ""

  public init(isShown: Bool = Console.showsProgress, width: Int = Console.width) {
    self.isShown = isShown
    self.width = width
  }

  /// Draws the line anew when it changed.
  public func report(_ progress: StageProgress) {
    guard isShown else { return }
    let text = Self.text(progress, width: width - 1)
    guard text != shown else { return }
    Console.writeError("\r\u{1B}[K" + text)
    shown = text
  }

  /// Takes the line away, before results are printed.
  public func clear() {
    guard isShown, !shown.isEmpty else { return }
    Console.writeError("\r\u{1B}[K")
    shown = ""
  }

  /// "denoising steps  12/50 ████▌              ", at most `width` columns.
  static func text(_ progress: StageProgress, width: Int) -> String {
    let total = max(progress.total, 1)
    let done = min(max(progress.done, 0), total)
    let label = "\(progress.what)  \(done)/\(total) "
    let room = min(40, width - displayWidth(label))
    guard room >= 8 else { return String(label.prefix(max(0, width))) }
    let filled = room * done / total
    return label + String(repeating: "█", count: filled) + String(repeating: "░", count: room - filled)
  }
}
