import Foundation
import Tensors

/// Pictures that take turns where the file can move, which is an SVG in a browser; elsewhere the figure's content stands still.
///
///     figure.motion = Motion(frames: charts, secondsPerFrame: 0.12)
///
/// All frames should have the same axes and equally many parts: what every frame draws alike is kept once, under the rest.
public struct Motion: Sendable {
  /// From first to last, two at least; the last should look like the figure's content.
  public var frames: [any Component]
  public var secondsPerFrame: Double
  /// How long the last frame stays before all begins again.
  public var holdSeconds: Double

  public init(frames: [any Component], secondsPerFrame: Double = 0.12, holdSeconds: Double = 2) {
    precondition(frames.count >= 2, "a motion of \(frames.count) frames")
    precondition(secondsPerFrame > 0 && holdSeconds > 0, "\(secondsPerFrame) s a frame, \(holdSeconds) s at the end")
    self.frames = frames
    self.secondsPerFrame = secondsPerFrame
    self.holdSeconds = holdSeconds
  }

  /// Motions shown at once, each frame made of theirs; one that is over shows its last.
  public static func together(_ motions: [Motion], _ combine: ([any Component]) -> any Component) -> Motion? {
    guard let first = motions.first, let longest = motions.map(\.frames.count).max() else { return nil }
    var motion = first
    motion.frames = (0..<longest).map { index in combine(motions.map { $0.frames[min(index, $0.frames.count - 1)] }) }
    return motion
  }
}

extension Figure {
  /// An SVG whose frames are switched by CSS; a reader who asked for less motion, and a viewer without CSS, sees the last.
  func animated(_ motion: Motion, theme: Theme, size: FigureSize) throws(UserError) -> [UInt8] {
    var pages: [Page] = []
    for frame in motion.frames {
      var figure = self
      figure.content = frame
      pages.append(try figure.page(theme: theme, size: size))
    }
    let shared = SharedCommands(pages.map(\.commands))
    let labels = Page.Labels(name: name, title: title.linear, description: alternativeText)
    let base = Page(size: pages[0].size, background: pages[0].background, commands: shared.common)
    var svg = String(decoding: try base.encoded(as: .svg, labels: labels, pixelScale: 1), as: UTF8.self)
    guard let end = svg.range(of: "</svg>", options: .backwards) else {
      preconditionFailure("Cairo's SVG of \(name) has no end")
    }
    var layers = ""
    for (index, commands) in shared.own.enumerated() {
      let isLast = index == shared.own.count - 1
      layers += "<g class=\"\(name)-frame\" id=\"\(name)-frame-\(index)\"\(isLast ? "" : " visibility=\"hidden\"")>\n"
      layers += try base.layer(commands, prefix: "\(name)-m\(index)") + "</g>\n"
    }
    // A browser shows a long file while it reads: with the rules before the frames each would begin when it was read, and
    // their turns would not meet.
    svg.replaceSubrange(end, with: layers + motion.style(name) + "</svg>")
    return Array(svg.utf8)
  }
}

extension Motion {
  /// Each frame is visible in its part of the whole time; the negative delays set their phases.
  fileprivate func style(_ name: String) -> String {
    let (count, step) = (frames.count, secondsPerFrame)
    let whole = step * Double(count - 1) + holdSeconds
    func keyframes(_ kind: String, _ seconds: Double) -> String {
      let share = NumberText.fixed(100 * seconds / whole, decimals: 4)
      return "@keyframes \(name)-\(kind) { 0% { visibility: visible } \(share)%, 100% { visibility: hidden } }\n"
    }
    var text = "<style>\n" + keyframes("show", step) + keyframes("hold", holdSeconds)
    text += ".\(name)-frame { animation: \(name)-show \(Self.seconds(whole)) step-end infinite }\n"
    for index in 0..<count - 1 {
      text += "#\(name)-frame-\(index) { animation-delay: \(Self.seconds(step * Double(index) - whole)) }\n"
    }
    text += "#\(name)-frame-\(count - 1) { animation-name: \(name)-hold; "
    text += "animation-delay: \(Self.seconds(-holdSeconds)) }\n"
    text += "@media (prefers-reduced-motion: reduce) { .\(name)-frame { animation: none } }\n</style>\n"
    return text
  }

  private static func seconds(_ value: Double) -> String {
    NumberText.fixed(value, decimals: 3).replacing("−", with: "-") + "s"
  }
}

/// What several lists of commands draw alike, and what is each one's own.
private struct SharedCommands {
  /// Within the clips that were open for each.
  let common: [DrawingCommand]
  let own: [[DrawingCommand]]

  /// Lists of one length are compared place by place; of others all is taken to differ.
  init(_ lists: [[DrawingCommand]]) {
    let first = lists[0]
    let isAligned = lists.allSatisfy { $0.count == first.count }
    let isCommon = first.indices.map { index in isAligned && lists.allSatisfy { $0[index] == first[index] } }
    common = Self.clipped(first) { isCommon[$0] }
    own = lists.map { list in Self.clipped(list) { !isAligned || !isCommon[$0] } }
  }

  /// The chosen commands, each within the clips that are open where it stands.
  private static func clipped(_ list: [DrawingCommand], _ isChosen: (Int) -> Bool) -> [DrawingCommand] {
    var (result, open, shown) = ([DrawingCommand](), [DrawingCommand](), [DrawingCommand]())
    for (index, command) in list.enumerated() {
      switch command {
      case .beginClip: open.append(command)
      case .endClip: open.removeLast()
      default:
        guard isChosen(index) else { continue }
        if shown != open {
          result += [DrawingCommand](repeating: .endClip, count: shown.count) + open
          shown = open
        }
        result.append(command)
      }
    }
    return result + [DrawingCommand](repeating: .endClip, count: shown.count)
  }
}
