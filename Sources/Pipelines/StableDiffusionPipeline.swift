import Diffusion
import Foundation
import Gradients
import Models
import Tensors

/// Pictures from text by latent diffusion (Rombach et al. 2022): tokenizer, text encoder, U-Net, sampler, decoder.
public struct StableDiffusionPipeline {
  public let tokenizer: CLIPTokenizer
  /// τ_θ
  public let textEncoder: CLIPTextModel
  /// E and D
  public let autoencoder: AutoencoderKL
  /// ε_θ
  public let unet: UNet2DConditionModel
  /// The sampler the folder asks for, or DDIM when that one is not implemented.
  public let defaultSampler: SamplerKind
  /// The class in the folder's scheduler configuration when it is not implemented.
  public let unknownScheduler: String?
  private let schedulerConfig: Data
  private let schedulerPath: String

  /// Opens a pipeline's folder.
  ///
  /// - Throws: a sentence that names the part that is missing, torn, or does not fit the others.
  public init(folder: PipelineFolder) throws(UserError) {
    try folder.check()
    tokenizer = try CLIPTokenizer(folder: folder.path + "/tokenizer")
    textEncoder = try folder.part("text_encoder").clipTextModel()
    autoencoder = try folder.part("vae").autoencoder()
    unet = try folder.part("unet").unet2DCondition()
    schedulerConfig = try folder.schedulerConfig()
    schedulerPath = folder.schedulerPath
    let name = try Self.schedulerClass(schedulerConfig, schedulerPath)
    let known = SamplerKind.allCases.first { $0.className == name }
    defaultSampler = known ?? .ddim
    unknownScheduler = known == nil ? name : nil
    _ = try settings(for: defaultSampler)
    try checkFit(folder.path)
  }

  /// From parts in memory, with the settings the U-Net was trained with.
  public init(
    tokenizer: CLIPTokenizer, textEncoder: CLIPTextModel, autoencoder: AutoencoderKL, unet: UNet2DConditionModel,
    settings: SamplerSettings
  ) throws(UserError) {
    self.tokenizer = tokenizer
    self.textEncoder = textEncoder
    self.autoencoder = autoencoder
    self.unet = unet
    defaultSampler = settings.kind
    unknownScheduler = nil
    schedulerConfig = try settings.schedulerConfig()
    schedulerPath = "scheduler_config.json"
    try checkFit("the pipeline")
  }

  /// Writes the folder as diffusers reads it, weights in half precision.
  public func write(to folder: PipelineFolder) throws(UserError) {
    try writeCompanions(to: folder)
    try folder.part("text_encoder").write(
      textEncoder, textEncoder.configuration.jsonObject, weightsName: "model.safetensors")
    try folder.part("vae").write(autoencoder, autoencoder.configuration.jsonObject)
    try folder.part("unet").write(unet, unet.configuration.jsonObject)
  }

  /// Writes what belongs beside the three networks: tokenizer, scheduler's settings, `model_index.json`.
  public func writeCompanions(to folder: PipelineFolder) throws(UserError) {
    try FileOutput.makeFolder(folder.path)
    try tokenizer.write(to: folder.path + "/tokenizer")
    try FileOutput.makeFolder(folder.path + "/scheduler")
    try FileOutput.write(Array(schedulerConfig), to: folder.schedulerPath)
    try FileOutput.write(
      json: PipelineFolder.index(scheduler: defaultSampler), to: folder.path + "/model_index.json")
  }

  /// The settings of a sampler: those the folder names, as far as that sampler has them, its own defaults otherwise
  /// (diffusers' `from_config`).
  public func settings(for kind: SamplerKind) throws(UserError) -> SamplerSettings {
    try SamplerSettings(schedulerConfig: schedulerConfig, as: kind, name: schedulerPath)
  }

  /// What the class of a scheduler is called in its file.
  private static func schedulerClass(_ json: Data, _ path: String) throws(UserError) -> String {
    struct Named: Decodable {
      enum CodingKeys: String, CodingKey { case className = "_class_name" }
      var className: String
    }
    let decoder = JSONDecoder()
    decoder.allowsJSON5 = true
    guard let named = try? decoder.decode(Named.self, from: json) else {
      throw UserError("\(path) is not a JSON object with a scheduler's _class_name", code: .config)
    }
    return named.className
  }

  /// Throws when parts do not fit each other.
  private func checkFit(_ path: String) throws(UserError) {
    let (text, vae, unet) = (textEncoder.configuration, autoencoder.configuration, unet.configuration)
    func misfit(_ sentence: String) -> UserError { UserError("\(path): \(sentence)", code: .config) }
    if unet.crossAttentionDim != text.hiddenSize {
      throw misfit(
        "the U-Net's cross_attention_dim \(unet.crossAttentionDim) is not the text encoder's hidden_size \(text.hiddenSize)"
      )
    }
    if unet.inChannels != vae.latentChannels || unet.outChannels != vae.latentChannels {
      throw misfit(
        "the U-Net's in_channels \(unet.inChannels) and out_channels \(unet.outChannels) are not the autoencoder's "
          + "latent_channels \(vae.latentChannels)")
    }
    if vae.inChannels != 3 || vae.outChannels != 3 {
      throw misfit("the autoencoder's pictures have \(vae.inChannels) channels; red, green and blue are needed")
    }
    if unet.numClassEmbeds != nil { throw misfit("the U-Net has classes, which a text-to-image pipeline has not") }
    if tokenizer.contextLength > text.maxPositionEmbeddings {
      throw misfit(
        "the tokenizer's model_max_length \(tokenizer.contextLength) is more than the text encoder's "
          + "max_position_embeddings \(text.maxPositionEmbeddings)")
    }
    if tokenizer.largestID >= text.vocabSize {
      throw misfit(
        "the tokenizer has the id \(tokenizer.largestID), the text encoder a vocab_size of \(text.vocabSize)")
    }
  }

  // MARK: Stages

  /// Height and width of a picture must be multiples of this.
  public var sizeFactor: Int { autoencoder.configuration.sizeFactor }

  /// The side of the pictures the model was trained on.
  public var defaultSide: Int { (unet.configuration.sampleSize ?? 64) * sizeFactor }

  /// τ_θ(y) of prompts: [N, L, D], and for each the words that did not fit the context.
  public func encode(
    prompts: [String], _ recording: Recording? = nil
  ) -> (states: Tensor, dropped: [String?]) {
    let encoded = prompts.map { tokenizer.encode($0) }
    return (textEncoder(encoded.map(\.ids), recording).lastHiddenState.value, encoded.map(\.dropped))
  }

  /// z = scaling factor · E(x), drawn with `random`: pictures [N, 3, H, W] in 0…1 → latents [N, C, H/f, W/f].
  public func encode(pictures: Tensor, _ random: inout RandomSource, _ recording: Recording? = nil) -> Tensor {
    let distribution = autoencoder.encode(Variable(pictures.affine(scale: 2, shift: -1)), recording)
    return autoencoder.configuration.scaled(distribution.sample(&random).value)
  }

  /// D(z / scaling factor): latents [N, C, h, w] → pictures [N, 3, f·h, f·w] in 0…1.
  public func decode(latents: Tensor, _ recording: Recording? = nil) -> Tensor {
    let latents = autoencoder.configuration.unscaled(latents)
    return autoencoder.decode(Variable(latents), recording).value.affine(scale: 0.5, shift: 0.5).clamped(to: 0...1)
  }
}
