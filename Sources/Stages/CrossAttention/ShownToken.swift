import Pipelines
import Tensors

/// A column of the attention figures: one token, or all padding together.
struct ShownToken {
  let label: String
  /// Its places among the tokens of the context.
  let places: [Int]
  let kind: PromptTokens.Kind

  /// Start, the words, end and padding; of a long prompt the first words.
  static func all(of tokens: PromptTokens, limit: Int) -> [ShownToken] {
    var shown = tokens.tokens.enumerated().filter { $1.kind == .start || $1.kind == .word }.prefix(limit - 2).map {
      ShownToken(label: $1.text, places: [$0], kind: $1.kind)
    }
    let end = tokens.places(of: .end)
    if !end.isEmpty { shown.append(ShownToken(label: "end", places: end, kind: .end)) }
    let padding = tokens.places(of: .padding)
    if !padding.isEmpty {
      shown.append(ShownToken(label: "\(padding.count) × padding", places: padding, kind: .padding))
    }
    return shown
  }
}
