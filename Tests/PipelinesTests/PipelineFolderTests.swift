import Foundation
import Models
import Pipelines
import Tensors
import TestSupport
import Testing

/// A change to the folder of a pipeline and what is said of it.
struct Spoiling: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let code: UserError.Code
  let says: [String]
  let change: @Sendable (_ folder: String) throws -> Void

  init(
    _ name: String, _ code: UserError.Code, _ says: [String], _ change: @escaping @Sendable (String) throws -> Void
  ) {
    testDescription = name
    self.code = code
    self.says = says
    self.change = change
  }
}

/// Changes keys of a JSON file.
private func edit(_ path: String, _ changes: [String: Any?]) throws {
  let data = try #require(FileManager.default.contents(atPath: path))
  var object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  for (key, value) in changes { object[key] = value }
  try FileOutput.write(json: object, to: path)
}

private let spoilings =
  [
    Spoiling("no index", .noInput, ["has no model_index.json"]) {
      try FileManager.default.removeItem(atPath: $0 + "/model_index.json")
    },
    Spoiling("another pipeline", .config, ["StableDiffusionXLPipeline", "StableDiffusionPipeline"]) {
      try edit($0 + "/model_index.json", ["_class_name": "StableDiffusionXLPipeline"])
    },
    Spoiling("no U-Net in the index", .config, ["unet is missing"]) {
      try edit($0 + "/model_index.json", ["unet": nil as Any?])
    },
    Spoiling("a part that is null", .config, ["text_encoder is missing"]) {
      try edit($0 + "/model_index.json", ["text_encoder": [NSNull(), NSNull()]])
    },
    Spoiling("another autoencoder", .config, ["vae is a AutoencoderTiny", "AutoencoderKL"]) {
      try edit($0 + "/model_index.json", ["vae": ["diffusers", "AutoencoderTiny"]])
    },
    Spoiling("a part of the index that is no list", .config, ["unet is 7"]) {
      try edit($0 + "/model_index.json", ["unet": 7])
    },
  ]
  + ["tokenizer", "text_encoder", "vae", "unet", "scheduler"].map { part in
    Spoiling("no folder \(part)", .noInput, ["has no folder \(part)"]) {
      try FileManager.default.removeItem(atPath: "\($0)/\(part)")
    }
  }
  + ["text_encoder/model", "vae/diffusion_pytorch_model", "unet/diffusion_pytorch_model"].flatMap { weights in
    [
      Spoiling("torn \(weights)", .data, ["\(weights).safetensors is not a valid safetensors file"]) {
        let path = "\($0)/\(weights).safetensors"
        let whole = try bytes(ofFile: path)
        try FileOutput.write(Array(whole.prefix(whole.count * 2 / 3)), to: path)
      },
      Spoiling("no \(weights)", .noInput, ["has no weights"]) {
        try FileManager.default.removeItem(atPath: "\($0)/\(weights).safetensors")
      },
    ]
  } + [
    Spoiling("weights of another width", .config, ["unet", "has the shape", "the configuration asks for"]) {
      try edit($0 + "/unet/config.json", ["block_out_channels": [4, 12]])
    },
    Spoiling("text too wide for the U-Net", .config, ["cross_attention_dim 8", "hidden_size 4"]) {
      var configuration = CLIPTextConfiguration()
      (configuration.vocabSize, configuration.hiddenSize, configuration.intermediateSize) = (1538, 4, 4)
      (configuration.numHiddenLayers, configuration.numAttentionHeads) = (1, 1)
      configuration.maxPositionEmbeddings = 20
      try ModelFolder($0 + "/text_encoder").write(
        CLIPTextModel(configuration), configuration.jsonObject, weightsName: "model.safetensors")
    },
    Spoiling("too small a vocabulary", .config, ["the id 1537", "vocab_size of 1000"]) {
      var configuration = CLIPTextConfiguration()
      (configuration.vocabSize, configuration.hiddenSize, configuration.intermediateSize) = (1000, 8, 4)
      (configuration.numHiddenLayers, configuration.numAttentionHeads) = (1, 1)
      configuration.maxPositionEmbeddings = 20
      try ModelFolder($0 + "/text_encoder").write(
        CLIPTextModel(configuration), configuration.jsonObject, weightsName: "model.safetensors")
    },
    Spoiling("a longer context than positions", .config, ["model_max_length 77", "max_position_embeddings 20"]) {
      try edit($0 + "/tokenizer/tokenizer_config.json", ["model_max_length": 77])
    },
    Spoiling("no scheduler configuration", .noInput, ["scheduler_config.json is missing"]) {
      try FileManager.default.removeItem(atPath: $0 + "/scheduler/scheduler_config.json")
    },
    Spoiling("a broken scheduler configuration", .config, ["scheduler_config.json", "beta_schedule is cubic"]) {
      try edit($0 + "/scheduler/scheduler_config.json", ["beta_schedule": "cubic"])
    },
    Spoiling("a scheduler configuration that is none", .config, ["scheduler_config.json is not a JSON object"]) {
      try FileOutput.write("[]", to: $0 + "/scheduler/scheduler_config.json")
    },
  ]

@Suite("Folders a pipeline refuses")
struct PipelineFolderTests {
  @Test("one sentence that names the part", arguments: spoilings)
  func refused(_ spoiling: Spoiling) throws {
    try withTinyPipeline { folder in
      try spoiling.change(folder)
      let error = #expect(throws: UserError.self) { () throws in
        _ = try StableDiffusionPipeline(folder: PipelineFolder(folder))
      }
      for words in spoiling.says {
        #expect(error?.sentence.contains(words) == true, "'\(error?.sentence ?? "")' does not say '\(words)'")
      }
      #expect(error?.code == spoiling.code, "\(error?.sentence ?? "")")
    }
  }

  @Test("a scheduler that is not implemented is replaced by DDIM with its settings")
  func otherScheduler() throws {
    try withTinyPipeline { folder in
      try edit(folder + "/scheduler/scheduler_config.json", ["_class_name": "UniPCMultistepScheduler"])
      let pipeline = try StableDiffusionPipeline(folder: PipelineFolder(folder))
      #expect(pipeline.unknownScheduler == "UniPCMultistepScheduler")
      #expect(pipeline.defaultSampler == .ddim)
      #expect(try pipeline.settings(for: .ddim).stepsOffset == 1)
    }
  }

  @Test(
    "requests outside their ranges",
    arguments: [
      ("height", "the height is 9; it must be a multiple of 2"), ("width", "the width is 0"),
      ("tall", "the height is 4098"), ("steps", "num_inference_steps is 0"), ("many", "num_inference_steps is 1001"),
      ("images", "the number of images is 0"), ("guidance", "the guidance scale is -1.0"), ("eta", "eta is 1.5"),
      ("weak", "strength is 0.0"), ("strong", "strength is 1.01"), ("nothing", "leaves none to run"),
    ])
  func requests(_ mistake: (what: String, says: String)) throws {
    var request = TextToImageRequest(prompt: "pizza")
    request.numInferenceSteps = 4
    func start(_ strength: Double) -> TextToImageRequest.Start { .picture(.zeros([3, 16, 16]), strength: strength) }
    switch mistake.what {
    case "height": request.height = 9
    case "width": request.width = 0
    case "tall": request.height = 4098
    case "steps": request.numInferenceSteps = 0
    case "many": request.numInferenceSteps = 1001
    case "images": request.numImagesPerPrompt = 0
    case "guidance": request.guidanceScale = -1
    case "eta": request.eta = 1.5
    case "weak": request.start = start(0)
    case "strong": request.start = start(1.01)
    default: request.start = start(0.2)
    }
    try withTinyPipeline { folder in
      let pipeline = try StableDiffusionPipeline(folder: PipelineFolder(folder))
      let error = #expect(throws: UserError.self) { () throws in _ = try pipeline.generate(request) }
      #expect(error?.sentence.contains(mistake.says) == true, "\(error?.sentence ?? "")")
    }
  }
}
