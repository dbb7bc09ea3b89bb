import CPixbuf
import Tensors

#if canImport(Glibc)
  import Glibc
#endif

/// Reads and writes the picture files that users bring and get.
public enum ImageFile {
  public enum Channels: Int, Sendable {
    case grey = 1
    case rgb = 3
  }

  /// Pictures with more pixels are refused before they are decoded.
  public static let maximumPixels = 100_000_000

  /// The picture as a tensor of shape [1, H, W] or [3, H, W] with values from 0 to 1.
  ///
  /// PNG and JPEG are read; the orientation a camera noted is applied, transparency is laid over white, grey is the
  /// luma 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601).
  /// - Throws: when the file is missing, no PNG or JPEG, torn, or larger than `maximumPixels`.
  public static func read(_ path: String, as channels: Channels = .rgb) throws(UserError) -> Tensor {
    try checkFile(path)
    var (width, height) = (Int32(0), Int32(0))
    guard let format = gdk_pixbuf_get_file_info(path, &width, &height) else {
      throw UserError("\(path) is not a PNG or JPEG picture, or its header is torn", code: .data)
    }
    let name = gdk_pixbuf_format_get_name(format).map { pointer in
      defer { g_free(pointer) }
      return String(cString: pointer)
    }
    guard name == "png" || name == "jpeg" else {
      throw UserError("\(path) is a picture of type \(name ?? "unknown"); PNG or JPEG is needed", code: .data)
    }
    guard width > 0, height > 0, Int(width) * Int(height) <= maximumPixels else {
      throw UserError(
        "\(path) has \(width)×\(height) pixels; at most \(maximumPixels / 1_000_000) million are read", code: .data)
    }
    if name == "jpeg", !JPEGStructure(bytes: try bytes(of: path)).isComplete {
      throw UserError("the picture \(path) is torn: the end of the JPEG is missing", code: .data)
    }
    let pixels = try decode(path)
    defer { g_object_unref(UnsafeMutableRawPointer(pixels)) }
    return tensor(pixels, channels)
  }

  private static func checkFile(_ path: String) throws(UserError) {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw UserError("the picture \(path) does not exist or cannot be reached", code: .noInput)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw UserError("\(path) is not a file, so no picture can be read from it", code: .noInput)
    }
    guard access(path, R_OK) == 0 else {
      throw UserError("the picture \(path) may not be read", code: .noInput)
    }
    guard status.st_size > 0 else { throw UserError("the picture \(path) is empty (0 bytes)", code: .data) }
  }

  private static func bytes(of path: String) throws(UserError) -> [UInt8] {
    guard let file = fopen(path, "rb") else { throw UserError("the picture \(path) cannot be read", code: .noInput) }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&block, 1, block.count, file), count > 0 { bytes += block[..<count] }
    return bytes
  }

  private static func decode(_ path: String) throws(UserError) -> OpaquePointer {
    var failure: UnsafeMutablePointer<GError>?
    guard let raw = gdk_pixbuf_new_from_file(path, &failure) else {
      let reason = failure?.pointee.message.map { String(cString: $0) } ?? "unknown reason"
      g_clear_error(&failure)
      throw UserError(
        "the picture \(path) cannot be decoded: \(reason.hasSuffix(".") ? String(reason.dropLast()) : reason)",
        code: .data)
    }
    defer { g_object_unref(UnsafeMutableRawPointer(raw)) }
    guard let upright = gdk_pixbuf_apply_embedded_orientation(raw) else {
      throw UserError("the picture \(path) is too large to be turned upright", code: .data)
    }
    return upright
  }

  private static func tensor(_ pixels: OpaquePointer, _ channels: Channels) -> Tensor {
    let (width, height) = (Int(gdk_pixbuf_get_width(pixels)), Int(gdk_pixbuf_get_height(pixels)))
    let samples = Int(gdk_pixbuf_get_n_channels(pixels))
    let stride = Int(gdk_pixbuf_get_rowstride(pixels))
    guard let bytes = gdk_pixbuf_read_pixels(pixels) else { preconditionFailure("a picture without pixels") }
    let plane = width * height
    return Tensor(unsafeUninitialized: [channels.rawValue, height, width]) { out in
      for y in 0..<height {
        for x in 0..<width {
          let at = bytes + y * stride + x * samples
          let alpha = samples == 4 ? Float(at[3]) / 255 : 1
          func value(_ c: Int) -> Float { Float(at[c]) / 255 * alpha + (1 - alpha) }
          let i = y * width + x
          switch channels {
          case .grey: out[i] = 0.299 * value(0) + 0.587 * value(1) + 0.114 * value(2)
          case .rgb: for c in 0..<3 { out[c * plane + i] = value(c) }
          }
        }
      }
    }
  }

  // MARK: Writing

  /// Writes one picture of shape [1, H, W], [3, H, W] or [H, W] as PNG, pixel by pixel.
  ///
  /// - Throws: when the file cannot be written; nothing is left behind then.
  public static func writePNG(
    _ image: Tensor, _ mapping: PixelMapping = .unit, to path: String, theme: Theme = .light
  ) throws(UserError) {
    try writePNG(Raster(image, mapping, theme: theme), to: path)
  }

  /// Writes a batch of shape [N, C, H, W] as one PNG with `columns` pictures in a row and `gap` pixels between them.
  public static func writePNG(
    grid batch: Tensor, _ mapping: PixelMapping = .unit, columns: Int, gap: Int = 2, to path: String,
    theme: Theme = .light
  ) throws(UserError) {
    precondition(batch.rank == 4 && batch.shape[0] > 0 && columns > 0, "grid of \(batch.shape), \(columns) columns")
    let rasters = (0..<batch.shape[0]).map { Raster(batch[index: $0], mapping, theme: theme) }
    try writePNG(Raster.grid(rasters, columns: columns, gap: gap, background: theme.background), to: path)
  }

  /// Writes the pixels as PNG.
  public static func writePNG(_ raster: Raster, to path: String) throws(UserError) {
    try FileOutput.write(try raster.png(), to: path)
  }
}
