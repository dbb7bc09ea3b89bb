import Datasets
import Diffusion
import Foundation
import Gradients
import Layers
import TestSupport
import Tensors
import Testing
import Training

/// The three methods of lesson 01.
@Suite struct MixtureTests {
  // MARK: Counting

  @Test func modesAreCountedByHand() {
    let mixture = GaussianMixture2D(
      name: "two", means: Tensor([0, 0, 10, 0], shape: [2, 2]), standardDeviation: 1)
    // Two at the first mode, one at the second, one at three deviations (which counts), two strays.
    let points = Tensor([0, 0, -1, 1, 10, 0.5, 3, 0, 5, 0, 0, 3.01], shape: [6, 2])
    let count = ModeCount(points, of: mixture)
    #expect(count.counts == [3, 1] && count.total == 6)
    #expect(count.covered == 2)
    #expect(abs(count.strays - 2.0 / 6) < 1e-12)
    #expect(abs(count.imbalance - 0.25) < 1e-12)
  }

  @Test(arguments: [([150, 150, 130, 120, 110, 90, 45, 5], 7), ([800, 0, 0, 0, 0, 0, 0, 0], 1)])
  func aModeNeedsATenthOfItsShare(_ counts: [Int], _ covered: Int) {
    let share = ModeCount.coverage(counts.map(Double.init), leastFraction: ModeCount.leastFraction)
    #expect(share == Double(covered) / 8)
  }

  @Test func onlyStraysCoverNothing() {
    let count = ModeCount(Tensor([9, 9], shape: [1, 2]), of: .eightGaussians)
    #expect(count.covered == 0 && count.strays == 1 && count.imbalance == 1)
  }

  // MARK: Likelihood

  @Test(arguments: 0..<4 as Range<UInt64>) func likelihoodNeverFalls(_ seed: UInt64) {
    var random = RandomSource(seed: seed)
    let points = GaussianMixture2D.spiral.sample(300, using: &random).points
    let fit = MixtureFit(points, components: 5, using: &random)
    #expect(fit.logLikelihoods.count == fit.history.count && fit.history.count > 3)
    for (before, after) in zip(fit.logLikelihoods, fit.logLikelihoods.dropFirst()) { #expect(after >= before - 1e-9) }
    #expect(abs(fit.mixture.components.reduce(0) { $0 + $1.weight } - 1) < 1e-9)
  }

  @Test func twoCloudsAreFound() throws {
    var random = RandomSource(seed: 2)
    let truth = GaussianMixture([
      .init(weight: 0.75, mean: [-3, 1], variance: [0.25, 1]),
      .init(weight: 0.25, mean: [4, -2], variance: [1, 0.04]),
    ])
    let fit = MixtureFit.best(of: 3, to: truth.sample(4_000, using: &random), components: 2, using: &random)
    let found = fit.mixture.components.sorted { $0.weight > $1.weight }
    for (found, truth) in zip(found, truth.components) {
      #expect(abs(found.weight - truth.weight) < 0.03)
      for axis in 0..<2 {
        #expect(abs(found.mean[axis] - truth.mean[axis]) < 0.15)
        #expect(abs(found.variance[axis] / truth.variance[axis] - 1) < 0.2)
      }
    }
  }

  // MARK: Losses and features

  /// −log σ(D) of real points and −log(1 − σ(D)) of generated ones, in Double.
  @Test func adversarialLossesAreTheirFormulas() {
    let (real, fake): ([Float], [Float]) = ([2, -1, 0.5, 60], [-3, 0.25, 1, -80])
    func sigmoid(_ x: Float) -> Double { 1 / (1 + exp(-Double(x))) }
    let judged = Loss.logisticDiscriminator(
      real: Variable(Tensor(real, shape: [4, 1])), fake: Variable(Tensor(fake, shape: [4, 1])))
    let expected = (real.reduce(0) { $0 - log(sigmoid($1)) } - fake.reduce(0) { $0 + log(1 - sigmoid($1)) }) / 4
    #expect(abs(Double(judged.value.scalar) - expected) < 1e-6)
    let pleased = Loss.logisticGenerator(fake: Variable(Tensor([3, -2], shape: [2, 1])))
    #expect(abs(Double(pleased.value.scalar) + (log(sigmoid(3)) + log(sigmoid(-2))) / 2) < 1e-6)
    let undecided = Loss.logisticDiscriminator(
      real: Variable(Tensor.zeros([3, 1])), fake: Variable(Tensor.zeros([3, 1])))
    #expect(abs(undecided.value.scalar - 2 * log(2)) < 1e-6)
  }

  /// σ(D) − 1 and σ(D), over N.
  @Test func adversarialGradientsAreTheirFormulas() throws {
    let (real, fake) = (
      Variable.leaf(Tensor([1.5, -0.5], shape: [2, 1])), Variable.leaf(Tensor([0.75, -2], shape: [2, 1]))
    )
    Loss.logisticDiscriminator(real: real, fake: fake).backward()
    func sigmoid(_ x: Float) -> Float { 1 / (1 + exp(-x)) }
    expectClose(
      try #require(real.gradient), Tensor([(sigmoid(1.5) - 1) / 2, (sigmoid(-0.5) - 1) / 2], shape: [2, 1]),
      .absolute(1e-6))
    expectClose(
      try #require(fake.gradient), Tensor([sigmoid(0.75) / 2, sigmoid(-2) / 2], shape: [2, 1]), .absolute(1e-6))
  }

  @Test func featuresHaveTheGradientOfCentralDifferences() throws {
    var random = RandomSource(seed: 4)
    let (x, upstream) = (random.normal([5, 2]), random.normal([5, PlaneFeatures.count]))
    let leaf = Variable.leaf(x)
    PlaneFeatures.features(leaf).backward(seed: upstream)
    let gradient = try #require(leaf.gradient).scalars
    func value(_ x: Tensor) -> Double {
      zip(PlaneFeatures.features(Variable(x)).value.scalars, upstream.scalars).reduce(0) {
        $0 + Double($1.0) * Double($1.1)
      }
    }
    for i in 0..<x.count {
      var (up, down) = (x.scalars, x.scalars)
      up[i] += 0.005
      down[i] -= 0.005
      let slope =
        (value(Tensor(up, shape: [5, 2])) - value(Tensor(down, shape: [5, 2]))) / (Double(up[i]) - Double(down[i]))
      #expect(abs(slope - Double(gradient[i])) < 0.02 * max(1, abs(slope)), "coordinate \(i)")
    }
  }

  // MARK: Trainings

  @Test func generatorAndDenoiserHaveEquallyManyParameters() throws {
    let gan = MixtureGAN(.eightGaussians, updates: 10, seed: 0)
    #expect(gan.generator.parameterCount == (try MixtureDDPM(updates: 10).network.parameterCount))
  }

  @Test func sameSeedGivesTheSamePoints() throws {
    let threads = Parallel.threadCount
    defer { Parallel.threadCount = threads }
    func both(_ seed: UInt64) throws -> [Tensor] {
      [
        MixtureComparison.gan(.ring, updates: 5, seed: seed).moments[0].points,
        try MixtureComparison.diffusion(.ring, updates: 5, seed: seed).moments[0].points,
      ]
    }
    Parallel.threadCount = 1
    let first = try both(3)
    Parallel.threadCount = 2
    #expect(try both(3) == first)
    #expect(try zip(both(4), first).allSatisfy { $0 != $1 })
  }

  @Test func momentsAreKeptWhereAskedFor() throws {
    let trained = MixtureComparison.gan(.ring, updates: 20, seed: 0, momentsAt: [0.1, 0.5])
    #expect(trained.moments.map(\.step) == [2, 10, 20])
    #expect(trained.losses.map(\.count) == [20, 20])
    var slow = MixtureGAN.Settings.standard
    slow.discriminatorSteps = 4
    #expect(MixtureComparison.gan(.ring, slow, updates: 20, seed: 0).losses.map(\.count) == [20, 5])
  }

  /// A short training is enough to come near the exact denoiser where there is much noise.
  @Test func theDenoiserComesNearTheExactOne() throws {
    let trained = try MixtureComparison.diffusion(.eightGaussians, updates: 600, seed: 1)
    let schedule = try NoiseSchedule()
    let learned = MixtureDenoiser(weights: trained.weights, schedule: schedule)
    let exact = GaussianMixtureDenoiser(GaussianMixture2D.eightGaussians.exact, schedule: schedule)
    var random = RandomSource(seed: 9)
    let points = random.normal([400, 2])
    let error = (learned.predict(points, timestep: 700) - exact.predict(points, timestep: 700)).squaredNorm / 800
    #expect(error < 0.01, "mean squared distance \(error)")
  }

  @Test func theEvaluationWritesARowForEveryRun() throws {
    let rows = try MixtureEvaluation.modes(data: [.eightGaussians], seeds: [0], updates: 3) { _, _ in }
    #expect(rows.map(\.method) == ["data", "em", "em", "em", "gan", "diffusion"])
    let lines = MixtureEvaluation.csv(rows, updates: 3).split(separator: "\n")
    #expect(lines.count == 7 && lines[2].hasPrefix("8gaussians,em,8,1,0,0,"))
    #expect(lines[5].hasPrefix("8gaussians,gan,0,0,0,3,"))
    let trials = try MixtureEvaluation.trials(grid: [.standard], rates: [1e-3], updates: 3) { _, _ in }
    let settings = MixtureEvaluation.csv(trials, updates: 3).split(separator: "\n")
    #expect(settings.count == 3 && settings[1].hasPrefix("gan,0.003,4.0,1,0.5,1,2,3,"))
    #expect(settings[2].hasPrefix("diffusion,0.001,0,0,0,1,2,3,"))
  }

  @Test func theGridHoldsTheStandardOnce() {
    #expect(MixtureEvaluation.grid.count { $0 == .standard } == 1)
    #expect(Set(MixtureEvaluation.grid).count == MixtureEvaluation.grid.count)
    #expect(Set(MixtureEvaluation.choosingSeeds).isDisjoint(with: MixtureEvaluation.seeds))
  }
}
