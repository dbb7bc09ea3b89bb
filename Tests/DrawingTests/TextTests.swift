import Drawing
import Testing

@Suite struct TextTests {
  @Test(arguments: [
    ("x_t", "xt", "x_t"), ("x_{t−1}", "xt−1", "x_{t−1}"), ("10^{−3}", "10−3", "10^{−3}"), ("ε² x₀", "ε2 x0", "ε² x₀"),
    ("a_ b", "a_ b", "a_ b"), ("down\\_blocks", "down_blocks", "down_blocks"), ("end_", "end_", "end_"),
    ("x̂_0 = ᾱ_t", "x̂0 = ᾱt", "x̂₀ = ᾱ_t"), ("x_{12}", "x12", "x₁₂"), ("x^{a}_{b}", "xab", "x^a_b"),
  ])
  func markupIsRead(_ markup: String, _ plain: String, _ linear: String) {
    let text = RichText(markup: markup)
    #expect(text.plain == plain)
    #expect(text.linear == linear)
  }

  @Test func interpolatedNamesAreNoMarkup() {
    let name = "down_blocks.0^{x}\\"
    #expect(("of \(name)" as RichText).plain == "of down_blocks.0^{x}\\")
    #expect(RichText(verbatim: name).plain == name)
    let inner: RichText = "x_t"
    #expect(("the \(inner) at \(5)" as RichText).linear == "the x_t at 5")
  }

  @Test(
    arguments: [
      (0.0, 2, "0.00"), (-0.001, 2, "0.00"), (-1.5, 1, "−1.5"), (1234, 0, "1234"), (12345.6, 1, "12\u{2009}345.6"),
      (-1e6, 0, "−1\u{2009}000\u{2009}000"), (.infinity, 1, "∞"), (-.infinity, 1, "−∞"), (.nan, 1, "NaN"),
    ] as [(Double, Int, String)])
  func numbersWithDecimals(_ value: Double, _ decimals: Int, _ text: String) {
    #expect(NumberText.fixed(value, decimals: decimals) == text)
  }

  @Test(
    arguments: [
      (0, "0"), (1, "1"), (0.25, "0.25"), (0.123456, "0.1235"), (1200, "1200"), (-3.10, "−3.1"), (1e-7, "1·10⁻⁷"),
      (2.5e9, "2.5·10⁹"), (99999, "99\u{2009}999"), (0.00004, "4·10⁻⁵"),
    ] as [(Double, String)])
  func shortNumbers(_ value: Double, _ text: String) { #expect(NumberText.short(value) == text) }
}

@Suite struct TickTests {
  /// The labels under the x axis of a chart over a domain.
  private func labels(_ axis: Axis, size: FigureSize = .slide) throws -> [String] {
    let chart = Chart(x: axis, y: Axis("", ticks: []), layers: [])
    let page = try Figure(
      name: "f", title: "T", caption: "", alternativeText: "", provenance: Provenance(command: ""), content: chart
    ).page(theme: .light, size: size)
    return DrawingLog(page).texts.filter { $0.role == .note }.map(\.text.linear)
  }

  @Test(arguments: [
    (0.0...1.0, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
    (-4.0...4.0, ["−4", "−3", "−2", "−1", "0", "1", "2", "3", "4"]),
    (0.0...999.0, ["0", "200", "400", "600", "800"]),
    (0.0312...0.0319, ["0.0312", "0.0313", "0.0314", "0.0315", "0.0316", "0.0317", "0.0318", "0.0319"]),
    (-25_000.0...0.0, ["−25\u{2009}000", "−20\u{2009}000", "−15\u{2009}000", "−10\u{2009}000", "−5000", "0"]),
  ])
  func linear(_ range: ClosedRange<Double>, _ expected: [String]) throws {
    #expect(try labels(Axis("", range: range)) == expected)
  }

  @Test(arguments: [
    (1.0...10_000.0, ["1", "10", "100", "1000", "10\u{2009}000"]),
    (1e-9...1e3, ["10^{−8}", "10^{−6}", "10^{−4}", "10^{−2}", "10⁰", "10²"]),
    (0.02...0.5, ["0.02", "0.05", "0.1", "0.2", "0.5"]),
  ])
  func logarithmic(_ range: ClosedRange<Double>, _ expected: [String]) throws {
    #expect(try labels(Axis("", scale: .log, range: range)) == expected)
  }

  @Test func labelsThinOutOnNarrowPages() throws {
    let wide = try labels(Axis("", range: 0...800_000))
    let narrow = try labels(Axis("", range: 0...800_000), size: .millimetres(40, 40))
    #expect(narrow.count < wide.count && narrow.count >= 2)
  }
}
