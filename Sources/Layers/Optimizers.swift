import CKernels
import Foundation
import Gradients
import Tensors

/// Adam with decoupled weight decay (Loshchilov & Hutter 2019, algorithm 2), in PyTorch's order of operations.
///
/// p ← p (1 − η λ); m ← β₁ m + (1 − β₁) g; v ← β₂ v + (1 − β₂) g²; p ← p − η/(1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + ε)
public final class AdamW {
  public var learningRate: Float
  public let betas: (Float, Float)
  public let epsilon: Float
  public let weightDecay: Float
  /// The number of updates done, t.
  public private(set) var step = 0
  /// First and second moments by parameter name.
  public private(set) var moments: [String: (first: Tensor, second: Tensor)] = [:]
  private let parameters: [(name: String, parameter: Parameter)]

  public init(
    _ parameters: [(name: String, parameter: Parameter)], learningRate: Float = 1e-3,
    betas: (Float, Float) = (0.9, 0.999),
    epsilon: Float = 1e-8, weightDecay: Float = 0.01
  ) {
    self.parameters = parameters
    self.learningRate = learningRate
    self.betas = betas
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    reset()
  }

  /// Forgets moments and count, as if no update had been.
  public func reset() {
    step = 0
    for (name, parameter) in parameters {
      moments[name] = (.zeros(parameter.shape), .zeros(parameter.shape))
    }
  }

  /// Takes the moments and the count of an interrupted run.
  public func restore(step: Int, moments: [String: (first: Tensor, second: Tensor)]) {
    precondition(Set(moments.keys) == Set(self.moments.keys), "moments of other parameters")
    self.step = step
    self.moments = moments
  }

  /// The Euclidean norm of all gradients together.
  public var gradientNorm: Double {
    parameters.reduce(0.0) { $0 + ($1.parameter.gradient?.squaredNorm ?? 0) }.squareRoot()
  }

  /// One update from the gradients, scaled by `gradientScale` (see `clipScale`); parameters without one are left alone.
  public func update(gradientScale: Float = 1) {
    step += 1
    let correction1 = 1 - pow(Double(betas.0), Double(step))
    let correction2 = 1 - pow(Double(betas.1), Double(step))
    let stepSize = Float(Double(learningRate) / correction1)
    let decay = Float(1 - Double(learningRate) * Double(weightDecay))
    for (name, parameter) in parameters {
      guard let gradient = parameter.gradient, var (first, second) = moments[name] else { continue }
      moments[name] = nil
      parameter.update { value in
        value.withUnsafeMutableBufferPointer { p in
          first.withUnsafeMutableBufferPointer { m in
            second.withUnsafeMutableBufferPointer { v in
              gradient.withUnsafeBufferPointer { g in
                guard let p = p.baseAddress, let m = m.baseAddress, let v = v.baseAddress, let g = g.baseAddress
                else { return }
                Parallel.forRanges(gradient.count, grain: 32768) {
                  let i = $0.lowerBound
                  ck_adamw(
                    p + i, g + i, m + i, v + i, $0.count, gradientScale, decay, betas.0, betas.1, stepSize,
                    Float(correction2.squareRoot()), epsilon)
                }
              }
            }
          }
        }
      }
      moments[name] = (first, second)
    }
  }

  /// Forgets all gradients.
  public func clearGradients() {
    for (_, parameter) in parameters { parameter.clearGradient() }
  }

  /// min(1, maximum / (norm + 1e-6)): the factor that clips gradients to a norm, as PyTorch's clip_grad_norm_.
  public static func clipScale(norm: Double, maximum: Double) -> Float {
    Float(Swift.min(1, maximum / (norm + 1e-6)))
  }
}

/// An exponential moving average of parameters: average ← average + (1 − decay)(p − average).
///
/// The decay grows with the count of updates n as min(decay, (1 + n)/(10 + n)), so that the start is forgotten quickly
/// (the warm-up of Tensorflow's ExponentialMovingAverage).
public final class ExponentialMovingAverage {
  public let decay: Float
  public private(set) var updates: Int
  public private(set) var averages: [String: Tensor]
  private let parameters: [(name: String, parameter: Parameter)]

  public init(_ parameters: [(name: String, parameter: Parameter)], decay: Float = 0.999) {
    self.parameters = parameters
    self.decay = decay
    updates = 0
    averages = Dictionary(uniqueKeysWithValues: parameters.map { ($0.name, $0.parameter.value) })
  }

  /// Takes the averages of an interrupted run.
  public func restore(updates: Int, averages: [String: Tensor]) {
    self.updates = updates
    self.averages = averages
  }

  /// The decay of the next update.
  public var currentDecay: Float { min(decay, Float(1 + updates) / Float(10 + updates)) }

  /// Moves the averages towards the present values.
  public func update() {
    let rate = 1 - currentDecay
    updates += 1
    for (name, parameter) in parameters {
      guard var average = averages.removeValue(forKey: name) else { continue }
      average.withUnsafeMutableBufferPointer { a in
        parameter.value.withUnsafeBufferPointer { p in
          guard let a = a.baseAddress, let p = p.baseAddress else { return }
          Parallel.forRanges(parameter.value.count, grain: 32768) {
            ck_ema(a + $0.lowerBound, p + $0.lowerBound, $0.count, rate)
          }
        }
      }
      averages[name] = average
    }
  }
}

/// The learning rate of a run: linear warm-up, then half a cosine down to 0, as transformers'
/// get_cosine_schedule_with_warmup.
public struct CosineSchedule: Sendable {
  public let peak: Float
  public let warmupSteps: Int
  public let totalSteps: Int

  public init(peak: Float, warmupSteps: Int, totalSteps: Int) {
    self.peak = peak
    self.warmupSteps = warmupSteps
    self.totalSteps = totalSteps
  }

  /// The rate of update `step`, 0 ..< totalSteps.
  public func learningRate(step: Int) -> Float {
    if step < warmupSteps { return peak * Float(step) / Float(max(1, warmupSteps)) }
    let progress = Double(step - warmupSteps) / Double(max(1, totalSteps - warmupSteps))
    return peak * Float(max(0, 0.5 * (1 + cos(Double.pi * progress))))
  }
}
