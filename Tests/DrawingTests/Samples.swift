import Drawing
import Tensors

/// One figure for every component, with texts of realistic length.
enum Sample: String, CaseIterable, Sendable {
  case strip, grid, curves, losses, histograms, bars, columns, scatter, heatMap, attention, uNet, flow, mixed

  var figure: Figure { figure(named: rawValue.lowercased()) }

  func figure(named name: String) -> Figure {
    Figure(
      name: name, title: "A title that says the message in a sentence of usual length",
      caption: "What the reader sees.", alternativeText: "What <the picture> shows & \"says\".",
      equation: "x_t = √ᾱ_t x₀ + √(1−ᾱ_t) ε", equationNumber: "(4)",
      provenance: Provenance(
        command: "diffuse lesson 02 --set timestep=250 --seed 7", seed: .max, model: "fashion-ddpm",
        modelHash: "3f2a9c1bdd01"),
      content: content)
  }

  private var content: any Component {
    switch self {
    case .strip:
      ImageGrid(
        rows: [(0..<8).map { ImageCell(Self.picture($0), caption: "ᾱ_t = \(NumberText.short(0.0123 * Double($0)))") }],
        columnLabels: (0..<8).map { "t = \(125 * $0)" }, separators: ["→"])
    case .grid:
      ImageGrid(
        rows: (0..<3).map { r in
          [ImageCell(Self.picture(r), frame: .palette(0))]
            + (1..<4).map { ImageCell(Self.picture(r + $0), .diverging(limit: 2)) }
        },
        rowLabels: ["t = 10", "t = 210", "t = 810"], columnLabels: ["x_t", "noise ε", "predicted ε̂", "error ε̂ − ε"],
        title: "Three timesteps", colorBar: ColorBar(.diverging(limit: 2), label: "noise"))
    case .curves: Self.curveChart
    case .losses: Self.lossChart
    case .histograms: Panels((0..<4).map(Self.histogram), columns: 4, sharing: .y)
    case .bars:
      Chart(
        x: Axis("Fréchet distance"), y: Axis("", scale: .categories(["DDPM", "Euler ancestral", "DPM-Solver++ (2M)"])),
        layers: [Bars([12.2, 10.8, 7.2], errors: [0.6, 0.5, 0.4], along: .x, highlights: [2: .palette(1)])])
    case .columns:
      Chart(
        x: Axis("timestep", scale: .categories((0..<8).map { "\($0)00–\($0)99" })), y: Axis("mean loss"),
        layers: [Bars((0..<8).map { 0.2 / Double(1 + $0) }, decimals: 3)])
    case .scatter: Panels((1..<4).map(Self.points), columns: 3)
    case .heatMap:
      HeatMap(
        Self.wave(6, 6), .diverging(limit: 1), title: "Similarity", rowLabels: Self.garments,
        columnLabels: Self.garments, rowTitle: "prompt", columnTitle: "picture", showsValues: true,
        colorBarLabel: "cosine similarity")
    case .attention:
      HeatMap(Self.wave(48, 64), .sequential(-1...1), rowTitle: "query", columnTitle: "key", colorBarLabel: "weight")
    case .uNet: Self.uNetDiagram
    case .flow: Self.flowDiagram
    case .mixed:
      Panels(rows: [
        [Sample.strip.content], [Self.curveChart, Self.lossChart], [TextBlock("A sentence under the panels.")],
      ])
    }
  }

  static let garments: [RichText] = ["T-shirt", "trouser", "pullover", "dress", "coat", "ankle boot"]

  /// Values between −1 and 1 without random numbers.
  static func wave(_ rows: Int, _ columns: Int, phase: Int = 0) -> Tensor {
    Tensor(
      (0..<(rows * columns)).map { i in
        let (r, c) = (Float(i / columns), Float(i % columns))
        return 1 - 2 * abs(((r * 0.37 + c * 0.61 + Float(phase) * 0.29) / 2).truncatingRemainder(dividingBy: 2) - 1)
      }, shape: [rows, columns])
  }

  static func picture(_ phase: Int) -> Tensor { wave(12, 12, phase: phase).reshaped([1, 12, 12]) }

  private static var curveChart: Chart {
    let t = (0..<200).map { Double($0 * 5) }
    func curve(_ power: Double) -> [Double] { t.map { 1 / (1 + ($0 / 300) * ($0 / 300) * power) } }
    return Chart(
      x: Axis("timestep t"), y: Axis("share of the signal ᾱ_t", range: 0...1),
      layers: [
        Line("linear", x: t, y: curve(3), labelPlacement: .inside),
        Line("squared cosine", x: t, y: curve(0.5), pattern: .dashed, labelPlacement: .inside),
        ReferenceLine(y: 0.5, label: "half of the variance"), ReferenceLine(x: 800, label: "late"),
        Annotation("more noise than signal", x: 173, y: 0.5),
      ])
  }

  private static var lossChart: Chart {
    let steps = (0..<300).map { Double($0 * $0 + 1) }
    func loss(_ floor: Double) -> [Double] { steps.map { floor + 1 / $0.squareRoot() } }
    return Chart(
      x: Axis("training step", scale: .log), y: Axis("loss ‖ε − ε_θ(x_t, t)‖²", scale: .log),
      layers: [
        Line("training", x: steps, y: loss(0.02)), Line("held out", x: steps, y: loss(0.021)),
        Line("average of weights", x: steps, y: loss(0.0195), markers: false),
      ])
  }

  private static func histogram(_ k: Int) -> Chart {
    Chart(
      title: "t = \(k * 250)", x: Axis("pixel value", range: -4...4), y: Axis("density"),
      layers: [
        Histogram("x_t", values: wave(40, 40, phase: k) * (1 + Float(k) / 3), bins: 32, range: -4...4),
        Line.normal(over: -4...4),
      ])
  }

  private static func points(_ k: Int) -> Chart {
    let values = wave(2, 60, phase: k).scalars.map { Double($0) * 3 }
    return Chart(
      title: "step \(k)", x: Axis("x₁", range: -4...4), y: Axis("x₂", range: -4...4),
      layers: [Scatter("samples", x: Array(values[..<60]), y: Array(values[60...]))], aspect: 1)
  }

  private static var uNetDiagram: Diagram {
    func block(_ id: String, _ title: RichText, _ shape: String, pictures: Int = 2) -> Diagram.Block {
      Diagram.Block(
        id, title: title, details: ["\(shape)"],
        images: (0..<pictures).map { ImageCell(picture($0), .diverging(limit: 1)) })
    }
    return Diagram.uShape(
      input: [block("x", "x_t", "1×32×32", pictures: 1), block("in", "conv in", "32×32×32", pictures: 0)],
      down: [block("d0", "down 0", "32×32×32"), block("d1", "down 1", "64×16×16"), block("d2", "down 2", "128×8×8")],
      middle: [block("m", "middle", "128×4×4")],
      up: [block("u0", "up 0", "128×8×8"), block("u1", "up 1", "64×16×16"), block("u2", "up 2", "32×32×32")],
      output: [block("out", "conv out", "1×32×32", pictures: 0), block("e", "ε̂", "1×32×32", pictures: 1)],
      skipLabels: ["skip 32×32×32", "64×16×16", "128×8×8"],
      side: [block("t", "t = 250", "sinusoids", pictures: 0), block("emb", "128", "into every block", pictures: 0)])
  }

  private static var flowDiagram: Diagram {
    Diagram(
      nodes: [
        .init(
          "x", column: 0, row: 0, title: "x_t", details: ["1×32×32"], images: [ImageCell(picture(0))], shape: .plain),
        .init("unet", column: 1, row: 0, title: "U-Net ε_θ", details: ["2.1 M parameters"]),
        .init("eps", column: 2, row: 0, title: "ε̂", images: [ImageCell(picture(1))], shape: .plain),
        .init("minus", column: 3, row: 0, title: "−", shape: .circle),
        .init("next", column: 4, row: 0, title: "x_{t−1}", images: [ImageCell(picture(2))], shape: .plain),
        .init("t", column: 1, row: 1, title: "t = 250", shape: .pill),
        .init("z", column: 3, row: 1, title: "z ~ N(0, 1)", shape: .pill),
      ],
      edges: [
        .init("x", "unet"), .init("unet", "eps", label: "all noise"), .init("eps", "minus", label: "a part"),
        .init("minus", "next"), .init("t", "unet"), .init("z", "minus", label: "σ_t"),
        .init("x", "minus", route: .over), .init("next", "x", label: "T times", route: .under, isDashed: true),
      ], groups: [.init("network", nodes: ["unet", "t"])])
  }
}
