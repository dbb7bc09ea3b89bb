import Tensors

/// What a text is for; the size follows.
public enum FontRole: String, Sendable, CaseIterable {
  /// The figure's message, bold.
  case title
  /// Titles of panels and groups, bold.
  case heading
  /// Axis labels, direct labels, names of rows and columns.
  case label
  /// Tick labels, captions of cells, provenance.
  case note
}

/// The few type sizes of a figure, in points.
public struct TypeScale: Equatable, Sendable {
  public let title: Double
  public let heading: Double
  public let label: Double
  public let note: Double

  /// All sizes from that of the labels.
  public init(label: Double) {
    self.label = label
    title = 1.45 * label
    heading = label
    note = 0.82 * label
  }

  /// The sizes for a page: 11-point labels on a slide of 10 inches, never under 7 points.
  public init(pageWidth: Double, pageHeight: Double?) {
    let width = pageHeight.map { min(pageWidth, $0 * 16 / 9) } ?? pageWidth
    self.init(label: max(7, 11 * width / 720))
  }

  public func size(of role: FontRole) -> Double {
    switch role {
    case .title: title
    case .heading: heading
    case .label: label
    case .note: note
    }
  }
}

/// What a component needs to know to measure itself: theme, type sizes and the typesetter.
public struct Style {
  public let theme: Theme
  public let scale: TypeScale
  /// Width of the page in label sizes, which says whether things stand side by side or one under the other.
  let pageEms: Double
  let typesetter: Typesetter

  /// - Parameter pageEms: width of the page in label sizes.
  /// - Throws: when the font is missing.
  public init(theme: Theme, scale: TypeScale, pageEms: Double = 65) throws(UserError) {
    self.theme = theme
    self.scale = scale
    self.pageEms = pageEms
    typesetter = try Typesetter()
  }

  /// A length that grows with the type: `em(1)` is the size of the labels.
  public func em(_ count: Double) -> Double { count * scale.label }

  /// Distance between base lines.
  public func lineHeight(_ role: FontRole) -> Double { 1.25 * scale.size(of: role) }

  /// Width and height of a text; lines are broken at `width`.
  public func size(of text: RichText, _ role: FontRole, width: Double? = nil) -> Size {
    let metrics = measure(text, role, width: width)
    return Size(metrics.width, metrics.height)
  }

  /// Width of the longest word: a narrower column would break it.
  func longestWord(of text: RichText, _ role: FontRole) -> Double {
    let words = text.markup.split(separator: " ").map { size(of: RichText(markup: String($0)), role).width }
    return words.max() ?? 0
  }

  /// The least width that breaks the text into no more lines than `width` does, so that lines are of like length.
  func balancedWidth(of text: RichText, _ role: FontRole, width: Double) -> Double {
    let height = size(of: text, role, width: width).height
    var (low, high) = (longestWord(of: text, role), width)
    guard low < high else { return width }
    for _ in 0..<12 {
      let middle = (low + high) / 2
      if size(of: text, role, width: middle).height <= height + 0.01 { high = middle } else { low = middle }
    }
    return min(high + 0.5, width)
  }

  /// Line widths of figures with 11-point labels are taken times this.
  var pen: Double { scale.label / 11 }

  func measure(_ text: RichText, _ role: FontRole, width: Double? = nil) -> TextMetrics {
    typesetter.measure(
      text, TextFont(size: scale.size(of: role), isBold: role == .title || role == .heading), width: width)
  }
}
