import Datasets
import Gradients
import Layers
import Models
import Tensors

/// `fashion-classifier`: tells the ten garments apart; judges generated pictures, of which it never sees one in training.
public final class FashionClassifier: Recipe {
  public let name = "fashion-classifier"
  public let settings: TrainingSettings
  private let model: ImageClassifier
  private let train: FashionMNIST
  private let test: FashionMNIST
  private let order: EpochOrder

  public init() throws(UserError) {
    settings = TrainingSettings(
      totalSteps: 2800, batchSize: 128, learningRate: 2e-3, warmupSteps: 100, weightDecay: 0.05)
    model = ImageClassifier(ImageClassifier.Configuration())
    train = try FashionMNIST(.train)
    test = try FashionMNIST(.test)
    order = EpochOrder(count: train.count, seed: settings.seed)
  }

  public var module: any Module { model }
  public var parts: [ModelPart] { [ModelPart(model, model.configuration.jsonObject)] }
  public var dataDescription: String {
    "A convolutional classifier of Fashion-MNIST's ten garments: all 60,000 training pictures, each mirrored half of the "
      + "time and shifted by up to two pixels."
  }

  public func loss(step: Int, _ random: inout RandomSource) throws(UserError) -> Variable {
    let indices = order.batch(step: step, size: settings.batchSize)
    let pictures = augmented(train.batch(indices).images, &random)
    return Loss.crossEntropy(
      model(Variable(pictures)).logits, labels: indices.map { train.labels[$0] }, labelSmoothing: 0.05)
  }

  /// Mirrors and shifts; the margin of the padded picture is black, as the pixels shifted in are.
  private func augmented(_ pictures: Tensor, _ random: inout RandomSource) -> Tensor {
    let (batch, side) = (pictures.shape[0], pictures.shape[2])
    let mirrored = random.integers(below: 2, count: batch)
    let shifts = random.integers(below: 25, count: batch)
    return Tensor(unsafeUninitialized: pictures.shape) { out in
      pictures.withUnsafeBufferPointer { x in
        for n in 0..<batch {
          let (dy, dx) = (shifts[n] / 5 - 2, shifts[n] % 5 - 2)
          for row in 0..<side {
            for column in 0..<side {
              let (y, shifted) = (row + dy, column + dx)
              let source = mirrored[n] == 1 ? side - 1 - shifted : shifted
              let inside = y >= 0 && y < side && source >= 0 && source < side
              out[(n * side + row) * side + column] = inside ? x[(n * side + y) * side + source] : -1
            }
          }
        }
      }
    }
  }

  public func finalMetrics() throws(UserError) -> [(name: String, value: Double)] {
    let correct = stride(from: 0, to: test.count, by: 100).reduce(0) { correct, start in
      let indices = Array(start..<(start + 100))
      let named = model(Variable(test.batch(indices).images)).logits.value.argmaxOfRows()
      return correct + zip(indices, named).count { test.labels[$0] == $1 }
    }
    return [("accuracy on the 10,000 test pictures", Double(correct) / Double(test.count))]
  }
}

extension Tensor {
  /// The position of the largest element of each row of [N, K].
  public func argmaxOfRows() -> [Int] {
    let classes = shape[1]
    return withUnsafeBufferPointer { x in
      (0..<shape[0]).map { row in
        (0..<classes).max { x[row * classes + $0] < x[row * classes + $1] } ?? 0
      }
    }
  }
}
