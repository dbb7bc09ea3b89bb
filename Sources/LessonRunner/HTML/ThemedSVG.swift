import Drawing
import Tensors

/// One inline SVG for both themes, made of the two that Cairo writes.
///
/// The two differ in colours alone, so they are walked line by line: where colours differ, `light-dark(…)` takes both; where a
/// picture differs, both are there and the page's style shows one.
package struct ThemedSVG {
  /// What ids in the page begin with; unique in the page.
  let prefix: String

  package init(prefix: String) { self.prefix = prefix }

  /// - Throws: when the font is missing.
  package func element(_ figure: Figure, size: FigureSize = .slide) throws(UserError) -> String {
    let light = try lines(of: figure, .light, size)
    let dark = try lines(of: figure, .dark, size)
    let open = "aria-labelledby=\"\(prefix)-title \(prefix)-desc\">"
    let page = try figure.page(theme: .light, size: size)
    let box =
      "viewBox=\"0 0 \(SVGCompactor.rounded(page.size.width, digits: 2)) \(SVGCompactor.rounded(page.size.height, digits: 2))\""
    if let merged = Self.merged(light, dark) {
      return "<svg role=\"img\" \(box) \(open)\(merged)</svg>"
    }
    // The ids of the second must not be those of the first.
    let other = dark.map {
      $0.replacing("\"\(prefix)-", with: "\"\(prefix)d-").replacing("#\(prefix)-", with: "#\(prefix)d-")
    }
    return "<svg class=\"l\" role=\"img\" \(box) \(open)\(light.joined(separator: "\n"))</svg>"
      + "<svg class=\"d\" role=\"img\" \(box) \(open.replacing("\(prefix)-", with: "\(prefix)d-"))"
      + "\(other.joined(separator: "\n"))</svg>"
  }

  /// What stands inside `<svg>`, an element a line.
  private func lines(of figure: Figure, _ theme: Theme, _ size: FigureSize) throws(UserError) -> [String] {
    SVGCompactor.lines(of: try figure.encoded(as: .svg, theme: theme, size: size), name: figure.name, prefix: prefix)
  }

  // MARK: Two into one

  /// nil when more than colours and pictures differs.
  package static func merged(_ light: [String], _ dark: [String]) -> String? {
    guard light.count == dark.count else { return nil }
    var result = ""
    for (a, b) in zip(light, dark) {
      if a == b {
        result += a
      } else if a.hasPrefix("<image"), let both = mergedImage(a, b) {
        result += both
      } else if let both = mergedColors(Array(a.utf8), Array(b.utf8)) {
        result += both
      } else {
        return nil
      }
      result += "\n"
    }
    return result
  }

  /// Two images under the one id.
  private static func mergedImage(_ a: String, _ b: String) -> String? {
    guard let start = a.firstRange(of: " id=\""), let end = a[start.upperBound...].firstIndex(of: "\"") else {
      return nil
    }
    let id = a[start.lowerBound...end]
    guard b.contains(id) else { return nil }
    let (x, y) = (a.replacing(id, with: " class=\"l\""), b.replacing(id, with: " class=\"d\""))
    return "<g\(id)>\(x)\(y)</g>"
  }

  /// `fill:#1b1f24` and `fill:#ebe9e4` become `fill:light-dark(#1b1f24,#ebe9e4)`.
  private static func mergedColors(_ a: [UInt8], _ b: [UInt8]) -> String? {
    guard a.count == b.count else { return nil }
    var result: [UInt8] = []
    var i = 0
    while i < a.count {
      if a[i] == UInt8(ascii: "#"), b[i] == UInt8(ascii: "#"), i > 0, a[i - 1] == UInt8(ascii: ":"), i + 7 <= a.count {
        let (x, y) = (a[i..<(i + 7)], b[i..<(i + 7)])
        result += x == y ? Array(x) : Array("light-dark(".utf8) + x + Array(",".utf8) + y + Array(")".utf8)
        i += 7
      } else if a[i] == b[i] {
        result.append(a[i])
        i += 1
      } else {
        return nil
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}
