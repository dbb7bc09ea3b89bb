import Gradients
import Layers
import Tensors
import TestSupport
import Testing

private let parameterNames = ["weight", "bias"]
private let steps = 5

/// The parameters of one case of Goldens/operations/optimizers.safetensors.
private struct OptimizerGolden {
  let name: String
  let file: SafetensorsFile
  let parameters: [(name: String, parameter: Parameter)]

  init(_ name: String) throws {
    self.name = name
    let opened = try Goldens.file("operations/optimizers.safetensors")
    file = opened
    parameters = try parameterNames.map {
      let initial = try opened.tensor("\(name).\($0).initial")
      let parameter = Parameter(initial.shape, .zeros)
      parameter.value = initial
      parameter.requiresGradient = true
      return ($0, parameter)
    }
  }

  func tensor(_ key: String) throws -> Tensor { try file.tensor("\(name).\(key)") }
  func options() throws -> [Float] { try tensor("options").scalars }

  /// Leaves the golden's gradients in the parameters.
  func setGradients(step: Int) throws {
    for (key, parameter) in parameters {
      parameter.clearGradient()
      (parameter.variable * Variable(try tensor("\(key).gradient.\(step)"))).sum().backward()
    }
  }
}

@Suite("Optimisers against PyTorch in float64")
struct OptimizerTests {
  @Test(arguments: ["adamw_default", "adamw_strong_decay", "adamw_no_decay"])
  func adamW(name: String) throws {
    let golden = try OptimizerGolden(name)
    let options = try golden.options()
    let optimizer = AdamW(
      golden.parameters, learningRate: options[0], betas: (options[1], options[2]), epsilon: options[3],
      weightDecay: options[4])
    for step in 0..<steps {
      try golden.setGradients(step: step)
      optimizer.update()
      for (key, parameter) in golden.parameters {
        expectClose(parameter.value, try golden.tensor("\(key).value.\(step)"), .norm(1e-5), "\(key), step \(step)")
      }
    }
    #expect(optimizer.step == steps)
  }

  @Test func adamWGoesOnFromRestoredMoments() throws {
    let straight = try OptimizerGolden("adamw_default")
    let broken = try OptimizerGolden("adamw_default")
    let optimizer = AdamW(straight.parameters)
    var resumed = AdamW(broken.parameters)
    for step in 0..<steps {
      for golden in [straight, broken] { try golden.setGradients(step: step) }
      optimizer.update()
      resumed.update()
      if step == 2 {
        let (count, moments) = (resumed.step, resumed.moments)
        resumed = AdamW(broken.parameters)
        resumed.restore(step: count, moments: moments)
      }
    }
    for (a, b) in zip(straight.parameters, broken.parameters) {
      #expect(firstDifferentBits(a.parameter.value, b.parameter.value) == nil, "\(a.name)")
    }
  }

  @Test(arguments: ["clip_exceeded", "clip_within"])
  func clipping(name: String) throws {
    let golden = try OptimizerGolden(name)
    try golden.setGradients(step: 0)
    let norm = AdamW(golden.parameters).gradientNorm
    expectClose(Tensor(Float(norm)), try golden.tensor("norm"), .norm(1e-6), "norm")
    let scale = AdamW.clipScale(norm: norm, maximum: Double(try golden.tensor("bound").scalar))
    for (key, parameter) in golden.parameters {
      let gradient = try #require(parameter.gradient)
      expectClose(gradient * scale, try golden.tensor("\(key).clipped"), .norm(1e-5), key)
    }
  }

  @Test func anUpdateScalesTheGradient() throws {
    let (scaled, plain) = (try OptimizerGolden("adamw_default"), try OptimizerGolden("adamw_default"))
    try scaled.setGradients(step: 0)
    for (key, parameter) in plain.parameters {
      (parameter.variable * Variable(try plain.tensor("\(key).gradient.0") * 0.25)).sum().backward()
    }
    // A large ε, for with a small one Adam's first step hardly depends on the gradient's length.
    AdamW(scaled.parameters, epsilon: 1).update(gradientScale: 0.25)
    AdamW(plain.parameters, epsilon: 1).update()
    for (a, b) in zip(scaled.parameters, plain.parameters) {
      expectClose(a.parameter.value, b.parameter.value, .norm(1e-6), a.name)
    }
  }

  @Test(arguments: ["ema_constant", "ema_warm_up"])
  func movingAverage(name: String) throws {
    let golden = try OptimizerGolden(name)
    let options = try golden.options()
    let average = ExponentialMovingAverage(golden.parameters, decay: options[0])
    average.restore(updates: Int(options[1]), averages: average.averages)
    let decays = try golden.tensor("decays").scalars
    for step in 0..<steps {
      expectClose(Tensor(average.currentDecay), Tensor(decays[step]), .norm(1e-6), "decay of step \(step)")
      for (key, parameter) in golden.parameters { parameter.value = try golden.tensor("\(key).gradient.\(step)") }
      average.update()
      for key in parameterNames {
        let value = try #require(average.averages[key])
        expectClose(value, try golden.tensor("\(key).value.\(step)"), .norm(1e-5), "\(key), step \(step)")
      }
    }
  }

  @Test(arguments: ["cosine_short", "cosine_no_warm_up", "cosine_long"])
  func cosineSchedule(name: String) throws {
    let file = try Goldens.file("operations/optimizers.safetensors")
    let options = try file.integers("\(name).options")
    let schedule = CosineSchedule(peak: 1, warmupSteps: options[0], totalSteps: options[1])
    let rates = (0...options[1]).map { schedule.learningRate(step: $0) }
    expectClose(Tensor(rates), try file.tensor("\(name).rates"), .absolute(1e-6), name)
    let tripled = CosineSchedule(peak: 3, warmupSteps: options[0], totalSteps: options[1])
    expectClose(Tensor(rates.indices.map { tripled.learningRate(step: $0) }), Tensor(rates) * 3, .absolute(1e-6))
  }

  @Test func oneAndTwoThreadsUpdateTheSameBits() {
    var random = RandomSource(seed: 3)
    let (start, gradients) = (random.normal([400, 300]), [random.normal([400, 300]), random.normal([400, 300])])
    expectSameBitsOnTwoThreads {
      let parameter = Parameter([400, 300], .zeros)
      parameter.value = start
      parameter.requiresGradient = true
      let optimizer = AdamW([("p", parameter)])
      let average = ExponentialMovingAverage([("p", parameter)])
      var norms: [Float] = []
      for gradient in gradients {
        parameter.clearGradient()
        (parameter.variable * Variable(gradient)).sum().backward()
        norms.append(Float(optimizer.gradientNorm))
        optimizer.update(gradientScale: AdamW.clipScale(norm: optimizer.gradientNorm, maximum: 1))
        average.update()
      }
      return [
        (name: "value", tensor: parameter.value), (name: "average", tensor: average.averages["p"] ?? Tensor([])),
        (name: "norms", tensor: Tensor(norms)),
      ]
    }
  }
}
