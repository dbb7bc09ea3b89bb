import Diffusion
import Drawing
import Foundation
import Models
import Pipelines
import Stages
import TestSupport
import Tensors
import Testing

/// The stages of lessons 10 to 12, on the tiny pipeline of the goldens: 16×16 pictures, 4×8×8 latents.
struct TinyStages {
  let home: Home
  let folder: String
  let pipeline: StableDiffusionPipeline

  static func with(_ body: (TinyStages) throws -> Void) throws {
    try withTinyPipeline { folder in
      try body(
        TinyStages(
          home: Home.find(workingDirectory: #filePath), folder: folder,
          pipeline: StableDiffusionPipeline(folder: PipelineFolder(folder))))
    }
  }

  func run(_ name: String, _ setting: [String: String] = [:], seed: UInt64 = 0, image: String? = nil) throws(UserError)
    -> StageResult
  {
    let stage = try StageCatalogue.stage(named: name)
    let setting = setting.merging(["model": folder]) { own, _ in own }
    return try stage.run(
      StageContext(defaultsOf: stage, setting: setting, seed: seed, imageFile: image, home: home))
  }
}

extension StageResult {
  func rows(_ name: String) throws -> [[String]] { try #require(tables.first { $0.name == name }).rows }
  func known(_ name: String) throws -> Tensor { try #require(tensor(name), "no tensor '\(name)'") }
}

@Suite("Text-to-image, traced") struct TextToImageStageTests {
  @Test func everyTensorFollowsFromTheOnesBefore() throws {
    try TinyStages.with { tiny in
      let result = try tiny.run(
        "text-to-image", ["num_inference_steps": "4", "guidance_scale": "2.5", "prompt": "pizza"], seed: 3)
      var request = TextToImageRequest(prompt: "pizza")
      (request.numInferenceSteps, request.guidanceScale, request.seed) = (4, 2.5, 3)
      let made = try tiny.pipeline.generate(request)
      #expect(try result.known("picture") == made.pictures)
      let schedule = try NoiseSchedule(try tiny.pipeline.settings(for: .ddim).schedule)
      var previous: Tensor?
      for (call, t) in made.timesteps.enumerated() {
        let place = "step.00\(call)/"
        let (without, with) = (try result.known(place + "unconditional"), try result.known(place + "conditional"))
        expectClose(try result.known(place + "guided"), without + (with - without) * 2.5, .absolute(1e-5), "guided")
        let guess = try schedule.convert(
          try result.known(place + "guided"), from: .epsilon, to: .sample, sample: try result.known(place + "z_t"),
          timestep: Int(t))
        expectClose(try result.known(place + "z0_hat"), guess, .absolute(1e-4), "ẑ₀ at \(t)")
        if let previous { #expect(try result.known(place + "z_t") == previous) }
        previous = try result.known(place + "next")
      }
      #expect(previous == made.latents)
      let scale = tiny.pipeline.autoencoder.configuration.scalingFactor
      expectClose(try result.known("decoder_input") * scale, made.latents, .absolute(1e-5), "z₀/f")
      let output = try result.known("decoder_output").affine(scale: 0.5, shift: 0.5).clamped(to: 0...1)
      expectClose(output, made.pictures, .absolute(1e-6), "picture")
      let states = tiny.pipeline.encode(prompts: ["", "pizza"]).states
      #expect(try result.known("encoder_hidden_states") == states)
    }
  }

  @Test func printsEveryTensorWithItsMoments() throws {
    try TinyStages.with { tiny in
      let result = try tiny.run("text-to-image", ["num_inference_steps": "3"])
      #expect(try result.rows("prompt").count == 4 && result.rows("picture").count == 3)
      let steps = try result.rows("steps")
      #expect(steps.count == 3 * 5)
      let noise = try result.known("step.000/z_t").scalars.map(Double.init)
      let mean = noise.reduce(0, +) / 256
      let deviation = (noise.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 256).squareRoot()
      let row = try result.rows("prompt")[3]
      #expect(row[1] == "1×4×8×8")
      #expect(row[3] == String(format: "%.3f", try #require(noise.max())))
      #expect(row[4].replacing("−", with: "-") == String(format: "%.3f", mean))
      #expect(row[5] == String(format: "%.3f", deviation))
      // Every number in the last column is explained.
      let explained = Set(try result.rows("equations").map { $0[0] })
      #expect(try Set((result.rows("prompt") + result.rows("picture") + steps).map { $0[$0.count - 1] }) == explained)
      let some = try tiny.run("text-to-image", ["num_inference_steps": "9", "trace": "three-steps"])
      #expect(try some.rows("steps").count == 3 * 5)
      #expect(try some.rows("steps").map { $0[0] }.filter { !$0.isEmpty } == ["889", "445", "1"])
    }
  }

  @Test func withoutGuidanceTheNetworkAnswersOnce() throws {
    try TinyStages.with { tiny in
      let result = try tiny.run("text-to-image", ["num_inference_steps": "2", "guidance_scale": "1"])
      #expect(try result.rows("steps").count == 2 * 3)
      #expect(result.tensor("step.000/unconditional") == nil)
      #expect(result.number("batch") == 1 && result.number("first_text_effect") == 0)
      #expect(try result.known("input_ids").shape == [1, 20])
    }
  }

  /// z_t is shown in the scale of x_t = √ᾱ x₀ + √(1 − ᾱ) ε, whatever the sampler's own.
  @Test(arguments: ["euler", "heun", "dpmsolver++", "ddpm"]) func latentsHaveOneScale(_ sampler: String) throws {
    try TinyStages.with { tiny in
      let result = try tiny.run("text-to-image", ["num_inference_steps": "5", "sampler": sampler], seed: 7)
      let first = try result.known("step.000/z_t")
      #expect(abs(first.standardDeviation() - 1) < 0.1)
      #expect(result.number("model_calls") == (sampler == "heun" ? 9 : 5))
    }
  }

  @Test func otherSizesAndBadOnes() throws {
    try TinyStages.with { tiny in
      let result = try tiny.run(
        "text-to-image", ["num_inference_steps": "1", "height": "24", "width": "12", "decoded_steps": "2"])
      #expect(try result.known("picture").shape == [1, 3, 24, 12])
      #expect(result.text("latent_shape") == "4×12×6")
      #expect(sentence { _ = try tiny.run("text-to-image", ["height": "9"]) }.contains("height is 9"))
      let long = Array(repeating: "pizza", count: 40).joined(separator: " ")
      let cut = try tiny.run("text-to-image", ["num_inference_steps": "1", "prompt": long])
      #expect(cut.text("dropped_words").hasPrefix("pizza") && cut.number("token_count") == 18)
    }
  }

  @Test func gridsHoldThePipelinesPictures() throws {
    try TinyStages.with { tiny in
      let result = try tiny.run(
        "settings-grid",
        [
          "step_counts": "3,1", "guidance_scales": "4,1", "seeds": "2", "num_inference_steps": "2", "prompt": "pizza",
          "other_prompt": "red heart",
        ], seed: 5)
      var request = TextToImageRequest(prompt: "pizza")
      (request.numInferenceSteps, request.guidanceScale, request.seed) = (3, 4, 5)
      #expect(try result.known("w=4.0/steps=3") == tiny.pipeline.generate(request).pictures[index: 0])
      (request.prompts, request.numInferenceSteps, request.guidanceScale, request.seed) = (["red heart"], 2, 3, 6)
      #expect(try result.known("other_prompt/seed+1") == tiny.pipeline.generate(request).pictures[index: 0])
      #expect(try result.rows("by-steps").map { $0[0] } == ["1", "3"])
      #expect(try result.rows("by-steps")[1][1] == "0.000")
      #expect(result.number("fewest_steps") == 1 && result.number("highest_guidance") == 4)
    }
  }

  @Test func sizesAreMultiplesOfTheTrainedOne() throws {
    try TinyStages.with { tiny in
      let result = try tiny.run(
        "image-sizes", ["sizes": "2x1,1x1,1.5x1.5", "num_inference_steps": "1", "seeds": "1"])
      #expect(try result.rows("by-size").map { $0[0] } == ["16×16", "24×24", "32×16"])
      #expect(try result.known("32x16/seed+0").shape == [3, 16, 32])
      #expect(result.text("largest_size") == "24×24" && result.number("largest_pixels") == 2.25)
      // Attention grows faster than the pixels.
      #expect(result.number("largest_cost") > 2.25)
    }
  }

  @Test func countsSeparateShapes() {
    func picture(_ ink: Set<Int>) -> Tensor {
      let plane = (0..<100).map { ink.contains($0) ? Float(0.2) : 0.9 }
      return Tensor(plane + plane + plane, shape: [3, 10, 10])
    }
    let square = Set([22, 23, 32, 33])
    #expect(separateShapes(in: picture([]), leastArea: 1) == 0)
    #expect(separateShapes(in: picture(square), leastArea: 4) == 1)
    #expect(separateShapes(in: picture(square), leastArea: 5) == 0)
    #expect(separateShapes(in: picture(square.union([66, 67, 76, 77])), leastArea: 4) == 2)
    // Touching at a corner only is not together.
    #expect(separateShapes(in: picture(square.union([44, 45, 54, 55])), leastArea: 4) == 2)
    #expect(separateShapes(in: picture(square.union([42, 52, 43, 53])), leastArea: 4) == 1)
  }
}
