import Datasets
import Diffusion
import Foundation
import Gradients
import Models
import Pipelines
import Tensors

/// `diffuse evaluate fashion-ddpm`: how good the generated garments are, in numbers.
///
/// Everything is measured at one setting (steps, guidance): whether the classifier names the wanted class, the Fréchet
/// distance to the test pictures in its feature space, the diversity within a class, and the distance to the nearest
/// training picture.
public struct FashionEvaluation {
  /// Guidance 1.2 is where `fashion-ddpm` is best; from about 1.5 on its pictures get artefacts.
  public static let standard = EvaluationSettings(sampleCount: 5000, guidanceScale: 1.2)

  /// The wanted class is checked on at most this many of the samples.
  public static let namedCount = 2000

  public let settings: EvaluationSettings
  let pipeline: ClassToImagePipeline
  let judge: ImageClassifier
  let train: FashionMNIST
  let test: FashionMNIST
  let progress: (String, Int, Int) -> Void

  /// `progress` is told what is being done, how much of it is done and how much there is.
  public init(
    _ settings: EvaluationSettings, model: ModelFolder, judge: ModelFolder,
    progress: @escaping (String, Int, Int) -> Void
  ) throws(UserError) {
    self.settings = settings
    pipeline = try ClassToImagePipeline(folder: model)
    self.judge = try judge.imageClassifier()
    train = try FashionMNIST(.train)
    test = try FashionMNIST(.test)
    self.progress = progress
  }

  /// `count` samples whose classes are 0, 1, …, 9, 0, …; in batches of 50 with seeds of their own.
  func samples(
    _ count: Int, sampler: SamplerKind = .ddim, steps: Int, guidanceScale: Float, label: String = "sampling"
  ) throws -> (pictures: Tensor, labels: [Int]) {
    var parts: [Tensor] = []
    let labels = (0..<count).map { $0 % 10 }
    for start in stride(from: 0, to: count, by: 50) {
      let end = min(start + 50, count)
      parts.append(
        try pipeline.generate(
          labels: Array(labels[start..<end]), sampler: sampler, numInferenceSteps: steps, guidanceScale: guidanceScale,
          seed: settings.seed &+ UInt64(start / 50)
        ).clamped(to: -1...1))
      progress(label, end, count)
    }
    return (Tensor.concatenated(parts), labels)
  }

  /// Features and named classes of pictures [N, 1, 32, 32].
  func judged(_ pictures: Tensor) -> (features: Tensor, classes: [Int]) {
    var (features, classes) = ([Tensor](), [Int]())
    for start in stride(from: 0, to: pictures.shape[0], by: 100) {
      let result = judge(Variable(pictures.sliced(start..<min(start + 100, pictures.shape[0]))))
      features.append(result.features.value)
      classes += result.logits.value.argmaxOfRows()
    }
    return (Tensor.concatenated(features), classes)
  }

  /// All metrics, and the distance of every sample to its nearest training picture.
  public func run() throws -> [EvaluationMetric] {
    let settings = self.settings
    let generated = try samples(
      settings.sampleCount, steps: settings.numInferenceSteps, guidanceScale: settings.guidanceScale)
    let (features, classes) = judged(generated.pictures)
    let testPictures = test.batch(Array(0..<test.count)).images
    let (testFeatures, testClasses) = judged(testPictures)
    var random = RandomSource(seed: settings.seed)
    let trainIndices = Array(random.permutation(train.count).prefix(settings.sampleCount))
    let trainFeatures = judged(train.batch(trainIndices).images).features
    let testStatistics = FeatureStatistics(testFeatures)
    let named = zip(classes, generated.labels).prefix(Self.namedCount).count { $0 == $1 }
    let namedReal = zip(testClasses, test.labels).count { $0 == $1 }
    progress("nearest neighbours", 0, 1)
    let nearest = nearestDistances(generated.pictures)
    let nearestReal = nearestDistances(testPictures)
    let featureNearest = nearestFeatureDistances(features, testFeatures)
    return [
      EvaluationMetric(
        name: "wanted class named", generated: Double(named) / Double(min(Self.namedCount, settings.sampleCount)),
        real: Double(namedReal) / Double(test.count),
        meaning: "share of the first \(Self.namedCount) samples; real: the 10,000 test pictures"),
      EvaluationMetric(
        name: "Fréchet distance", generated: frechetDistance(FeatureStatistics(features), testStatistics),
        real: frechetDistance(FeatureStatistics(trainFeatures), testStatistics),
        meaning: "to the test pictures; real: \(settings.sampleCount) training pictures"),
      EvaluationMetric(
        name: "diversity", generated: diversity(features, generated.labels), real: diversity(testFeatures, test.labels),
        meaning: "mean distance of two samples' features, within a class; real: test pictures"),
      EvaluationMetric(
        name: "nearest training picture", generated: median(nearest), real: median(nearestReal),
        meaning: "median distance over pixels in 0…1, √(mean square); real: test pictures"),
      EvaluationMetric(
        name: "nearest training features", generated: median(featureNearest.generated),
        real: median(featureNearest.real),
        meaning: "median distance in feature space to 20,000 training pictures; real: test pictures"),
    ]
  }

  // MARK: Distances

  /// Mean distance between the features of two different pictures of one class, averaged over the classes.
  func diversity(_ features: Tensor, _ labels: [Int]) -> Double {
    let perClass = (0..<10).compactMap { label in
      let rows = labels.indices.filter { labels[$0] == label }.prefix(500)
      return rows.count < 2 ? nil : meanPairwiseDistance(features, rows: Array(rows))
    }
    return perClass.reduce(0, +) / Double(max(perClass.count, 1))
  }

  /// √(mean squared difference) over the 28×28 pixels in 0…1 to the nearest of all training pictures, for each sample.
  func nearestDistances(_ pictures: Tensor) -> [Double] {
    let side = FashionMNIST.side
    var best = [Float](repeating: .infinity, count: pictures.shape[0])
    let flat = pictures.reshaped([-1, side * side])
    for start in stride(from: 0, to: train.count, by: 5000) {
      let block = train.batch(Array(start..<(start + 5000))).images.reshaped([-1, side * side])
      lowerNearest(&best, flat, block)
    }
    // The margin is −1 in both; differences in −1…1 are twice those in 0…1.
    return best.map {
      (Double(max($0, 0)) / 4 / Double(FashionMNIST.storedSide * FashionMNIST.storedSide)).squareRoot()
    }
  }

  private func nearestFeatureDistances(_ features: Tensor, _ real: Tensor) -> (generated: [Double], real: [Double]) {
    let block = judged(train.batch(Array(0..<20_000)).images).features
    func nearest(_ rows: Tensor) -> [Double] {
      var best = [Float](repeating: .infinity, count: rows.shape[0])
      lowerNearest(&best, rows, block)
      return best.map { Double(max($0, 0)).squareRoot() }
    }
    return (nearest(features), nearest(real))
  }

  /// best[i] = min(best[i], minⱼ ‖xᵢ − yⱼ‖²), from ‖x‖² − 2 x·y + ‖y‖².
  private func lowerNearest(_ best: inout [Float], _ x: Tensor, _ y: Tensor) {
    let squares = { (t: Tensor) in (t * t).sum(along: 1).scalars }
    let (xx, yy) = (squares(x), squares(y))
    for start in stride(from: 0, to: x.shape[0], by: 500) {
      let end = min(start + 500, x.shape[0])
      x.sliced(start..<end).matmul(y, transposeB: true).withUnsafeBufferPointer { dot in
        for i in start..<end {
          let row = (i - start) * yy.count
          for j in yy.indices { best[i] = min(best[i], xx[i] - 2 * dot[row + j] + yy[j]) }
        }
      }
    }
  }
}

/// The middle of the sorted values.
func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  guard let middle = sorted.isEmpty ? nil : sorted[sorted.count / 2] else { return .nan }
  return sorted.count % 2 == 1 ? middle : (middle + sorted[sorted.count / 2 - 1]) / 2
}
