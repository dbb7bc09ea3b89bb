import Foundation
import Models
import Tensors
import TestSupport
import Testing

/// Ids that transformers gave, made by Tests/Goldens/tokenizer/make_tokenizer.py.
private struct TokenizerGolden {
  let context: Int
  let cases: [(text: String, ids: [Int])]

  init(_ name: String) throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: Goldens.path("tokenizer/\(name).json")))
    let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    context = try #require(object["context"] as? Int)
    cases = try #require(object["cases"] as? [[Any]]).map {
      (try #require($0.first as? String), try #require($0.last as? [Int]))
    }
  }

  func check(_ tokenizer: CLIPTokenizer) {
    #expect(tokenizer.contextLength == context && cases.count == 1000)
    var wrong = 0
    for (text, ids) in cases {
      let padded = ids + Array(repeating: tokenizer.paddingID, count: context - ids.count)
      let (ours, dropped) = tokenizer.encode(text)
      // The scalars are printed, since odd strings look alike.
      if ours != padded, wrong < 5 { Issue.record("\(text.unicodeScalars.map(\.value)): \(ours), expected \(padded)") }
      if ours != padded { wrong += 1 }
      #expect((dropped != nil) == (tokenizer.tokens(of: text).count > context - 2), "\(text)")
    }
    #expect(wrong == 0)
  }
}

struct CLIPTokenizerTests {
  private let folder = Goldens.path("tokenizer/emoji")

  @Test func ourVocabularyGivesTheIdsOfTransformers() throws {
    try TokenizerGolden("emoji").check(CLIPTokenizer(folder: folder))
  }

  private static let original = ProcessInfo.processInfo.environment["DIFFUSE_CLIP_TOKENIZER"]

  @Test(
    .enabled(
      if: original != nil,
      "CLIP's own vocabulary is not part of this package; Tests/Goldens/tokenizer/make_original.py says how to get it"))
  func theOriginalVocabularyGivesTheIdsOfTransformers() throws {
    let tokenizer = try CLIPTokenizer(folder: try #require(Self.original))
    #expect(tokenizer.vocabularyCount == 49_408 && tokenizer.startID == 49_406 && tokenizer.endID == 49_407)
    try TokenizerGolden("original").check(tokenizer)
  }

  @Test func writtenFilesReadBackAlike() throws {
    let tokenizer = try CLIPTokenizer(folder: folder)
    try withTemporaryFolder { root in
      try tokenizer.write(to: root + "/tokenizer")
      // Both a tokenizer's folder and that of a pipeline are taken.
      for place in [root, root + "/tokenizer"] {
        let again = try CLIPTokenizer(folder: place)
        #expect(again.vocabularyCount == tokenizer.vocabularyCount && again.contextLength == tokenizer.contextLength)
        for text in ["red heart left of pizza", "naïve “quotes” \\ \"x\"", "🍕"] {
          #expect(again.encode(text).ids == tokenizer.encode(text).ids)
        }
      }
      for name in ["vocab.json", "merges.txt", "tokenizer_config.json", "special_tokens_map.json"] {
        #expect(try bytes(ofFile: "\(root)/tokenizer/\(name)") == bytes(ofFile: "\(folder)/\(name)"), "\(name)")
      }
    }
  }

  @Test func whatIsCutOffIsNamed() throws {
    let tokenizer = try CLIPTokenizer(folder: folder)
    let end = "background and then some more words that nobody will ever read, café!"
    // In the first text the cut falls between two words; in the second, a token shorter, within "words", which is named whole.
    for (text, isWithinWord) in [
      ("red heart left of pizza on a blue " + end, false), ("red heart left of pizza on blue " + end, true),
    ] {
      let (ids, dropped) = tokenizer.encode(text)
      #expect(ids.count == tokenizer.contextLength && ids.last == tokenizer.endID)
      #expect(dropped == "words that nobody will ever read , café !")
      let kept = text.prefix(while: { $0 != "," }).components(separatedBy: " words")[0]
      let decoded = tokenizer.decode(ids)
      #expect(decoded.hasPrefix(kept) && (decoded != kept) == isWithinWord, "\(decoded)")
    }
    #expect(tokenizer.encode("red heart").dropped == nil)
    let huge = tokenizer.encode(String(repeating: "pizza ", count: 10_000 / 6))
    #expect(huge.ids.count == tokenizer.contextLength && huge.dropped?.hasPrefix("pizza pizza") == true)
  }

  @Test func tokensShowPiecesAndText() throws {
    let tokenizer = try CLIPTokenizer(folder: folder)
    let tokens = tokenizer.tokens(of: "Red  HEART é")
    #expect(tokens.map(\.piece).suffix(2) == ["Ã", "©</w>"])
    #expect(tokens.prefix(2).map(\.piece) == ["red</w>", "heart</w>"])
    #expect(tokens.prefix(2).map(\.text) == ["red", "heart"] && tokens[0].endsWord && !tokens[2].endsWord)
    #expect(tokenizer.decode(tokens.map(\.id)) == "red heart é")
  }

  @Test func trainingMergesTheMostFrequentPairFirst() throws {
    // The example of Sennrich, Haddow and Birch, with the end of a word attached to its last letter.
    let texts = [("low", 5), ("lower", 2), ("newest", 6), ("widest", 3)].flatMap { Array(repeating: $0, count: $1) }
    let tokenizer = BytePairTraining(texts).tokenizer(mergeCount: 5, contextLength: 8)
    // "es" and "st" are equally frequent, as are "lo" and "ow" once "est" is whole: the alphabet decides.
    #expect(tokenizer.merges.map { $0.left + "+" + $0.right } == ["e+s", "es+t</w>", "l+o", "e+w", "ew+est</w>"])
    #expect(tokenizer.vocabularyCount == 512 + 5 + 2 && tokenizer.startID == 517)
    #expect(tokenizer.tokens(of: "lowest").map(\.piece) == ["lo", "w", "est</w>"])
    let whole = BytePairTraining(["ab ab"]).tokenizer(mergeCount: 100, contextLength: 8)
    #expect(whole.merges.count == 1)
  }

  @Test func aTokenizerFileAloneIsRead() throws {
    let tokenizer = try CLIPTokenizer(folder: folder)
    let data = try Data(contentsOf: URL(fileURLWithPath: folder + "/vocab.json"))
    let vocabulary = try JSONSerialization.jsonObject(with: data)
    for asPairs in [true, false] {
      let merges: [Any] = tokenizer.merges.map { asPairs ? [$0.left, $0.right] as Any : "\($0.left) \($0.right)" }
      let model: [String: Any] = ["vocab": vocabulary, "merges": merges, "end_of_word_suffix": "</w>"]
      try withTemporaryFolder { root in
        let json = try JSONSerialization.data(withJSONObject: ["model": model])
        try json.write(to: URL(fileURLWithPath: root + "/tokenizer.json"))
        let read = try CLIPTokenizer(folder: root)
        #expect(read.contextLength == 77)
        #expect(read.tokens(of: "red heart, café") == tokenizer.tokens(of: "red heart, café"))
      }
    }
  }

  struct Damage: Sendable, CustomTestStringConvertible {
    let file: String
    let content: String?
    let says: String
    var testDescription: String { says }
  }

  @Test(arguments: [
    Damage(file: "vocab.json", content: "{", says: "vocab.json is not a JSON object"),
    Damage(file: "vocab.json", content: "{}", says: "holds no tokens"),
    Damage(file: "vocab.json", content: #"{"a": -1}"#, says: "the id of 'a' is -1"),
    Damage(file: "vocab.json", content: #"{"a": 0.5}"#, says: "the id of 'a' is 0.5"),
    Damage(file: "vocab.json", content: #"{"a": 7, "b": 7}"#, says: "the id 7 of '"),
    Damage(file: "vocab.json", content: #"{"a": 7}"#, says: "has no token '<|startoftext|>'"),
    Damage(file: "merges.txt", content: nil, says: "merges.txt is missing"),
    Damage(file: "merges.txt", content: "#version: 0.2\na b\na b c\n", says: "merges.txt:3: 'a b c' is not two pieces"),
    Damage(file: "merges.txt", content: "q q\n", says: "the merge 'q q' makes a token"),
    Damage(file: "tokenizer_config.json", content: #"{"model_max_length": 2}"#, says: "is no whole number in 3…4096"),
    Damage(file: "tokenizer_config.json", content: #"{"model_max_length": 20.5}"#, says: "model_max_length 20.5"),
    Damage(file: "tokenizer_config.json", content: #"{"pad_token": "<pad>"}"#, says: "the padding token '<pad>'"),
  ])
  func damagedFilesAreRefused(_ damage: Damage) throws {
    try withTemporaryFolder { root in
      for name in try names(inFolder: folder) {
        try FileManager.default.copyItem(atPath: "\(folder)/\(name)", toPath: "\(root)/\(name)")
      }
      try FileManager.default.removeItem(atPath: "\(root)/\(damage.file)")
      if let content = damage.content {
        try Data(content.utf8).write(to: URL(fileURLWithPath: "\(root)/\(damage.file)"))
      }
      let error = try #require(throws: UserError.self) { try CLIPTokenizer(folder: root) }
      #expect(error.sentence.contains(damage.says), "\(error.sentence)")
    }
  }

  @Test func aFolderWithoutTokenizerIsNamed() throws {
    let error = try #require(throws: UserError.self) { try CLIPTokenizer(folder: "/nowhere") }
    #expect(error.sentence.contains("/nowhere has no tokenizer") && error.code == .noInput)
  }
}
