/// MathML Core, for web pages.
enum MathMLPrinter {
  static func element(_ notation: Notation) -> String {
    "<math xmlns=\"http://www.w3.org/1998/Math/MathML\" display=\"block\">\(text(notation))</math>"
  }

  private static func text(_ notation: Notation) -> String {
    switch notation {
    case .letter(let letter): return letter == "𝔼" || letter == "𝒩" ? upright(letter) : "<mi>\(letter)</mi>"
    case .word(let word): return upright(word)
    case .numeral(let digits): return "<mn>\(digits)</mn>"
    case .sign(let sign): return "<mo>\(escaped(sign))</mo>"
    case .comma: return "<mo separator=\"true\">,</mo>"
    case .row(_, let parts): return row(parts)
    case .accent(let base, let accent):
      return "<mover accent=\"true\">\(text(base))<mo>\(marks[accent] ?? "")</mo></mover>"
    case .script(let base, let lower, let upper): return script(base, lower, upper)
    case .fraction(let numerator, let denominator):
      return "<mfrac>\(text(numerator))\(text(denominator))</mfrac>"
    case .root(let content): return "<msqrt>\(text(content))</msqrt>"
    case .fenced(let open, let content, let close):
      return "<mrow><mo fence=\"true\">\(open)</mo>\(text(content))<mo fence=\"true\">\(close)</mo></mrow>"
    case .series(let kind, let lower, let upper):
      let sign = kind == .sum ? "∑" : "∏"
      return "<munderover><mo>\(sign)</mo>\(text(lower))\(text(upper))</munderover>"
    case .branches(let branches): return self.branches(branches)
    }
  }

  private static func row(_ parts: [Notation]) -> String {
    "<mrow>" + parts.map(text).joined() + "</mrow>"
  }

  private static func script(_ base: Notation, _ lower: Notation?, _ upper: Notation?) -> String {
    switch (lower, upper) {
    case (let lower?, let upper?): "<msubsup>\(text(base))\(text(lower))\(text(upper))</msubsup>"
    case (let lower?, nil): "<msub>\(text(base))\(text(lower))</msub>"
    case (nil, let upper?): "<msup>\(text(base))\(text(upper))</msup>"
    case (nil, nil): text(base)
    }
  }

  private static func branches(_ branches: [Notation.Branch]) -> String {
    let rows = branches.map { branch in
      let condition = branch.condition.map { "<mtext>if </mtext>\(text($0))" } ?? "<mtext>otherwise</mtext>"
      return "<mtr><mtd>\(text(branch.value))</mtd><mtd>\(condition)</mtd></mtr>"
    }
    return "<mrow><mo fence=\"true\">{</mo><mtable columnalign=\"left left\">\(rows.joined())</mtable></mrow>"
  }

  private static func upright(_ word: String) -> String { "<mi mathvariant=\"normal\">\(escaped(word))</mi>" }

  private static func escaped(_ text: String) -> String {
    text.map { $0 == "<" ? "&lt;" : $0 == ">" ? "&gt;" : $0 == "&" ? "&amp;" : String($0) }.joined()
  }

  private static let marks: [Name.Accent: String] = [.bar: "¯", .hat: "^", .tilde: "~"]
}
