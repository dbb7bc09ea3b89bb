import Gradients
import Layers
import Tensors

/// One step of training after another: loss, gradients, clipping, AdamW, moving average.
public final class TrainingUpdate {
  private let recipe: any Recipe
  private let optimizer: AdamW
  private let average: ExponentialMovingAverage?
  /// The weights the round began with, where it goes only a part of the way from them; else empty.
  private var roundStart: [String: Tensor] = [:]
  /// Updates done.
  public private(set) var step = 0

  /// Begins with the parameters as they are.
  public init(_ recipe: any Recipe) {
    self.recipe = recipe
    let settings = recipe.settings
    let parameters = recipe.module.namedParameters()
    optimizer = AdamW(parameters, learningRate: settings.learningRate, weightDecay: settings.weightDecay)
    average = settings.emaDecay.map { ExponentialMovingAverage(parameters, decay: $0) }
    recipe.module.requireGradients()
  }

  /// The moving averages of the parameters; the parameters themselves where no average is kept.
  package var averages: [String: Tensor] {
    average?.averages ?? weights
  }

  /// The rate of the last update.
  var learningRate: Float { optimizer.learningRate }

  /// One update; returns the loss and the norm of the gradients before clipping.
  @discardableResult
  public func run() throws(UserError) -> (loss: Double, gradientNorm: Double) {
    let settings = recipe.settings
    if settings.restarts.contains(where: { $0.step == step }) {
      endRound()
      beginRound()
      optimizer.reset()
    }
    var random = settings.random(step: step)
    let loss = try recipe.loss(step: step, &random)
    loss.backward()
    let norm = optimizer.gradientNorm
    optimizer.learningRate = settings.learningRate(step: step)
    optimizer.update(gradientScale: AdamW.clipScale(norm: norm, maximum: settings.maximumGradientNorm))
    optimizer.clearGradients()
    average?.update()
    step += 1
    return (Double(loss.value.scalar), norm)
  }

  /// What a checkpoint keeps beside the parameters.
  func state(seconds: Double) -> TrainingState {
    TrainingState(
      step: step, seconds: seconds, moments: optimizer.moments, averages: average?.averages ?? [:],
      roundStart: roundStart)
  }

  /// Goes on from a checkpoint whose parameters are in place.
  func restore(_ state: TrainingState) {
    step = state.step
    optimizer.restore(step: step - recipe.settings.round(step: step).lowerBound, moments: state.moments)
    average?.restore(updates: state.step, averages: state.averages)
    roundStart = state.roundStart
    recipe.module.requireGradients()
  }

  /// Goes on from the weights alone, at the beginning of a round.
  func begin(roundAt step: Int) {
    self.step = step
    average.map { $0.restore(updates: step, averages: $0.averages) }
  }

  /// Remembers the weights if the round that begins at `step` needs them in the end.
  private func beginRound() {
    let isSlow = recipe.settings.restart(of: step).map { $0.slowStep < 1 } ?? false
    roundStart = isSlow ? weights : [:]
  }

  /// Goes from the weights the round began with only `slowStep` of the way to those it found.
  private func endRound() {
    guard !roundStart.isEmpty, let slowStep = recipe.settings.restart(of: step - 1)?.slowStep else { return }
    let found = averages
    for (name, parameter) in recipe.module.namedParameters() {
      guard let start = roundStart[name], let end = found[name] else { continue }
      parameter.value = start + (end - start) * slowStep
    }
    average?.restore(updates: step, averages: weights)
  }

  private var weights: [String: Tensor] {
    Dictionary(uniqueKeysWithValues: recipe.module.namedParameters().map { ($0.name, $0.parameter.value) })
  }

  /// Ends training: puts the weights that are kept in place.
  func settle() {
    recipe.module.requireGradients(false)
    endRound()
    guard let average else { return }
    for (name, parameter) in recipe.module.namedParameters() {
      if let value = average.averages[name] { parameter.value = value }
    }
  }
}
