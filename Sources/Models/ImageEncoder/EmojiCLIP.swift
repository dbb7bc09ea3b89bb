import Foundation
import Gradients
import Layers
import Tensors

/// Text and pictures in one space (Radford et al. 2021): a text tower, an image tower, a projection of each, a temperature.
///
/// The folder follows transformers' `CLIPModel` wherever the image tower, which is ours, allows: the text tower's
/// configuration is under `text_config`, its keys are `text_model.…`, and `CLIPTextModel.from_pretrained` opens it.
public struct EmojiCLIP: Module {
  public struct Configuration: Sendable, Equatable {
    public var text = CLIPTextConfiguration()
    public var image = CLIPImageTower.Configuration()
    /// Elements of an embedding.
    public var projectionDim = 128

    public init() {}

    public init(_ object: ConfigurationObject) throws(UserError) {
      try object.require("model_type", oneOf: ["clip"])
      guard let vision = try object.object("vision_config"), try object.object("text_config") != nil else {
        throw object.error("text_config or vision_config is missing")
      }
      text = try CLIPTextConfiguration(object)
      image = try CLIPImageTower.Configuration(vision)
      projectionDim = try object.integer("projection_dim", in: 1...65536) ?? projectionDim
    }

    public var jsonObject: [String: Any] {
      [
        "architectures": ["EmojiCLIP"], "model_type": "clip", "projection_dim": projectionDim,
        "text_config": text.jsonObject, "vision_config": image.jsonObject, "dtype": "float32",
      ]
    }
  }

  public let configuration: Configuration
  public let textTower: CLIPTextModel
  public let imageTower: CLIPImageTower
  public let textProjection: Linear
  public let imageProjection: Linear
  /// log 1/τ, which starts at log 1/0.07.
  public let logScale = Parameter([], .constant(2.6592600))

  public init(_ configuration: Configuration) {
    self.configuration = configuration
    textTower = CLIPTextModel(configuration.text)
    imageTower = CLIPImageTower(configuration.image)
    let (text, image) = (configuration.text.hiddenSize, configuration.image.featureWidth)
    textProjection = Linear(
      text, configuration.projectionDim, bias: false, standardDeviation: 1 / Float(text).squareRoot())
    imageProjection = Linear(
      image, configuration.projectionDim, bias: false, standardDeviation: 1 / Float(image).squareRoot())
  }

  public var parameters: [(name: String, parameter: Parameter)] { [("logit_scale", logScale)] }

  public var children: [(name: String, module: any Module)] {
    textTower.children + [
      ("vision_model", imageTower), ("text_projection", textProjection), ("visual_projection", imageProjection),
    ]
  }

  /// N sequences of ids → embeddings [N, projectionDim] of length 1.
  public func embed(inputIDs: [[Int]], _ recording: Recording? = nil) -> Variable {
    textProjection(textTower(inputIDs, recording).pooled, recording?["text_projection"]).unitLength(along: 1)
  }

  /// Pictures [N, 3, H, W] in −1…1 → embeddings [N, projectionDim] of length 1.
  public func embed(pictures: Variable, _ recording: Recording? = nil) -> Variable {
    imageProjection(imageTower(pictures, recording?["vision_model"]), recording?["visual_projection"])
      .unitLength(along: 1)
  }

  /// Cosines between embeddings [N, D] and [M, D] of length 1: [N, M].
  public static func similarities(_ pictures: Variable, _ texts: Variable) -> Variable {
    pictures.matmul(texts, transposeB: true)
  }

  /// Cosine similarities of N pictures and M texts over the temperature: [N, M].
  ///
  /// The scale 1/τ stays in 1…100, as in CLIP.
  public func logits(pictures: Variable, inputIDs: [[Int]]) -> Variable {
    let scale = logScale.variable.clamped(to: 0...4.6051702).exp()
    return Self.similarities(embed(pictures: pictures), embed(inputIDs: inputIDs)) * scale
  }
}

extension ModelFolder {
  /// Opens a folder of an `EmojiCLIP`.
  public func emojiCLIP() throws(UserError) -> EmojiCLIP {
    let model = EmojiCLIP(try EmojiCLIP.Configuration(configuration()))
    try load(into: model)
    return model
  }
}
