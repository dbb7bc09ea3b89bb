/// Turns the meaning of a formula into its look.
enum Typesetter {
  static func notation(_ expression: Expression) -> Notation {
    switch expression {
    case .number(let value): return numeral(value)
    case .name(let name): return symbol(Name(name))
    case .element(let base, let indices): return element(base, indices)
    case .negative(let operand):
      return .row(.sum, [.sign("−"), notation(operand).bracketed(unless: .product)])
    case .binary(let symbol, let left, let right): return binary(symbol, left, right)
    case .relation(let relation, let left, let right):
      return .row(.relation, [notation(left), .sign(sign(relation)), notation(right)])
    case .call(let function, let arguments, let options): return call(function, arguments, options)
    case .series(let kind, let body, let index, let from, let through):
      let lower = Notation.row(.relation, [symbol(Name(index)), .sign("="), notation(from)])
      let large = Notation.series(kind, lower: lower, upper: notation(through))
      return .row(.product, [large, notation(body).bracketed(unless: .product)])
    }
  }

  private static func numeral(_ value: Double) -> Notation {
    let text = Expression.numeral(value)
    guard let e = text.firstIndex(of: "e"), let exponent = Int(text[text.index(after: e)...]) else {
      return .numeral(text)
    }
    let power = Notation.script(.numeral("10"), lower: nil, upper: .numeral("\(exponent)".replacingMinus))
    let mantissa = String(text[..<e])
    if mantissa == "1" || mantissa == "1.0" { return power }
    return .row(.product, [.numeral(mantissa), .sign("·"), power])
  }

  /// A name with its accent, and its digits and further words below it.
  static func symbol(_ name: Name, index: [Notation] = []) -> Notation {
    var letter: Notation = letter(name.base)
    if let accent = name.accent { letter = .accent(letter, accent) }
    var below: [Notation] = name.digits.isEmpty ? [] : [.numeral(name.digits)]
    below += name.subscripts.map { $0.allSatisfy(\.isNumber) ? .numeral($0) : Self.letter($0) }
    below += index
    guard !below.isEmpty else { return letter }
    return .script(letter, lower: list(below), upper: nil)
  }

  private static func letter(_ base: String) -> Notation {
    if let greek = Greek.letters[base] { return .letter(String(greek)) }
    return base.count == 1 ? .letter(base) : .word(base)
  }

  private static func list(_ parts: [Notation]) -> Notation {
    if parts.count == 1, let only = parts.first { return only }
    return .row(.list, Array(parts.map { [$0] }.joined(separator: [.comma])))
  }

  private static func element(_ base: Expression, _ indices: [Expression]) -> Notation {
    let index = indices.map(notation)
    if case .name(let name) = base { return symbol(Name(name), index: index) }
    return .script(notation(base).bracketed(unless: .tight), lower: list(index), upper: nil)
  }

  private static func binary(
    _ symbol: Expression.BinaryOperator, _ left: Expression, _ right: Expression
  ) -> Notation {
    // −a/b reads as −(a/b), which is the same.
    if case .negative(let operand) = left, symbol != .plus, symbol != .minus, symbol != .power {
      return .row(.sum, [.sign("−"), binary(symbol, operand, right)])
    }
    let (a, b) = (notation(left), notation(right))
    switch symbol {
    case .plus: return .row(.sum, [a, .sign("+"), bracketedSign(b)])
    case .minus: return .row(.sum, [a, .sign("−"), b.bracketed(unless: .product)])
    case .divide: return .fraction(a, b)
    case .power: return power(a, b)
    case .times, .matmul: return product(a, b)
    }
  }

  /// A sum's later part may be a sum, but no bare minus: a + (−b).
  private static func bracketedSign(_ part: Notation) -> Notation {
    if case .row(.sum, let parts) = part, parts.first == .sign("−") { return .fenced("(", part, ")") }
    return part.binding == .sum ? part : part.bracketed(unless: .product)
  }

  private static func product(_ a: Notation, _ b: Notation) -> Notation {
    let (a, b) = (a.bracketed(unless: .product), b.bracketed(unless: .product))
    var parts = factors(a)
    if let last = parts.last, let first = factors(b).first, !standsAside(last, first) { parts.append(.sign("·")) }
    return .row(.product, parts + factors(b))
  }

  private static func factors(_ part: Notation) -> [Notation] {
    if case .row(.product, let parts) = part { parts } else { [part] }
  }

  /// Whether two factors can stand side by side without a dot and be read rightly.
  private static func standsAside(_ a: Notation, _ b: Notation) -> Bool {
    switch b {
    case .numeral, .word, .branches: return false
    case .script(.numeral, _, _), .script(.word, _, _): return false
    case .fraction: if case .numeral = a { return false }
    case .row(.tight, let parts): if let first = parts.first, case .word = first { return false }
    default: break
    }
    switch a {
    case .word, .fraction, .branches, .series: return false
    case .script(.word, _, _): return false
    default: return true
    }
  }

  private static func power(_ base: Notation, _ exponent: Notation) -> Notation {
    switch base {
    case .script(let inner, let lower, nil): return .script(inner, lower: lower, upper: exponent)
    case .letter, .word, .accent, .fenced: return .script(base, lower: nil, upper: exponent)
    case .numeral: return .script(base, lower: nil, upper: exponent)
    case .row(.tight, let parts) where parts.count == 2 && exponent == .numeral("2"):
      // cos²(x)
      return .row(.tight, [power(parts[0], exponent), parts[1]])
    default: return .script(.fenced("(", base, ")"), lower: nil, upper: exponent)
    }
  }

  private static func sign(_ relation: Expression.Relation) -> String {
    switch relation {
    case .equals, .same: "="
    case .approximately: "≈"
    case .distributed: "∼"
    case .less: "<"
    case .lessOrEqual: "≤"
    case .greater: ">"
    case .greaterOrEqual: "≥"
    case .different: "≠"
    }
  }
}

extension Typesetter {
  private static func call(
    _ function: String, _ arguments: [Expression], _ options: [String: Expression]
  ) -> Notation {
    let parts = arguments.map(notation)
    if let special = special(function, arguments, parts) { return special }
    var inside = parts
    inside += options.sorted { $0.key < $1.key }.map {
      .row(.relation, [.word($0.key), .sign("="), notation($0.value)])
    }
    return .row(.tight, [name(of: function), .fenced("(", list(inside), ")")])
  }

  private static func special(_ function: String, _ arguments: [Expression], _ parts: [Notation]) -> Notation? {
    switch (function, parts.count) {
    case ("sqrt", 1): return .root(parts[0])
    case ("norm", 1): return .fenced("‖", parts[0], "‖")
    case ("abs", 1), ("det", 1): return .fenced("|", parts[0], "|")
    case ("floor", 1): return .fenced("⌊", parts[0], "⌋")
    case ("ceil", 1): return .fenced("⌈", parts[0], "⌉")
    case ("transpose", 1): return power(parts[0], .letter("T"))
    case ("inverse", 1): return power(parts[0], .numeral("−1"))
    case ("matmul", 2): return binary(.matmul, arguments[0], arguments[1])
    case ("list", _): return .fenced("[", list(parts), "]")
    case ("given", 2...): return given(parts)
    case ("if", 3):
      return .branches([
        .init(value: parts[1], condition: parts[0]), .init(value: parts[2], condition: nil),
      ])
    case ("E", 1...):
      let over = parts.count > 1 ? list(Array(parts.dropFirst())) : nil
      return .row(.product, [.script(.letter("𝔼"), lower: over, upper: nil), .fenced("[", parts[0], "]")])
    default: return nil
    }
  }

  /// `given(x, y)` prints x | y, as in q(x_t | x_0).
  private static func given(_ parts: [Notation]) -> Notation {
    .row(.list, [parts[0], .sign("|"), list(Array(parts.dropFirst()))])
  }

  private static func name(of function: String) -> Notation {
    if function == "N" { return .letter("𝒩") }
    return symbol(Name(function))
  }
}

extension String {
  /// The hyphen of a number as the minus of a formula.
  var replacingMinus: String { String(map { $0 == "-" ? "−" : $0 }) }
}
