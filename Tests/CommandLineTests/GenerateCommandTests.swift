import Foundation
import Tensors
import TestSupport
import Testing

/// `diffuse generate` on a tiny random pipeline, run as a user runs it.
@Suite("diffuse generate")
struct GenerateCommandTests {
  private func generate(_ pipeline: String, _ arguments: [String]) throws -> Diffuse.Outcome {
    let folder = (pipeline as NSString).deletingLastPathComponent
    return try Diffuse.run(
      ["generate", "--model", pipeline, "--num-inference-steps", "2"] + arguments, in: folder,
      environment: ["DIFFUSE_HOME": Diffuse.checkout])
  }

  /// The pictures beside the pipeline.
  private func pictures(_ pipeline: String) throws -> [String] {
    try names(inFolder: (pipeline as NSString).deletingLastPathComponent).filter { $0 != "tiny" }
  }

  @Test func writesAPicture() throws {
    try withTinyPipeline { pipeline in
      let outcome = try generate(pipeline, ["--prompt", "red heart", "--seed", "7"])
      #expect(outcome.code == 0 && outcome.error.isEmpty, "\(outcome.error)")
      #expect(
        outcome.output == "generated.png  16×16, 2 model calls of ddim, guidance 7.5, seed 7\n", "\(outcome.output)")
      #expect(try pictures(pipeline) == ["generated.png"])
      let first = try bytes(ofFile: pipeline + "/../generated.png")
      #expect(try generate(pipeline, ["--prompt", "red heart", "--seed", "7"]).code == 0)
      #expect(try bytes(ofFile: pipeline + "/../generated.png") == first)
      #expect(try generate(pipeline, ["--prompt", "red heart", "--seed", "8"]).code == 0)
      #expect(try bytes(ofFile: pipeline + "/../generated.png") != first)
    }
  }

  @Test func writesSeveralPicturesOfAnotherSize() throws {
    try withTinyPipeline { pipeline in
      let outcome = try generate(
        pipeline,
        [
          "--prompt", "", "--num-images", "3", "--height", "10", "--width", "24", "--out", "a.png", "--scheduler",
          "heun",
        ])
      #expect(outcome.code == 0, "\(outcome.error)")
      #expect(outcome.output.contains("a-3.png  24×10, 3 model calls of heun"), "\(outcome.output)")
      #expect(try pictures(pipeline) == ["a-1.png", "a-2.png", "a-3.png"])
    }
  }

  @Test func cutsAnOverlongPromptAndSaysSo() throws {
    try withTinyPipeline { pipeline in
      let prompt = "red heart " + String(repeating: "pizza ", count: 1665)
      let outcome = try generate(pipeline, ["--prompt", prompt, "--negative-prompt", prompt + "apple"])
      #expect(outcome.code == 0)
      let lines = outcome.error.split(separator: "\n")
      #expect(lines.count == 2, "\(outcome.error)")
      #expect(lines.allSatisfy { $0.count < 400 && $0.contains("longer than 18 tokens; dropped: pizza") })
      #expect(lines.last?.contains("negative prompt") == true && lines.last?.contains("apple (") == true)
      let short = try generate(pipeline, ["--prompt", "red heart" + String(repeating: " pizza", count: 20)])
      #expect(short.error.contains("dropped: pizza pizza"), "\(short.error)")
      #expect(!short.error.contains("characters"), "\(short.error)")
    }
  }

  @Test func takesAPictureOfAnySize() throws {
    try withTinyPipeline { pipeline in
      let resized = try generate(
        pipeline, ["--prompt", "boot", "--image", Diffuse.garment, "--strength", "0.5", "--out", "p.png"])
      #expect(resized.code == 0)
      #expect(resized.error.contains("has 28×28 pixels; it is resized and centre-cropped to 16×16"), "\(resized.error)")
      #expect(resized.output.contains("1 model calls"), "\(resized.output)")
      let masked = try generate(
        pipeline, ["--prompt", "boot", "--image", "p.png", "--mask", Diffuse.garment, "--out", "m.png"])
      #expect(masked.code == 0 && masked.output.contains("2 model calls"), "\(masked.output)\(masked.error)")
      #expect(masked.error.split(separator: "\n").count == 1, "\(masked.error)")
      #expect(try pictures(pipeline) == ["m.png", "p.png"])
    }
  }

  @Test func saysWhichSchedulerStandsIn() throws {
    try withTinyPipeline { pipeline in
      let path = pipeline + "/scheduler/scheduler_config.json"
      let json = try String(contentsOfFile: path, encoding: .utf8)
      try FileOutput.write(json.replacing("DDIMScheduler", with: "UniPCMultistepScheduler"), to: path)
      let outcome = try generate(pipeline, ["--prompt", "pizza"])
      #expect(outcome.code == 0)
      #expect(
        outcome.error == "diffuse: the model's scheduler UniPCMultistepScheduler is not implemented; ddim is used\n")
      let chosen = try generate(pipeline, ["--prompt", "pizza", "--scheduler", "euler"])
      #expect(chosen.code == 0 && chosen.error.isEmpty)
    }
  }

  static let mistakes: [(arguments: [String], code: Int32, says: [String])] = [
    (["--strength", "0.5"], 64, ["--strength needs a picture"]),
    (["--mask", "m.png"], 64, ["--mask needs a picture"]),
    (["--image", Diffuse.garment, "--strength", "1.5"], 64, ["--strength is 1.5; it must be above 0 and at most 1"]),
    (["--image", Diffuse.garment, "--strength", "-0.1"], 64, ["--strength is -0.1"]),
    (["--image", Diffuse.garment, "--strength", "0"], 64, ["--strength is 0.0"]),
    (["--image", Diffuse.garment, "--strength", "nan"], 64, ["--strength is nan"]),
    (["--image", Diffuse.garment, "--strength", "0.3"], 64, ["strength 0.3 of 2 steps leaves none to run"]),
    (["--image", "none.png"], 66, ["none.png does not exist"]),
    (["--image", #filePath], 65, ["is not a PNG or JPEG picture"]),
    (["--height", "15"], 64, ["the height is 15; it must be a multiple of 2 from 2 to 4096"]),
    (["--width", "-16"], 64, ["the width is -16"]),
    (["--num-images", "0"], 64, ["--num-images is 0; it must be 1 to 64"]),
    (["--num-inference-steps", "2000"], 64, ["num_inference_steps is 2000; it must be between 1 and"]),
    (["--guidance-scale", "-2"], 64, ["the guidance scale is -2.0"]),
    (["--guidance-scale", "nan"], 64, ["the guidance scale is nan"]),
    (["--eta", "2"], 64, ["eta is 2.0; it must be between 0 and 1"]),
    (["--eta", "0.5", "--scheduler", "euler"], 64, ["--eta belongs to ddim; the scheduler is euler"]),
    (["--scheduler", "eular"], 64, ["did you mean euler"]),
    (["--seed", "-1"], 64, ["the seed '-1'"]),
    (["--out", "none/a.png"], 73, ["the folder none does not exist"]),
    (["--out", ""], 64, ["--out names no file"]),
    (["--model", "./none"], 66, ["the model folder './none' does not exist"]),
    (["--model", "fashion-ddpm"], 66, ["is not a pipeline's folder: it has no model_index.json"]),
  ]

  @Test(arguments: mistakes)
  func mistakesEndInOneSentence(_ mistake: (arguments: [String], code: Int32, says: [String])) throws {
    try withTinyPipeline { pipeline in
      let outcome = try generate(pipeline, ["--prompt", "pizza"] + mistake.arguments)
      // A picture of another size is spoken of before what is wrong with it.
      let last = outcome.error.split(separator: "\n").last ?? ""
      Diffuse.Outcome(code: outcome.code, output: outcome.output, error: String(last) + "\n")
        .expectSentence(mistake.says, code: mistake.code)
      #expect(try pictures(pipeline) == [])
    }
  }

  @Test func tornWeightsAndMissingPartsEndInOneSentence() throws {
    try withTinyPipeline { pipeline in
      let weights = pipeline + "/vae/diffusion_pytorch_model.safetensors"
      try FileOutput.write(Array(try bytes(ofFile: weights).prefix(1000)), to: weights)
      try generate(pipeline, ["--prompt", "x"]).expectSentence([weights, "not a valid safetensors file"], code: 65)
      try FileManager.default.removeItem(atPath: pipeline + "/vae")
      try generate(pipeline, ["--prompt", "x"]).expectSentence(["has no folder vae"], code: 66)
    }
  }
}
