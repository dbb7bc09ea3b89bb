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

  /// Under which path the call of an index from 0 is recorded: "step.012/unet".
  public static func place(ofCall call: Int) -> String {
    Recorder.stepPath(call) + "/unet"
  }

  public func predict(_ sample: Tensor, timestep: Float) throws -> Tensor {
    let recording = recorder?.recording(Self.place(ofCall: calls))
    calls += 1
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
