import Drawing
import Gradients
import Models
import Tensors

/// One pass through the U-Net with every layer's output kept: shapes, feature maps, skip connections, where t enters.
struct UNetAnatomy: Stage {
  let name = "unet-anatomy"
  let summary = "Sends one noisy garment through the network and looks inside"
  let models = [FashionModel.name]

  let parameters: [StageParameter] = [
    .image(default: "sneaker", help: "the garment"),
    GarmentPicture.classParameter,
    .integer("timestep", 0...999, default: 250, help: "the timestep t of the noisy picture"),
  ]

  let facts = [
    FactDeclaration("parameter_count", "numbers that training chose"),
    FactDeclaration("multiply_adds", "multiplications and additions for one ε̂, each pair counted once"),
    FactDeclaration("first_parameters", "numbers in the first convolution"),
    FactDeclaration("first_channels", "channels it makes"),
    FactDeclaration("pixels", "numbers in x_t and in ε̂"),
    FactDeclaration("residual_blocks", "residual blocks, each of which receives the time vector"),
    FactDeclaration("attention_blocks", "blocks with attention"),
    FactDeclaration("skips", "skip connections"),
    FactDeclaration("lowest_side", "height and width at the bottom"),
    FactDeclaration("widest", "channels at the bottom"),
    FactDeclaration("bottom_numbers", "numbers in the feature maps at the bottom"),
    FactDeclaration("skip_numbers", "numbers the skip connections carry past the bottom"),
    FactDeclaration("frequencies", "sines and cosines that stand for t"),
    FactDeclaration("time_width", "length of the time vector"),
    FactDeclaration("first_up_inputs", "channels into the first block of the way up, its skip included"),
  ]

  let figures = [
    FigureDeclaration(
      "unet-anatomy", "The U-Net with the feature maps of this run, its skips and where t enters",
      formulas: ["loss.simple"])
  ]

  func run(_ context: StageContext) throws(UserError) -> StageResult {
    let model = try FashionModel(context.home)
    let picture = try GarmentPicture(context)
    let t = context.integer("timestep")
    var random = RandomSource(seed: context.seed)
    let noisy = try model.schedule.addNoise(
      picture.tensor, noise: random.normal(picture.tensor.shape), timesteps: [t])
    let recorder = Recorder()
    _ = model.predict(noisy, timesteps: [t], labels: [picture.label], recorder.recording())
    let map = UNetMap(model.unet, recorder)

    var result = StageResult()
    addFacts(of: map, model, to: &result)
    result.fact("multiply_adds", ModelInspection(model.unet, recorder).multiplyAdds)
    result.table(map.table)
    result.tensor("x_t", noisy)
    for layer in map.layers { result.tensor("unet/\(layer.path)", layer.output) }
    let diagram = UNetDiagram(map: map, input: noisy[index: 0], timestep: t, className: picture.className)
    let figure = figure(diagram, picture, model.provenance(context))
    result.figure("unet-anatomy") { () throws(UserError) in figure }
    return result
  }

  private func addFacts(of map: UNetMap, _ model: FashionModel, to result: inout StageResult) {
    let count = model.unet.parameterCount
    let skipped = Array(map.down.joined())
    let bottom = map.middle[map.middle.count - 1].output
    result.fact("parameter_count", count)
    result.fact("first_parameters", map.down[0][0].parameters)
    result.fact("first_channels", map.down[0][0].output.shape[0])
    result.fact("pixels", map.last.output.count)
    result.fact("residual_blocks", map.layers.count { $0.takesTime })
    result.fact("attention_blocks", map.layers.count { $0.kind == .residualWithAttention })
    result.fact("skips", skipped.count)
    result.fact("lowest_side", bottom.shape[1])
    result.fact("widest", bottom.shape[0])
    result.fact("bottom_numbers", bottom.count)
    result.fact("skip_numbers", skipped.reduce(0) { $0 + $1.output.count })
    result.fact("frequencies", map.timeProjection.count)
    result.fact("time_width", map.timeEmbedding.count)
    result.fact("first_up_inputs", map.up[map.up.count - 1][0].inputs.reduce(0, +))
  }

  private func figure(_ diagram: UNetDiagram, _ picture: GarmentPicture, _ provenance: Provenance) -> Figure {
    Figure(
      name: "unet-anatomy", title: "The U-Net: down to see what it is, up to say where the noise is",
      caption: """
        fashion-ddpm with the feature maps of one run, one \(picture.noun) at t = \(diagram.timestep). Each picture is \
        the channel that varies most, blue negative, orange positive, scaled by itself; under it channels × height × \
        width, 24×32² being 24 of 32×32. Dashed lines are skip connections. The time vector is added in every block \
        marked t.
        """,
      alternativeText: """
        A diagram in the shape of a U. On the left the feature maps shrink from level to level, at the bottom they are \
        smallest, on the right they grow again; dashed lines join equal sizes. The last picture is the predicted noise.
        """,
      provenance: provenance, content: diagram)
  }
}
