import Diffusion
import Drawing
import Tensors

/// One guided step, and the prompt's part in all of them.
struct GuidedStepFigures {
  let run: GuidedRun
  let parts: GuidedParts
  let shifts: [PromptShift]

  private var w: String { NumberText.short(Double(run.request.guidanceScale)) }
  private var t: Int { parts.call.timestep }

  // MARK: Pictures of the predictions

  func predictions(_ provenance: Provenance) -> Figure {
    let signed = PixelMapping.diverging(limit: 3)
    let difference = parts.difference
    let limit = max(difference.map(abs).max, 1e-3)
    let percent = NumberText.short(
      100 * rootMeanSquare(difference) / rootMeanSquare(parts.unconditional), significant: 2)
    func guess(_ output: Tensor) -> ImageCell {
      let latents = run.converted(output, to: .sample, at: parts.call)
      return ImageCell(run.model.pipeline.decode(latents: latents)[index: 0], .unit)
    }
    func size(_ tensor: Tensor) -> RichText { "RMS \(NumberText.fixed(rootMeanSquare(tensor), decimals: 3))" }
    func cell(_ tensor: Tensor, _ mapping: PixelMapping) -> ImageCell {
      ImageCell(tensor.channelMosaic, mapping, caption: size(tensor))
    }
    return Figure(
      name: "guided-prediction",
      title: RichText("What the prompt adds is small: \(percent) % of ε̂; guidance takes it \(w) times"),
      caption: """
        One step of a real run of “\(run.request.prompts[0])”, at t = \(t). Above: the four channels of the latent as a mosaic of \
        four squares: ε̂ without the prompt, with it, the difference of the two, and the guided ε̂ with w = \(w). The difference \
        has a colour scale of its own, up to ±\(NumberText.short(Double(limit), significant: 2)). Below: the picture each \
        prediction implies, x̂₀ decoded, and the picture the run ended with. \
        The network predicts \(run.model.prediction.symbol); ε̂ is computed from it.
        """,
      alternativeText: """
        Two rows. Above, four coloured mosaics: two of noise that look alike, their difference with visible shapes in it, and \
        the guided noise. Below, the blurred pictures they imply, the guided one the clearest, and the finished picture.
        """,
      provenance: provenance,
      content: ImageGrid(
        rows: [
          [
            cell(parts.unconditional, signed), cell(parts.conditional, signed),
            cell(difference, .diverging(limit: limit)), cell(parts.guided, signed),
          ],
          [
            guess(parts.call.unconditional), guess(parts.call.conditional),
            ImageCell(run.picture, .unit, caption: "the finished picture", frame: .palette(2)),
            guess(parts.call.guided),
          ],
        ],
        rowLabels: ["ε̂", "x̂₀"],
        columnLabels: ["without the prompt, ε̂_∅", "with it, ε̂_c", "ε̂_c − ε̂_∅", "guided, ε̂_∅ + \(w) (ε̂_c − ε̂_∅)"],
        colorBar: ColorBar(signed, label: "ε̂", ticks: [-3, 0, 3])))
  }

  // MARK: The plane

  /// Along the difference to the right, what is left of ε̂_∅ upwards; in root mean squares over the elements.
  func plane(_ provenance: Provenance) -> Figure {
    let (u, d) = (parts.unconditional, parts.difference)
    let (width, length) = (Double(u.count).squareRoot(), d.squaredNorm.squareRoot())
    let along = length > 0 ? Double((u * d).sum) / length / width : 0
    let up = max(u.squaredNorm / width / width - along * along, 0).squareRoot()
    let step = length / width
    let scales = [0, 1, Double(run.request.guidanceScale)]
    func tip(_ scale: Double) -> (x: Double, y: Double) { (along + scale * step, up) }
    let names: [RichText] = ["w = 0: ε̂_∅", "w = 1: ε̂_c", "w = \(w): guided"]
    let colors: [ColorRole] = [.palette(3), .palette(0), .palette(1)]
    var layers: [any ChartLayer] = [
      Line(
        "", x: [tip(-0.3).x, tip(scales[2] + 0.4).x], y: [up, up], color: .muted, width: 0.8, pattern: .dashed)
    ]
    for (index, scale) in scales.enumerated() {
      layers.append(
        Arrows("", [.init(from: (0, 0), to: tip(scale))], color: colors[index], width: index == 2 ? 1.8 : 1.3))
    }
    for (index, scale) in scales.enumerated() {
      layers.append(
        Annotation(
          names[index], x: tip(scale).x, y: tip(scale).y, side: index == 0 ? .aboveLeft : .aboveRight,
          color: colors[index]))
    }
    let reach = max(abs(tip(0).x), abs(tip(scales[2] + 0.4).x), 0.25)
    return Figure(
      name: "guided-plane", title: "The three predictions lie on one straight line, w steps along it",
      caption: """
        ε̂ at t = \(t) has \(u.count) elements; this is the plane through 0 in which all three predictions lie, with \
        lengths as root mean squares over the elements; mind that the two axes have different scales. To the right: the direction ε̂_c − ε̂_∅. Between ε̂_∅ and ε̂_c \
        there are \(NumberText.fixed(parts.angle, decimals: 1))°. Guidance goes on along the dashed line, past what the \
        network says with the prompt.
        """,
      alternativeText: """
        Three arrows from one point to three points on a dashed level line: without the prompt, with it, and guided, which lies \
        beyond the second in the same direction.
        """,
      provenance: provenance,
      content: Chart(
        x: Axis("along ε̂_c − ε̂_∅ (RMS)", range: min(0, tip(0).x) - 0.45 * reach...1.6 * reach),
        y: Axis("the rest of ε̂ (RMS)", range: 0...1.3 * max(up, 0.1)), layers: layers))
  }

  // MARK: The run

  func overTime(_ provenance: Provenance) -> Figure {
    let x = shifts.indices.map { 100 * Double($0 + 1) / Double(shifts.count) }
    let largest = shifts.indices.max { shifts[$0].original < shifts[$1].original } ?? 0
    return Figure(
      name: "prompt-over-time",
      title: RichText("The prompt moves the expected picture the most at t = \(shifts[largest].timestep)"),
      caption: """
        Root mean square, over the elements of the latent, of the prediction with the prompt minus the one without, at every \
        step of the run of “\(run.request.prompts[0])”: of ε̂, and of x̂₀, which the sampler goes towards. One follows from the \
        other: x̂₀ moves by √(1 − ᾱ_t)/√ᾱ_t times as much as ε̂, in the opposite direction. Latents have a standard deviation of \
        about 1.
        """,
      alternativeText:
        "Two curves over the run: the effect of the prompt on the noise prediction and on the expected picture.",
      provenance: provenance,
      content: Chart(
        x: Axis("share of the steps taken (%)", range: 0...100, ticks: [0, 25, 50, 75, 100]),
        y: Axis(
          "RMS of with − without the prompt",
          range: 0...1.15 * max(shifts.map { max($0.original, $0.epsilon) }.max() ?? 1, 1e-6)),
        layers: [
          Line("x̂₀", x: x, y: shifts.map(\.original), color: .palette(1), labelPlacement: .inside),
          Line("ε̂", x: x, y: shifts.map(\.epsilon), color: .palette(0), labelPlacement: .inside),
          Annotation(
            "t = \(shifts[largest].timestep)", x: x[largest], y: shifts[largest].original, side: .aboveRight),
        ]))
  }
}

extension Tensor {
  /// The four channels of a latent [1, 4, h, w] as a square of squares, [2 h, 2 w]; the first channel of any other.
  var channelMosaic: Tensor {
    let channels = self[index: 0]
    return channels.shape[0] == 4 ? channels.tiled(columns: 2)[index: 0] : channels[index: 0]
  }
}
