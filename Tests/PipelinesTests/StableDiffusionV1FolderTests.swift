import Diffusion
import Foundation
import Models
import Pipelines
import TestSupport
import Tensors
import Testing

/// Folders as those of Stable Diffusion v1 were published, at reduced width.
@Suite("Folders as Stable Diffusion v1 was published")
struct StableDiffusionV1FolderTests {
  /// The scheduler_config.json of v1-4, as it was.
  static let scheduler = """
    {"_class_name": "PNDMScheduler", "_diffusers_version": "0.7.0.dev0", "beta_end": 0.012,
     "beta_schedule": "scaled_linear", "beta_start": 0.00085, "clip_sample": false, "num_train_timesteps": 1000,
     "set_alpha_to_one": false, "skip_prk_steps": true, "steps_offset": 1, "trained_betas": null}

    """

  /// One thing that such folders have and new ones do not.
  enum Trait: String, CaseIterable, Sendable {
    case oldAttentionKeys, positionIDs, halfPrecisionVariant, safetyChecker, nullSafetyChecker, featureExtractor

    func apply(to folder: String) throws {
      switch self {
      case .oldAttentionKeys: try rewrite(folder + "/vae/diffusion_pytorch_model.safetensors", renaming: oldName)
      case .positionIDs:
        let positions = Array(0..<20)
        try rewrite(
          folder + "/text_encoder/model.safetensors",
          adding: [("text_model.embeddings.position_ids", .int64(positions, shape: [1, positions.count]))])
      case .halfPrecisionVariant:
        for path in ["text_encoder/model", "vae/diffusion_pytorch_model", "unet/diffusion_pytorch_model"] {
          let (old, new) = ("\(folder)/\(path).safetensors", "\(folder)/\(path).fp16.safetensors")
          try FileManager.default.moveItem(atPath: old, toPath: new)
        }
      case .safetyChecker:
        try editIndex(folder, ["safety_checker": ["stable_diffusion", "StableDiffusionSafetyChecker"]])
      case .nullSafetyChecker:
        try editIndex(folder, ["safety_checker": nil, "requires_safety_checker": nil, "image_encoder": nil])
      case .featureExtractor:
        try editIndex(folder, ["feature_extractor": ["transformers", "CLIPFeatureExtractor"]])
        try FileOutput.makeFolder(folder + "/feature_extractor")
        try FileOutput.write("{\"crop_size\": 224}\n", to: folder + "/feature_extractor/preprocessor_config.json")
      }
    }

    /// diffusers before 2023 called the four parts of the autoencoder's attention so.
    private func oldName(_ name: String) -> String {
      guard name.contains(".attentions.") else { return name }
      return [("to_q", "query"), ("to_k", "key"), ("to_v", "value"), ("to_out.0", "proj_attn")]
        .reduce(name) { $0.replacing(".\($1.0).", with: ".\($1.1).") }
    }

    private func rewrite(
      _ path: String, renaming: (String) -> String = { $0 }, adding: [(String, SafetensorsFile.Content)] = []
    ) throws {
      let file = try SafetensorsFile(contentsOf: path)
      let kept = try file.names.map { (renaming($0), SafetensorsFile.Content.float16(try file.tensor($0))) }
      try SafetensorsFile.write(kept + adding, to: path)
    }

    private func editIndex(_ folder: String, _ changes: [String: Any?]) throws {
      let path = folder + "/model_index.json"
      let data = try #require(FileManager.default.contents(atPath: path))
      var index = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
      for (key, value) in changes { index[key] = value }
      try FileOutput.write(json: index, to: path)
    }
  }

  /// The tiny pipeline with the scheduler of v1.
  private func withFolder(_ body: (String) throws -> Void) throws {
    try withTinyPipeline { folder in
      try FileOutput.write(Self.scheduler, to: folder + "/scheduler/scheduler_config.json")
      try body(folder)
    }
  }

  private func picture(_ folder: String) throws -> Tensor {
    let pipeline = try StableDiffusionPipeline(folder: PipelineFolder(folder))
    #expect(pipeline.defaultSampler == .pndm && pipeline.unknownScheduler == nil)
    var request = TextToImageRequest(prompt: "red heart left of pizza")
    request.numInferenceSteps = 6
    request.seed = 3
    return try pipeline.generate(request).pictures
  }

  @Test("each trait alone leaves the picture as it is", arguments: Trait.allCases)
  func oneTrait(_ trait: Trait) throws {
    try withFolder { folder in
      let expected = try picture(folder)
      try trait.apply(to: folder)
      #expect(try picture(folder) == expected)
    }
  }

  @Test("and so do all of them together")
  func allTraits() throws {
    try withFolder { folder in
      let expected = try picture(folder)
      for trait in Trait.allCases { try trait.apply(to: folder) }
      let vae = try SafetensorsFile(contentsOf: folder + "/vae/diffusion_pytorch_model.fp16.safetensors")
      #expect(vae.names.contains("decoder.mid_block.attentions.0.proj_attn.weight"))
      #expect(!vae.names.contains { $0.contains("to_q") })
      #expect(try picture(folder) == expected)
    }
  }

  @Test("the published scheduler's settings are read")
  func schedulerSettings() throws {
    try withFolder { folder in
      let pipeline = try StableDiffusionPipeline(folder: PipelineFolder(folder))
      let settings = try pipeline.settings(for: .pndm)
      #expect(settings.skipPRKSteps && !settings.setAlphaToOne && settings.stepsOffset == 1)
      #expect(settings.timestepSpacing == .leading)
      let plan = try settings.makeSampler().plan(numInferenceSteps: 50)
      #expect(plan.timesteps.count == 51 && plan.timesteps.prefix(4) == [981, 961, 961, 941])
      #expect(plan.timesteps.last == 1)
    }
  }

  /// The U-Net of v1 says `attention_head_dim: 8` and has eight heads at every level, of 40 to 160 channels.
  @Test("attention_head_dim is the number of heads")
  func heads() throws {
    var configuration = UNet2DConditionConfiguration()
    configuration.blockOutChannels = [16, 32]
    configuration.downBlockTypes = ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D"]
    configuration.upBlockTypes = ["CrossAttnUpBlock2D", "CrossAttnUpBlock2D"]
    configuration.normNumGroups = 8
    configuration.crossAttentionDim = 12
    configuration.attentionHeadDim = [8]
    let attentions = UNet2DConditionModel(configuration).namedModules().compactMap { $0.module as? MultiHeadAttention }
    #expect(attentions.count >= 10 && attentions.allSatisfy { $0.heads == 8 })
  }
}
