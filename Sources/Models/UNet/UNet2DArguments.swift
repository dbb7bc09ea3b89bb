import Tensors

/// The arguments of `UNet2DModel.forward` from a file, checked against a configuration.
public struct UNet2DArguments {
  public let sample: Tensor
  public let timesteps: [Float]
  public let classLabels: [Int]?

  /// - Throws: a sentence that names the tensor, its shape or value, and what the model takes.
  public init(_ file: SafetensorsFile, for configuration: UNet2DConfiguration) throws(UserError) {
    func error(_ sentence: String) -> UserError { UserError("\(file.path): \(sentence)", code: .data) }
    let factor = configuration.sizeFactor
    sample = try file.tensor("sample")
    let shape = sample.shape
    guard shape.count == 4, shape[0] > 0, shape[1] == configuration.inChannels,
      shape[2] > 0, shape[3] > 0, shape[2] % factor == 0, shape[3] % factor == 0
    else {
      throw error(
        "sample has the shape \(shape); the model takes [N, \(configuration.inChannels), H, W] with H and W multiples of \(factor)"
      )
    }
    timesteps = try file.tensor("timestep").scalars
    guard timesteps.count == 1 || timesteps.count == shape[0] else {
      throw error(
        "timestep has \(timesteps.count) elements; one, or one for each of the \(shape[0]) samples, is needed")
    }
    if let wrong = timesteps.first(where: { !$0.isFinite }) {
      throw error("a timestep is \(wrong); it must be a number")
    }
    guard let classes = configuration.numClassEmbeds else {
      if file["class_labels"] != nil { throw error("class_labels are given, but the model has no classes") }
      classLabels = nil
      return
    }
    guard file["class_labels"] != nil else { throw error("class_labels are missing; the model has \(classes) classes") }
    let labels = try file.integers("class_labels")
    guard labels.count == shape[0] else {
      throw error("class_labels has \(labels.count) elements for \(shape[0]) samples")
    }
    if let wrong = labels.first(where: { !(0..<classes).contains($0) }) {
      throw error("a class label is \(wrong); it must be 0 to \(classes - 1)")
    }
    classLabels = labels
  }
}
