import Tensors

/// The page a figure is made for.
public enum FigureSize: Sendable, Equatable, CustomStringConvertible {
  /// 16:9, 10 inches wide.
  case slide
  /// A column of a paper, 88 mm wide, as high as the content asks for.
  case column
  /// Width and height in millimetres.
  case millimetres(Double, Double)

  /// Allowed millimetres of either side.
  public static let allowedMillimetres = 40.0...2000.0

  /// Reads `16:9`, `column` or `WxHmm`, as in `120x80mm`.
  public init(parsing text: String) throws(UserError) {
    switch text {
    case "16:9": self = .slide
    case "column": self = .column
    default:
      let parts = text.hasSuffix("mm") ? text.dropLast(2).split(separator: "x", omittingEmptySubsequences: false) : []
      guard parts.count == 2, let width = Double(parts[0]), let height = Double(parts[1]) else {
        throw UserError("the size '\(text)' is none of 16:9, column and WxHmm (such as 120x80mm)")
      }
      guard FigureSize.allowedMillimetres.contains(width), FigureSize.allowedMillimetres.contains(height) else {
        throw UserError("the size \(text) is outside 40…2000 mm for width and height")
      }
      self = .millimetres(width, height)
    }
  }

  public var description: String {
    switch self {
    case .slide: "16:9"
    case .column: "column"
    case .millimetres(let w, let h): "\(NumberText.short(w))x\(NumberText.short(h))mm"
    }
  }

  /// Width in points.
  var width: Double {
    switch self {
    case .slide: 720
    case .column: 88 * pointsPerMillimetre
    case .millimetres(let width, _): width * pointsPerMillimetre
    }
  }

  /// Height in points; nil when it follows the content.
  var height: Double? {
    switch self {
    case .slide: 405
    case .column: nil
    case .millimetres(_, let height): height * pointsPerMillimetre
    }
  }
}
