import Foundation
import Gradients
import Layers
import Models
import Tensors

/// The one training loop: batches, gradients, AdamW, averages, log, checkpoints.
public final class Trainer {
  public let recipe: any Recipe
  public let folder: TrainingFolder
  private let optimizer: AdamW
  private let average: ExponentialMovingAverage?
  private let schedule: CosineSchedule
  private(set) var step = 0
  /// Seconds of training before this process took over.
  private var earlierSeconds = 0.0
  private var log: TrainingLog

  /// How far a run is, for a progress bar.
  public struct Progress: Sendable {
    public let step: Int
    public let totalSteps: Int
    public let loss: Double
    public let secondsPerStep: Double
    public var secondsLeft: Double { Double(totalSteps - step) * secondsPerStep }
  }

  /// What ended a run.
  public enum Outcome: Equatable, Sendable {
    case finished
    /// Stopped between two steps; the checkpoint is written.
    case interrupted(step: Int)
  }

  /// Steps between two lines of the log.
  public static let logInterval = 50

  /// Starts, or with `resume` continues from the checkpoint in the folder.
  public init(_ recipe: any Recipe, folder: TrainingFolder, resume: Bool) throws(UserError) {
    self.recipe = recipe
    self.folder = folder
    let settings = recipe.settings
    var random = RandomSource(seed: settings.seed)
    recipe.module.initialize(&random)
    let parameters = recipe.module.namedParameters()
    optimizer = AdamW(parameters, learningRate: settings.learningRate, weightDecay: settings.weightDecay)
    average = settings.emaDecay.map { ExponentialMovingAverage(parameters, decay: $0) }
    schedule = CosineSchedule(
      peak: settings.learningRate, warmupSteps: settings.warmupSteps, totalSteps: settings.totalSteps)
    try folder.prepare()
    if resume {
      let state = try folder.readCheckpoint(parameters: parameters, settings: settings)
      step = state.step
      earlierSeconds = state.seconds
      optimizer.restore(step: state.step, moments: state.moments)
      if let average { average.restore(updates: state.step, averages: state.averages) }
    }
    log = try TrainingLog(path: folder.logPath, continuingAt: resume ? step : nil)
    recipe.module.requireGradients()
  }

  /// Runs until the end, or until `shouldStop` says so between two steps; writes a checkpoint every `checkpointSeconds`.
  public func run(
    checkpointSeconds: Double = 240, shouldStop: () -> Bool = { false }, progress: (Progress) -> Void = { _ in }
  ) throws(UserError) -> Outcome {
    let settings = recipe.settings
    let clock = ContinuousClock()
    let start = clock.now
    let firstStep = step
    var lastCheckpoint = start
    var window = (loss: 0.0, norm: 0.0, steps: 0)
    while step < settings.totalSteps {
      let (loss, norm) = try trainStep()
      step += 1
      window = (window.loss + loss, window.norm + norm, window.steps + 1)
      let elapsed = seconds(clock.now - start)
      guard loss.isFinite else {
        throw UserError("\(recipe.name): the loss became \(loss) at step \(step)", code: .data)
      }
      if step % Self.logInterval == 0 || step == settings.totalSteps {
        try log.append(
          step: step, images: step * settings.batchSize, seconds: earlierSeconds + elapsed,
          loss: window.loss / Double(window.steps), learningRate: optimizer.learningRate,
          gradientNorm: window.norm / Double(window.steps))
        window = (0, 0, 0)
      }
      progress(
        Progress(
          step: step, totalSteps: settings.totalSteps, loss: loss, secondsPerStep: elapsed / Double(step - firstStep)))
      let stopping = shouldStop()
      if (stopping || seconds(clock.now - lastCheckpoint) > checkpointSeconds) && step < settings.totalSteps {
        try checkpoint(seconds: earlierSeconds + elapsed)
        lastCheckpoint = clock.now
        if stopping { return .interrupted(step: step) }
      }
    }
    try finish(seconds: earlierSeconds + seconds(clock.now - start))
    return .finished
  }

  /// One update; returns the loss and the norm of the gradients before clipping.
  @discardableResult
  public func trainStep() throws(UserError) -> (loss: Double, gradientNorm: Double) {
    let settings = recipe.settings
    var random = settings.random(step: step)
    let loss = try recipe.loss(step: step, &random)
    loss.backward()
    let norm = optimizer.gradientNorm
    optimizer.learningRate = schedule.learningRate(step: step)
    optimizer.update(gradientScale: AdamW.clipScale(norm: norm, maximum: settings.maximumGradientNorm))
    optimizer.clearGradients()
    average?.update()
    return (Double(loss.value.scalar), norm)
  }

  private func checkpoint(seconds: Double) throws(UserError) {
    try folder.writeCheckpoint(
      TrainingState(
        step: step, seconds: seconds, moments: optimizer.moments, averages: average?.averages ?? [:]),
      parameters: recipe.module.namedParameters(), settings: recipe.settings)
  }

  /// Puts the weights that ship in place and writes model, card and metrics.
  private func finish(seconds: Double) throws(UserError) {
    recipe.module.requireGradients(false)
    if let average {
      for (name, parameter) in recipe.module.namedParameters() {
        if let value = average.averages[name] { parameter.value = value }
      }
    }
    try folder.writeModel(recipe)
    let metrics = try recipe.finalMetrics()
    let finalLoss = try log.meanLoss(lastSteps: 1000)
    try ModelCard.write(recipe: recipe, folder: folder, seconds: seconds, finalLoss: finalLoss, metrics: metrics)
    folder.removeCheckpoint()
  }
}

/// A duration in seconds.
func seconds(_ duration: Duration) -> Double {
  Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
}
