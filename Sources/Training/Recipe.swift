import Gradients
import Layers
import Models
import Tensors

/// How one model is trained: everything the loop needs to know about it.
public protocol Recipe: AnyObject {
  /// The name in `diffuse train NAME`, also of the folder the model ships in.
  var name: String { get }
  /// Everything that is trained, under its checkpoint names.
  var module: any Module { get }
  var settings: TrainingSettings { get }
  /// What is kept of it in the end: one model, or several in folders of their own.
  var parts: [ModelPart] { get }
  /// Writes what belongs beside the weights, for example a scheduler's configuration or a tokenizer.
  func writeCompanions(to folder: String) throws(UserError)
  /// Puts other models' weights where training starts from them; called once, after the random start.
  func prepare() throws(UserError)
  /// What the model learned from, for the card.
  var dataDescription: String { get }
  /// The loss of one batch, drawn with `random`.
  func loss(step: Int, _ random: inout RandomSource) throws(UserError) -> Variable
  /// Measured once at the end, on data the training did not see: name and value, for the card.
  func finalMetrics() throws(UserError) -> [(name: String, value: Double)]
}

/// A model as it ships: `config.json` and weights in a folder of its own, or in the recipe's (an empty `folder`).
public struct ModelPart {
  public let folder: String
  public let module: any Module
  public let configuration: [String: Any]
  public let weightsName: String

  public init(
    _ module: any Module, _ configuration: [String: Any], in folder: String = "",
    weightsName: String = "diffusion_pytorch_model.safetensors"
  ) {
    self.folder = folder
    self.module = module
    self.configuration = configuration
    self.weightsName = weightsName
  }

  /// The part's folder inside that of the recipe.
  func path(in folder: String) -> String { self.folder.isEmpty ? folder : "\(folder)/\(self.folder)" }
}

extension Recipe {
  public func prepare() throws(UserError) {}
  public func writeCompanions(to folder: String) throws(UserError) {}
  public func finalMetrics() throws(UserError) -> [(name: String, value: Double)] { [] }
}

/// The numbers of a training run.
public struct TrainingSettings: Sendable, Equatable {
  /// The beginning of a round but the first.
  public struct Restart: Sendable, Equatable, ExpressibleByIntegerLiteral {
    /// The first step of the round.
    public let step: Int
    /// The highest learning rate of the round; nil for `learningRate`, that of the first.
    public let peak: Float?
    /// How far the round goes from the weights it began with towards those it found; 1 for all the way.
    ///
    /// Half the way is often better than either end: the average of two ends lies deeper in the valley (the slow weights of
    /// Lookahead: Zhang et al. 2019; averages of the ends of rounds: Izmailov et al. 2018).
    public let slowStep: Float

    public init(_ step: Int, peak: Float? = nil, slowStep: Float = 1) {
      (self.step, self.peak, self.slowStep) = (step, peak, slowStep)
    }

    public init(integerLiteral step: Int) { self.init(step) }
  }

  public var seed: UInt64 = 0
  public var totalSteps: Int
  public var batchSize: Int
  public var learningRate: Float
  public var warmupSteps: Int
  /// Where the learning rate starts anew with its warm-up, ascending (SGDR: Loshchilov & Hutter 2017). The optimiser
  /// starts anew, too: a round needs nothing of the one before but its weights.
  public var restarts: [Restart] = []
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

  /// The learning rate of a step, 0 ..< totalSteps: warm-up and half a cosine to 0, as often as there are starts.
  public func learningRate(step: Int) -> Float {
    let round = round(step: step)
    let peak = restart(of: step)?.peak ?? learningRate
    let schedule = CosineSchedule(peak: peak, warmupSteps: warmupSteps, totalSteps: round.count)
    return schedule.learningRate(step: step - round.lowerBound)
  }

  /// The beginning of the round that a step is in; nil in the first.
  func restart(of step: Int) -> Restart? { restarts.last { $0.step <= step } }

  /// The steps of the round that a step is in.
  public func round(step: Int) -> Range<Int> {
    (restart(of: step)?.step ?? 0)..<(restarts.first { $0.step > step }?.step ?? totalSteps)
  }

  /// The random numbers before those of the first step: what is measured with them saw no step's draws.
  ///
  /// A seed far above those of the steps would not do: only its low 32 bits count.
  public var measuringRandom: RandomSource { RandomSource(seed: (seed &* 1_000_003) & 0xffff_ffff) }

  /// The random numbers of one step depend on the seed and the step alone, so that a resumed run continues with the same bits.
  public func random(step: Int) -> RandomSource {
    RandomSource(seed: (seed &* 1_000_003 &+ UInt64(step) &+ 1) & 0xffff_ffff)
  }
}
