import Foundation
import LessonRunner
import Tensors
import Testing

@Suite struct TerminalTests {
  private func text(_ markdown: String, width: Int = 40, colors: Bool = false) throws -> String {
    let document = try parse(markdown)
    let run = try LessonRun(document, settings: LessonSettings(), home: emptyHome())
    let renderer = TerminalRenderer(width: width, colors: colors, formulas: SampleFormulas())
    var result = ""
    for block in document.blocks { result += try renderer.block(block, of: run) }
    return result
  }

  @Test func wrapsAtTheWidth() throws {
    let words = String(repeating: "ein Wörtchen ", count: 20) + String(repeating: "x", count: 95)
    for width in [20, 33, 80] {
      let lines = try text(words, width: width).split(separator: "\n")
      #expect(lines.allSatisfy { displayWidth($0) <= width })
      #expect(lines.joined().filter { $0 == "x" }.count == 95)
      #expect(lines.joined(separator: " ").split(separator: " ").count { $0 == "Wörtchen" } == 20)
    }
  }

  @Test func widthCountsColumnsNotCharacters() {
    #expect(displayWidth("ε̂ = √ᾱₜ") == 7)
    #expect(displayWidth("扩散 ❤️") >= 6)
    #expect(displayWidth("a\u{301}") == 1)
  }

  @Test func listsHang() throws {
    #expect(
      try text("- one two three four five six seven eight nine\n- b\n\n1. x\n2. y\n")
        == "• one two three four five six seven\n  eight nine\n• b\n\n1. x\n2. y\n\n")
  }

  @Test func tablesAlign() throws {
    #expect(
      try text("| t | share |\n|:--|--:|\n| 0 | 0.9999 |\n| 999 | **0** |\n")
        == "t     share\n───  ──────\n0    0.9999\n999       0\n\n")
  }

  @Test func tablesFitTheWidth() throws {
    let long = String(repeating: "word ", count: 30)
    let lines = try text("| a | b |\n|---|---|\n| \(long) | 1 |\n").split(separator: "\n")
    #expect(lines.count > 4)
    #expect(lines.allSatisfy { displayWidth($0) <= 40 })
  }

  @Test func emphasisIsShownOnlyWithColors() throws {
    #expect(try text("*a* **b** `c`") == "a b `c`\n\n")
    let colored = try text("*a* **b** `c`", colors: true)
    #expect(colored == "\u{1B}[3ma\u{1B}[0m \u{1B}[1mb\u{1B}[0m \u{1B}[36mc\u{1B}[0m\n\n")
  }

  @Test func linksShowWhereTheyLead() throws {
    #expect(try text("[DDPM](https://a.org/b)") == "DDPM (https://a.org/b)\n\n")
    #expect(try text("<https://a.org/b>") == "https://a.org/b\n\n")
  }

  @Test func formulasShowTextSourceAndSymbols() throws {
    let shown = try text("```formula forward.step\n```\n", width: 80)
    #expect(shown.hasPrefix("    xₜ = √ᾱₜ·x₀\n    One step · DDPM (4) · forward.step\n"))
    #expect(shown.contains("xₜ  noisy image  [N, C, H, W]"))
  }

  @Test func stagesShowParametersFactsAndTables() throws {
    let shown = try text("```stage echo\ncount: 2\n```\n", width: 80)
    for part in [
      "--set count=2", "(0…10)", "--set steps=1,2", "twice", "  4  the number twice", "Values", "width   0.25",
    ] {
      #expect(shown.contains(part), "\(part) is missing in\n\(shown)")
    }
  }

  @Test func nothingIsToldTwice() throws {
    let formulas = try text("```formula forward.step\n```\n\n```formula forward.closed_form\n```\n", width: 80)
    #expect(formulas.components(separatedBy: "noisy image").count == 2)
    #expect(formulas.hasSuffix("    One step · DDPM (4) · forward.closed_form\n\n"))

    let stages = try text("```stage echo\n```\n\n```stage echo\nas: again\ncount: 2\n```\n", width: 80)
    #expect(stages.components(separatedBy: "--set count=").count == 3)
    #expect(stages.components(separatedBy: "--set width=0.25").count == 2)
    #expect(stages.components(separatedBy: "--seed 0").count == 2)
    #expect(stages.contains("  width, color, steps, prompt, loud and seed as above\n"))

    let stated = try text("```stage echo\n```\n\nTwice is {{echo.twice}}.\n", width: 80)
    #expect(!stated.contains("the number twice") && stated.contains("the colour") && stated.contains("Twice is 6."))
  }

  @Test func comparedFactsStayTogether() throws {
    let document = try parse("```stage echo\n```\n\nTwice is {{echo.twice}}.\n")
    let run = try LessonRun(document, settings: LessonSettings(assignments: ["count=1,2"]), home: emptyHome())
    let shown = try TerminalRenderer(width: 80, formulas: SampleFormulas()).block(document.blocks[0], of: run)
    #expect(shown.contains("\n  twice  2  4  the number twice\n"), "\(shown)")
    // The colour is the same in both.
    #expect(shown.contains("\n  word     red   the colour\n"), "\(shown)")
  }

  @Test func codeAndQuotesKeepTheirLines() throws {
    #expect(try text("> quoted\n> text\n\n```\na  b\n```\n") == "│ quoted text\n\n    a  b\n\n")
  }

  static let formats: [(String, Double, String)] = [
    (".3f", -1.23456, "−1.235"), (".0f", -0.2, "0"), ("d", 59_999.6, "60000"), (",d", 1_234_567, "1,234,567"),
    (",.1f", -1234.56, "−1,234.6"), (".1%", 0.0778, "7.8 %"), (".2e", 0.0000123, "1.23·10⁻⁵"), (".2e", 0, "0.00"),
    (".3g", 1234.5, "1.23·10³"), ("g", 0.00001234, "1.234·10⁻⁵"), ("g", 12.5, "12.5"), (".1f", .nan, "undefined"),
    ("d", -.infinity, "−∞"),
  ]

  @Test(arguments: formats)
  func formatsNumbers(_ expected: (format: String, value: Double, text: String)) throws {
    let format = try #require(NumberFormat(expected.format))
    #expect(format.string(expected.value) == expected.text)
  }

  @Test(arguments: ["", ".f", "3f", ".3", ".3x", ".18f", ".-1f", "f,", ".2d", "%f"])
  func refusesFormats(_ specification: String) { #expect(NumberFormat(specification) == nil) }
}
