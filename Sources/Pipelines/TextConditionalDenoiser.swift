import Diffusion
import Gradients
import Models
import Tensors

/// A conditional U-Net seen as the denoiser a sampler asks, with classifier-free guidance (Ho & Salimans 2022).
public final class TextConditionalDenoiser: Denoiser {
  public let unet: UNet2DConditionModel
  /// τ_θ(y), [N, L, D].
  public let condition: Tensor
  /// τ_θ of the negative prompt, [N, L, D]; nil without guidance.
  public let unconditional: Tensor?
  /// w in ε̃ = ε_∅ + w (ε_c − ε_∅).
  public let guidanceScale: Float
  private let recorder: Recorder?
  private var calls = 0

  /// Predictions are recorded under "step.000/unet", "step.001/unet" …; with guidance the first half of the batch is
  /// unconditional.
  public init(
    unet: UNet2DConditionModel, condition: Tensor, unconditional: Tensor? = nil, guidanceScale: Float = 1,
    recorder: Recorder? = nil
  ) {
    self.unet = unet
    self.condition = condition
    self.unconditional = unconditional
    self.guidanceScale = guidanceScale
    self.recorder = recorder
  }

  public func predict(_ sample: Tensor, timestep: Float) throws -> Tensor {
    let number = String(calls)
    let place = "step." + String(repeating: "0", count: max(0, 3 - number.count)) + number + "/unet"
    calls += 1
    let recording = recorder?.recording(place)
    guard let unconditional else {
      return unet(
        Variable(sample), timesteps: [timestep], encoderHiddenStates: Variable(condition), recording
      ).value
    }
    let both = unet(
      Variable(Tensor.concatenated([sample, sample])), timesteps: [timestep],
      encoderHiddenStates: Variable(Tensor.concatenated([unconditional, condition])), recording
    ).value
    let n = sample.shape[0]
    return guided(
      unconditional: both.sliced(0..<n), conditional: both.sliced(n..<(2 * n)), guidanceScale: guidanceScale)
  }
}
