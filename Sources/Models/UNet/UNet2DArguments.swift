import Tensors

/// The arguments of the forward method of `UNet2DModel` or `UNet2DConditionModel` from a file, checked against a
/// configuration.
public struct UNet2DArguments {
  /// [N, C, H, W]
  public let sample: Tensor
  /// One for all samples, or N.
  public let timesteps: [Float]
  /// N labels when the model has classes.
  public let classLabels: [Int]?
  /// [N, L, D], when the model looks at a text.
  public let encoderHiddenStates: Tensor?

  /// - Throws: a sentence that names the tensor, its shape or value, and what the model takes.
  public init(_ file: SafetensorsFile, for configuration: UNet2DConfiguration) throws(UserError) {
    let factor = configuration.sizeFactor
    sample = try file.tensor("sample")
    let shape = sample.shape
    guard shape.count == 4, shape[0] > 0, shape[1] == configuration.inChannels,
      shape[2] > 0, shape[3] > 0, shape[2] % factor == 0, shape[3] % factor == 0
    else {
      throw file.misfit(
        "sample has the shape \(shape); the model takes [N, \(configuration.inChannels), H, W] with H and W multiples of \(factor)"
      )
    }
    timesteps = try file.timesteps(samples: shape[0])
    classLabels = try file.classLabels(samples: shape[0], classes: configuration.numClassEmbeds)
    encoderHiddenStates = nil
  }

  /// - Throws: a sentence that names the tensor, its shape or value, and what the model takes.
  public init(_ file: SafetensorsFile, for configuration: UNet2DConditionConfiguration) throws(UserError) {
    let c = configuration
    // Without padding at the top and left a single row cannot be halved.
    sample = try file.images(
      "sample", channels: c.inChannels, least: c.downsamplePadding == 0 ? 1 << (c.blockOutChannels.count - 1) : 1)
    let count = sample.shape[0]
    timesteps = try file.timesteps(samples: count)
    classLabels = try file.classLabels(samples: count, classes: c.numClassEmbeds)
    encoderHiddenStates = try c.hasCrossAttention ? file.tensor("encoder_hidden_states") : nil
    guard let shape = encoderHiddenStates?.shape else { return }
    guard shape.count == 3, shape[0] == count, shape[1] > 0, shape[2] == c.crossAttentionDim else {
      throw file.misfit(
        "encoder_hidden_states has the shape \(shape); the model takes [\(count), L, \(c.crossAttentionDim)]")
    }
  }
}

extension SafetensorsFile {
  fileprivate func misfit(_ sentence: String) -> UserError { UserError("\(path): \(sentence)", code: .data) }

  fileprivate func timesteps(samples: Int) throws(UserError) -> [Float] {
    let timesteps = try tensor("timestep").scalars
    guard timesteps.count == 1 || timesteps.count == samples else {
      throw misfit(
        "timestep has \(timesteps.count) elements; one, or one for each of the \(samples) samples, is needed")
    }
    if let wrong = timesteps.first(where: { !$0.isFinite }) {
      throw misfit("a timestep is \(wrong); it must be a number")
    }
    return timesteps
  }

  fileprivate func classLabels(samples: Int, classes: Int?) throws(UserError) -> [Int]? {
    guard let classes else {
      if self["class_labels"] != nil { throw misfit("class_labels are given, but the model has no classes") }
      return nil
    }
    guard self["class_labels"] != nil else {
      throw misfit("class_labels are missing; the model has \(classes) classes")
    }
    let labels = try integers("class_labels")
    guard labels.count == samples else {
      throw misfit("class_labels has \(labels.count) elements for \(samples) samples")
    }
    if let wrong = labels.first(where: { !(0..<classes).contains($0) }) {
      throw misfit("a class label is \(wrong); it must be 0 to \(classes - 1)")
    }
    return labels
  }
}
