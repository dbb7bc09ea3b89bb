/// A symbol's name, taken apart: `x0_hat_uncond` is the letter x with a hat, the digit 0 and the word "uncond" below.
///
/// The canonical spelling is ASCII: base letter (Greek ones by name, ε as `eps`), digits, accent, further subscripts
/// joined by underscores. Every other spelling (`x̂₀`, `x_hat_0`, `epsilon`, `alphas_cumprod`) is mapped to it.
public struct Name: Hashable, Sendable {
  public enum Accent: String, Hashable, Sendable, CaseIterable {
    case bar
    case hat
    case tilde

    /// The combining mark that follows the letter in Unicode text.
    public var mark: Unicode.Scalar {
      switch self {
      case .bar: "\u{304}"
      case .hat: "\u{302}"
      case .tilde: "\u{303}"
      }
    }
  }

  /// ASCII: `x`, `alpha`, `SNR`.
  public let base: String
  public let digits: String
  public let accent: Accent?
  public let subscripts: [String]

  public init(base: String, digits: String = "", accent: Accent? = nil, subscripts: [String] = []) {
    self.base = base
    self.digits = digits
    self.accent = accent
    self.subscripts = subscripts
  }

  /// Takes an ASCII name apart, in whatever order its parts were written.
  public init(_ spelling: String) {
    var spelling = Self.synonyms[spelling] ?? spelling
    for prefix in ["alphas_cumprod_", "alpha_cumprod_"] where spelling.hasPrefix(prefix) {
      spelling = "alpha_bar_" + spelling.dropFirst(prefix.count)
    }
    var parts = spelling.split(separator: "_", omittingEmptySubsequences: true).map(String.init)
    let first = parts.isEmpty ? spelling : parts.removeFirst()
    let letters = first.prefix { !$0.isNumber }
    var digits = String(first.dropFirst(letters.count))
    var (accent, subscripts) = (Accent?.none, [String]())
    for part in parts {
      let word = part.prefix { !$0.isNumber }
      if let found = Accent(rawValue: String(word)), accent == nil {
        accent = found
        digits += part.dropFirst(word.count)
      } else if word.isEmpty, subscripts.isEmpty {
        digits += part
      } else {
        subscripts.append(Self.synonyms[part] ?? part)
      }
    }
    self.init(
      base: Self.synonyms[String(letters)] ?? String(letters), digits: digits, accent: accent, subscripts: subscripts)
  }

  /// The canonical spelling: `x0_hat_uncond`.
  public var ascii: String {
    ([base + digits] + (accent.map { [$0.rawValue] } ?? []) + subscripts).joined(separator: "_")
  }

  private static let synonyms = [
    "epsilon": "eps", "alphas_cumprod": "alpha_bar", "alpha_cumprod": "alpha_bar", "alphas": "alpha", "betas": "beta",
    "sigmas": "sigma", "noise": "eps", "alphabar": "alpha_bar", "pred_original_sample": "x0_hat",
  ]
}

/// Greek letters by their names.
enum Greek {
  static let letters: [String: Character] = [
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "eps": "ε", "zeta": "ζ", "eta": "η", "theta": "θ",
    "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ",
    "tau": "τ", "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ",
    "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
  ]

  /// Names by letter, with the second shapes of ε, θ, φ and the micro sign.
  static let names: [Character: String] = {
    var names: [Character: String] = ["ϵ": "eps", "ϑ": "theta", "ϕ": "phi", "µ": "mu"]
    for (name, letter) in letters { names[letter] = name }
    return names
  }()

  static let latex = ["eps": "\\varepsilon", "phi": "\\varphi"]

  /// Letters with a bar, hat or tilde, by the character they make; one character however it is composed.
  static let accented: [Character: (base: String, accent: Name.Accent)] = {
    var table: [Character: (base: String, accent: Name.Accent)] = [:]
    let latin = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".map { (String($0), $0) }
    for (name, letter) in latin + names.map({ ($0.value, $0.key) }) {
      for accent in Name.Accent.allCases {
        var scalars = String(letter).unicodeScalars
        scalars.append(accent.mark)
        if let character = String(scalars).first { table[character] = (name, accent) }
      }
    }
    return table
  }()
}

/// Raised and lowered characters of Unicode.
enum Scripts {
  static let lowered: [Character: Character] = table(
    "0123456789+-=()aehijklmnoprstuvxβγρφχ", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ")
  static let raised: [Character: Character] = table(
    "0123456789+-=()TabcdefghijklmnoprstuvwxyzβγδθφN", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵀᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᵝᵞᵟᶿᵠᴺ")
  static let fromLowered = inverted(lowered)
  static let fromRaised = inverted(raised)

  /// The text in lowered (raised) characters when each of its characters has one.
  static func shift(_ text: String, _ table: [Character: Character]) -> String? {
    var result = ""
    for character in text {
      guard let shifted = table[character == "−" ? "-" : character] else { return nil }
      result.append(shifted)
    }
    return result
  }

  private static func table(_ from: String, _ to: String) -> [Character: Character] {
    precondition(from.count == to.count, "\(from.count) characters, \(to.count) shifted ones")
    return Dictionary(uniqueKeysWithValues: zip(from, to))
  }

  private static func inverted(_ table: [Character: Character]) -> [Character: Character] {
    Dictionary(uniqueKeysWithValues: table.map { ($0.value, $0.key) })
  }
}
