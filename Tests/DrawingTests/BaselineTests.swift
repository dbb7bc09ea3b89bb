import Drawing
import Foundation
import Tensors
import Testing

/// Small pictures kept beside this file; versions of Cairo, Pango and FreeType may differ in single pixels.
@Suite struct BaselineTests {
  struct Case: Sendable, CustomStringConvertible {
    let sample: Sample
    let theme: Theme
    var description: String { "\(sample.rawValue)-\(theme.name)" }
  }

  static let cases = [
    Case(sample: .curves, theme: .light), Case(sample: .curves, theme: .dark), Case(sample: .grid, theme: .light),
    Case(sample: .flow, theme: .dark), Case(sample: .heatMap, theme: .light), Case(sample: .bars, theme: .light),
  ]

  @Test(arguments: cases)
  func looksAsBefore(_ test: Case) throws {
    let bytes = try test.sample.figure.encoded(
      as: .png, theme: test.theme, size: .millimetres(100, 70), pixelScale: 1)
    let actual = FileManager.default.temporaryDirectory.appendingPathComponent("\(test).png").path
    try FileOutput.write(bytes, to: actual)
    let baseline = "\(testFolder)/Baselines/\(test).png"
    guard FileManager.default.fileExists(atPath: baseline) else {
      Issue.record("no baseline \(baseline); look at \(actual) and copy it there when it is right")
      return
    }
    let (a, b) = (try ImageFile.read(actual), try ImageFile.read(baseline))
    #expect(a.shape == b.shape)
    guard a.shape == b.shape else { return }
    let error = (a - b).map(abs)
    let far = error.scalars.count { $0 > 0.25 }
    #expect(error.mean < 0.004, "mean difference; see \(actual)")
    #expect(Double(far) < 0.002 * Double(error.count), "\(far) values differ much; see \(actual)")
  }

  /// The comparison itself notices a label that moved by two pixels.
  @Test func comparisonIsNotBlind() throws {
    let before = try ImageFile.read("\(testFolder)/Baselines/curves-light.png")
    let width = before.shape[2]
    let moved = Tensor.concatenated(
      [before.sliced(2..<width, along: 2), before.sliced((width - 2)..<width, along: 2)], along: 2)
    let error = (before - moved).map(abs)
    #expect(error.scalars.count { $0 > 0.25 } > Int(0.002 * Double(error.count)))
  }
}
