/// Writes Cairo's SVG shorter, a line at a time, without a change that can be seen.
package struct SVGCompactor {
  private typealias Line = Substring.UTF8View

  /// The prefix that ids have, and the one they get.
  let name: String
  let prefix: String
  private var lines: [String] = []
  /// The id of the glyph whose outline comes next.
  private var glyph: String?
  /// Glyphs without an outline, such as the blank.
  private var emptyGlyphs: Set<String> = []

  private init(name: String, prefix: String) {
    self.name = name
    self.prefix = prefix
  }

  /// The elements inside `<svg>` of a file, one a line.
  ///
  /// - Parameters:
  ///   - name: what ids in it begin with.
  ///   - prefix: what they are to begin with.
  package static func lines(of svg: [UInt8], name: String, prefix: String) -> [String] {
    var compactor = SVGCompactor(name: name, prefix: prefix)
    for line in String(decoding: svg, as: UTF8.self).utf8.split(separator: UInt8(ascii: "\n")) { compactor.take(line) }
    var pictures = SVGPictures(lines: compactor.lines)
    pictures.place()
    return pictures.lines
  }

  /// A whole file, as short as it gets; it looks the same.
  package static func file(_ svg: [UInt8], name: String) -> [UInt8] {
    let text = String(decoding: svg.prefix(1000), as: UTF8.self)
    let lines = lines(of: svg, name: name, prefix: name)
    guard let start = text.firstRange(of: "<svg"), let end = text[start.upperBound...].firstIndex(of: ">") else {
      return svg
    }
    let head = text[start.lowerBound...end].replacing(" xmlns:xlink=\"http://www.w3.org/1999/xlink\"", with: "")
    return Array(
      (["<?xml version=\"1.0\" encoding=\"UTF-8\"?>", String(head)] + lines + ["</svg>", ""]).joined(separator: "\n")
        .utf8)
  }

  private mutating func take(_ line: Line) {
    let text = String(Substring(line)).trimmed
    if text.hasPrefix("<?xml") || text.hasPrefix("<svg") || text == "</svg>" { return }
    if text.hasPrefix("<title") || text.hasPrefix("<desc") {
      lines.append(text.replacing("id=\"\(name)-", with: "id=\"\(prefix)-"))
    } else if text.hasPrefix("<symbol") {
      glyph = Self.attribute("id", of: text)
    } else if text == "</symbol>" {
      if let glyph { emptyGlyphs.insert(glyph) }
      glyph = nil
    } else if let id = glyph, text.hasPrefix("<path") {
      takeOutline(text, id)
    } else if text.hasPrefix("<use"), let target = Self.attribute("xlink:href", of: text)?.dropFirst(),
      emptyGlyphs.contains(String(target))
    {
      return
    } else {
      // Between `<style>` and `</style>` are rules for what has the ids and classes of this figure.
      lines.append(text.hasPrefix("<") ? compact(text) : text.replacing("\(name)-", with: "\(prefix)-"))
    }
  }

  /// A glyph becomes a path that is used directly.
  private mutating func takeOutline(_ path: String, _ id: String) {
    guard let outline = Self.attribute("d", of: path), !outline.isEmpty else { return }
    glyph = nil
    lines.append("<path id=\"\(renamed(id))\" d=\"\(Self.shortPath(outline))\"/>")
    // The closing line of its symbol follows and finds no glyph.
  }

  private func renamed(_ id: String) -> String {
    id.hasPrefix(name + "-") ? prefix + id.dropFirst(name.count) : id
  }

  // MARK: Attributes

  private static func attribute(_ key: String, of element: String) -> String? {
    guard let start = element.firstRange(of: " \(key)=\"") else { return nil }
    return element[start.upperBound...].firstIndex(of: "\"").map { String(element[start.upperBound..<$0]) }
  }

  /// The element with every attribute written short.
  private func compact(_ element: String) -> String {
    guard element.hasPrefix("<"), !element.hasPrefix("</"), let blank = element.firstIndex(of: " ") else {
      return element
    }
    var result = String(element[..<blank])
    var rest = element[blank...]
    while let equals = rest.firstRange(of: "=\""), let close = rest[equals.upperBound...].firstIndex(of: "\"") {
      let key = String(rest[..<equals.lowerBound]).trimmed
      let value = String(rest[equals.upperBound..<close])
      result += short(key, value)
      rest = rest[rest.index(after: close)...]
    }
    return result + String(rest).trimmed
  }

  private func short(_ key: String, _ value: String) -> String {
    switch key {
    case "d": return " d=\"\(Self.shortPath(value))\""
    case "x", "y", "width", "height": return " \(key)=\"\(Self.shortNumber(value))\""
    case "style": return Self.shortStyle(value).map { " style=\"\(withNewIDs($0))\"" } ?? ""
    case "clip-rule", "xmlns", "xmlns:xlink", "version": return ""
    case "id", "class": return " \(key)=\"\(renamed(value))\""
    case "xlink:href":
      return value.hasPrefix("#") ? " href=\"#\(renamed(String(value.dropFirst())))\"" : " href=\"\(value)\""
    default: return " \(key)=\"\(withNewIDs(value))\""
    }
  }

  private func withNewIDs(_ value: String) -> String {
    value.contains("#") ? value.replacing("#\(name)-", with: "#\(prefix)-") : value
  }

  private static let defaults: Set<String> = [
    "fill-opacity:1", "stroke-opacity:1", "fill-rule:nonzero", "stroke:none", "stroke-miterlimit:10",
    "stroke-linecap:butt", "stroke-linejoin:miter",
  ]

  /// Colours in hexadecimal, defaults left out; nil for nothing left.
  private static func shortStyle(_ style: String) -> String? {
    let parts = style.split(separator: ";").map { String($0).trimmed }.filter { !defaults.contains($0) && !$0.isEmpty }
    let short = parts.map { part -> String in
      guard let open = part.firstRange(of: ":rgb("), part.hasSuffix("%)") else { return part }
      return part[..<open.lowerBound] + ":" + hexadecimal(part[open.upperBound...].dropLast())
    }
    return short.isEmpty ? nil : short.joined(separator: ";")
  }

  private static func hexadecimal(_ percents: Substring) -> String {
    "#"
      + percents.split(separator: ",").map { percent in
        let value = Double(percent.filter { $0 != "%" && $0 != " " }) ?? 0
        let digits = String(Int((value * 2.55).rounded()), radix: 16)
        return digits.count == 1 ? "0" + digits : digits
      }.joined()
  }

  // MARK: Numbers

  /// At most so many decimals.
  static func rounded(_ value: Double, digits: Int) -> String {
    let text = printf("%.*f", digits, value)
    guard text.contains("."), let last = text.lastIndex(where: { $0 != "0" }) else { return text }
    return String(text[last] == "." ? text[..<last] : text[...last])
  }

  /// Two decimals, no zeros at the end.
  package static func shortNumber(_ text: some StringProtocol) -> String {
    guard text.contains("."), let value = Double(text) else { return String(text) }
    let hundredths = Int((value * 100).rounded())
    let (whole, part) = (abs(hundredths) / 100, abs(hundredths) % 100)
    let sign = hundredths < 0 ? "-" : ""
    if part == 0 { return "\(sign)\(whole)" }
    let digits = part % 10 == 0 ? "\(part / 10)" : part < 10 ? "0\(part)" : "\(part)"
    return "\(sign)\(whole == 0 ? "" : "\(whole)").\(digits)"
  }

  /// A path with short numbers; the stray `M x y` that Cairo ends with draws nothing.
  package static func shortPath(_ path: String) -> String {
    var result = ""
    var isAfterNumber = false
    var tokens = path.split(separator: " ")
    if tokens.count > 4, tokens[tokens.count - 3] == "M", tokens[tokens.count - 4] == "Z" { tokens.removeLast(3) }
    var position = 0
    while position < tokens.count {
      let token = tokens[position]
      position += 1
      if isDot(tokens, position - 1) {
        result += "h0"
        isAfterNumber = true
        position += 2
      } else if token.first?.isLetter == true {
        result += token
        isAfterNumber = false
      } else {
        let number = shortNumber(token)
        if isAfterNumber, !number.hasPrefix("-") { result += " " }
        result += number
        isAfterNumber = true
      }
    }
    return result
  }

  /// Whether a line begins here that goes from the path's first point to the same: a dot, when it has round ends.
  private static func isDot(_ tokens: [Substring], _ position: Int) -> Bool {
    guard position >= 3, position + 2 < tokens.count, tokens[position] == "L", tokens[position - 3] == "M" else {
      return false
    }
    return tokens[position + 1] == tokens[position - 2] && tokens[position + 2] == tokens[position - 1]
  }
}
