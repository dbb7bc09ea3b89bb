import Gradients
import Layers
import Tensors

/// What all of diffusers' U-Nets share (Ho et al. 2020, appendix B).
///
/// Residual blocks and downsamplings on the way down, one middle block, the same again on the way up, where each block also
/// receives the output of its partner on the way down. Every residual block is told the time.
public struct UNetTrunk: Module {
  public let convIn: Conv2d
  public let timeProjection: Timesteps
  public let timeEmbedding: TimestepEmbedding
  public let classEmbedding: Embedding?
  public let downBlocks: [DownBlock]
  public let midBlock: MidBlock?
  public let upBlocks: [UpBlock]
  public let convNormOut: GroupNorm
  public let convOut: Conv2d
  private let centerInputSample: Bool

  init(_ plan: UNetPlan) {
    let levels = plan.levels
    let last = levels.count - 1
    let width = levels[0].channels
    centerInputSample = plan.centerInputSample
    convIn = Conv2d(plan.inChannels, width, kernel: plan.convInKernel, padding: Padding(plan.convInKernel / 2))
    timeProjection = plan.timeProjection
    timeEmbedding = TimestepEmbedding(width, plan.timeEmbedDim)
    classEmbedding = plan.numClassEmbeds.map { Embedding($0, plan.timeEmbedDim) }
    downBlocks = levels.indices.map { i in
      DownBlock(levels[max(i - 1, 0)].channels, levels[i], isLast: i == last, plan)
    }
    midBlock = plan.middle.map { MidBlock(levels[last].channels, $0, plan) }
    upBlocks = levels.indices.reversed().map { i in
      UpBlock(
        levels[max(i - 1, 0)].channels, previous: levels[min(i + 1, last)].channels, levels[i], isLast: i == 0, plan)
    }
    convNormOut = GroupNorm(groups: plan.groups, channels: width, epsilon: plan.epsilon)
    convOut = Conv2d(width, plan.outChannels, kernel: plan.convOutKernel, padding: Padding(plan.convOutKernel / 2))
  }

  public var children: [(name: String, module: any Module)] {
    var list: [(name: String, module: any Module)] = [
      ("conv_in", convIn), ("time_proj", timeProjection), ("time_embedding", timeEmbedding),
    ]
    if let classEmbedding { list.append(("class_embedding", classEmbedding)) }
    for (i, block) in downBlocks.enumerated() { list.append(("down_blocks.\(i)", block)) }
    if let midBlock { list.append(("mid_block", midBlock)) }
    for (i, block) in upBlocks.enumerated() { list.append(("up_blocks.\(i)", block)) }
    return list + [("conv_norm_out", convNormOut), ("conv_out", convOut)]
  }

  /// `sample` [N, C, H, W] at N timesteps (or one for all) → [N, outChannels, H, W].
  func callAsFunction(
    _ sample: Variable, timesteps: [Float], condition: Variable?, classLabels: [Int]?, _ recording: Recording?
  ) -> Variable {
    let embedding = embedded(timesteps, classLabels, batch: sample.shape[0], recording)
    let centered = centerInputSample ? sample.affine(scale: 2, shift: -1) : sample
    var h = convIn(centered, recording?["conv_in"])
    var skips = [h]
    for (i, block) in downBlocks.enumerated() {
      let result = block(h, embedding: embedding, condition: condition, recording?["down_blocks.\(i)"])
      h = result.output
      skips += result.skips
    }
    if let midBlock { h = midBlock(h, embedding: embedding, condition: condition, recording?["mid_block"]) }
    for (i, block) in upBlocks.enumerated() {
      h = block(h, skips: &skips, embedding: embedding, condition: condition, recording?["up_blocks.\(i)"])
    }
    let y = convOut(convNormOut.withSiLU(h, recording?["conv_norm_out"]), recording?["conv_out"])
    recording?.record(y.value)
    return y
  }

  /// The vector every residual block receives: of the time, and of the class when there are classes.
  private func embedded(
    _ timesteps: [Float], _ classLabels: [Int]?, batch: Int, _ recording: Recording?
  ) -> Variable {
    precondition(timesteps.count == batch || timesteps.count == 1, "\(timesteps.count) timesteps for \(batch) samples")
    precondition((classEmbedding == nil) == (classLabels == nil), "class labels and class embedding go together")
    let times = timeProjection(
      timesteps.count == batch ? timesteps : [Float](repeating: timesteps[0], count: batch))
    recording?["time_proj"].record(times)
    let embedding = timeEmbedding(Variable(times), recording?["time_embedding"])
    guard let classEmbedding, let classLabels else { return embedding }
    return embedding + classEmbedding(classLabels, recording?["class_embedding"])
  }
}
