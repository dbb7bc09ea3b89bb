import ArgumentParser
import Foundation
import LessonRunner
import Models
import Tensors

/// `diffuse tokenize --model emoji-ldm "red heart"`: how a text becomes ids.
struct TokenizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenize", abstract: "Prints the tokens of a text.",
    discussion: """
      Example:

        diffuse tokenize --model emoji-ldm "red heart left of pizza"
        diffuse tokenize --model path/to/stable-diffusion "a photo of a cat" --json

      Tokens are shown as the vocabulary has them: </w> ends a word, and each byte that is no visible character has a \
      stand-in (Ġ is a space). JSON holds input_ids (padded to the model's context), tokens and dropped, the words beyond \
      the context.
      """)

  @Option(help: ArgumentHelp("The model whose tokenizer is used: a folder or a name.", valueName: "dir|name"))
  var model: String

  @Argument(help: "The text.")
  var text: String

  @Flag(help: "Print JSON.")
  var json = false

  @OptionGroup var home: HomeOptions

  func run() throws {
    let tokenizer = try CLIPTokenizer(folder: try home.find().model(model))
    let (ids, dropped) = tokenizer.encode(text)
    if let dropped {
      Console.complain(
        "the text is longer than the model's \(tokenizer.contextLength) tokens; these words are dropped: \(dropped)")
    }
    try Console.write(json ? try listing(tokenizer, ids, dropped) : table(tokenizer, ids))
  }

  private func listing(_ tokenizer: CLIPTokenizer, _ ids: [Int], _ dropped: String?) throws -> String {
    struct Listing: Encodable {
      var inputIds: [Int]
      var tokens: [String]
      var dropped: String?
    }
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let listing = Listing(inputIds: ids, tokens: ids.map(tokenizer.piece), dropped: dropped)
    return String(decoding: try encoder.encode(listing), as: UTF8.self) + "\n"
  }

  private func table(_ tokenizer: CLIPTokenizer, _ ids: [Int]) -> String {
    func line(_ position: String, _ id: String, _ piece: String) -> String {
      func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
      }
      return "\(right(position, 8))  \(right(id, 6))  \(piece)\n"
    }
    let used = min(ids.count, tokenizer.tokens(of: text).count + 2)
    let rows = ids.prefix(used).enumerated().map { line("\($0)", "\($1)", tokenizer.piece($1)) }
    let rest = ids.count - used
    let padding =
      rest == 0 ? "" : "and \(rest) times the padding \(tokenizer.paddingID), to the context of \(ids.count)\n"
    return line("position", "id", "token") + rows.joined() + padding
  }
}
