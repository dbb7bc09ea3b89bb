import Drawing
import Foundation
import Tensors
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// Figures that move.
@Suite struct MotionTests {
  private func chart(_ place: Double) -> Chart {
    Chart(
      title: "points", x: Axis("x", range: 0...10), y: Axis("y", range: 0...10),
      layers: [
        Scatter(x: [1, 2], y: [3, 4], color: .muted), Scatter(x: [place], y: [5], color: .palette(0)),
        ReferenceLine(y: 8, label: "a line"),
      ])
  }

  private func figure(_ places: [Double]) -> Figure {
    Figure(
      name: "moves", title: "It moves", caption: "", alternativeText: "A dot.", provenance: Provenance(command: "c"),
      content: chart(places[places.count - 1]),
      motion: Motion(frames: places.map(chart), secondsPerFrame: 0.5, holdSeconds: 1))
  }

  private func svg(_ figure: Figure) throws -> String { String(decoding: try figure.encoded(as: .svg), as: UTF8.self) }

  @Test func everyFrameIsAGroupOfItsOwn() throws {
    let text = try svg(figure([1, 4, 9]))
    for index in 0..<3 { #expect(text.components(separatedBy: "id=\"moves-frame-\(index)\"").count == 2) }
    #expect(!text.contains("moves-frame-3"))
    // All frames but the last are hidden until the rules, after them, begin all turns at once.
    #expect(text.components(separatedBy: "visibility=\"hidden\"").count == 3)
    let parts = text.components(separatedBy: "<style>")
    #expect(parts.count == 2 && parts[0].contains("moves-frame-2") && !parts[1].contains("<g"))
    #expect(text.contains("#moves-frame-0 { animation-delay: -2.000s }"))
    #expect(text.contains("#moves-frame-1 { animation-delay: -1.500s }"))
    #expect(text.contains("prefers-reduced-motion"))
    #expect(text.hasSuffix("</svg>") || text.hasSuffix("</svg>\n"))
  }

  @Test func whatFramesShareIsDrawnOnce() throws {
    var still = figure([1, 9])
    still.motion = nil
    let (moving, plain) = (try svg(figure([1, 4, 9])).utf8.count, try svg(still).utf8.count)
    #expect(moving < plain * 3 / 2 + 4000, "\(moving) bytes against \(plain)")
  }

  @Test func theFileIsWellFormedAndItsIdsDiffer() throws {
    let bytes = try figure([1, 4, 9]).encoded(as: .svg)
    let ids = Identifiers()
    let parser = XMLParser(data: Data(bytes))
    parser.delegate = ids
    #expect(parser.parse(), "\(String(describing: parser.parserError))")
    #expect(Set(ids.found).count == ids.found.count)
    #expect(ids.found.allSatisfy { $0.hasPrefix("moves-") })
    #expect(Set(ids.used).isSubset(of: ids.found))
  }

  @Test func theSameMotionGivesTheSameBytes() throws {
    #expect(try svg(figure([1, 4, 9])) == svg(figure([1, 4, 9])))
    #expect(try svg(figure([1, 4, 9])) != svg(figure([1, 5, 9])))
  }

  @Test func picturesWithoutMotionShowTheContent() throws {
    var still = figure([1, 9])
    still.motion = nil
    for format in [FigureFormat.png, .pdf] {
      #expect(try figure([1, 9]).encoded(as: format) == still.encoded(as: format))
    }
    #expect(figure([1, 9]).sidecar.contains("\"frames\": 2") && !still.sidecar.contains("frames"))
  }

  @Test func motionsTogetherWaitForTheLongest() throws {
    let motions = [figure([1, 2, 3]), figure([4, 5])].compactMap(\.motion)
    let both = try #require(Motion.together(motions) { Panels(rows: [$0]) })
    #expect(both.frames.count == 3)
    #expect(Motion.together([]) { Panels(rows: [$0]) } == nil)
  }
}

private final class Identifiers: NSObject, XMLParserDelegate {
  var found: [String] = []
  var used: [String] = []

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String] = [:]
  ) {
    if let id = attributes["id"] { found.append(id) }
    for value in attributes.values {
      if let match = value.firstMatch(of: /url\(#([^)]*)\)/) { used.append(String(match.1)) }
    }
    if let link = attributes["xlink:href"] ?? attributes["href"], link.hasPrefix("#") {
      used.append(String(link.dropFirst()))
    }
  }
}
