import ArgumentParser
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

      The input file holds the arguments of the forward method of the class in diffusers or transformers by name, the \
      output file its results:

        unet          sample [N, C, H, W], timestep [1] or [N], encoder_hidden_states [N, L, D] when the model looks at a \
      text, class_labels [N] when it has classes → sample
        vae-encoder   sample [N, C, H, W] → mean, logvar
        vae-decoder   latent_sample [N, C, h, w] → sample
        text-encoder  input_ids [N, L] → last_hidden_state, pooler_output

      With --trace every submodule's output follows under its module path. The model is a module's folder, config.json \
      beside its weights, or a pipeline's, or the name of a shipped one.
      """)

  @Argument(help: "The module: unet, vae-encoder, vae-decoder or text-encoder.")
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
    guard let probe = ModuleProbe(rawValue: module) else {
      throw UserError.unknown("module to probe", module, among: ModuleProbe.allCases.map(\.rawValue))
    }
    try OutputPlace.check(file: output)
    let folder = ModelFolder(try home.find().model(model))
    let results = try probe.run(folder, on: SafetensorsFile(contentsOf: input), trace: trace)
    try SafetensorsFile.write(results.map { ($0.name, $0.tensor) }, to: output)
  }
}
