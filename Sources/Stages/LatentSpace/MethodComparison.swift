import Drawing
import Tensors

/// All methods, measured on the same scenes.
struct MethodComparison {
  let measured: [MeasuredMethod]

  init(_ measured: [MeasuredMethod]) { self.measured = measured }

  private static let autoencoder = "autoencoder"
  private static let components = "PCA of 4×4 patches"

  private func family(_ name: String) -> [MeasuredMethod] {
    measured.filter { $0.method.family == name }.sorted { $0.method.ratio < $1.method.ratio }
  }

  private var families: [String] {
    measured.reduce(into: []) { names, one in
      if !names.contains(one.method.family) { names.append(one.method.family) }
    }
  }

  /// Of a family, the setting whose ratio comes closest to a wanted one.
  private func nearest(_ name: String, to ratio: Double) -> MeasuredMethod? {
    family(name).min { abs($0.method.ratio - ratio) < abs($1.method.ratio - ratio) }
  }

  private var trained: MeasuredMethod { family(Self.autoencoder).first ?? measured[measured.count - 1] }

  /// Each family once, at about the autoencoder's ratio.
  var shown: [CompressionMethod] { families.compactMap { nearest($0, to: trained.method.ratio)?.method } }

  func addFacts(to result: inout StageResult, _ codec: PictureCodec) {
    let vae = trained
    let linear = nearest(Self.components, to: vae.method.ratio)?.mean ?? .nan
    result.fact("ratio", vae.method.ratio)
    result.fact("vae", vae.mean)
    result.fact("pca", linear)
    result.fact("gain", vae.mean - linear)
    result.fact("smaller", nearest("smaller picture", to: 16)?.mean ?? .nan)
    result.fact("waves", nearest("slow waves of 8×8 blocks", to: 16)?.mean ?? .nan)
    result.fact("grey", family("grey").first?.mean ?? .nan)
    // From the strongest compression to the weakest: the first that is as close.
    let equal = family(Self.components).reversed().first { $0.mean >= vae.mean }
    result.fact("pca_equal", equal.map { $0.method.setting } ?? "more than 24 of 48")
    result.fact("pca_equal_ratio", equal?.method.ratio ?? 2)
    result.fact("verdict", vae.mean > linear ? "the autoencoder" : "PCA")
  }

  var table: StageTable {
    StageTable(
      name: "by-method", title: "What comes back, mean over the scenes",
      columns: [
        .init("compression", numeric: false), .init("keeps", numeric: false), .init("ratio"), .init("PSNR (dB)"),
        .init("worst scene"),
      ],
      rows: measured.map { one in
        [
          one.method.family, one.method.setting, NumberText.short(one.method.ratio, significant: 3),
          NumberText.fixed(one.mean, decimals: 1), NumberText.fixed(one.psnrs.min() ?? 0, decimals: 1),
        ]
      })
  }

  func figure(_ provenance: Provenance) -> Figure {
    var layers: [any ChartLayer] = []
    for (n, name) in families.enumerated() {
      let points = family(name)
      let (x, y) = (points.map(\.method.ratio), points.map(\.mean))
      if points.count == 1 {
        layers.append(Line("", x: x, y: y, color: .palette(n), markers: true))
        layers.append(
          Annotation(
            RichText(verbatim: name), x: x[0], y: y[0], side: name == Self.autoencoder ? .aboveRight : .belowRight,
            color: .palette(n)))
      } else {
        layers.append(
          Line(RichText(verbatim: name), x: x, y: y, color: .palette(n), markers: true, labelPlacement: .inside))
      }
    }
    let gain = trained.mean - (nearest(Self.components, to: trained.method.ratio)?.mean ?? 0)
    let amount = NumberText.fixed(abs(gain), decimals: 1)
    return Figure(
      name: "compression-psnr",
      title: gain > 0
        ? "At the same size the autoencoder comes \(amount) dB closer than PCA of patches"
        : "At the same size PCA of patches comes \(amount) dB closer than the autoencoder",
      caption: """
        Mean PSNR over the \(trained.psnrs.count) bundled scenes against how many numbers of the picture stand for one that is \
        kept. Numbers are counted, not bits. PCA is fitted to all scenes but the one it restores.
        """,
      alternativeText: """
        A chart with a logarithmic axis of ratios. Several falling curves; a single point for grey and one for the \
        autoencoder.
        """,
      provenance: provenance,
      content: Chart(
        x: Axis("numbers in the picture for one that is kept (logarithmic)", scale: .log, range: 1.8...70),
        y: Axis("PSNR (dB), mean over the scenes"), layers: layers))
  }
}
