import Formulas
import Gradients
import Layers
import Tensors

/// The optimiser, the moving average and the learning rate.
enum TrainingBindings {
  /// A parameter with a value and, where one is given, a gradient.
  private static func parameter(_ value: Tensor, gradient: Tensor? = nil) -> Parameter {
    let parameter = Parameter(value.shape, .zeros)
    parameter.value = value
    if let gradient {
      parameter.requiresGradient = true
      (parameter.variable * Variable(gradient)).sum().backward()
    }
    return parameter
  }

  static let all: [Binding] = [
    Binding("adamw.update", "AdamW.update") { given in
      let weights = parameter(given.tensor("theta[k-1]"), gradient: given.tensor("g"))
      let optimizer = AdamW(
        [("weights", weights)], learningRate: given.float("lr"), betas: (given.float("beta1"), given.float("beta2")),
        epsilon: given.float("delta"), weightDecay: given.float("lambda"))
      optimizer.restore(
        step: given.integer("k") - 1, moments: ["weights": (given.tensor("m[k-1]"), given.tensor("v[k-1]"))])
      optimizer.update()
      return weights.value
    },
    Binding("ema.update", "ExponentialMovingAverage.update") { given in
      let weights = parameter(given.tensor("theta"))
      let average = ExponentialMovingAverage([("weights", weights)], decay: given.float("d"))
      // After so many updates the warm-up is over.
      average.restore(updates: 1_000_000, averages: ["weights": given.tensor("s[k-1]")])
      average.update()
      return average.averages["weights"]
    },
    Binding("ema.decay", "ExponentialMovingAverage.currentDecay") { given in
      let average = ExponentialMovingAverage([], decay: given.float("d"))
      average.restore(updates: given.integer("n"), averages: [:])
      return Tensor(average.currentDecay)
    },
    Binding("train.clip_norm", "AdamW.clipScale") { given in
      let gradient = given.tensor("g")
      return gradient * AdamW.clipScale(norm: gradient.squaredNorm.squareRoot(), maximum: given.number("c"))
    },
    Binding("train.warmup_cosine", "CosineSchedule.learningRate") { given in
      let schedule = CosineSchedule(
        peak: given.float("lr"), warmupSteps: given.integer("W"), totalSteps: given.integer("K"))
      return Tensor(schedule.learningRate(step: given.integer("k")))
    },
    Binding("train.init_bound", "Conv2d, Parameter.initializer") { given in
      let layer = Conv2d(given.integer("C_in"), 1, kernel: given.integer("k"))
      guard case .uniform(let bound) = layer.weight.initializer else { return nil }
      return Tensor(bound)
    },
  ]
}
