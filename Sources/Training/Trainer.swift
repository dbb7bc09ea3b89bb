import Foundation
import Gradients
import Layers
import Models
import Tensors

/// The one training loop: batches, gradients, AdamW, averages, log, checkpoints.
public final class Trainer {
  public let recipe: any Recipe
  public let folder: TrainingFolder
  private let update: TrainingUpdate
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

  /// Where a run begins.
  public enum Start: Sendable {
    case fromNothing
    /// At the checkpoint in the folder.
    case atCheckpoint
    /// With the round of `TrainingSettings.restarts` that begins where another folder's log ends, from the model there.
    case atRound(after: TrainingFolder)
  }

  /// Gets everything ready; nothing is trained yet.
  public init(_ recipe: any Recipe, folder: TrainingFolder, start: Start = .fromNothing) throws(UserError) {
    self.recipe = recipe
    self.folder = folder
    var random = RandomSource(seed: recipe.settings.seed)
    recipe.module.initialize(&random)
    var earlier: [TrainingLog.Entry] = []
    switch start {
    case .fromNothing:
      try recipe.prepare()
      update = TrainingUpdate(recipe)
      try folder.prepare()
    case .atCheckpoint:
      update = TrainingUpdate(recipe)
      let state = try folder.readCheckpoint(parameters: recipe.module.namedParameters(), settings: recipe.settings)
      earlierSeconds = state.seconds
      update.restore(state)
      earlier = try TrainingLog.read(folder.logPath).filter { $0.step <= state.step }
    case .atRound(let before):
      earlier = try TrainingLog.read(before.logPath)
      let last = earlier.last
      guard let last, recipe.settings.restarts.contains(where: { $0.step == last.step }) else {
        throw UserError(
          "\(before.logPath) ends at step \(last?.step ?? 0), where no round of \(recipe.name) begins", code: .config)
      }
      try recipe.prepare()
      try before.readModel(recipe)
      update = TrainingUpdate(recipe)
      update.begin(roundAt: last.step)
      earlierSeconds = last.seconds
      try folder.prepare()
    }
    log = try TrainingLog(path: folder.logPath, continuing: earlier)
  }

  /// Runs until the end, or until `shouldStop` says so between two steps; writes a checkpoint every `checkpointSeconds`.
  public func run(
    checkpointSeconds: Double = 240, shouldStop: () -> Bool = { false }, progress: (Progress) -> Void = { _ in }
  ) throws(UserError) -> Outcome {
    let settings = recipe.settings
    let clock = ContinuousClock()
    let start = clock.now
    let firstStep = update.step
    var lastCheckpoint = start
    var window = (loss: 0.0, norm: 0.0, steps: 0)
    while update.step < settings.totalSteps {
      let (loss, norm) = try update.run()
      let step = update.step
      window = (window.loss + loss, window.norm + norm, window.steps + 1)
      let elapsed = seconds(clock.now - start)
      guard loss.isFinite else {
        throw UserError("\(recipe.name): the loss became \(loss) at step \(step)", code: .data)
      }
      if step % Self.logInterval == 0 || step == settings.totalSteps {
        try log.append(
          step: step, images: step * settings.batchSize, seconds: earlierSeconds + elapsed,
          loss: window.loss / Double(window.steps), learningRate: update.learningRate,
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

  private func checkpoint(seconds: Double) throws(UserError) {
    try folder.writeCheckpoint(
      update.state(seconds: seconds), parameters: recipe.module.namedParameters(), settings: recipe.settings)
  }

  /// Puts the weights that ship in place and writes model, card and metrics.
  private func finish(seconds: Double) throws(UserError) {
    update.settle()
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
