/// Bitmaps in Cairo's SVG, placed directly.
///
/// Cairo fills the whole page with a pattern that holds the bitmap, and clips that to the bitmap's own frame. The same is seen when
/// the bitmap is put there, in a fifth of the words and of the time it takes to draw.
struct SVGPictures {
  /// Elements, one a line, as `SVGCompactor` writes them.
  var lines: [String]

  private struct Pattern {
    let image: String
    /// Scale and place: a, d, e, f of `matrix(a,0,0,d,e,f)`.
    let matrix: [Double]
  }

  mutating func place() {
    let (patterns, sizes, clips) = (patterns, imageSizes, clips)
    var result: [String] = []
    var position = 0
    while position < lines.count {
      if position + 2 < lines.count, lines[position + 2] == "</g>",
        let clip = Self.between("<g clip-path=\"url(#", ")", lines[position]).flatMap({ clips[$0] }),
        let pattern = Self.between("style=\"fill:url(#", ")", lines[position + 1]).flatMap({ patterns[$0] }),
        let size = sizes[pattern.image], Self.fills(clip, pattern, size)
      {
        let numbers = pattern.matrix.map { SVGCompactor.rounded($0, digits: 5) }
        let matrix = "matrix(\(numbers[0]),0,0,\(numbers[1]),\(numbers[2]),\(numbers[3]))"
        result.append("<use href=\"#\(pattern.image)\" transform=\"\(matrix)\"/>")
        position += 3
      } else {
        result.append(lines[position])
        position += 1
      }
    }
    lines = result
    dropUnused("<pattern", "</pattern>")
    dropUnused("<clipPath", "</clipPath>")
  }

  /// Whether the clip is the bitmap's own frame, to a half point.
  private static func fills(_ clip: [Double], _ pattern: Pattern, _ size: [Double]) -> Bool {
    let m = pattern.matrix
    let frame = [m[2], m[3], m[2] + m[0] * size[0], m[3] + m[1] * size[1]]
    return zip(frame, clip).allSatisfy { abs($0 - $1) < 0.5 }
  }

  // MARK: Definitions

  private var patterns: [String: Pattern] {
    var result: [String: Pattern] = [:]
    for (n, line) in lines.enumerated() where line.hasPrefix("<pattern") && n + 1 < lines.count {
      guard let id = Self.between(" id=\"", "\"", line), let text = Self.between("matrix(", ")", line),
        let image = Self.between("<use href=\"#", "\"", lines[n + 1])
      else { continue }
      let m = text.split(separator: ",").compactMap { Double(String($0).trimmed) }
      guard m.count == 6, m[1] == 0, m[2] == 0 else { continue }
      result[id] = Pattern(image: image, matrix: [m[0], m[3], m[4], m[5]])
    }
    return result
  }

  private var imageSizes: [String: [Double]] {
    var result: [String: [Double]] = [:]
    for line in lines where line.hasPrefix("<image") {
      guard let id = Self.between(" id=\"", "\"", line),
        let width = Self.between(" width=\"", "\"", line).flatMap({ Double($0) }),
        let height = Self.between(" height=\"", "\"", line).flatMap({ Double($0) })
      else { continue }
      result[id] = [width, height]
    }
    return result
  }

  /// Left, top, right and bottom of clips that are rectangles.
  private var clips: [String: [Double]] {
    var result: [String: [Double]] = [:]
    for (n, line) in lines.enumerated() where line.hasPrefix("<clipPath") && n + 1 < lines.count {
      guard let id = Self.between(" id=\"", "\"", line), let path = Self.between(" d=\"", "\"", lines[n + 1]) else {
        continue
      }
      let numbers = path.split { !($0.isNumber || $0 == "." || $0 == "-") }.compactMap { Double($0) }
      guard numbers.count == 8 else { continue }
      let (x, y) = ([0, 2, 4, 6].map { numbers[$0] }, [1, 3, 5, 7].map { numbers[$0] })
      result[id] = [x.min() ?? 0, y.min() ?? 0, x.max() ?? 0, y.max() ?? 0]
    }
    return result
  }

  /// Leaves definitions out that nothing refers to any more.
  private mutating func dropUnused(_ open: String, _ close: String) {
    let used = Set(lines.compactMap { Self.between("url(#", ")", $0) })
    var result: [String] = []
    var isDropping = false
    for line in lines {
      if line.hasPrefix(open), let id = Self.between(" id=\"", "\"", line), !used.contains(id) { isDropping = true }
      if !isDropping { result.append(line) }
      if line == close { isDropping = false }
    }
    lines = result
  }

  private static func between(_ open: String, _ close: String, _ text: String) -> String? {
    // Bitmaps are long lines; what is asked for stands before their data.
    let head = text.prefix(400)
    guard let start = head.firstRange(of: open) else { return nil }
    return head[start.upperBound...].firstRange(of: close).map { String(head[start.upperBound..<$0.lowerBound]) }
  }
}
