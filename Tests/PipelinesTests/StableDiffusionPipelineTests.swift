import Diffusion
import Foundation
import Models
import Pipelines
import Tensors
import TestSupport
import Testing

/// What one case of make_pipeline.py asked for.
struct PipelineCase: Sendable, CustomTestStringConvertible {
  let name: String
  let request: TextToImageRequest
  /// Starts from the golden picture, and its mask.
  var usesPicture = false
  var usesMask = false
  var strength = 1.0
  var testDescription: String { name }

  init(
    _ name: String, _ sampler: SamplerKind, steps: Int, seed: UInt64, picture: Double? = nil, mask: Double? = nil,
    _ change: (inout TextToImageRequest) -> Void = { _ in }
  ) {
    self.name = name
    var request = TextToImageRequest(prompt: "red heart left of pizza")
    request.sampler = sampler
    request.numInferenceSteps = steps
    request.seed = seed
    change(&request)
    self.request = request
    usesPicture = picture != nil
    usesMask = mask != nil
    strength = picture ?? mask ?? 1
  }

  /// The request with the golden's picture and mask in it.
  func request(_ golden: SafetensorsFile) throws -> TextToImageRequest {
    var request = request
    if usesPicture { request.start = .picture(try golden.tensor("picture"), strength: strength) }
    if usesMask {
      request.start = .inpainting(
        try golden.tensor("picture"), mask: try golden.tensor("mask"), strength: strength)
    }
    return request
  }
}

private let cases =
  SamplerKind.allCases.map { PipelineCase("text_\($0.rawValue)", $0, steps: 4, seed: 7) } + [
    PipelineCase("text_many", .ddim, steps: 3, seed: 0) {
      $0.numImagesPerPrompt = 2
      $0.negativePrompt = "pizza"
      $0.guidanceScale = 4
      $0.eta = 0.5
      $0.height = 16
      $0.width = 24
    },
    PipelineCase("text_unguided", .eulerAncestral, steps: 3, seed: .max) { $0.guidanceScale = 1 },
    PipelineCase("picture_ddim", .ddim, steps: 5, seed: 3, picture: 0.6),
    PipelineCase("picture_heun", .heun, steps: 5, seed: 4, picture: 0.7),
    PipelineCase("picture_ancestral", .eulerAncestral, steps: 4, seed: 5, picture: 1) { $0.numImagesPerPrompt = 2 },
    PipelineCase("picture_dpm", .dpmSolver, steps: 7, seed: 6, picture: 0.5),
    PipelineCase("mask_ddim", .ddim, steps: 4, seed: 8, mask: 1),
    PipelineCase("mask_ddpm", .ddpm, steps: 5, seed: 9, mask: 0.8) { $0.numImagesPerPrompt = 2 },
    PipelineCase("mask_ancestral", .eulerAncestral, steps: 4, seed: 10, mask: 0.75),
    PipelineCase("mask_heun", .heun, steps: 3, seed: 11, mask: 1),
    PipelineCase("mask_dpm", .dpmSolver, steps: 4, seed: 12, mask: 0.5),
    PipelineCase("mask_pndm", .pndm, steps: 5, seed: 13, mask: 1),
  ]

@Suite("StableDiffusionPipeline against diffusers")
struct StableDiffusionPipelineTests {
  @Test("the same latents and pictures from the same seed", arguments: cases)
  func sameAsDiffusers(_ expected: PipelineCase) throws {
    let golden = try Goldens.file("pipeline/results.safetensors")
    try withTinyPipeline { folder in
      let pipeline = try StableDiffusionPipeline(folder: PipelineFolder(folder))
      let result = try pipeline.generate(try expected.request(golden))
      expectClose(result.latents, try golden.tensor("\(expected.name).latents"), .norm(1e-4), "latents")
      expectClose(result.pictures, try golden.tensor("\(expected.name).pictures"), .absolute(1e-3), "pictures")
      #expect(result.droppedWords == [nil])
    }
  }

  @Test("every golden is tested")
  func everyGolden() throws {
    let names = try Goldens.file("pipeline/results.safetensors").names.filter { $0.hasSuffix(".latents") }
    #expect(Set(names) == Set(cases.map { "\($0.name).latents" }))
  }

  @Test("written and read again it makes the same picture")
  func roundTrip() throws {
    try withTinyPipeline { folder in
      let first = try StableDiffusionPipeline(folder: PipelineFolder(folder))
      try first.write(to: PipelineFolder(folder + "-copy"))
      let second = try StableDiffusionPipeline(folder: PipelineFolder(folder + "-copy"))
      var request = TextToImageRequest(prompt: "pizza")
      request.numInferenceSteps = 2
      #expect(try first.generate(request).pictures == second.generate(request).pictures)
      #expect(second.defaultSampler == .ddim)
      #expect(try second.settings(for: .euler) == first.settings(for: .euler))
    }
  }

  @Test("what guidance, prompt and mask change, and what they leave")
  func dependencies() throws {
    try withTinyPipeline { folder in
      let pipeline = try StableDiffusionPipeline(folder: PipelineFolder(folder))
      func latents(_ change: (inout TextToImageRequest) -> Void) throws -> Tensor {
        var request = TextToImageRequest(prompt: "pizza")
        request.numInferenceSteps = 2
        change(&request)
        return try pipeline.generate(request).latents
      }
      let plain = try latents { _ in }
      #expect(try latents { $0.prompts = ["red heart"] } != plain)
      #expect(try latents { $0.negativePrompt = "red heart" } != plain)
      #expect(try latents { $0.seed = 1 } != plain)
      // Without guidance the negative prompt has no part.
      let unguided = try latents { $0.guidanceScale = 1 }
      #expect(unguided != plain)
      #expect(try latents { ($0.guidanceScale, $0.negativePrompt) = (0.5, "red heart") } == unguided)
      // Nothing is made anew where the mask is black everywhere.
      let picture = Tensor(repeating: 0.3, shape: [3, 16, 16])
      let kept = try latents { $0.start = .inpainting(picture, mask: .zeros([1, 16, 16]), strength: 0.5) }
      var random = RandomSource(seed: 0)
      #expect(kept == pipeline.encode(pictures: picture.reshaped([1, 3, 16, 16]), &random))
    }
  }

  @Test("several prompts in one run: each as if it were alone with its noise")
  func severalPrompts() throws {
    try withTinyPipeline { folder in
      let pipeline = try StableDiffusionPipeline(folder: PipelineFolder(folder))
      func run(_ prompts: [String], images: Int) throws -> Tensor {
        var request = TextToImageRequest(prompts: prompts)
        request.numInferenceSteps = 2
        request.numImagesPerPrompt = images
        return try pipeline.generate(request).latents
      }
      let both = try run(["pizza", "red heart"], images: 2)
      #expect(both.shape == [4, 4, 8, 8])
      // The noise of a longer batch begins with that of a shorter one.
      expectClose(both.sliced(0..<2), try run(["pizza"], images: 2), .norm(1e-5))
      expectClose(both.sliced(2..<4), try run(["red heart"], images: 4).sliced(2..<4), .norm(1e-5))
      #expect(both[0, 0, 0, 0] != both[2, 0, 0, 0])
    }
  }

  @Test("strength decides which timesteps run, as get_timesteps in diffusers", arguments: [0.1, 0.35, 0.6, 1])
  func strength(_ strength: Double) throws {
    try withTinyPipeline { folder in
      let pipeline = try StableDiffusionPipeline(folder: PipelineFolder(folder))
      var request = TextToImageRequest(prompt: "")
      request.numInferenceSteps = 20
      request.start = .picture(.zeros([3, 16, 16]), strength: strength)
      let steps = Int(20 * strength)
      let expected: [Float] = (0..<steps).reversed().map { Float($0 * 50 + 1) }
      let timesteps = try pipeline.generate(request).timesteps
      #expect(timesteps == expected)
    }
  }

  @Test("records the text encoder, every call of the U-Net and the decoder")
  func recorded() throws {
    try withTinyPipeline { folder in
      let pipeline = try StableDiffusionPipeline(folder: PipelineFolder(folder))
      var request = TextToImageRequest(prompt: "pizza")
      request.numInferenceSteps = 3
      let recorder = Recorder { $0.hasSuffix("attn2.probabilities") || !$0.contains(".transformer_blocks.") }
      var calls: [Int] = []
      let result = try pipeline.generate(request, recorder: recorder) { calls.append($0.call) }
      #expect(calls == [0, 1, 2])
      #expect(recorder["text_encoder.text_model"]?.shape == [2, 20, 8])
      for step in 0..<3 {
        #expect(recorder["step.00\(step)/unet"]?.shape == [2, 4, 8, 8])
        let map = "step.00\(step)/unet.down_blocks.0.attentions.0.transformer_blocks.0.attn2.probabilities"
        #expect(recorder[map]?.shape == [2, 2, 64, 20])
      }
      #expect(recorder["vae.decoder"]?.shape == [1, 3, 16, 16])
      #expect(result.pictures.shape == [1, 3, 16, 16])
    }
  }
}
