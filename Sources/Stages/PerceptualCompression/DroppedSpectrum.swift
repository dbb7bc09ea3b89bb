import Drawing
import Tensors

/// What the autoencoders drop, frequency by frequency.
struct DroppedSpectrum: Stage {
  let name = "dropped-spectrum"
  let summary = "Compares the power spectra of scenes, of what three autoencoders restore, and of what they drop"
  let models = ComparedCodecs.models

  let parameters: [StageParameter] = [
    .image(default: "sunflower", help: "the picture whose bands are drawn")
  ]

  private static let order = "L2, + perceptual, + adversarial"

  let facts = [
    FactDeclaration("picture", "what was read, and how it was made to fit"),
    FactDeclaration("scenes", "scenes over which is averaged"),
    FactDeclaration(
      "original_shares", "share of the original's power in coarse, middle and fine structure, mean colour left out"),
    FactDeclaration("kept_coarse", "1 − power of what is dropped over power of the original, coarse: \(order)"),
    FactDeclaration("kept_middle", "the same for middle structure"),
    FactDeclaration("kept_fine", "the same for fine structure"),
    FactDeclaration("power_coarse", "power of what is restored over power of the original, coarse: \(order)"),
    FactDeclaration("power_middle", "the same for middle structure"),
    FactDeclaration("power_fine", "the same for fine structure"),
    FactDeclaration("half_frequencies", "the first frequency of which more than half is dropped, in cycles: \(order)"),
    FactDeclaration("fine_closest", "the loss whose fine structure has the power closest to the original's"),
    FactDeclaration("fine_kept_best", "the loss that keeps most of the fine structure"),
  ]

  let figures = [
    FigureDeclaration("power-spectra", "Power of the original and of the reconstructions at every frequency"),
    FigureDeclaration("dropped-share", "Power of what is dropped over power of the original at every frequency"),
    FigureDeclaration("dropped-bands", "A picture and what is dropped of it, parted into coarse, middle and fine"),
  ]

  func run(_ context: StageContext) throws(UserError) -> StageResult {
    let compared = try ComparedCodecs(context.home)
    let picture = try EmojiPicture(context)
    let (samples, scenes) = try EmojiSample.batch(context.home)
    context.report(0, of: 2, "spectra")
    let restoredScenes = compared.codecs.map { $0.restore(scenes) }
    let spectra = DroppedSpectra(scenes, restoredScenes)
    context.report(1, of: 2, "spectra")
    let restored = compared.codecs.map { $0.restore(picture.tensor) }
    var result = StageResult()
    result.fact("picture", picture.story)
    result.fact("scenes", samples.count)
    spectra.addFacts(to: &result)
    result.table(spectra.table)
    result.tensor("scenes", scenes)
    result.tensor("original_power", Tensor(spectra.original.map(Float.init)))
    for (n, codec) in compared.codecs.enumerated() {
      result.tensor("restored.\(codec.name)", restoredScenes[n])
      result.tensor("restored_power.\(codec.name)", Tensor(spectra.restored[n].map(Float.init)))
      result.tensor("dropped_power.\(codec.name)", Tensor(spectra.dropped[n].map(Float.init)))
    }
    let provenance = compared.provenance
    result.figure("power-spectra") { () throws(UserError) in spectra.powerFigure(provenance) }
    result.figure("dropped-share") { () throws(UserError) in spectra.droppedFigure(provenance) }
    result.figure("dropped-bands") { () throws(UserError) in
      Self.bands(picture, restored, provenance)
    }
    return result
  }

  private static func bands(_ picture: EmojiPicture, _ restored: [Tensor], _ provenance: Provenance) -> Figure {
    let spectrum = PowerSpectrum(side: EmojiPicture.side)
    let rows = [picture.tensor] + restored.map { picture.tensor - $0 }
    let cells = rows.enumerated().map { n, image -> [ImageCell?] in
      // What is dropped is faint: it is drawn twice as strong.
      let gain: Float = n == 0 ? 1 : 2
      return [ImageCell((image * gain)[index: 0])]
        + FrequencyBand.allCases.map { band in
          ImageCell((spectrum.filtered(image, to: band.range) * gain)[index: 0])
        }
    }
    return Figure(
      name: "dropped-bands", title: "What is dropped is the fine structure, mostly",
      caption: """
        \(picture.noun.prefix(1).uppercased() + picture.noun.dropFirst()) and what each autoencoder drops of it, whole and by \
        spatial frequency. Middle grey is 0; what is dropped is drawn twice as strong.
        """,
      alternativeText: """
        Four rows of four pictures. The first row is the picture and its coarse, middle and fine structure. The rows below \
        are what each autoencoder dropped: hardly anything coarse, and more of the fine.
        """,
      provenance: provenance,
      content: ImageGrid(
        rows: cells,
        rowLabels: ["picture"] + ComparedCodecs.labels.map { "dropped: \($0)" },
        columnLabels: ["all"] + FrequencyBand.allCases.map { "\($0.name), \($0.words)" }))
  }
}

/// Radially averaged power of scenes, reconstructions, and differences.
struct DroppedSpectra {
  let frequencies: [Int]
  let original: [Double]
  /// For each autoencoder.
  let restored: [[Double]]
  let dropped: [[Double]]
  /// Total powers by band: of the original, and for each autoencoder of the restored and the dropped.
  let originalBands: [Double]
  let restoredBands: [[Double]]
  let droppedBands: [[Double]]

  init(_ scenes: Tensor, _ reconstructions: [Tensor]) {
    let spectrum = PowerSpectrum(side: scenes.shape[3])
    func bands(_ pictures: Tensor) -> [Double] {
      FrequencyBand.allCases.map { spectrum.power(pictures, in: $0.range) }
    }
    let differences = reconstructions.map { scenes - $0 }
    frequencies = spectrum.frequencies
    original = spectrum.radial(scenes)
    restored = reconstructions.map(spectrum.radial)
    dropped = differences.map(spectrum.radial)
    originalBands = bands(scenes)
    restoredBands = reconstructions.map(bands)
    droppedBands = differences.map(bands)
  }

  /// 1 − dropped/original in a band, for each autoencoder; below 0 where more is wrong than there was.
  private func kept(_ band: FrequencyBand) -> [Double] {
    droppedBands.map { 1 - $0[band.rawValue] / max(originalBands[band.rawValue], 1e-12) }
  }

  private func power(_ band: FrequencyBand) -> [Double] {
    restoredBands.map { $0[band.rawValue] / max(originalBands[band.rawValue], 1e-12) }
  }

  func addFacts(to result: inout StageResult) {
    let total = originalBands.reduce(0, +)
    result.fact("original_shares", originalBands.map { $0 / max(total, 1e-12) })
    result.fact("kept_coarse", kept(.coarse))
    result.fact("kept_middle", kept(.middle))
    result.fact("kept_fine", kept(.fine))
    result.fact("power_coarse", power(.coarse))
    result.fact("power_middle", power(.middle))
    result.fact("power_fine", power(.fine))
    result.fact(
      "half_frequencies",
      dropped.map { part in
        Double(frequencies.dropFirst().first { part[$0] > 0.5 * original[$0] } ?? frequencies[frequencies.count - 1])
      })
    let (fine, keptFine) = (power(.fine), kept(.fine))
    let closest = fine.indices.min { abs(fine[$0] - 1) < abs(fine[$1] - 1) } ?? 0
    let best = keptFine.indices.max { keptFine[$0] < keptFine[$1] } ?? 0
    result.fact("fine_closest", ComparedCodecs.all[closest].loss)
    result.fact("fine_kept_best", ComparedCodecs.all[best].loss)
  }

  var table: StageTable {
    func percent(_ value: Double) -> String { NumberText.fixed(100 * value, decimals: 0) + " %" }
    return StageTable(
      name: "by-band", title: "Kept (1 − dropped/original) and power (restored/original), by spatial frequency",
      columns: [.init("structure", numeric: false), .init("of the original")]
        + ComparedCodecs.labels.flatMap { [.init("\($0): kept"), .init("power")] },
      rows: FrequencyBand.allCases.map { band in
        [
          "\(band.name), \(band.words)", percent(originalBands[band.rawValue] / max(originalBands.reduce(0, +), 1e-12)),
        ] + zip(kept(band), power(band)).flatMap { [percent($0), percent($1)] }
      })
  }

  // MARK: Figures

  /// Without the mean colour, which would dwarf the rest.
  private var x: [Double] { frequencies.dropFirst().map(Double.init) }
  private static let axis = Axis(
    "spatial frequency (cycles per picture)", scale: .log, range: 1...33, ticks: [1, 2, 4, 8, 16, 32])

  func powerFigure(_ provenance: Provenance) -> Figure {
    var layers: [any ChartLayer] = [
      Line("original", x: x, y: Array(original.dropFirst()), color: .ink, width: 2.2, labelPlacement: .inside)
    ]
    for (n, power) in restored.enumerated() {
      layers.append(
        Line(
          RichText(verbatim: ComparedCodecs.labels[n]), x: x, y: Array(power.dropFirst()),
          color: ComparedCodecs.color(n), labelPlacement: .end))
    }
    return Figure(
      name: "power-spectra", title: "Power falls with frequency, and the reconstructions fall faster",
      caption: """
        Power spectra of the bundled scenes and of what the three autoencoders make of them, averaged over directions, colours \
        and scenes. A curve below the original's has less structure of that size: it is blurred.
        """,
      alternativeText:
        "Four falling curves, together at low frequencies and apart at high ones, the original the highest or nearly so.",
      provenance: provenance,
      content: Chart(x: Self.axis, y: Axis("mean power (logarithmic)", scale: .log), layers: layers))
  }

  func droppedFigure(_ provenance: Provenance) -> Figure {
    var layers: [any ChartLayer] = dropped.enumerated().map { n, power in
      Line(
        RichText(verbatim: ComparedCodecs.labels[n]), x: x,
        y: frequencies.dropFirst().map { power[$0] / max(original[$0], 1e-12) }, color: ComparedCodecs.color(n),
        labelPlacement: .end)
    }
    layers.append(ReferenceLine(y: 1, label: "nothing of it is right"))
    let shares = dropped.flatMap { power in frequencies.dropFirst().map { power[$0] / max(original[$0], 1e-12) } }
    let top = max(1.15, 1.1 * min(shares.max() ?? 1, 10))
    return Figure(
      name: "dropped-share", title: "Coarse structure is kept, fine structure is dropped",
      caption: """
        Power of the difference between scene and reconstruction as a share of the scene's power at the same frequency. At 1 \
        the error is as strong as the structure itself, as if it had been left out.
        """,
      alternativeText: "Three curves that rise from near 0 at low frequencies towards 1 at high ones.",
      provenance: provenance,
      content: Chart(x: Self.axis, y: Axis("power dropped / power of the original", range: 0...top), layers: layers))
  }
}
