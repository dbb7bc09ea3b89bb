import Diffusion
import Drawing
import Foundation
import Models
import Pipelines
import Tensors

/// Looks into a Stable Diffusion v1 folder, or says what one would have to hold.
struct Checkpoint: Stage {
  let name = "checkpoint"
  let summary = "Reads what a Stable Diffusion folder holds, without loading its weights"

  /// The value of `model` that names no folder.
  static let noFolder = "none"

  static let modelParameter = StageParameter.text(
    "model", default: noFolder, help: "a Stable Diffusion v1 folder in diffusers' layout; none without one")

  let parameters: [StageParameter] = [
    modelParameter,
    .integer("num_inference_steps", 4...1000, default: 50, help: "steps of the sampler whose calls are drawn"),
  ]

  let facts = [
    FactDeclaration("status", "one or two sentences: what was found, or what is needed"),
    FactDeclaration("shape_of", "whose sizes the following are"),
    FactDeclaration("unet_millions", "learned numbers of the U-Net, in millions"),
    FactDeclaration("autoencoder_millions", "those of the autoencoder"),
    FactDeclaration("text_millions", "those of the text encoder"),
    FactDeclaration("total_millions", "all of them"),
    FactDeclaration("unet_percent", "the U-Net's share of all, in percent"),
    FactDeclaration("half_gigabytes", "size in half precision, in GB"),
    FactDeclaration("single_gigabytes", "size in single precision, as it is computed with"),
    FactDeclaration("side", "side of its pictures in pixels"),
    FactDeclaration("pixel_numbers", "numbers in a picture"),
    FactDeclaration("latent_numbers", "numbers in its latents"),
    FactDeclaration("compression", "how many times fewer"),
    FactDeclaration("tokens", "tokens of a prompt, L"),
    FactDeclaration("text_width", "numbers for each token, D"),
    FactDeclaration("heads", "attention heads, called attention_head_dim in the file"),
    FactDeclaration("scheduler", "the scheduler of the folder, or of v1"),
    FactDeclaration("model_calls", "calls of the U-Net for the steps that were asked for"),
    FactDeclaration("first_timestep", "t of the first call"),
    FactDeclaration("second_timestep", "t of the second call, and, with PLMS, of the third"),
  ]

  let figures = [
    FigureDeclaration("checkpoint-sizes", "How many learned numbers the parts of the model have"),
    FigureDeclaration("checkpoint-calls", "Noise level at every call of the U-Net", formulas: ["schedule.sigma"]),
  ]

  func run(_ context: StageContext) throws(UserError) -> StageResult {
    let wanted = context.text("model")
    let found = wanted == Self.noFolder ? nil : try FoundFolder(wanted, context.home)
    let shape = found?.shape ?? .stableDiffusionV1
    let settings: SamplerSettings
    if let found { settings = found.settings } else { settings = try Self.publishedScheduler() }
    let plan = try settings.makeSampler().plan(numInferenceSteps: context.integer("num_inference_steps"))
    var result = StageResult()
    result.fact("status", found?.status ?? Self.needed)
    result.fact("shape_of", found?.name ?? "Stable Diffusion v1")
    addSizes(of: shape, to: &result)
    result.fact("scheduler", settings.kind.className)
    result.fact("model_calls", plan.timesteps.count)
    result.fact("first_timestep", Int(plan.timesteps[0]))
    result.fact("second_timestep", Int(plan.timesteps[1]))
    result.table(found?.table ?? Self.needs)
    let provenance = Provenance(command: "", seed: context.seed, model: found?.name)
    let title = found?.name ?? "Stable Diffusion v1"
    result.figure("checkpoint-sizes") { () throws(UserError) in
      Self.sizes(shape, of: title, provenance)
    }
    result.figure("checkpoint-calls") { () throws(UserError) in
      Self.calls(plan, settings, of: title, provenance)
    }
    return result
  }

  private func addSizes(of shape: ModelShape, to result: inout StageResult) {
    let (pixels, latents) = (
      3 * shape.side * shape.side, shape.autoencoder.latentChannels * shape.latentSide * shape.latentSide
    )
    result.fact("unet_millions", Double(shape.unetCount) / 1e6)
    result.fact("autoencoder_millions", Double(shape.autoencoderCount) / 1e6)
    result.fact("text_millions", Double(shape.textCount) / 1e6)
    result.fact("total_millions", Double(shape.total) / 1e6)
    result.fact("unet_percent", 100 * Double(shape.unetCount) / Double(shape.total))
    result.fact("half_gigabytes", 2e-9 * Double(shape.total))
    result.fact("single_gigabytes", 4e-9 * Double(shape.total))
    result.fact("side", shape.side)
    result.fact("pixel_numbers", pixels)
    result.fact("latent_numbers", latents)
    result.fact("compression", Double(pixels) / Double(latents))
    result.fact("tokens", shape.text.maxPositionEmbeddings)
    result.fact("text_width", shape.text.hiddenSize)
    result.fact("heads", shape.unet.attentionHeadDim[0])
  }

  // MARK: Without a folder

  /// The scheduler of v1 as its file has it.
  static func publishedScheduler() throws(UserError) -> SamplerSettings {
    var settings = SamplerSettings(.pndm)
    settings.schedule = .stableDiffusion
    settings.skipPRKSteps = true
    settings.stepsOffset = 1
    _ = try settings.makeSampler()
    return settings
  }

  private static let needed = """
    No folder was given, so the sizes below are computed from the published configuration. With a folder of yours the same \
    lesson looks into it: diffuse lesson 13 --set model=DIR
    """

  private static let needs = StageTable(
    name: "folder", title: "What DIR must hold, in diffusers' layout",
    columns: [.init("part", numeric: false), .init("files", numeric: false)],
    rows: [
      ["(the folder itself)", "model_index.json"],
      ["tokenizer", "vocab.json, merges.txt, tokenizer_config.json, special_tokens_map.json"],
      ["text_encoder", "config.json, model.safetensors or model.fp16.safetensors"],
      ["unet", "config.json, diffusion_pytorch_model.safetensors or ….fp16.safetensors"],
      ["vae", "config.json, diffusion_pytorch_model.safetensors or ….fp16.safetensors"],
      ["scheduler", "scheduler_config.json"],
      ["safety_checker, feature_extractor", "not read; may be absent"],
    ])
}
