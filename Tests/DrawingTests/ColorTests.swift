import Drawing
import Tensors
import TestSupport
import Testing

@Suite struct ColorTests {
  @Test(arguments: Theme.all)
  func textIsReadable(_ theme: Theme) {
    for color in [theme.ink, theme.mutedInk] { #expect(color.contrast(with: theme.background) >= 5.5) }
    for color in theme.palette { #expect(color.contrast(with: theme.background) >= 4.5) }
  }

  /// Linear RGB as seen without one kind of cone. Source: Machado, Oliveira, Fernandes 2009, severity 1.
  enum Sight: String, CaseIterable, Sendable {
    case full, withoutRed, withoutGreen, withoutBlue

    var matrix: [Double] {
      switch self {
      case .full: [1, 0, 0, 0, 1, 0, 0, 0, 1]
      case .withoutRed:
        [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998]
      case .withoutGreen:
        [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940, 0.968881]
      case .withoutBlue:
        [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.303900]
      }
    }

    func seen(_ color: Color) -> OKLab {
      let light = color.linear
      let parts = (0..<3).map { r in (0..<3).reduce(0) { $0 + matrix[3 * r + $1] * light[$1] } }
      return OKLab(Color(linear: parts.map { min(max($0, 0), 1) }))
    }
  }

  @Test(arguments: Theme.all, Sight.allCases)
  func paletteIsToldApart(_ theme: Theme, _ sight: Sight) {
    for i in theme.palette.indices {
      for j in theme.palette.indices where j > i {
        let distance = sight.seen(theme.palette[i]).distance(to: sight.seen(theme.palette[j]))
        #expect(distance >= 0.06, "colours \(i) and \(j)")
      }
    }
  }

  /// Where a path bends at the gamut's edge, the straight distance of 1/32 is a little shorter than the way.
  @Test(arguments: [("sequential", ColorMap.sequential), ("light", .divergingLight), ("dark", .divergingDark)])
  func stepsOfMapsLookEqual(_ name: String, _ map: ColorMap) {
    let colors = (0...32).map { OKLab(map.color(at: Double($0) / 32)) }
    let steps = zip(colors, colors.dropFirst()).map { $0.distance(to: $1) }
    let mean = steps.reduce(0, +) / Double(steps.count)
    #expect(steps.allSatisfy { abs($0 - mean) <= 0.1 * mean }, "\(steps)")
  }

  @Test func lightnessOfSequentialMapRises() {
    let lightness = (0...64).map { OKLab(ColorMap.sequential.color(at: Double($0) / 64)).lightness }
    #expect(zip(lightness, lightness.dropFirst()).allSatisfy { $0 < $1 })
  }

  @Test(arguments: [ColorMap.divergingLight, .divergingDark])
  func signsAreEquallyStrong(_ map: ColorMap) {
    for k in 1...16 {
      let low = OKLab(map.color(at: 0.5 - Double(k) / 32)).lightness
      let high = OKLab(map.color(at: 0.5 + Double(k) / 32)).lightness
      #expect(abs(low - high) < 0.03, "\(k)/16 from the middle: \(low) and \(high)")
    }
    let middle = OKLab(map.color(at: 0.5))
    #expect(middle.distance(to: OKLab(lightness: middle.lightness, a: 0, b: 0)) < 0.01, "zero is neutral")
  }

  @Test func knownColorInOKLab() {
    // Red (1, 0, 0) as given with the definition of the space.
    let red = OKLab(Color(hex: 0xff0000))
    #expect(red.distance(to: OKLab(lightness: 0.62796, a: 0.22486, b: 0.12585)) < 1e-4)
    #expect(red.color.hex == "#ff0000")
  }

  @Test func tensorsBecomePixels() {
    let rgb = Raster(Tensor([-1, 0, 1, 1, 0, -1], shape: [3, 1, 2]), .symmetric)
    #expect(rgb.bytes == [0, 255, 128, 128, 255, 0])
    let grey = Raster(Tensor([-0.5, 0.5, 2], shape: [1, 1, 3]), .unit)
    #expect(grey.bytes == [0, 0, 0, 128, 128, 128, 255, 255, 255])
    #expect(Raster(Tensor([.nan], shape: [1, 1]), .unit).bytes == [0, 0, 0])
  }
}
