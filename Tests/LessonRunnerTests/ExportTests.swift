import Drawing
import Formulas
import Foundation
import LessonRunner
import Stages
import Tensors
import Testing

@Suite struct ExportTests {
  static let lesson = """
    Text with x_t, *more* & `<code>`.

    ```formula forward.step
    ```

    ```stage echo
    slider: count=1,3,5
    ```

    Twice is {{echo.twice}}, the colour {{echo.word}}.

        diffuse lesson 02 --set count=4 \\
          --seed 7

    ```notebook python
    assert echo.facts["twice"] == 2 * echo.facts["count"]
    ```

    ```exercise
    id: double
    type: number
    ask: What is twice x_0?
    answer: echo.twice
    hint: Add it to itself.
    why: Doubling.
    ```

    """

  private func files(_ exporter: any CourseExporter, _ markdown: String = lesson) throws -> [String: String] {
    let run = try LessonRun(try parse(markdown), settings: LessonSettings(), home: emptyHome())
    let files = try exporter.files(of: run) + exporter.commonFiles()
    return Dictionary(uniqueKeysWithValues: files.map { ($0.path, $0.text) })
  }

  private func web() throws -> WebCourse {
    WebCourse([try parse(Self.lesson)], formulas: SampleFormulas())
  }

  // MARK: Web

  @Test func pagesShowTheLesson() throws {
    let files = try files(try web())
    #expect(Set(files.keys) == ["02-test.html", "frames/02-echo.js", "index.html", "course.css", "course.js"])
    let page = try #require(files["02-test.html"])
    for part in [
      "<html lang=\"en\">", "name=\"viewport\"", "<em>more</em> &amp; <code>&lt;code&gt;</code>",
      "<msub><mi>x</mi><mi>t</mi></msub>", "diffuse check forward.step",
      "aria-label=\"Stage echo: Gives its parameters back\"",
      "<caption>Values</caption>", "<desc id=\"f1-desc\">A number.</desc>", "<figcaption>Count 3.",
      "<b>diffuse</b> lesson 02 <i>--set</i> <span>count=4</span> <i>--seed</i> 7",
      "data-number=\"6.0\" data-tolerance=\"0.0\"", "<summary>Hint</summary>",
      "the colour <span class=\"value\">red</span>",
      "data-values=\"[&quot;2&quot;,&quot;6&quot;,&quot;10&quot;]\">6</span>",
    ] { #expect(page.contains(part), "\(part) is missing in\n\(page)") }
    #expect(!page.contains("assert echo"))
    #expect(!page.contains("http://") && !page.contains("https://"), "a page asks the network for nothing")
    #expect(try #require(files["index.html"]).contains("<a href=\"02-test.html\">"))
  }

  @Test func framesHoldWhatTheOtherStopsShow() throws {
    let script = try #require(try files(try web())["frames/02-echo.js"])
    #expect(script.hasPrefix("course.frames(\"02-echo\", [\n") && script.hasSuffix("]);\n"))
    let json = String(script.dropFirst("course.frames(\"02-echo\", ".count).dropLast(3))
    let frames = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[Any]])
    #expect(frames.map(\.count) == [2, 0, 2], "two parts at each stop but the lesson's own")
    // The prose states twice the count, so that the part of the numbers is the same everywhere; the figure holds the count.
    #expect(frames[0][0] is NSNull && frames[2][0] is NSNull)
    #expect(try #require(frames[0][1] as? String).contains("Count 1."))
    #expect(try #require(frames[2][1] as? String).contains("Count 5."))
  }

  @Test func slidersOfWhatDoesNotMatterExchangeNothing() throws {
    let markdown = "```stage echo\nslider: prompt=red heart,pizza\n```\n"
    let script = try #require(
      try files(WebCourse([try parse(markdown)], formulas: SampleFormulas()), markdown)["frames/02-echo.js"])
    #expect(script.contains("[null,null]"), "\(script)")
  }

  @Test func figuresHoldBothThemes() throws {
    let figure = Figure(
      name: "pair", title: "Both", caption: "", alternativeText: "Two.", provenance: Provenance(command: ""),
      content: TextBlock("a b"))
    let svg = try ThemedSVG(prefix: "f9").element(figure)
    let old = String(decoding: try figure.encoded(as: .svg), as: UTF8.self)
    #expect(svg.hasPrefix("<svg role=\"img\" viewBox=\"0 0 720 405\" aria-labelledby=\"f9-title f9-desc\">"))
    #expect(svg.contains("light-dark(#ffffff,#14171c)") && svg.contains("light-dark(#1b1f24,#ebe9e4)"))
    #expect(!svg.contains("pair-") && svg.utf8.count < old.utf8.count * 2 / 3)
    // Every outline that is used is there.
    let ids = Set(svg.matches(of: #/\sid="([^"]*)"/#).map { String($0.1) })
    let used = Set(svg.matches(of: ##/href="#([^"]*)"/##).map { String($0.1) })
    #expect(!used.isEmpty && used.isSubset(of: ids), "\(used.subtracting(ids)) are not defined")
  }

  @Test func figuresThatMoveMoveInAPage() throws {
    let figure = Figure(
      name: "pair", title: "Both", caption: "", alternativeText: "Two.", provenance: Provenance(command: ""),
      content: TextBlock("c"), motion: Motion(frames: ["a", "b", "c"].map { TextBlock(RichText(verbatim: $0)) }))
    let svg = try ThemedSVG(prefix: "f9").element(figure)
    #expect(!svg.contains("pair-"))
    #expect(svg.contains(".f9-frame {") && svg.contains("@keyframes f9-show") && svg.contains("animation: f9-show"))
    for index in 0..<3 {
      let hidden = index < 2 ? " visibility=\"hidden\"" : ""
      #expect(svg.contains("<g class=\"f9-frame\" id=\"f9-frame-\(index)\"\(hidden)>"))
      #expect(svg.contains("#f9-frame-\(index) {"))
    }
  }

  @Test func bitmapsStandWhereTheyAre() throws {
    let figure = Figure(
      name: "grid", title: "Bitmaps", caption: "", alternativeText: "Two.", provenance: Provenance(command: ""),
      content: ImageGrid(rows: [[ImageCell(.zeros([1, 8, 8])), ImageCell(.zeros([1, 8, 8]))]]))
    let bytes = try figure.encoded(as: .svg)
    let old = String(decoding: bytes, as: UTF8.self)
    let new = String(decoding: SVGCompactor.file(bytes, name: "grid"), as: UTF8.self)
    let count = old.components(separatedBy: "<pattern").count - 1
    #expect(count >= 2 && !new.contains("<pattern") && !new.contains("<clipPath"), "\(new)")
    #expect(new.components(separatedBy: "transform=\"matrix(").count - 1 == count)
    #expect(
      new.hasPrefix(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"720pt\""))
    #expect(new.hasSuffix("</svg>\n") && new.contains("<desc id=\"grid-desc\">Two.</desc>"))
  }

  @Test func mergingKeepsApartWhatIsNoColor() {
    #expect(
      ThemedSVG.merged(["<g style=\"fill:#ffffff\">"], ["<g style=\"fill:#000000\">"])
        == "<g style=\"fill:light-dark(#ffffff,#000000)\">\n")
    #expect(ThemedSVG.merged(["<path d=\"M1 2\"/>"], ["<path d=\"M1 3\"/>"]) == nil)
    #expect(ThemedSVG.merged(["<g>"], ["<g>", "</g>"]) == nil)
    #expect(
      ThemedSVG.merged(["<image id=\"a\" href=\"x\"/>"], ["<image id=\"a\" href=\"y\"/>"])
        == "<g id=\"a\"><image class=\"l\" href=\"x\"/><image class=\"d\" href=\"y\"/></g>\n")
  }

  @Test(arguments: [
    ("1", "1"), ("2.000000", "2"), ("0.503906", ".5"), ("-0.004", "0"), ("-0.25", "-.25"), ("12.3456", "12.35"),
    ("99.999", "100"), ("-3.05", "-3.05"),
  ])
  func shortensNumbers(_ pair: (long: String, short: String)) {
    #expect(SVGCompactor.shortNumber(pair.long) == pair.short)
  }

  @Test func shortensPaths() {
    #expect(SVGCompactor.shortPath("M 1.5 -2 L 3.25 4.126 Z M 1.5 -2 ") == "M1.5-2L3.25 4.13Z")
    #expect(SVGCompactor.shortPath("M 1 2 L 3 4 ") == "M1 2L3 4")
    #expect(SVGCompactor.shortPath("M 1.504 -2 L 1.504 -2 M 3 4 L 3 4 ") == "M1.5-2h0M3 4h0")
    #expect(SVGCompactor.shortPath("M 1 2 L 1 3 L 1 3 ") == "M1 2L1 3L1 3")
  }

  @Test func dotsAreShortAndDarkenEachOther() throws {
    // Three in one place and one apart. A stroke paints a place only once, so the pile needs three.
    let figure = Figure(
      name: "pile", title: "Dots", caption: "", alternativeText: "Four.", provenance: Provenance(command: ""),
      content: Chart(
        x: Axis("x"), y: Axis("y"),
        layers: [Scatter(x: [1, 1, 1, 2], y: [1, 1, 1, 2], color: .palette(1), opacity: 0.5)]))
    let svg = String(decoding: SVGCompactor.file(try figure.encoded(as: .svg), name: "pile"), as: UTF8.self)
    let strokes = svg.split(separator: "\n").filter { $0.contains("stroke-opacity:0.5") }
    #expect(strokes.map { $0.components(separatedBy: "h0").count - 1 } == [2, 1, 1], "\(svg)")
    #expect(strokes.allSatisfy { $0.contains("stroke-linecap:round") })
  }

  // MARK: Notebook

  @Test func notebooksHoldTextRunsAndWork() throws {
    let files = try files(NotebookCourse(formulas: SampleFormulas()))
    let text = try #require(files["02-test.ipynb"])
    #expect(try self.files(NotebookCourse(formulas: SampleFormulas())) == files, "the same lesson, the same bytes")
    let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(object["nbformat"] as? Int == 4 && object["nbformat_minor"] as? Int == 5)
    let cells = try #require(object["cells"] as? [[String: Any]])
    let sources = cells.map { cell in
      (cell["cell_type"] as? String ?? "") + ": " + ((cell["source"] as? [String]) ?? []).joined()
    }
    let wanted = [
      "markdown: # 02 Test", "code: LESSON = \"02\"\n", "markdown: Text with $x_{t}$, *more* & `<code>`.",
      "code: # Gives its",
      "markdown: Twice is 6, the colour red.", "code: assert echo.facts",
      "markdown: **Exercise.** What is twice $x_{0}$?",
      "code: check(\"double\", None)",
    ]
    #expect(sources.count == wanted.count)
    for (source, start) in zip(sources, wanted) { #expect(source.hasPrefix(start), "\(source)") }
    #expect(sources[3].hasSuffix("\necho = run_stage(\"echo\")"))
    #expect(
      sources[3].contains("count=3, width=0.25, color=\"red\", steps=[1, 2], prompt=\"red heart\", loud=False, seed=0"))
    #expect(sources[4].contains("```sh\ndiffuse lesson 02 --set count=4 \\\n  --seed 7\n```"))
  }

  // MARK: What they share

  static let prose: [(String, [String])] = [
    ("x_t is", ["x_t"]), ("of ᾱ_{t-1}, ε̂ and x₀.", ["ᾱ_{t-1}", "ε̂", "x₀"]), ("at t = 5, T large", ["t", "T"]),
    ("don't and U-Net, a B, I am", []), ("J. Ho, N. Chen; i.e. e.g. none", []), ("x_train_set, seed_x", []),
    ("ε_θ(x_t, t)", ["ε_θ", "x_t", "t"]), ("α's", ["α"]), ("€5, L2 and 3x", []),
  ]

  @Test(arguments: prose)
  func findsSymbolsInProse(_ example: (text: String, symbols: [String])) throws {
    let found = ProseMath.pieces(example.text).compactMap { piece -> Formulas.Expression? in
      if case .symbol(let expression) = piece { expression } else { nil }
    }
    #expect(found == (try example.symbols.map { try Program(parsing: $0, functions: nil).result }))
  }

  @Test func terminalsSkipNotebooksAndHintAtSliders() throws {
    let document = try parse(Self.lesson)
    let run = try LessonRun(document, settings: LessonSettings(), home: emptyHome())
    var text = ""
    for block in document.blocks { text += try TerminalRenderer(formulas: SampleFormulas()).block(block, of: run) }
    #expect(!text.contains("assert") && !text.contains("\n\n\n"))
    #expect(text.contains("try --set echo.count=1,3,5"))
  }

  static let refused: [(String, String)] = [
    ("slider: count", "line 5: a slider is written timestep=50,250,500, not 'count'"),
    ("slider: cuont=1,3", "cuont"),
    ("slider: count=1,99,3", "line 5: count must be a whole number from 0 to 10, not '99'"),
    ("slider: count=1,2", "line 5: a slider has 2 to 12 values, and the lesson's own count=3 is one of them"),
    ("slider: steps=1,2", "line 5: steps is a list, so no slider can move along it"),
  ]

  @Test(arguments: refused)
  func refusesSliders(_ pair: (yaml: String, sentence: String)) {
    let found = sentence { () throws(UserError) in try parse("```stage echo\n\(pair.yaml)\n```\n") }
    #expect(found.contains(pair.sentence), "\(found)")
  }

  @Test func refusesOtherNotebookLanguages() {
    let found = sentence { () throws(UserError) in try parse("```notebook julia\n1\n```\n") }
    #expect(found == "Lessons/02-test.md, line 4: a notebook block begins with ```notebook python")
  }
}
