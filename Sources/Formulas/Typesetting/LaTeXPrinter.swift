/// LaTeX for mathematics mode.
enum LaTeXPrinter {
  static func text(_ notation: Notation) -> String {
    switch notation {
    case .letter(let letter): return self.letter(letter)
    case .word(let word): return self.word(word)
    case .numeral(let digits): return digits.replacingPlainMinus
    case .sign(let sign): return signs[sign] ?? sign
    case .comma: return ", "
    case .row(_, let parts): return row(parts)
    case .accent(let base, let accent): return "\\\(accent.rawValue){\(text(base))}"
    case .script(let base, let lower, let upper):
      return text(base) + (lower.map { "_{\(text($0))}" } ?? "") + (upper.map { "^{\(superscript($0))}" } ?? "")
    case .fraction(let numerator, let denominator): return "\\frac{\(text(numerator))}{\(text(denominator))}"
    case .root(let content): return "\\sqrt{\(text(content))}"
    case .fenced(let open, let content, let close):
      let (open, close, inside) = (delimiters[open] ?? open, delimiters[close] ?? close, text(content))
      if !isTall(inside) { return open.hasPrefix("\\") ? "\(open) \(inside) \(close)" : "\(open)\(inside)\(close)" }
      return "\\left\(open) \(inside) \\right\(close)"
    case .series(let kind, let lower, let upper): return "\\\(kind.rawValue)_{\(text(lower))}^{\(text(upper))}"
    case .branches(let branches):
      let lines = branches.map { branch in
        text(branch.value) + " & " + (branch.condition.map { "\\text{if } \(text($0))" } ?? "\\text{otherwise}")
      }
      return "\\begin{cases} " + lines.joined(separator: " \\\\ ") + " \\end{cases}"
    }
  }

  /// Parts with single spaces between, none before a comma or the brackets of a function.
  private static func row(_ parts: [Notation]) -> String {
    var result = ""
    for (i, part) in parts.enumerated() where !isSpare(i, parts) {
      if i > 0, part != .comma, parts[i - 1] != .comma { result += " " }
      result += text(part)
    }
    return result
  }

  /// A dot that only the one-line form needs: after a fraction bar what follows is apart already.
  private static func isSpare(_ i: Int, _ parts: [Notation]) -> Bool {
    guard parts[i] == .sign("·"), i > 0, i + 1 < parts.count, case .fraction = parts[i - 1] else { return false }
    if case .numeral = parts[i + 1] { return false }
    return true
  }

  /// Whether delimiters have to grow.
  private static func isTall(_ latex: String) -> Bool {
    ["\\frac", "\\sqrt", "\\sum", "\\prod", "cases"].contains(where: latex.contains)
  }

  private static func superscript(_ part: Notation) -> String { part == .letter("T") ? "\\top" : text(part) }

  private static func letter(_ letter: String) -> String {
    if letter == "𝔼" { return "\\mathbb{E}" }
    if letter == "𝒩" { return "\\mathcal{N}" }
    guard let character = letter.first, let name = Greek.names[character] else { return letter }
    return Greek.latex[name] ?? "\\\(name)"
  }

  private static func word(_ word: String) -> String {
    let text = word.replacingUnderscores
    return functions.contains(word) ? "\\\(word)" : "\\mathrm{\(text)}"
  }

  private static let functions: Set<String> = ["exp", "log", "sin", "cos", "tanh", "min", "max", "det"]
  private static let signs = [
    "−": "-", "·": "\\cdot", "∼": "\\sim", "≈": "\\approx", "≤": "\\le", "≥": "\\ge", "≠": "\\ne", "|": "\\mid",
  ]
  private static let delimiters = [
    "‖": "\\Vert", "⌊": "\\lfloor", "⌋": "\\rfloor", "⌈": "\\lceil", "⌉": "\\rceil", "|": "\\vert",
  ]
}

extension String {
  fileprivate var replacingPlainMinus: String { String(map { $0 == "−" ? "-" : $0 }) }
  fileprivate var replacingUnderscores: String { split(separator: "_").joined(separator: "\\_") }
}
