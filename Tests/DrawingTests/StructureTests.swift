import Drawing
import Tensors
import Testing

/// What the components draw, read from the recorded commands.
@Suite struct StructureTests {
  private func log(_ content: any Component, theme: Theme = .light, size: FigureSize = .slide) throws -> DrawingLog {
    DrawingLog(
      try Figure(
        name: "f", title: "T", caption: "", alternativeText: "", provenance: Provenance(command: ""), content: content
      ).page(theme: theme, size: size))
  }

  private func text(_ log: DrawingLog, _ plain: String) throws -> PlacedText {
    try #require(log.texts.first { $0.text.plain == plain }, "no text “\(plain)” in\n\(log)")
  }

  @Test func recordingIsReadable() throws {
    let lines = try log(TextBlock("x_t and x²")).description.split(separator: "\n").map(String.init)
    #expect(lines[0] == "page 720.0 405.0")
    #expect(lines.contains("group head"))
    #expect(lines.contains { $0.hasPrefix("  text “T” title 16.0 #1b1f24 [") || $0.hasPrefix("  text “T” title 15.9") })
    #expect(lines.contains { $0.hasPrefix("  text “x_t and x²” label 11.0 #1b1f24 [") })
  }

  @Test func cellsOfGridStandInRowsAndColumns() throws {
    let cell = ImageCell(Sample.picture(0))
    let log = try log(ImageGrid(rows: [[cell, cell, nil], [cell, cell, cell]], rowLabels: ["one", "two"]))
    let places = log.images.map(\.rect)
    #expect(places.count == 5)
    #expect(places.allSatisfy { abs($0.width - $0.height) < 1e-9 && abs($0.width - places[0].width) < 1e-9 })
    #expect(places[0].minX == places[2].minX && places[1].minX == places[3].minX)
    #expect(places[0].minY == places[1].minY && places[2].minY == places[4].minY)
    #expect(places[1].minX > places[0].maxX && places[2].minY > places[0].maxY)
    #expect(try text(log, "one").box.maxX < places[0].minX)
  }

  @Test func picturesAreEnlargedByWholePixels() throws {
    let log = try log(ImageGrid(rows: [[ImageCell(Tensor([0, 1, 1, 0], shape: [2, 2]), .unit)]]))
    let raster = log.images[0].raster
    let factor = raster.width / 2
    #expect(raster.width == 2 * factor && raster.height == 2 * factor && factor > 100)
    let pixel = { (x: Int, y: Int) in raster.bytes[3 * (y * raster.width + x)] }
    #expect(pixel(factor - 1, factor - 1) == 0 && pixel(factor, factor - 1) == 255)
    #expect(pixel(factor - 1, factor) == 255 && pixel(factor, factor) == 0)
  }

  @Test func curveFollowsItsData() throws {
    let chart = Chart(
      x: Axis("x", range: 0...10), y: Axis("y", range: 0...1),
      layers: [Line("rising", x: [0, 5, 10], y: [0, 0.5, 1], color: .palette(1))])
    let log = try log(chart)
    let strokes = log.page.commands.compactMap { command -> Rect? in
      guard case .stroke(let path, let stroke) = command, stroke.color == Theme.light.palette[1] else { return nil }
      return path.bounds
    }
    let box = try #require(strokes.first)
    let (zero, one) = (try text(log, "0.0"), try text(log, "1.0"))
    #expect(abs(box.maxY - zero.box.midY) < 0.5 && abs(box.minY - one.box.midY) < 0.5)
    #expect(abs(box.minX - (try text(log, "0")).box.midX) < 0.5)
    #expect(abs(box.maxX - (try text(log, "10")).box.midX) < 0.5)
    #expect(try text(log, "rising").box.minX > box.maxX, "the name stands behind the end")
    #expect(try text(log, "rising").color == Theme.light.palette[1])
  }

  @Test func pointsOfAColorAreOneCommand() throws {
    let chart = Chart(
      x: Axis("x", range: 0...10), y: Axis("y", range: 0...10),
      layers: [Scatter(x: [1, 2, .nan, 3], y: [1, 2, 3, 3], color: .palette(1), radius: 2, opacity: 0.5)])
    let log = try log(chart)
    let dots = log.page.commands.compactMap { command -> (points: [Point], radius: Double, color: Color)? in
      if case .dots(let points, let radius, let color) = command { (points, radius, color) } else { nil }
    }
    let all = try #require(dots.first)
    #expect(dots.count == 1 && all.points.count == 3 && all.color == Theme.light.palette[1].opacity(0.5))
    #expect(all.points[0].x < all.points[1].x && all.points[0].y > all.points[1].y)
    #expect(all.radius >= 2 && log.description.contains("dots \(all.color.hex) 3 of radius"))
  }

  @Test func theNameOfACloudStandsWhereItHidesTheFewestDots() throws {
    // Dots everywhere, so that the name hides some wherever it stands: in steps of 0.35 on the left, of 0.2 on the right.
    var (x, y): ([Double], [Double]) = ([], [])
    func fill(from left: Double, to right: Double, step: Double) {
      for column in stride(from: left, through: right, by: step) {
        for row in stride(from: 0.0, through: 10.0, by: step) {
          x.append(column)
          y.append(row)
        }
      }
    }
    fill(from: 0, to: 4.6, step: 0.35)
    let sparse = x.count
    fill(from: 5, to: 10, step: 0.2)
    let chart = Chart(
      x: Axis("x", range: 0...10), y: Axis("y", range: 0...10),
      layers: [Scatter("a cloud", x: x, y: y, color: .palette(1))])
    let log = try log(chart)
    let name = try text(log, "a cloud").box
    var dots: [Point] = []
    for command in log.page.commands {
      if case .dots(let points, _, _) = command { dots += points }
    }
    #expect(dots.count == x.count && dots.contains { name.contains($0) })
    #expect(name.maxX < dots[sparse...].map(\.x).min() ?? 0)
  }

  @Test func anAxisWithoutMarksAndNamesHasNoLine() throws {
    func lines(showsX: Bool) throws -> Int {
      let axis = Axis("", range: 0...1, ticks: [])
      let log = try log(Chart(x: axis, y: axis, layers: [], showsX: showsX, showsY: false, aspect: 1))
      return log.page.commands.count { if case .stroke = $0 { true } else { false } }
    }
    #expect(try lines(showsX: true) - lines(showsX: false) == 1)
  }

  @Test func namesAtEndsKeepTheOrderOfTheCurves() throws {
    let ends = [0.500, 0.502, 0.501, 0.499, 0.9, 0.503]
    let chart = Chart(
      x: Axis("x"), y: Axis("y", range: 0...1),
      layers: ends.enumerated().map { Line("series \($0)", x: [0, 1], y: [0.2, $1]) })
    for page in PageCase.all {
      let log = try log(chart, theme: page.theme, size: page.size)
      let names = log.texts.filter { $0.text.plain.hasPrefix("series") }.sorted { $0.box.minY < $1.box.minY }
      #expect(names.map { $0.text.plain.suffix(1) } == ["4", "5", "1", "2", "0", "3"])
    }
  }

  @Test func longSeriesAreThinnedWithoutLosingPeaks() throws {
    var y = (0..<100_000).map { Double($0 % 7) * 0.01 }
    y[54_321] = 5
    let log = try log(
      Chart(x: Axis("step"), y: Axis("loss"), layers: [Line("", x: (0..<100_000).map(Double.init), y: y)]))
    let curve = log.page.commands.compactMap { command -> Path? in
      if case .stroke(let path, let stroke) = command, stroke.color == Theme.light.palette[0] { path } else { nil }
    }
    let path = try #require(curve.first)
    #expect(path.count < 8000)
    let top = try text(log, "5").box.midY
    #expect(abs((path.bounds?.minY ?? 0) - top) < 0.5)
  }

  @Test func valuesThatAreNoNumbersInterruptTheCurve() throws {
    let log = try log(
      Chart(x: Axis("x"), y: Axis("y"), layers: [Line("", x: [0, 1, 2, 3, 4], y: [1, 2, .nan, 2, 1])]))
    let path = log.page.commands.compactMap { command -> Path? in
      if case .stroke(let path, let stroke) = command, stroke.color == Theme.light.palette[0] { path } else { nil }
    }
    #expect(path.first?.count == 4)
    #expect(path.first?.pieceCount == 2)
  }

  @Test func sharedAxesAgreeAndAreLabelledOnce() throws {
    let charts = [1.0, 3.0].map { top in
      Chart(x: Axis("x"), y: Axis("height"), layers: [Line("", x: [0, 1], y: [0, top])])
    }
    let log = try log(Panels(charts, columns: 2, sharing: .both))
    #expect(log.texts.filter { $0.text.plain == "height" }.count == 1)
    let peaks = log.page.commands.compactMap { command -> Rect? in
      if case .stroke(let path, let stroke) = command, stroke.color == Theme.light.palette[0] {
        path.bounds
      } else {
        nil
      }
    }
    #expect(peaks.count == 2 && abs(peaks[0].height * 3 - peaks[1].height) < 0.01)
  }

  @Test func cellsOfHeatMapHaveTheColorsOfTheirValues() throws {
    let log = try log(HeatMap(Tensor([-1, 0, 1, 0.5], shape: [2, 2]), .diverging(limit: 1)))
    let raster = log.images[0].raster
    func color(_ x: Int, _ y: Int) -> Color {
      let at = 3 * ((raster.height * (2 * y + 1) / 4) * raster.width + raster.width * (2 * x + 1) / 4)
      let parts = raster.bytes[at..<(at + 3)].map { Double($0) / 255 }
      return Color(red: parts[0], green: parts[1], blue: parts[2])
    }
    let map = ColorMap.divergingLight
    for (x, y, position) in [(0, 0, 0.0), (1, 0, 0.5), (0, 1, 1.0), (1, 1, 0.75)] {
      #expect(color(x, y).hex == map.color(at: position).hex)
    }
  }

  @Test func arrowsOfDiagramTouchTheirBoxes() throws {
    let diagram = Diagram(
      nodes: [.init("a", column: 0, row: 0, title: "first"), .init("b", column: 1, row: 0, title: "second")],
      edges: [.init("a", "b", label: "label", color: .palette(2))])
    let log = try log(diagram)
    let outlines = log.page.commands.compactMap { command -> Rect? in
      if case .stroke(let path, let stroke) = command, stroke.color == Theme.light.palette[0] {
        path.bounds
      } else {
        nil
      }
    }
    let arrow = log.page.commands.compactMap { command -> Rect? in
      switch command {
      case .stroke(let path, let stroke) where stroke.color == Theme.light.palette[2]: path.bounds
      case .fill(let path, let color) where color == Theme.light.palette[2]: path.bounds
      default: nil
      }
    }
    let whole = try #require(arrow.dropFirst().first).union(try #require(arrow.first))
    #expect(outlines.count == 2)
    #expect(abs(whole.minX - outlines[0].maxX) < 0.01)
    #expect(whole.maxX < outlines[1].minX && outlines[1].minX - whole.maxX < 3)
    let label = try text(log, "label").box
    #expect(label.minX > outlines[0].maxX && label.maxX < outlines[1].minX)
  }
}
