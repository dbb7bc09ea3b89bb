import Foundation
import Tensors

/// The model in a folder, whatever its class, with its module tree run once.
public struct InspectedModel: Sendable {
  /// The part of a pipeline it is, "vae"; nil for a model by itself.
  public let part: String?
  /// The class the configuration names.
  public let className: String
  /// What one sample is, for example "64×64" or "77 tokens".
  public let sample: String
  /// Height and width of the sample; nil when it is a text.
  public let side: Int?
  public let inspection: ModelInspection
  public let weightsHash: String

  /// Opens a folder and runs its model on zeros.
  ///
  /// - Parameter side: height and width of the pictures; the model's own when nil.
  /// - Throws: a sentence on the folder, or on a size the model does not take.
  public init(_ folder: ModelFolder, side: Int? = nil, part: String? = nil) throws(UserError) {
    let object = try folder.configuration()
    let (diffusers, transformers) = (try object.string("_class_name"), try object.string("model_type"))
    let name = diffusers ?? transformers ?? ""
    guard let open = Self.classes[name] else {
      throw object.error(
        "the class '\(name)' is not known; known: \(Self.classes.keys.sorted().joined(separator: ", "))")
    }
    let model = try open(folder)
    let recorder = Recorder()
    (self.side, sample) = try model.runOnZeros(side: side, recorder.recording())
    inspection = ModelInspection(model, recorder)
    weightsHash = try folder.weightsHash()
    className = name
    self.part = part
  }

  /// The model of a folder, or those of a pipeline's parts in the order data flows through them.
  public static func all(in folder: ModelFolder, side: Int? = nil) throws(UserError) -> [InspectedModel] {
    guard folder.isPipeline else { return [try InspectedModel(folder, side: side)] }
    if let side {
      throw UserError("--size is \(side), but a pipeline's parts have sizes of their own; inspect one part")
    }
    var found: [InspectedModel] = []
    for part in ["text_encoder", "unet", "vae"] {
      found.append(try InspectedModel(try folder.component(part), part: part))
    }
    return found
  }

  private typealias Opening = @Sendable (ModelFolder) throws(UserError) -> any Inspectable

  /// How a folder of each class is opened.
  private static let classes: [String: Opening] = [
    "UNet2DModel": { folder throws(UserError) in try folder.unet2D() },
    "UNet2DConditionModel": { folder throws(UserError) in try folder.unet2DCondition() },
    "AutoencoderKL": { folder throws(UserError) in try folder.autoencoder() },
    "ImageClassifier": { folder throws(UserError) in try folder.imageClassifier() },
    "PatchDiscriminator": { folder throws(UserError) in try folder.patchDiscriminator() },
    "clip_text_model": { folder throws(UserError) in try folder.clipTextModel() },
    "clip": { folder throws(UserError) in try folder.emojiCLIP() },
  ]
}
