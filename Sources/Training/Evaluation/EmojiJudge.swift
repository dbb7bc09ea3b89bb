import Datasets
import Gradients
import Models
import Tensors

/// Asks the classifier what a picture shows.
public struct EmojiJudge {
  /// Shares of right answers.
  struct Score {
    private(set) var count = 0
    private var first = 0
    private var firstFive = 0

    var top1: Double { Double(first) / Double(max(count, 1)) }
    var top5: Double { Double(firstFive) / Double(max(count, 1)) }

    /// Adds the ranks of wanted classes, 0 the best.
    mutating func add(_ ranks: [Int]) {
      count += ranks.count
      first += ranks.count { $0 == 0 }
      firstFive += ranks.count { $0 < 5 }
    }
  }

  fileprivate let classifier: ImageClassifier

  public init(_ classifier: ImageClassifier) { self.classifier = classifier }

  /// The rank of each picture's wanted class among all classes, 0 the most likely; pictures [N, 3, 64, 64] in −1…1.
  public func ranks(of wanted: [Int], in pictures: Tensor) -> [Int] {
    PictureRanks.of(wanted, in: pictures) { classifier($0).logits }
  }
}

/// At which place each picture's wanted class comes among all, in batches.
enum PictureRanks {
  /// How many classes score higher than the wanted one, for each of the pictures [N, 3, H, W]; `scores` gives [n, classes] for n.
  static func of(_ wanted: [Int], in pictures: Tensor, scores: (Variable) -> Variable) -> [Int] {
    precondition(wanted.count == pictures.shape[0], "\(wanted.count) classes for \(pictures.shape)")
    var ranks: [Int] = []
    for start in stride(from: 0, to: wanted.count, by: 50) {
      let range = start..<min(start + 50, wanted.count)
      let scored = scores(Variable(pictures.sliced(range))).value
      let classes = scored.shape[1]
      scored.withUnsafeBufferPointer { x in
        for (row, label) in wanted[range].enumerated() {
          let own = x[row * classes + label]
          ranks.append((0..<classes).count { x[row * classes + $0] > own })
        }
      }
    }
    return ranks
  }
}

extension EmojiJudge {
  /// What the classifier makes of pictures [N, 3, 64, 64] in −1…1 before it names them, [N, D].
  public func features(of pictures: Tensor) -> Tensor {
    Tensor.concatenated(
      stride(from: 0, to: pictures.shape[0], by: 50).map { start in
        classifier(Variable(pictures.sliced(start..<min(start + 50, pictures.shape[0])))).features.value
      })
  }
}

/// The two halves of a pair's picture, each cut out as a square of half the side and enlarged twice.
package enum PairHalves {
  /// [2 N, 3, side, side] from [N, 3, side, side]: of every picture first the half of its first emoji, then of its second.
  package static func cut(_ relations: [EmojiRelation], from pictures: Tensor) -> Tensor {
    let half = pictures.shape[2] / 2
    let middle = half / 2..<half / 2 + half
    let squares = relations.enumerated().flatMap { n, relation -> [Tensor] in
      let picture = pictures.sliced(n..<n + 1)
      let near = (relation == .leftOf || relation == .above) ? 0 : half
      return [near, half - near].map { start in
        let (rows, columns) = relation.isHorizontal ? (middle, start..<start + half) : (start..<start + half, middle)
        return picture.sliced(rows, along: 2).sliced(columns, along: 3)
      }
    }
    return Tensor.concatenated(squares).upsampledNearest2x()
  }
}
