import Foundation
import Gradients
import Layers
import Models
import Tensors

/// How one model is trained: everything the loop needs to know about it.
public protocol Recipe: AnyObject {
  /// The name in `diffuse train NAME`, also of the folder the model ships in.
  var name: String { get }
  /// The network under its checkpoint names.
  var module: any Module { get }
  var settings: TrainingSettings { get }
  /// The configuration written to `config.json`.
  var configuration: [String: Any] { get }
  /// Files beside the weights, name to content, for example a scheduler's configuration.
  func companions() throws(UserError) -> [String: Data]
  /// What the model learned from, for the card.
  var dataDescription: String { get }
  /// The loss of one batch, drawn with `random`.
  func loss(step: Int, _ random: inout RandomSource) throws(UserError) -> Variable
  /// Measured once at the end, on data the training did not see: name and value, for the card.
  func finalMetrics() throws(UserError) -> [(name: String, value: Double)]
}

extension Recipe {
  public func companions() throws(UserError) -> [String: Data] { [:] }
  public func finalMetrics() throws(UserError) -> [(name: String, value: Double)] { [] }
}

/// The numbers of a training run.
public struct TrainingSettings: Sendable, Equatable {
  public var seed: UInt64 = 0
  public var totalSteps: Int
  public var batchSize: Int
  public var learningRate: Float
  public var warmupSteps: Int
  public var weightDecay: Float
  /// Gradients longer than this are shortened to it.
  public var maximumGradientNorm: Double
  /// nil: the last weights are kept; else the moving average.
  public var emaDecay: Float?

  public init(
    totalSteps: Int, batchSize: Int, learningRate: Float, warmupSteps: Int, weightDecay: Float = 0.01,
    maximumGradientNorm: Double = 1, emaDecay: Float? = nil
  ) {
    self.totalSteps = totalSteps
    self.batchSize = batchSize
    self.learningRate = learningRate
    self.warmupSteps = warmupSteps
    self.weightDecay = weightDecay
    self.maximumGradientNorm = maximumGradientNorm
    self.emaDecay = emaDecay
  }

  /// The random numbers of one step depend on the seed and the step alone, so that a resumed run continues with the same bits.
  public func random(step: Int) -> RandomSource {
    RandomSource(seed: (seed &* 1_000_003 &+ UInt64(step) &+ 1) & 0xffff_ffff)
  }
}
