import Drawing
import Foundation
import Gradients
import Models
import Tensors

/// `emoji-clip`, opened for a stage: tokenizer, text tower, image tower, the hash of its weights.
struct ContrastiveModel {
  static let name = "emoji-clip"

  let folder: ModelFolder
  let model: EmojiCLIP
  let tokenizer: CLIPTokenizer
  let hash: String

  init(_ home: Home) throws(UserError) {
    folder = ModelFolder(try home.model(Self.name))
    model = try folder.emojiCLIP()
    tokenizer = try CLIPTokenizer(folder: folder.path)
    hash = try folder.weightsHash()
  }

  /// The declaration of a stage's prompt.
  static func promptParameter(_ prompt: String = "red heart left of pizza") -> StageParameter {
    .text("prompt", default: prompt, help: "the text; what does not fit the context is cut")
  }

  /// 1/τ, which the similarities are multiplied by.
  var scale: Double { exp(Double(min(max(model.logScale.variable.value.scalar, 0), 4.6051702))) }

  /// Embeddings of texts, [N, D] of length 1.
  func embed(_ texts: [String]) -> Tensor {
    model.embed(inputIDs: texts.map { tokenizer.encode($0).ids }).value
  }

  /// Embeddings of pictures [N, 3, 64, 64] in −1…1, [N, D] of length 1.
  func embed(pictures: Tensor) -> Tensor { model.embed(pictures: Variable(pictures)).value }

  /// Cosines of N pictures and M texts, [N, M].
  func similarities(_ pictures: Tensor, _ texts: [String]) -> Tensor {
    EmojiCLIP.similarities(Variable(embed(pictures: pictures)), Variable(embed(texts))).value
  }

  func provenance(seed: UInt64? = nil) -> Provenance {
    Provenance(command: "", seed: seed, model: Self.name, modelHash: hash)
  }
}

/// A prompt as the text tower reads it.
struct TokenizedPrompt {
  let text: String
  /// Start, tokens, end, padding.
  let ids: [Int]
  /// As the reader should see each: "‹start›", "red", "‹end›", and "ro·" for a piece that the word goes on after.
  let names: [String]
  /// Places up to and with the end token; what follows is padding.
  let length: Int
  /// Words that were cut off, nil when none were.
  let dropped: String?

  init(_ text: String, _ tokenizer: CLIPTokenizer) {
    self.text = text
    (ids, dropped) = tokenizer.encode(text)
    let inside = tokenizer.tokens(of: text).prefix(tokenizer.contextLength - 2)
    names =
      ["‹start›"] + inside.map { Self.name($0) } + ["‹end›"]
      + Array(repeating: "‹pad›", count: tokenizer.contextLength - 2 - inside.count)
    length = inside.count + 2
  }

  /// A token for the reader: its text, with a dot where the word goes on.
  static func name(_ token: CLIPTokenizer.Token) -> String { token.text + (token.endsWord ? "" : "·") }
}
