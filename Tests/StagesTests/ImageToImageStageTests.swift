import Diffusion
import Drawing
import Foundation
import Models
import Pipelines
import Stages
import TestSupport
import Tensors
import Testing

@Suite("Image-to-image and inpainting") struct ImageToImageStageTests {
  /// ⌊S·r⌋ in double precision, as Python computes it: 50 · 0.58 is a hair under 29.
  static let strengths: [(steps: Int, strength: Double, run: Int)] = [
    (20, 0.6, 12), (20, 0.05, 1), (20, 1, 20), (50, 0.58, 28), (7, 0.5, 3), (25, 0.3, 7),
  ]

  @Test(arguments: strengths)
  func runsTheLastSteps(_ expected: (steps: Int, strength: Double, run: Int)) throws {
    try TinyStages.with { tiny in
      let result = try tiny.run(
        "image-to-image",
        [
          "num_inference_steps": "\(expected.steps)", "strengths": "\(expected.strength),0.99", "seeds": "1",
          "guidance_scale": "1",
        ])
      let row = try #require(result.rows("by-strength").first { Double($0[0]) == expected.strength })
      #expect(row[1] == "\(expected.run)" && row[2] == "\(expected.steps - expected.run)")
      // Leading spacing with offset 1: t of step i is ⌊T/S⌋ (S − 1 − i) + 1.
      #expect(row[3] == "\(1000 / expected.steps * (expected.run - 1) + 1)")
    }
  }

  @Test func resultsAreThePipelines() throws {
    try TinyStages.with { tiny in
      let result = try tiny.run(
        "image-to-image",
        ["num_inference_steps": "4", "strengths": "0.5,1", "seeds": "2", "prompt": "pizza", "image": "red-heart"],
        seed: 2)
      #expect(result.text("picture").contains("resized to 16×16"))
      let unit = try result.known("x")[index: 0].affine(scale: 0.5, shift: 0.5)
      var request = TextToImageRequest(prompt: "pizza")
      (request.numInferenceSteps, request.guidanceScale, request.seed) = (4, 3, 3)
      request.start = .picture(unit, strength: 0.5)
      let made = try tiny.pipeline.generate(request)
      #expect(try result.known("strength=0.5/seed+1") == made.pictures[index: 0])
      let distance = (try result.known("strength=0.5/seed+1/z0") - result.known("z"))
      #expect(distance.squaredNorm > 0)
      #expect(result.number("example_strength") == 0.5 && result.number("example_skipped") == 2)
      #expect(result.number("example_timestep") == 251 && result.number("example_wrong_timestep") == 501)
    }
  }

  @Test func refusesWhatLeavesNothingToRun() throws {
    try TinyStages.with { tiny in
      let said = sentence {
        _ = try tiny.run("image-to-image", ["num_inference_steps": "4", "strengths": "0.2,0.5"])
      }
      #expect(said.contains("strength 0.2 of 4 steps leaves none to run"))
      #expect(
        sentence { _ = try tiny.run("image-to-image", ["strengths": "0.5,0.5"]) }.contains("two different values"))
    }
  }

  /// A learner's picture of any size.
  @Test func takesAnyPicture() throws {
    try TinyStages.with { tiny in
      let path = tiny.folder + "/wide.png"
      try ImageFile.writePNG(RandomSource.pixels([3, 20, 50]), to: path)
      let result = try tiny.run(
        "image-to-image", ["num_inference_steps": "2", "strengths": "0.5,1", "seeds": "1"], image: path)
      #expect(result.text("picture").hasPrefix("wide.png, 50×20, cut to the centred square"))
      #expect(try result.known("x").shape == [1, 3, 16, 16])
    }
  }

  @Test(arguments: ["right-half", "left-circle", "centre"]) func keepsLatentsExactly(_ mask: String) throws {
    try TinyStages.with { tiny in
      let result = try tiny.run(
        "inpainting", ["mask": mask, "num_inference_steps": "3", "seeds": "2", "strength": "0.7"], seed: 4)
      #expect(result.number("kept_latent_difference") == 0)
      let (fine, coarse) = (try result.known("mask"), try result.known("new_cells"))
      for place in 0..<64 {
        #expect(coarse[place / 8, place % 8] == fine[0, place / 8 * 2, place % 8 * 2], "place \(place)")
      }
      let wrong = (0..<256).count { fine[0, $0 / 16, $0 % 16] != coarse[$0 / 32, $0 % 16 / 2] }
      #expect(result.number("lost_pixels") + result.number("missed_pixels") == Double(wrong))
      if mask == "right-half" { #expect(wrong == 0 && result.number("mask_percent") == 50) }
      #expect(try result.rows("by-distance").reduce(0) { $0 + (Int($1[1]) ?? 0) } == 256)
    }
  }
}

@Suite("Architecture") struct ArchitectureStageTests {
  @Test func beginsAtTheNoisedPicture() throws {
    try TinyStages.with { tiny in
      let result = try tiny.run("architecture", ["num_inference_steps": "3"], seed: 9)
      expectClose(
        try result.known("forward/t=667"), try result.known("reverse/step.000"), .absolute(1e-5), "z_T of both ways")
      #expect(result.number("pixel_numbers") == 768 && result.number("latent_numbers") == 256)
      #expect(result.number("unet_samples") == 6)
      let unet = tiny.pipeline.unet
      #expect(result.number("unet_parameters") == Double(unet.parameterCount))
      #expect(result.number("cross_attentions") == 4 && result.number("skips") == 4)
    }
  }

  @Test func posterFitsItsPage() throws {
    try TinyStages.with { tiny in
      let stage = try StageCatalogue.stage(named: "architecture")
      let declaration = try #require(stage.figures.first)
      #expect(declaration.size == .millimetres(594, 420))
      for prompt in ["pizza", "hamburger above banana on a purple background"] {
        let result = try tiny.run("architecture", ["num_inference_steps": "12", "prompt": prompt])
        var figure = try #require(result.figures.first).draw()
        (figure.equation, figure.equationNumber) = (declaration.equation, declaration.equationNumber)
        for theme in Theme.all {
          let log = DrawingLog(try figure.page(theme: theme, size: declaration.size))
          let pairs = log.overlappingTexts().map { "\($0.0.text.markup) | \($0.1.text.markup)" }
          #expect(pairs.isEmpty, "\(prompt), \(theme.name): \(pairs)")
          #expect(log.clippedParts().isEmpty, "\(prompt), \(theme.name): \(log.clippedParts())")
        }
      }
    }
  }
}

extension RandomSource {
  /// Values in 0…1.
  fileprivate static func pixels(_ shape: [Int]) -> Tensor {
    var random = RandomSource(seed: 1)
    return random.uniform(shape)
  }
}
