import CCairo
import Tensors

extension Page {
  /// The page as pixels, for showing it where no file is wanted.
  ///
  /// - Parameter width: pixels; the height follows.
  /// - Throws: when the font is missing.
  public func raster(width: Int) throws(UserError) -> Raster {
    let scale = Double(width) / size.width
    let height = max(1, Int((size.height * scale).rounded()))
    let typesetter = try Typesetter()
    let surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(width), Int32(height))
    defer { cairo_surface_destroy(surface) }
    guard let context = cairo_create(surface) else { preconditionFailure("Cairo gives no context") }
    defer { cairo_destroy(context) }
    cairo_set_source_rgb(context, background.red, background.green, background.blue)
    cairo_paint(context)
    cairo_scale(context, scale, scale)
    CairoRenderer(context: context, typesetter: typesetter).paint(commands)
    cairo_surface_flush(surface)
    guard let data = cairo_image_surface_get_data(surface) else {
      throw UserError("the picture of \(width)×\(height) pixels could not be made", code: .io)
    }
    let stride = Int(cairo_image_surface_get_stride(surface))
    var bytes: [UInt8] = []
    bytes.reserveCapacity(3 * width * height)
    for y in 0..<height {
      // Cairo keeps a pixel as 0x00RRGGBB in the machine's byte order.
      let row = UnsafeRawPointer(data + y * stride)
      for x in 0..<width {
        let pixel = row.load(fromByteOffset: 4 * x, as: UInt32.self)
        bytes += [
          UInt8(truncatingIfNeeded: pixel >> 16), UInt8(truncatingIfNeeded: pixel >> 8),
          UInt8(truncatingIfNeeded: pixel),
        ]
      }
    }
    return Raster(width: width, height: height, bytes: bytes)
  }
}
