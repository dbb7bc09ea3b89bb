import Drawing
import Tensors
import Testing

/// Three sizes in both themes.
let pages: [(theme: Theme, size: FigureSize)] = Theme.all.flatMap { theme in
  [FigureSize.slide, .column, .millimetres(120, 100)].map { (theme, $0) }
}

@Suite struct FigureTests {
  static func figure(_ name: String = "strip") -> Figure {
    let picture = Tensor((0..<64).map { Float($0) / 63 }, shape: [1, 8, 8])
    return Figure(
      name: name, title: "A title that says the message", caption: "Eight pictures.",
      alternativeText: "Eight grey ramps in a row", equation: "x_t = √ᾱ_t x₀ + √(1−ᾱ_t) ε", equationNumber: "(4)",
      provenance: Provenance(command: "diffuse lesson 02", seed: .max, model: "fashion-ddpm", modelHash: "3f2a9c1bdd"),
      content: ImageGrid(
        rows: [(0..<8).map { ImageCell(picture, .unit, caption: "ᾱ_t = \(NumberText.short(Double($0) / 8))") }],
        columnLabels: (0..<8).map { "t = \($0)" }))
  }

  @Test(arguments: FigureFormat.allCases)
  func sameBytesAgain(_ format: FigureFormat) throws {
    let first = try Self.figure().encoded(as: format)
    _ = try Self.figure("other").encoded(as: format, theme: .dark, size: .column)
    #expect(try Self.figure().encoded(as: format) == first)
    #expect(try Self.figure("other").encoded(as: format, theme: .dark) != first)
  }

  @Test func nothingOverlapsOrIsCut() throws {
    for page in pages {
      let log = DrawingLog(try Self.figure().page(theme: page.theme, size: page.size))
      #expect(log.overlappingTexts().isEmpty)
      #expect(log.clippedParts().isEmpty)
      #expect(log.images.count == 8)
    }
  }
}
