import Foundation
import Testing

@Suite("diffuse tokenize")
struct TokenizeCommandTests {
  private let model = Diffuse.checkout + "/Tests/Goldens/tokenizer/emoji"

  @Test func jsonHoldsPaddedIdsAndTokens() throws {
    let outcome = try Diffuse.run(["tokenize", "--model", model, "red heart, café", "--json"])
    #expect(outcome.code == 0 && outcome.error.isEmpty, "\(outcome.error)")
    let json = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    let ids = try #require(json["input_ids"] as? [Int])
    #expect(ids.count == 20 && ids.first == 1536 && ids.suffix(10).allSatisfy { $0 == 1537 })
    let tokens = try #require(json["tokens"] as? [String])
    #expect(tokens.prefix(4) == ["<|startoftext|>", "red</w>", "heart</w>", ",</w>"] && tokens.count == 20)
    #expect(json["dropped"] == nil)
  }

  @Test func theTableEndsWithThePadding() throws {
    let outcome = try Diffuse.run(["tokenize", "--model", model, ""])
    #expect(outcome.code == 0 && outcome.error.isEmpty)
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.count == 4 && lines[1].hasSuffix("1536  <|startoftext|>"))
    #expect(lines[3] == "and 18 times the padding 1537, to the context of 20")
  }

  @Test func droppedWordsAreNamedOnStandardError() throws {
    let outcome = try Diffuse.run(["tokenize", "--model", model, String(repeating: "pizza ", count: 1700)])
    #expect(outcome.code == 0)
    #expect(
      outcome.error.hasPrefix("the text is longer than the model's 20 tokens; these words are dropped: pizza pizza"))
    #expect(outcome.error.components(separatedBy: "pizza").count - 1 == 1700 - 18)
  }

  @Test(arguments: [
    (["--model", "/", "x"], 66, "/ has no tokenizer"), (["--model", "no-such-model", "x"], 66, "no-such-model"),
    (["x"], 64, "--model"),
  ])
  func mistakesAreToldInASentence(_ arguments: [String], _ code: Int32, _ says: String) throws {
    let outcome = try Diffuse.run(["tokenize"] + arguments)
    #expect(outcome.code == code && outcome.error.contains(says) && outcome.output.isEmpty, "\(outcome.error)")
  }
}
