import Drawing
import Tensors
import Training

/// Why L2 blurs: when several pictures are possible, the answer that costs least is their mean.
struct PlausiblePictures: Stage {
  let name = "plausible-pictures"
  let summary = "Lets three answers guess a picture whose place is uncertain, and measures what each costs"
  let models = [ContrastiveModel.name]

  let parameters: [StageParameter] = [
    .image(default: "soccer-ball", help: "the picture"),
    .integer("shift", 1...6, default: 3, help: "by how many pixels it may lie elsewhere, in each direction"),
  ]

  let facts = [
    FactDeclaration("picture", "what was read, and how it was made to fit"),
    FactDeclaration("count", "pictures that are possible"),
    FactDeclaration("squared", "mean squared error of mean, median and one sharp picture"),
    FactDeclaration("absolute", "mean absolute error of the three"),
    FactDeclaration("perceptual", "mean perceptual distance of the three"),
    FactDeclaration("squared_best", "which costs least by the squared error"),
    FactDeclaration("absolute_best", "which costs least by the absolute error"),
    FactDeclaration("perceptual_best", "which costs least by the perceptual distance"),
    FactDeclaration("squared_ratio", "squared error of the sharp picture over that of the mean"),
    FactDeclaration("perceptual_ratio", "perceptual distance of the mean over that of the sharp picture"),
    FactDeclaration("edge_width", "pixels over which the mean's steepest edge climbs from 10 % to 90 %"),
    FactDeclaration("sharp_width", "the same for the sharp picture"),
  ]

  let figures = [
    FigureDeclaration(
      "plausible-pictures", "Possible pictures, three answers, and what each costs by three measures",
      formulas: ["vae.perceptual"]),
    FigureDeclaration("plausible-edges", "One line of pixels through all possible pictures and through the answers"),
  ]

  func run(_ context: StageContext) throws(UserError) -> StageResult {
    let picture = try EmojiPicture(context)
    let guesses = PlausibleGuesses(picture, shift: context.integer("shift"), try PerceptualEye(context.home))
    var result = StageResult()
    result.fact("picture", picture.story)
    guesses.addFacts(to: &result)
    result.table(guesses.table)
    result.tensor("possible", guesses.possible)
    result.tensor("answers", guesses.answers)
    let provenance = try ContrastiveModel(context.home).provenance()
    result.figure("plausible-pictures") { () throws(UserError) in guesses.figure(provenance) }
    result.figure("plausible-edges") { () throws(UserError) in guesses.edgeFigure(Provenance(command: "")) }
    return result
  }
}

/// All pictures that are possible, and three answers to the question which it is.
struct PlausibleGuesses {
  static let names = ["mean", "median", "one of them"]

  let source: EmojiPicture
  let shift: Int
  /// [K, 3, 64, 64].
  let possible: Tensor
  /// Mean, median, the picture in the middle: [3, 3, 64, 64].
  let answers: Tensor
  /// For each answer its mean cost over the possible pictures.
  let squared: [Double]
  let absolute: [Double]
  let perceptual: [Double]

  init(_ picture: EmojiPicture, shift: Int, _ eye: PerceptualEye) {
    source = picture
    self.shift = shift
    let moves = (-shift...shift).flatMap { dy in (-shift...shift).map { (dy, $0) } }
    let all = Tensor.concatenated(moves.map { Self.moved(picture.tensor, down: $0.0, right: $0.1) })
    possible = all
    let answers = Tensor.concatenated([all.mean(along: 0, keepingDimension: true), Self.median(all), picture.tensor])
    self.answers = answers
    func costs(_ cost: (Tensor) -> Double) -> [Double] { (0..<3).map { cost(answers.sliced($0..<($0 + 1))) } }
    squared = costs { answer in
      let difference = all - answer
      return Double((difference * difference).mean)
    }
    absolute = costs { answer in Double((all - answer).map(abs).mean) }
    perceptual = costs { answer in average(eye.distances(answer.repeated(all.shape[0]), all)) }
  }

  /// The picture elsewhere; what comes in at a border repeats the border.
  private static func moved(_ picture: Tensor, down: Int, right: Int) -> Tensor {
    let (channels, height, width) = (picture.shape[1], picture.shape[2], picture.shape[3])
    return Tensor(unsafeUninitialized: picture.shape) { out in
      picture.withUnsafeBufferPointer { x in
        for c in 0..<channels {
          for row in 0..<height {
            let from = min(max(row - down, 0), height - 1)
            for column in 0..<width {
              let source = min(max(column - right, 0), width - 1)
              out[(c * height + row) * width + column] = x[(c * height + from) * width + source]
            }
          }
        }
      }
    }
  }

  /// The median of every number over the pictures, [1, …]; their count is odd.
  private static func median(_ pictures: Tensor) -> Tensor {
    let (count, size) = (pictures.shape[0], pictures.count / pictures.shape[0])
    let medians = pictures.withUnsafeBufferPointer { x in
      (0..<size).map { place in (0..<count).map { x[$0 * size + place] }.sorted()[count / 2] }
    }
    return Tensor(medians, shape: [1] + pictures.shape.dropFirst())
  }

  private static func best(_ costs: [Double]) -> String {
    let index = costs.indices.min { costs[$0] < costs[$1] } ?? 0
    return index == 2 ? "one of the possible pictures" : "the \(names[index])"
  }

  func addFacts(to result: inout StageResult) {
    result.fact("count", possible.shape[0])
    result.fact("squared", squared)
    result.fact("absolute", absolute)
    result.fact("perceptual", perceptual)
    result.fact("squared_best", Self.best(squared))
    result.fact("absolute_best", Self.best(absolute))
    result.fact("perceptual_best", Self.best(perceptual))
    result.fact("squared_ratio", squared[2] / squared[0])
    result.fact("perceptual_ratio", perceptual[0] / perceptual[2])
    result.fact("edge_width", EdgeProfile(self).width(of: 0))
    result.fact("sharp_width", EdgeProfile(self).width(of: 2))
  }

  var table: StageTable {
    StageTable(
      name: "costs", title: "What each answer costs, mean over all \(possible.shape[0]) possible pictures",
      columns: [.init("answer", numeric: false), .init("squared"), .init("absolute"), .init("perceptual")],
      rows: (0..<3).map { n in
        [
          Self.names[n], NumberText.fixed(squared[n], decimals: 4), NumberText.fixed(absolute[n], decimals: 4),
          NumberText.fixed(perceptual[n], decimals: 3),
        ]
      })
  }

  func figure(_ provenance: Provenance) -> Figure {
    let count = possible.shape[0]
    let shown = [0, count / 4, count / 2, 3 * count / 4, count - 1]
    let strip = ImageGrid(
      rows: [
        shown.map { ImageCell(possible[index: $0]) }
          + (0..<3).map { ImageCell(answers[index: $0], frame: ComparedCodecs.color($0)) }
      ],
      columnLabels: shown.map { "possible \($0 + 1)" } + ["mean", "median", "one of them"])
    let names = Axis("", scale: .categories(Self.names.map { RichText(verbatim: $0) }))
    func chart(_ title: RichText, _ costs: [Double], decimals: Int) -> Chart {
      Chart(
        title: title, x: names, y: Axis("mean over \(count) pictures"),
        layers: [
          Bars(
            costs, highlights: [0: ComparedCodecs.color(0), 1: ComparedCodecs.color(1), 2: ComparedCodecs.color(2)],
            decimals: decimals)
        ])
    }
    return Figure(
      name: "plausible-pictures", title: "The least squared error is the mean, and the mean is blurred",
      caption: """
        \(source.noun.prefix(1).uppercased() + source.noun.dropFirst()), shifted by up to \(shift) pixels in each direction: \(count) \
        pictures that are equally possible. Three answers, and what each costs on average: squared error, absolute error, \
        perceptual distance (features of emoji-clip).
        """,
      alternativeText: """
        A row of shifted pictures, then a blurred mean, a median, and one sharp picture; below, three bar charts of what \
        the three answers cost.
        """,
      provenance: provenance,
      content: Panels(rows: [
        [strip],
        [
          chart("squared error (L2)", squared, decimals: 3), chart("absolute error (L1)", absolute, decimals: 3),
          chart("perceptual distance", perceptual, decimals: 2),
        ],
      ]))
  }

  func edgeFigure(_ provenance: Provenance) -> Figure {
    let profile = EdgeProfile(self)
    let x = profile.places.map(Double.init)
    var layers: [any ChartLayer] = profile.possible.map { Line("", x: x, y: $0, color: .axis, width: 0.6) }
    // Along one line the median of shifted edges is the edge in the middle.
    // The mean is named on its slope, where it leaves the others.
    let slope = LabelPlacement.at(x[x.count / 2] + 2)
    for (n, name, place) in [(0, "mean" as RichText, slope), (2, "median, and one of them", LabelPlacement.inside)] {
      layers.append(
        Line(name, x: x, y: profile.answers[n], color: ComparedCodecs.color(n), width: 2.2, labelPlacement: place))
    }
    return Figure(
      name: "plausible-edges", title: "The mean of sharp edges is a slope",
      caption: """
        Brightness along row \(profile.row) of the picture, around its steepest edge. Thin: the \(2 * shift + 1) possible pictures that are shifted \
        left and right. Their mean climbs slowly although each of them jumps; their median is the one in the middle.
        """,
      alternativeText: "Thin steep curves side by side, and through them a flatter one, their mean.",
      provenance: provenance,
      content: Chart(
        x: Axis("column (pixels)", range: (x.first ?? 0)...(x.last ?? 1)),
        y: Axis("brightness, −1 black, 1 white", range: -1.1...1.25), layers: layers))
  }
}

/// Brightness along the row of the steepest edge of a picture.
struct EdgeProfile {
  let row: Int
  /// Columns around the edge.
  let places: [Int]
  /// Of the pictures that are shifted left and right only.
  let possible: [[Double]]
  /// Of the three answers, for a picture that is shifted left and right only.
  let answers: [[Double]]

  init(_ guesses: PlausibleGuesses) {
    let grey = Luma.grey(guesses.source.tensor)
    let (height, width) = (grey.shape[2], grey.shape[3])
    let margin = guesses.shift + 6
    var best = (row: height / 2, column: width / 2, jump: Float(0))
    for y in 0..<height {
      for x in margin..<(width - margin) {
        // An edge with flat sides: the whole step within two pixels.
        let step = abs(grey[0, 0, y, x + 1] - grey[0, 0, y, x - 1])
        let rest = abs(grey[0, 0, y, x + 5] - grey[0, 0, y, x + 1]) + abs(grey[0, 0, y, x - 1] - grey[0, 0, y, x - 5])
        if step - rest > best.jump { best = (y, x, step - rest) }
      }
    }
    row = best.row
    let range = (best.column - margin + 1)...(best.column + margin - 1)
    places = Array(range)
    let line = { (x: Int) in Double(grey[0, 0, best.row, min(max(x, 0), width - 1)]) }
    let possible = (-guesses.shift...guesses.shift).map { move in range.map { line($0 - move) } }
    self.possible = possible
    let mean = range.indices.enumerated().map { n, _ in average(possible.map { $0[n] }) }
    let median = range.indices.enumerated().map { n, _ in possible.map { $0[n] }.sorted()[guesses.shift] }
    answers = [mean, median, possible[guesses.shift]]
  }

  /// Over how many pixels an answer climbs from a tenth to nine tenths of the edge.
  func width(of answer: Int) -> Double {
    let values = answers[answer]
    let (first, last) = (values[0], values[values.count - 1])
    guard abs(last - first) > 1e-6 else { return 0 }
    let shares = values.map { ($0 - first) / (last - first) }
    func crossing(_ level: Double) -> Double {
      for n in 1..<shares.count where (shares[n - 1] < level) != (shares[n] < level) {
        return Double(n - 1) + (level - shares[n - 1]) / (shares[n] - shares[n - 1])
      }
      return 0
    }
    return abs(crossing(0.9) - crossing(0.1))
  }
}
