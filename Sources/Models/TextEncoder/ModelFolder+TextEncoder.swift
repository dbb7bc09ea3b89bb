import Tensors

extension ModelFolder {
  /// Opens a folder of a `CLIPTextModel`, or the text tower of a folder of a whole CLIP model.
  public func clipTextModel() throws(UserError) -> CLIPTextModel {
    let object = try configuration()
    let model = CLIPTextModel(try CLIPTextConfiguration(object))
    let isWhole = try object.object("text_config") != nil
    try load(into: model) { CLIPTextModel.parameterName($0, inWholeModel: isWhole) }
    return model
  }
}

extension CLIPTextModel {
  /// The parameter a checkpoint means by `name`: the prefix is optional, and the positions 0, 1, 2 … that old checkpoints
  /// store, as well as other parts of a whole CLIP model, are no parameters.
  static func parameterName(_ name: String, inWholeModel: Bool) -> String? {
    if name.hasSuffix("embeddings.position_ids") { return nil }
    if name.hasPrefix("text_model.") { return name }
    return inWholeModel ? nil : "text_model." + name
  }
}
