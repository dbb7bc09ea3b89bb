import ArgumentParser
import Diffusion
import Drawing
import Foundation
import LessonRunner
import Models
import Pipelines
import Stages
import Tensors

/// `diffuse generate --prompt "red heart left of pizza"`: pictures from text, or from text and a picture.
struct GenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate", abstract: "Makes pictures from a text, or from a text and a picture.",
    discussion: """
      Example:

        diffuse generate --prompt "red heart left of pizza" --seed 7
        diffuse generate --prompt "green apple" --num-images 4 --out apple.png
        diffuse generate --prompt "cat face" --image sketch.png --strength 0.6
        diffuse generate --prompt "pizza" --image scene.png --mask mask.png --scheduler dpmsolver++
        diffuse generate --prompt "a lighthouse" --model path/to/stable-diffusion-v1-5

      The model is a shipped name or a Stable Diffusion folder in diffusers' layout. Options mean what they mean in \
      diffusers, and so does the seed: with the same weights it gives the same picture there.

      With --image the last part of the steps, as large as --strength, starts from that picture; what a mask leaves black \
      is kept. A picture of another size is resized and centre-cropped. Several images are written as FILE-1.png, \
      FILE-2.png …
      """)

  @Option(help: "What the picture shall show.")
  var prompt: String

  @Option(help: "What guidance shall lead away from.")
  var negativePrompt = ""

  @Option(parsing: .unconditional, help: "How many steps the sampler takes.")
  var numInferenceSteps = 50

  @Option(parsing: .unconditional, help: "How strongly the text counts; up to 1 there is no guidance.")
  var guidanceScale: Float = 7.5

  @Option(parsing: .unconditional, help: "Noise that ddim adds: 0 none, 1 as much as ddpm.")
  var eta: Double?

  @Option(help: "ddpm, ddim, euler, euler-ancestral, heun or dpmsolver++; the model's own by default.")
  var scheduler: String?

  @OptionGroup var seed: SeedOptions

  @Option(parsing: .unconditional, help: ArgumentHelp("Height; the model's own by default.", valueName: "pixels"))
  var height: Int?

  @Option(parsing: .unconditional, help: ArgumentHelp("Width; the model's own by default.", valueName: "pixels"))
  var width: Int?

  @Option(parsing: .unconditional, help: "How many pictures.")
  var numImages = 1

  @Option(help: ArgumentHelp("Start from this picture (PNG or JPEG).", valueName: "file"))
  var image: String?

  @Option(
    parsing: .unconditional,
    help: "How much of the picture is made anew, above 0 to 1 (0.8; with a mask 1): the share of the steps that run.")
  var strength: Double?

  @Option(help: ArgumentHelp("Make only what is white in this picture anew.", valueName: "file"))
  var mask: String?

  @Option(help: "Model folder or name.")
  var model = "emoji-ldm"

  @Option(help: ArgumentHelp("The PNG to write.", valueName: "file"))
  var out = "generated.png"

  @Option(help: "Show pictures in the terminal; auto does when standard output is one.")
  var pictures: PictureWish = .auto

  @OptionGroup var threads: ThreadOptions
  @OptionGroup var home: HomeOptions

  func run() throws {
    try threads.apply()
    try checkOptions()
    let folder = try home.find().model(model)
    let paths = files
    for path in paths { try OutputPlace.check(file: path) }
    let pipeline = try StableDiffusionPipeline(folder: PipelineFolder(folder))
    if let name = pipeline.unknownScheduler, scheduler == nil {
      Console.complain("diffuse: the model's scheduler \(name) is not implemented; ddim is used")
    }
    let request = try request(pipeline)
    let result = try generate(pipeline, request)
    warn("prompt", result.droppedWords[0], pipeline)
    warn("negative prompt", result.droppedNegativeWords, pipeline)
    try write(result, paths, request, pipeline)
  }

  /// Options that make no sense without others, and names that are unknown, before anything is read.
  private func checkOptions() throws(UserError) {
    if image == nil {
      if strength != nil { throw UserError("--strength needs a picture to start from: --image FILE") }
      if mask != nil { throw UserError("--mask needs a picture to start from: --image FILE") }
    }
    if let strength, !(strength > 0 && strength <= 1) {
      throw UserError("--strength is \(strength); it must be above 0 and at most 1")
    }
    guard (1...64).contains(numImages) else { throw UserError("--num-images is \(numImages); it must be 1 to 64") }
    if let scheduler { _ = try SamplerKind(named: scheduler) }
    guard !out.isEmpty else { throw UserError("--out names no file") }
  }

  private func request(_ pipeline: StableDiffusionPipeline) throws(UserError) -> TextToImageRequest {
    var request = TextToImageRequest(prompt: prompt)
    request.negativePrompt = negativePrompt
    request.numInferenceSteps = numInferenceSteps
    request.guidanceScale = guidanceScale
    request.sampler = try scheduler.map { name throws(UserError) in try SamplerKind(named: name) }
    let sampler = request.sampler ?? pipeline.defaultSampler
    if let eta {
      guard sampler == .ddim else { throw UserError("--eta belongs to ddim; the scheduler is \(sampler.rawValue)") }
      request.eta = eta
    }
    request.seed = seed.seed
    request.height = height
    request.width = width
    request.numImagesPerPrompt = numImages
    let size = try pipeline.size(request)
    guard let image else { return request }
    let picture = try read(image, .rgb, size)
    if let mask {
      request.start = .inpainting(picture, mask: try read(mask, .grey, size), strength: strength ?? 1)
    } else {
      request.start = .picture(picture, strength: strength ?? 0.8)
    }
    return request
  }

  /// A picture of the size that is needed.
  private func read(
    _ path: String, _ channels: ImageFile.Channels, _ size: (height: Int, width: Int)
  ) throws(UserError) -> Tensor {
    let picture = try ImageFile.read(path, as: channels)
    let (height, width) = (picture.shape[1], picture.shape[2])
    if (height, width) == size { return picture }
    Console.complain(
      "diffuse: \(path) has \(width)×\(height) pixels; it is resized and centre-cropped to \(size.width)×\(size.height)"
    )
    return picture.resizedAndCentreCropped(toHeight: size.height, width: size.width)
  }

  private func generate(
    _ pipeline: StableDiffusionPipeline, _ request: TextToImageRequest
  ) throws -> TextToImageResult {
    let line = ProgressLine()
    defer { line.clear() }
    let plan = try pipeline.plan(request)
    var done = 0
    line.report(StageProgress(done: 0, total: plan.calls.count, what: "denoising steps"))
    return try pipeline.generate(request) { _ in
      done += 1
      line.report(StageProgress(done: done, total: plan.calls.count, what: "denoising steps"))
    }
  }

  private func warn(_ what: String, _ dropped: String?, _ pipeline: StableDiffusionPipeline) {
    guard let dropped else { return }
    let limit = pipeline.tokenizer.contextLength - 2
    Console.complain("diffuse: the \(what) is longer than \(limit) tokens; dropped: \(Self.shortened(dropped))")
  }

  /// At most 200 characters: the first and the last of them.
  private static func shortened(_ words: String) -> String {
    words.count <= 200 ? words : "\(words.prefix(140)) … \(words.suffix(50)) (\(words.count) characters)"
  }

  /// FILE.png, or FILE-1.png and so on.
  private var files: [String] {
    guard numImages > 1 else { return [out] }
    let stem = out.hasSuffix(".png") ? String(out.dropLast(4)) : out
    return (1...numImages).map { "\(stem)-\($0).png" }
  }

  private func write(
    _ result: TextToImageResult, _ paths: [String], _ request: TextToImageRequest, _ pipeline: StableDiffusionPipeline
  ) throws(UserError) {
    let isShown = pictures.isGranted
    let sampler = (request.sampler ?? pipeline.defaultSampler).rawValue
    for (i, path) in paths.enumerated() {
      let raster = Raster(result.pictures[index: i], .unit)
      try ImageFile.writePNG(raster, to: path)
      if isShown {
        try Console.write(
          TerminalPicture.text(
            rgb: raster.bytes, width: raster.width, height: raster.height, columns: min(Console.width, 64)))
      }
      try Console.write(
        "\(path)  \(raster.width)×\(raster.height), \(result.timesteps.count) model calls of \(sampler), "
          + "guidance \(request.guidanceScale), seed \(request.seed)\n")
    }
  }
}
