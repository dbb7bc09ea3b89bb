import Gradients
import Layers
import Models
import Tensors
import TestSupport
import Testing

/// Three training steps of the model `small`, as Goldens/unet/training.safetensors has them.
private struct TrainingRun {
  let golden: SafetensorsFile
  let model: UNet2DModel
  let optimizer: AdamW
  let average: ExponentialMovingAverage
  let bound: Double
  var losses: [Float] = []
  var norms: [Float] = []

  init() throws {
    golden = try Goldens.file("unet/training.safetensors")
    model = try UNetGolden("small").model
    model.requireGradients()
    let options = try golden.tensor("options").scalars
    optimizer = AdamW(
      model.namedParameters(), learningRate: options[0], betas: (options[1], options[2]), epsilon: options[3],
      weightDecay: options[4])
    average = ExponentialMovingAverage(model.namedParameters(), decay: options[6])
    bound = Double(options[5])
  }

  mutating func differentiate(_ step: Int) throws {
    let predicted = model(
      Variable(try golden.tensor("step.\(step).sample")),
      timesteps: try golden.integers("step.\(step).timestep").map(Float.init),
      classLabels: try golden.integers("step.\(step).class_labels"))
    let loss = Loss.meanSquaredError(predicted, Variable(try golden.tensor("step.\(step).noise")))
    optimizer.clearGradients()
    loss.backward()
    losses.append(loss.value.scalar)
    norms.append(Float(optimizer.gradientNorm))
  }

  func update() {
    optimizer.update(gradientScale: AdamW.clipScale(norm: optimizer.gradientNorm, maximum: bound))
    average.update()
  }

  static func finished() throws -> TrainingRun {
    var run = try TrainingRun()
    for step in 0..<3 {
      try run.differentiate(step)
      run.update()
    }
    return run
  }
}

@Suite("Training a U-Net against PyTorch in float64")
struct UNetTrainingTests {
  @Test("the gradient of every parameter")
  func gradients() throws {
    var run = try TrainingRun()
    try run.differentiate(0)
    let whole = Double(run.norms[0])
    for (name, parameter) in run.model.namedParameters() {
      let ours = try #require(parameter.gradient, "\(name) got no gradient")
      let theirs = try run.golden.tensor("gradient.\(name)")
      let error = (ours - theirs).squaredNorm.squareRoot()
      // The gradient of a key's bias is 0 but for rounding, so the bound has a share of the whole gradient's norm.
      let bound = 1e-4 * theirs.squaredNorm.squareRoot() + 1e-7 * whole
      #expect(error <= bound, "\(name): error \(error), norm \(theirs.squaredNorm.squareRoot()), whole \(whole)")
    }
  }

  @Test("losses, norms, parameters and their average after three steps")
  func steps() throws {
    let run = try TrainingRun.finished()
    expectClose(Tensor(run.losses), try run.golden.tensor("losses"), .norm(1e-5), "losses")
    expectClose(Tensor(run.norms), try run.golden.tensor("norms"), .norm(1e-5), "norms of the gradients")
    for (name, parameter) in run.model.namedParameters() {
      expectClose(parameter.value, try run.golden.tensor("value.\(name)"), .norm(1e-5), name)
      let average = try #require(run.average.averages[name])
      expectClose(average, try run.golden.tensor("average.\(name)"), .norm(1e-5), "average of \(name)")
    }
  }

  @Test("training makes the loss of its batch smaller")
  func learns() throws {
    var run = try TrainingRun()
    for _ in 0..<8 {
      try run.differentiate(0)
      run.update()
    }
    #expect(run.losses[7] < 0.9 * run.losses[0], "\(run.losses)")
  }

  @Test("1 and 2 threads train to the same bits")
  func threads() throws {
    var configuration = UNet2DConfiguration()
    configuration.inChannels = 1
    configuration.outChannels = 1
    configuration.blockOutChannels = [16, 24]
    configuration.layersPerBlock = 1
    configuration.normNumGroups = 8
    configuration.numClassEmbeds = 3
    var random = RandomSource(seed: 9)
    let (images, noise) = (random.normal([16, 1, 16, 16]), random.normal([16, 1, 16, 16]))
    expectSameBitsOnTwoThreads("training step:") {
      let model = UNet2DModel(configuration)
      var start = RandomSource(seed: 4)
      model.initialize(&start)
      model.requireGradients()
      let optimizer = AdamW(model.namedParameters())
      var losses: [Float] = []
      for _ in 0..<2 {
        optimizer.clearGradients()
        let predicted = model(
          Variable(images), timesteps: (0..<16).map { Float($0 * 60) }, classLabels: (0..<16).map { $0 % 3 })
        let loss = Loss.meanSquaredError(predicted, Variable(noise))
        loss.backward()
        losses.append(loss.value.scalar)
        optimizer.update(gradientScale: AdamW.clipScale(norm: optimizer.gradientNorm, maximum: 1))
      }
      return [(name: "losses", tensor: Tensor(losses))]
        + model.namedParameters().map { (name: $0.name, tensor: $0.parameter.value) }
    }
  }
}
