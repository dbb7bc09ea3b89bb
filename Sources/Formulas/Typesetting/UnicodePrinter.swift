/// One line of Unicode text, for terminals and alternative texts; with marked scripts, for figures.
struct UnicodePrinter {
  /// Lowers with `_{…}` and raises with `^{…}` instead of small characters, which fonts have for few letters.
  var marksScripts = false

  static func text(_ notation: Notation) -> String { UnicodePrinter().text(notation) }

  func text(_ notation: Notation) -> String {
    switch notation {
    case .letter(let text), .word(let text), .numeral(let text): return text
    case .sign(let sign): return sign
    case .comma: return ", "
    case .row(let binding, let parts): return row(binding, parts)
    case .accent(let base, let accent): return accented(text(base), accent)
    case .script(let base, let lower, let upper):
      return text(base) + (lower.map { script($0, Scripts.lowered, "_") } ?? "")
        + (upper.map { script($0, Scripts.raised, "^") } ?? "")
    case .fraction(let numerator, let denominator):
      return line(numerator, unless: .product, notFraction: false) + "/"
        + line(denominator, unless: .tight, notFraction: true)
    case .root(let content): return "√" + (isSimple(content) ? text(content) : "(\(text(content)))")
    case .fenced(let open, let content, let close): return open + text(content) + close
    case .series(let kind, let lower, let upper):
      return (kind == .sum ? "Σ" : "∏") + script(lower, Scripts.lowered, "_") + script(upper, Scripts.raised, "^")
    case .branches(let branches):
      let lines = branches.map { branch in
        text(branch.value) + (branch.condition.map { " if \(text($0))" } ?? " otherwise")
      }
      let (open, close) = marksScripts ? ("\\{", "\\}") : ("{", "}")
      return "\(open) " + lines.joined(separator: "; ") + " \(close)"
    }
  }

  private func row(_ binding: Notation.Binding, _ parts: [Notation]) -> String {
    var result = ""
    for (i, part) in parts.enumerated() {
      if case .sign(let sign) = part {
        // A leading minus belongs to what follows.
        result += i == 0 ? sign : " \(sign) "
      } else if binding == .product, i > 0, !isSign(parts[i - 1]) {
        result += needsNoSpace(parts[i - 1], part) ? text(part) : " " + text(part)
      } else {
        result += text(part)
      }
    }
    return result
  }

  private func isSign(_ part: Notation) -> Bool { if case .sign = part { true } else { false } }

  /// 𝔼[…] and 2(…) are one word.
  private func needsNoSpace(_ before: Notation, _ part: Notation) -> Bool {
    switch (before, part) {
    case (.script(.letter("𝔼"), _, _), .fenced("[", _, _)): true
    default: false
    }
  }

  private func line(_ part: Notation, unless binding: Notation.Binding, notFraction: Bool) -> String {
    part.binding >= binding ? text(part) : "(\(text(part)))"
  }

  /// √ needs no brackets before one symbol or number.
  private func isSimple(_ content: Notation) -> Bool {
    switch content {
    case .letter, .numeral: true
    case .accent: true
    case .script(let base, let lower, nil):
      isSimple(base) && !(lower.map { UnicodePrinter().script($0, Scripts.lowered, "_") } ?? "").contains("{")
    default: false
    }
  }

  /// Composed letters where Unicode has them (ᾱ), else a combining mark.
  private func accented(_ base: String, _ accent: Name.Accent) -> String {
    var scalars = base.unicodeScalars
    scalars.append(accent.mark)
    let text = String(scalars)
    return Self.composed[text] ?? text
  }

  private static let composed = ["α\u{304}": "ᾱ"]

  private func script(_ part: Notation, _ table: [Character: Character], _ mark: String) -> String {
    // Scripts of scripts have one height: their own are small characters.
    if marksScripts { return mark + "{" + Self.text(part).filter { !"{} ".contains($0) } + "}" }
    let plain = String(text(part).filter { $0 != " " })
    let isWord = plain.allSatisfy { $0.isLetter || $0.isNumber }
    // A word is easier to read unshifted: σ_up, β_start.
    let isLong = plain.count > 1 && plain.allSatisfy(\.isLetter)
    if !isLong, let shifted = Scripts.shift(plain, table) { return shifted }
    return isWord ? mark + plain : (mark == "^" ? "^(\(plain))" : "_{\(plain)}")
  }
}
