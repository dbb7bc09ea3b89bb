import ArgumentParser
import Drawing
import LessonRunner
import Tensors

extension FigureFormat: ExpressibleByArgument {}

/// The themes by name.
enum ThemeName: String, ExpressibleByArgument, CaseIterable {
  case light, dark
  var theme: Theme { self == .light ? .light : .dark }
}

/// When pictures appear in the terminal.
enum PictureWish: String, ExpressibleByArgument, CaseIterable {
  case auto, always, never

  var isGranted: Bool { self == .always || (self == .auto && Console.showsPictures) }
}

/// `--out`, `--format`, `--theme`: how figures are written.
struct FigureOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Write figures into this folder, each with a NAME.json beside it.", valueName: "dir"))
  var out: String?

  @Option(help: "File format of figures (default: svg).")
  var format: FigureFormat?

  @Option(help: "Colours of figures.")
  var theme: ThemeName = .light

  @Option(help: "Show pictures in the terminal; auto does when standard output is one.")
  var pictures: PictureWish = .auto

  /// The desk, its folder made.
  ///
  /// - Parameter defaultFolder: where figures go without `--out`.
  func desk(size: FigureSize? = nil, defaultFolder: String? = nil) throws(UserError) -> FigureDesk {
    let folder = out ?? defaultFolder
    if let format, folder == nil {
      throw UserError("--format \(format.rawValue) needs a folder to write into: --out DIR")
    }
    guard folder != "" else { throw UserError("--out names no folder") }
    let isShown = pictures.isGranted
    let desk = FigureDesk(
      folder: folder, format: format ?? .svg, theme: theme.theme, size: size, showsPictures: isShown)
    try desk.prepare()
    return desk
  }
}
