import Drawing
import Tensors
import Testing

/// A page that figures are made for.
struct PageCase: Sendable, CustomStringConvertible {
  let theme: Theme
  let size: FigureSize
  var description: String { "\(theme.name) \(size)" }

  static let all = Theme.all.flatMap { theme in
    [FigureSize.slide, .column, .millimetres(120, 100)].map { PageCase(theme: theme, size: $0) }
  }
}

@Suite struct FigureTests {
  @Test(arguments: Sample.allCases, PageCase.all)
  func nothingOverlapsOrIsCut(_ sample: Sample, _ page: PageCase) throws {
    let log = DrawingLog(try sample.figure.page(theme: page.theme, size: page.size))
    for (a, b) in log.overlappingTexts() {
      Issue.record("“\(a.text.plain)” at \(a.box) overlaps “\(b.text.plain)” at \(b.box)")
    }
    #expect(log.clippedParts().isEmpty)
    #expect(log.texts.allSatisfy { $0.size >= 2.5 })
  }

  @Test func pageHasTheStatedSize() throws {
    func size(_ size: FigureSize) throws -> Size { try Sample.curves.figure.page(theme: .light, size: size).size }
    #expect(try size(.slide) == Size(720, 405))
    let sheet = try size(.millimetres(254, 127))
    #expect(abs(sheet.width - 720) < 1e-9 && abs(sheet.height - 360) < 1e-9)
    #expect(try abs(size(.column).width - 88 / 25.4 * 72) < 1e-9)
  }

  @Test(arguments: FigureFormat.allCases)
  func sameBytesAgain(_ format: FigureFormat) throws {
    let first = try Sample.grid.figure.encoded(as: format, size: .column)
    for other in [Sample.curves, .flow, .heatMap] { _ = try other.figure.encoded(as: format, theme: .dark) }
    let second = try Sample.grid.figure.encoded(as: format, size: .column)
    #expect(first == second)
    let dark = try Sample.grid.figure.encoded(as: format, theme: .dark, size: .column)
    #expect(dark != first)
  }

  @Test(arguments: Sample.allCases)
  func idsInVectorGraphicsAreTheFiguresOwn(_ sample: Sample) throws {
    let svg = String(decoding: try sample.figure(named: "figure-a").encoded(as: .svg), as: UTF8.self)
    let ids = svg.matches(of: /\bid="([^"]*)"/).map { String($0.1) }
    #expect(Set(ids).count == ids.count, "ids are given twice")
    #expect(ids.allSatisfy { $0.hasPrefix("figure-a-") })
    let references = svg.matches(of: /(?:href="#|url\(#)([^")]*)/).map { String($0.1) }
    #expect(!references.isEmpty && Set(references).isSubset(of: ids))
    #expect(svg.contains("<title id=\"figure-a-title\">A title that says"))
    #expect(svg.contains("What &lt;the picture&gt; shows &amp; &quot;says&quot;.</desc>"))
  }

  @Test func portableDocumentHasNoTimeOfWriting() throws {
    let pdf = String(decoding: try Sample.bars.figure.encoded(as: .pdf), as: UTF8.self)
    #expect(pdf.hasPrefix("%PDF"))
    // Cairo 1.16 leaves out the "D:" that other versions put before the digits.
    let dates = pdf.matches(of: /\/(CreationDate|ModDate) \((?:D:)?([0-9]{14})/)
    #expect(dates.map { String($0.1) } == ["CreationDate", "ModDate"])
    #expect(dates.allSatisfy { $0.2 == "20000101000000" })
  }

  @Test func sidecarNamesOriginAndMeaning() throws {
    #expect(
      Sample.strip.figure.sidecar == """
        {
          "name": "strip",
          "title": "A title that says the message in a sentence of usual length",
          "caption": "What the reader sees.",
          "alternative_text": "What <the picture> shows & \\"says\\".",
          "equation": "x_t = √ᾱ_t x₀ + √(1−ᾱ_t) ε",
          "equation_number": "(4)",
          "command": "diffuse lesson 02 --set timestep=250 --seed 7",
          "seed": 18446744073709551615,
          "model": "fashion-ddpm",
          "model_hash": "3f2a9c1bdd01"
        }

        """)
  }

  @Test func writesPictureAndSidecarIntoNewFolder() throws {
    try withTemporaryFolder { folder in
      let path = try Sample.strip.figure.write(to: folder + "/a/b", format: .png, size: .column, pixelScale: 1)
      #expect(path == folder + "/a/b/strip.png")
      let picture = try ImageFile.read(path)
      #expect(picture.shape[2] == Int((88 / 25.4 * 96).rounded()))
      #expect(try contents(of: folder + "/a/b") == ["strip.json", "strip.png"])
    }
  }

  @Test func unwritableFolderIsToldAndLeavesNothing() throws {
    try withTemporaryFolder { folder in
      try FileOutput.write("no folder", to: folder + "/file")
      for bad in [folder + "/file", folder + "/file/deeper"] {
        let error = #expect(throws: UserError.self) { try Sample.strip.figure.write(to: bad) }
        #expect(error?.code == .cannotCreate)
        #expect(error?.sentence.contains(bad) == true)
      }
      #expect(try contents(of: folder) == ["file"])
    }
  }

  @Test func missingFontIsNamedWithItsPackage() {
    let error = #expect(throws: UserError.self) { try Typesetter(family: "No Such Family") }
    #expect(error?.code == .unavailable)
    #expect(error?.sentence == "the font No Such Family is not installed; install the package fonts-dejavu")
  }

  @Test(arguments: [
    ("16:9", FigureSize.slide), ("column", .column), ("120x80mm", .millimetres(120, 80)),
    ("99.5x40mm", .millimetres(99.5, 40)),
  ])
  func sizesAreRead(_ text: String, _ size: FigureSize) throws { #expect(try FigureSize(parsing: text) == size) }

  @Test(arguments: ["", "4:3", "120x80", "120mm", "axbmm", "39x80mm", "120x2001mm", "-50x50mm", "nanx50mm"])
  func wrongSizesAreRefused(_ text: String) {
    let error = #expect(throws: UserError.self) { try FigureSize(parsing: text) }
    #expect(error?.code == .usage)
    #expect(text.isEmpty || error?.sentence.contains(text) == true)
  }
}
