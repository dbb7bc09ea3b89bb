import Drawing
import Stages
import Tensors

/// What happens to figures: they are written to a folder, shown in the terminal, or named only.
public struct FigureDesk: Sendable {
  /// Where files go; nil writes none.
  public var folder: String?
  public var format: FigureFormat
  public var theme: Theme
  /// The page; nil for the one each figure is made for.
  public var size: FigureSize?
  /// Whether pictures are shown in the terminal.
  public var showsPictures: Bool

  public init(
    folder: String?, format: FigureFormat = .svg, theme: Theme = .light, size: FigureSize? = nil,
    showsPictures: Bool = false
  ) {
    self.folder = folder
    self.format = format
    self.theme = theme
    self.size = size
    self.showsPictures = showsPictures
  }

  /// Makes the folder, before anything runs.
  /// - Throws: with code `cannotCreate` when that is impossible.
  public func prepare() throws(UserError) {
    guard let folder else { return }
    try OutputPlace.check(folder: folder)
  }

  /// Deals with one figure.
  ///
  /// - Parameters:
  ///   - name: what a figure that is not drawn is called.
  ///   - summary: what such a figure would show.
  ///   - ownSize: the page it is made for.
  /// - Returns: what to print: the picture if it is shown, its caption, where its file is.
  public func take(
    _ draw: () throws(UserError) -> Figure, named name: String, summary: String, ownSize: FigureSize = .slide,
    renderer: TerminalRenderer
  ) throws(UserError) -> String {
    guard folder != nil || showsPictures else {
      return renderer.lines("Figure \(name): \(summary) (--out DIR draws it)")
    }
    let figure = try draw()
    let size = size ?? ownSize
    var text = ""
    if showsPictures { text += try picture(figure, size, columns: renderer.width) }
    text += renderer.lines("Figure \(figure.name): \(figure.caption)")
    if let folder {
      let path = try write(figure, size, to: folder)
      text += renderer.lines("→ \(path)", indent: "  ")
    }
    return text
  }

  /// The picture and NAME.json; SVG in its short form.
  private func write(_ figure: Figure, _ size: FigureSize, to folder: String) throws(UserError) -> String {
    guard format == .svg else { return try figure.write(to: folder, format: format, theme: theme, size: size) }
    let bytes = try figure.encoded(as: .svg, theme: theme, size: size)
    try FileOutput.makeFolder(folder)
    let base = (folder.isEmpty || folder.hasSuffix("/") ? folder : folder + "/") + figure.name
    try FileOutput.write(SVGCompactor.file(bytes, name: figure.name), to: base + ".svg")
    try FileOutput.write(figure.sidecar, to: base + ".json")
    return base + ".svg"
  }

  private func picture(_ figure: Figure, _ size: FigureSize, columns: Int) throws(UserError) -> String {
    let raster = try figure.page(theme: theme, size: size).raster(width: 1280)
    return TerminalPicture.text(rgb: raster.bytes, width: raster.width, height: raster.height, columns: columns)
  }
}

extension TerminalRenderer {
  /// A quiet remark, wrapped.
  public func lines(_ remark: String, indent: String = "") -> String {
    wrapper.wrap([StyledText(remark, .dim)], first: indent, rest: "  ").map { $0 + "\n" }.joined()
  }
}
