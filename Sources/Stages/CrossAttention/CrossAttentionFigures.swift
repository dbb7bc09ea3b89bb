import Drawing
import Pipelines
import Tensors

/// The maps of one run as figures.
struct CrossAttentionFigures {
  let run: AttendedRun

  private var prompt: String { "“\(run.request.prompts[0])”" }

  /// What the averages weigh, for captions.
  private static let weighing =
    "Averages weigh every step, every layer and, within a layer, every head alike; smaller maps are enlarged by repeating "
    + "their places."

  private func percent(_ share: Double) -> String { NumberText.short(100 * share, significant: 2) + " %" }

  /// What is averaged and, in a guided run, which half of the batch is shown.
  private var weighing: String { Self.weighing + half }
  private var half: String {
    run.isGuided
      ? " The run is guided, so the network sees a batch of two; the maps are those of the conditional half." : ""
  }

  // MARK: Over the picture

  func maps(_ provenance: Provenance) -> Figure {
    let (mean, shown) = (run.maps.mean, ShownToken.all(of: run.tokens, limit: 14))
    let maps = shown.map { mean.summedMaps(of: $0.places) }
    let cells: [ImageCell?] =
      [ImageCell(run.picture, .unit, caption: "the picture", frame: .palette(0))]
      + zip(shown, maps).map { token, map in
        ImageCell(
          run.picture.spotlighted(map, maximum: map.max), .unit,
          caption: RichText(verbatim: "\(token.label): \(percent(Double(map.mean)))"))
      }
    let columns = cells.count <= 5 ? cells.count : (cells.count + 1) / 2 <= 6 ? (cells.count + 1) / 2 : 6
    let rows = stride(from: 0, to: cells.count, by: columns).map {
      Array(cells[$0..<min($0 + columns, cells.count)])
    }
    return Figure(
      name: "attention-maps", title: RichText("Where each token of \(prompt) was looked at"),
      caption: """
        The run's picture, and over it, for each token, where the network looked at it. The darker the orange, the more; \
        each map has its own scale, from 0 to its largest value. The percentage is the token's share of all attention. \
        \(weighing)
        """,
      alternativeText: """
        A grid of copies of one picture, one for each token: a map of orange squares lies over each, on the objects for the \
        words that name them and elsewhere for start, end and padding.
        """,
      provenance: provenance, content: ImageGrid(rows: rows))
  }

  // MARK: Over the run

  /// x̂₀ and the maps of the words at the shown calls.
  func timesteps(_ provenance: Provenance) -> Figure {
    let words = ShownToken.all(of: run.tokens, limit: run.tokens.tokens.count).filter { $0.kind == .word }.prefix(5)
    let means = run.shownCalls.map { run.maps.mean(atStep: $0) }
    let rows = words.map { word -> [ImageCell?] in
      let maps = means.map { $0.summedMaps(of: word.places) }
      let largest = maps.map(\.max).max() ?? 1
      return maps.map { ImageCell($0, .sequential(0...largest)) }
    }
    return Figure(
      name: "attention-timesteps", title: "How the words’ maps change from noise to picture",
      caption: """
        Above: the picture the network expects, x̂₀, at \(run.shownCalls.count) of the \(run.timesteps.count) steps. Below: \
        the maps of the words at these steps, averaged over layers and heads. Each row has one scale, dark for 0 and light \
        for the largest value in it. \(weighing)
        """,
      alternativeText: """
        A grid with a column for each of several timesteps. The first row shows the expected picture, blurred at first and \
        then clear; the other rows the maps of the words at the same steps.
        """,
      provenance: provenance,
      content: ImageGrid(
        rows: [run.guesses.map { ImageCell($0, .unit) }] + rows,
        rowLabels: ["x̂₀"] + words.map { RichText(verbatim: $0.label) },
        columnLabels: run.shownCalls.map { RichText("t = \(Int(run.timesteps[$0].rounded()))") }))
  }

  /// The shares of words, start, end and padding over the run.
  func mass(_ provenance: Provenance) -> Figure {
    let kinds: [(PromptTokens.Kind, String)] = [
      (.word, "words"), (.start, "start"), (.end, "end"), (.padding, "padding"),
    ]
    let steps = run.timesteps.indices.map { run.maps.mean(atStep: $0) }
    let x = run.timesteps.indices.map { 100 * Double($0 + 1) / Double(run.timesteps.count) }
    let lines = kinds.enumerated().compactMap { index, kind -> (any ChartLayer)? in
      let places = run.tokens.places(of: kind.0)
      guard !places.isEmpty else { return nil }
      return Line(
        RichText(verbatim: "\(kind.1) (\(places.count))"), x: x,
        y: steps.map { 100 * Double($0.summedMaps(of: places).mean) }, color: .palette(index))
    }
    let words = run.tokens.places(of: .word)
    let share = run.share(of: words)
    return Figure(
      name: "attention-mass",
      title: RichText(
        "\(words.count) words of \(run.tokens.tokens.count) tokens get \(percent(share)) of the attention"),
      caption: """
        How the attention is divided at every step between the words of \(prompt), the start token, the end token and the \
        padding behind it, whose numbers are in brackets. No mask hides the padding: as in Stable Diffusion, the text \
        encoder's states at those places are keys like any other. \(weighing)
        """,
      alternativeText:
        "Lines over the run for words, start, end and padding, which add up to 100 percent at every step.",
      provenance: provenance,
      content: Chart(
        x: Axis("share of the steps taken (%)", range: 0...100, ticks: [0, 25, 50, 75, 100]),
        y: Axis("share of the attention (%)", range: 0...100, ticks: [0, 25, 50, 75, 100]), layers: lines))
  }

  // MARK: The atlas

  /// Every token × layer × head at the shown timesteps.
  func atlas(_ provenance: Provenance) -> Figure {
    let shown = ShownToken.all(of: run.tokens, limit: 9)
    let (layers, calls) = (run.maps.layers, run.shownCalls)
    // maps[token][row][call], a row being a head of a layer.
    let maps = shown.map { token in
      layers.indices.flatMap { layer in
        (0..<layers[layer].heads).map { head in
          calls.map { run.maps.heads(ofLayer: layer, atStep: $0)?[index: head].summedMaps(of: token.places) }
        }
      }
    }
    let largest = maps.map { max($0.joined().compactMap { $0?.max }.max() ?? 1, 1e-6) }
    let count = calls.count
    let columnNote = RichText(
      "t = \(Int(run.timesteps[calls[0]].rounded())) → \(Int(run.timesteps[calls[count - 1]].rounded()))")
    return Figure(
      name: "attention-atlas",

      title: RichText(
        "\(layers.map(\.heads).reduce(0, +)) heads in \(layers.count) layers look at the same tokens, each in its own way"
      ),
      caption: """
        Maps of one run, by token (groups of columns), timestep (\(count) columns in each group, noise at the left, picture at \
        the right), layer (groups of rows) and head (rows). Colours run from 0 to the token's largest value, which is \
        \(zip(shown, largest).map { "\(NumberText.fixed(Double($1), decimals: 2)) for “\($0.label)”" }.joined(separator: ", ")). \
        Nothing is averaged here\(shown.contains { $0.places.count > 1 } ? ", but the padding tokens are added up" : "").\(half)
        """,
      alternativeText: """
        A large table of tiny maps. Its groups of columns are tokens, its groups of rows layers from the way down through \
        the middle to the way up. Some rows show the shapes of objects, others outlines or an even colour.
        """,
      provenance: provenance,
      content: MapAtlas(
        rows: layers.map { MapAtlas.Group(label: "\($0.title), \($0.height)×\($0.width)", count: $0.heads) },
        columns: shown.map {
          MapAtlas.Group(label: RichText(verbatim: $0.kind == .padding ? "padding" : $0.label), count: count)
        },
        columnNote: columnNote,
        map: { row, column in maps[column / count][row][column % count].map { $0 / largest[column / count] } },
        colorBar: ColorBar(.sequential(0...1), label: "share of the token’s largest value", ticks: [0, 0.5, 1])))
  }
}

extension Tensor {
  /// A picture [3, H, W] in 0…1, faded to light grey, with a map [h, w] over it in orange, full where it is `maximum`.
  func spotlighted(_ map: Tensor, maximum: Float) -> Tensor {
    let (height, width) = (shape[1], shape[2])
    let large = map.upsampledNearest(height: height, width: width)
    let orange: [Float] = [0.83, 0.28, 0.02]
    let plane = height * width
    return Tensor(unsafeUninitialized: shape) { out in
      withUnsafeBufferPointer { x in
        large.withUnsafeBufferPointer { m in
          for i in 0..<plane {
            let luminance = 0.299 * x[i] + 0.587 * x[plane + i] + 0.114 * x[2 * plane + i]
            let weight = maximum > 0 ? 0.9 * Swift.min(Swift.max(m[i] / maximum, 0), 1) : 0
            for c in 0..<3 { out[c * plane + i] = (1 - weight) * (0.55 + 0.45 * luminance) + weight * orange[c] }
          }
        }
      }
    }
  }
}
