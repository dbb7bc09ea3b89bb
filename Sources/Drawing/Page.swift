import CCairo
import Foundation
import Tensors

/// The file formats of a figure.
public enum FigureFormat: String, Sendable, CaseIterable {
  case svg, pdf, png
}

/// A drawn page: its size in points and the commands that paint it.
public struct Page: Sendable {
  public let size: Size
  public let background: Color
  public let commands: [DrawingCommand]

  public init(size: Size, background: Color, commands: [DrawingCommand]) {
    self.size = size
    self.background = background
    self.commands = commands
  }

  /// Title and description that go into the file, and the prefix of its ids.
  struct Labels {
    var name: String
    var title: String
    var description: String
  }

  /// The bytes of a file; the same page gives the same bytes in any process.
  ///
  /// - Parameter pixelScale: pixels of a PNG per 1/96 inch.
  func encoded(as format: FigureFormat, labels: Labels, pixelScale: Double) throws(UserError) -> [UInt8] {
    switch format {
    case .svg:
      let raw = try vector { cairo_svg_surface_create_for_stream(appendBytes, $0, size.width, size.height) }
      return SVGCleaner(prefix: labels.name, title: labels.title, description: labels.description).clean(raw)
    case .pdf:
      return try vector { sink in
        let surface = cairo_pdf_surface_create_for_stream(appendBytes, sink, size.width, size.height)
        for (key, value) in [
          (CAIRO_PDF_METADATA_TITLE, labels.title), (CAIRO_PDF_METADATA_SUBJECT, labels.description),
          (CAIRO_PDF_METADATA_CREATE_DATE, Page.date), (CAIRO_PDF_METADATA_MOD_DATE, Page.date),
        ] { cairo_pdf_surface_set_metadata(surface, key, value) }
        return surface
      }
    case .png:
      return try png(pixelScale: pixelScale)
    }
  }

  /// The elements of an SVG of this size that draw the commands on nothing, their ids begun with `prefix`.
  func layer(_ commands: [DrawingCommand], prefix: String) throws(UserError) -> String {
    let raw = try Page(size: size, background: background, commands: commands).vector(hasBackground: false) {
      cairo_svg_surface_create_for_stream(appendBytes, $0, size.width, size.height)
    }
    let svg = String(
      decoding: SVGCleaner(prefix: prefix, title: "", description: "").cleanIDs(raw), as: UTF8.self)
    guard let open = svg.range(of: "<svg "), let start = svg[open.upperBound...].firstIndex(of: ">"),
      let end = svg.range(of: "</svg>", options: .backwards), start < end.lowerBound
    else { return "" }
    return Self.shortened(svg[svg.index(after: start)..<end.lowerBound])
  }

  /// With two decimals in the data of paths, a hundredth of a point: frames have many of them.
  private static func shortened(_ svg: Substring) -> String {
    var result: [UInt8] = []
    var (isPath, decimals) = (false, -1)
    for byte in svg.utf8 {
      let isDigit = byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
      if byte == UInt8(ascii: "\"") { isPath = !isPath && result.suffix(3) == Array(" d=".utf8)[...] }
      decimals = isDigit ? (decimals < 0 ? -1 : decimals + 1) : byte == UInt8(ascii: ".") ? 0 : -1
      if isPath && decimals > 2 { continue }
      result.append(byte)
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// Stands for the moment of writing, which would make every file differ.
  private static let date = "2000-01-01T00:00:00Z"

  private func vector(
    hasBackground: Bool = true, _ makeSurface: (UnsafeMutableRawPointer) -> OpaquePointer?
  ) throws(UserError) -> [UInt8] {
    let sink = ByteSink()
    let surface = makeSurface(Unmanaged.passUnretained(sink).toOpaque())
    defer { cairo_surface_destroy(surface) }
    try paint(on: surface, scale: 1, hasBackground: hasBackground)
    cairo_surface_finish(surface)
    try Page.check(cairo_surface_status(surface))
    return withExtendedLifetime(sink) { sink.bytes }
  }

  private func png(pixelScale: Double) throws(UserError) -> [UInt8] {
    let scale = pixelScale * 96 / 72
    let width = Int32((size.width * scale).rounded())
    let surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, Int32((size.height * scale).rounded()))
    defer { cairo_surface_destroy(surface) }
    try paint(on: surface, scale: scale)
    return try Page.png(of: surface)
  }

  static func png(of surface: OpaquePointer?) throws(UserError) -> [UInt8] {
    let sink = ByteSink()
    try check(cairo_surface_write_to_png_stream(surface, appendBytes, Unmanaged.passUnretained(sink).toOpaque()))
    return withExtendedLifetime(sink) { sink.bytes }
  }

  private func paint(
    on surface: OpaquePointer?, scale: Double, hasBackground: Bool = true
  ) throws(UserError) {
    let typesetter = try Typesetter()
    guard let surface, let context = cairo_create(surface) else { return }
    defer { cairo_destroy(context) }
    cairo_scale(context, scale, scale)
    if hasBackground {
      // The whole surface, so that no row of pixels at the edge is half covered.
      cairo_set_source_rgb(context, background.red, background.green, background.blue)
      cairo_paint(context)
    }
    CairoRenderer(context: context, typesetter: typesetter).paint(commands)
    try Page.check(cairo_status(context))
  }

  static func check(_ status: cairo_status_t) throws(UserError) {
    guard status != CAIRO_STATUS_SUCCESS else { return }
    let reason = cairo_status_to_string(status).map { String(cString: $0) } ?? "unknown reason"
    throw UserError("the picture could not be made: \(reason)", code: .io)
  }
}

/// Collects what Cairo writes.
private final class ByteSink {
  var bytes: [UInt8] = []
}

private func appendBytes(
  _ sink: UnsafeMutableRawPointer?, _ data: UnsafePointer<UInt8>?, _ count: UInt32
) -> cairo_status_t {
  guard let sink, let data else { return CAIRO_STATUS_WRITE_ERROR }
  let bytes = UnsafeBufferPointer(start: data, count: Int(count))
  Unmanaged<ByteSink>.fromOpaque(sink).takeUnretainedValue().bytes.append(contentsOf: bytes)
  return CAIRO_STATUS_SUCCESS
}
