import ArgumentParser
import Gradients
import LessonRunner
import Models
import Tensors

/// `diffuse probe unet`: one module on the user's own tensors.
struct ProbeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "probe", abstract: "Runs one module of a model on your own tensors.",
    discussion: """
      Example:

        diffuse probe unet --model fashion-ddpm --input in.safetensors --output out.safetensors --trace

      The input file holds the arguments of the diffusers class' forward method by name; for unet: sample [N, C, H, W], \
      timestep [1] or [N], and class_labels [N] when the model has classes. The output file holds its result, sample; \
      with --trace also every submodule's output under its module path.
      """)

  @Argument(help: "The module: unet.")
  var module: String

  @Option(help: "Model folder or name.")
  var model: String

  @Option(help: ArgumentHelp("Tensors to read.", valueName: "safetensors"))
  var input: String

  @Option(help: ArgumentHelp("Where to write.", valueName: "safetensors"))
  var output: String

  @Flag(help: "Write every submodule's output too.")
  var trace = false

  @OptionGroup var home: HomeOptions

  func run() throws {
    guard module == "unet" else { throw UserError.unknown("module to probe", module, among: ["unet"]) }
    try OutputPlace.check(file: output)
    let unet = try ModelFolder(try home.find().model(model)).unet2D()
    let arguments = try UNet2DArguments(SafetensorsFile(contentsOf: input), for: unet.configuration)
    let recorder = Recorder()
    let result = unet(
      Variable(arguments.sample), timesteps: arguments.timesteps, classLabels: arguments.classLabels,
      trace ? recorder.recording() : nil)
    let traced = recorder.entries.filter { !$0.key.isEmpty }.map { ($0.key, $0.tensor) }
    try SafetensorsFile.write([("sample", result.value)] + traced, to: output)
  }
}
