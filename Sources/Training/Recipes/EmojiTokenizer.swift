import Datasets
import Models
import Tensors

extension CLIPTokenizer {
  /// The tokenizer of the emoji models, learned from 20,000 captions of the whole world; the same every time.
  ///
  /// With 1,024 merges the words that occur often are single tokens and rare ones a few pieces; a context of 20 ids holds all
  /// captions, which are cut nowhere.
  public static func emoji(_ emoji: CaptionedEmoji) -> CLIPTokenizer {
    var random = RandomSource(seed: 0)
    let captions = (0..<20_000).map { _ in emoji.scene(.train, &random).caption }
    return BytePairTraining(emoji.names + captions).tokenizer(mergeCount: 1024, contextLength: 20)
  }
}
