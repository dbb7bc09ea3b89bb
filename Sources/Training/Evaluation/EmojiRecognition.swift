import Datasets
import Gradients
import Models
import Pipelines
import Tensors

// Which emoji the model draws well: more than a share of random prompts can say, and not by the judge.

extension EmojiEvaluation {
  /// What `emoji-clip` makes of one picture of an emoji, and of a real scene with the same caption.
  public struct Recognition: Sendable, Equatable {
    public let emoji: String
    /// Whether it was one of a pair; its half of the picture was looked at.
    public let isInPair: Bool
    /// The number of names that were nearer to the picture than its own, 0 if it was recognised.
    public let rank: Int
    /// The same of the real scene.
    public let realRank: Int
  }

  /// One picture of every emoji alone, then one of every emoji that occurs in pairs, each named by `clip`.
  ///
  /// - Throws: `UserError` when the model's pictures are not of the size that `clip` was trained with.
  public func recognition(clip: ModelFolder) throws -> [Recognition] {
    let names = try EmojiNaming(clip, names: data.names)
    guard pipeline.defaultSide == names.side else {
      throw UserError(
        "pictures of \(pipeline.defaultSide)×\(pipeline.defaultSide); \(clip.path) was trained with \(names.side)×\(names.side)",
        code: .config)
    }
    var random = RandomSource(seed: settings.seed)
    let singles = data.names.indices.map { data.singleScene(of: $0, background: nil, &random) }
    let order = random.permutation(data.pairMembers.count).map { data.pairMembers[$0] }
    // Of an odd number the last one stands beside the first.
    let pairs = stride(from: 0, to: order.count, by: 2).map { i in
      data.pairScene(order[i], .leftOf, order[(i + 1) % order.count], background: nil, &random)
    }
    var rows: [Recognition] = []
    for (scenes, label) in [(singles, "each alone"), (pairs, "each in a pair")] {
      let relations = scenes.compactMap(\.relation)
      let wanted = scenes.flatMap(\.emoji)
      func ranks(_ pictures: Tensor) -> [Int] {
        names.ranks(of: wanted, in: relations.isEmpty ? pictures : PairHalves.cut(relations, from: pictures))
      }
      let generated = ranks(try pictures(of: scenes, label: label, firstSeed: settings.seed))
      let real = ranks(data.pictures(of: scenes))
      rows += wanted.indices.map { i in
        Recognition(
          emoji: data.names[wanted[i]], isInPair: !relations.isEmpty, rank: generated[i], realRank: real[i])
      }
    }
    return rows
  }
}

/// Names pictures by the nearest text, as CLIP's zero-shot classification does (Radford et al. 2021, section 3.1).
private struct EmojiNaming {
  private let model: EmojiCLIP
  /// [names, D]
  private let texts: Tensor
  /// Width and height of the pictures.
  var side: Int { model.imageTower.configuration.imageSize }

  init(_ folder: ModelFolder, names: [String]) throws(UserError) {
    model = try folder.emojiCLIP()
    let tokenizer = try CLIPTokenizer(folder: folder.path)
    texts = model.embed(inputIDs: names.map { tokenizer.encode($0).ids }).value
  }

  /// How many names are nearer to each of the pictures [N, 3, side, side] in −1…1 than the wanted one.
  func ranks(of wanted: [Int], in pictures: Tensor) -> [Int] {
    PictureRanks.of(wanted, in: pictures) { EmojiCLIP.similarities(model.embed(pictures: $0), Variable(texts)) }
  }
}
