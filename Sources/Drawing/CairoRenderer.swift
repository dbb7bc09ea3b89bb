import CCairo
import CPango
import Tensors

/// Paints recorded commands on a Cairo context.
struct CairoRenderer {
  let context: OpaquePointer
  let typesetter: Typesetter

  func paint(_ commands: [DrawingCommand]) {
    for command in commands { paint(command) }
  }

  private func paint(_ command: DrawingCommand) {
    switch command {
    case .fill(let path, let color):
      add(path)
      set(color)
      cairo_fill(context)
    case .stroke(let path, let stroke):
      add(path)
      set(stroke.color)
      cairo_set_line_width(context, stroke.width)
      cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND)
      cairo_set_line_cap(context, stroke.dash.isEmpty ? CAIRO_LINE_CAP_ROUND : CAIRO_LINE_CAP_BUTT)
      cairo_set_dash(context, stroke.dash, Int32(stroke.dash.count), 0)
      cairo_stroke(context)
    case .dots(let points, let radius, let color):
      paint(dots: points, radius, color)
    case .text(let text):
      paint(text)
    case .image(let raster, let rect):
      paint(raster, in: rect)
    case .beginClip(let rect):
      cairo_save(context)
      cairo_rectangle(context, rect.x, rect.y, rect.width, rect.height)
      cairo_clip(context)
    case .endClip:
      cairo_restore(context)
    case .beginGroup, .endGroup:
      break
    }
  }

  private func add(_ path: Path) {
    cairo_new_path(context)
    for element in path.elements {
      switch element {
      case .move(let p): cairo_move_to(context, p.x, p.y)
      case .line(let p): cairo_line_to(context, p.x, p.y)
      case .curve(let a, let b, let c): cairo_curve_to(context, a.x, a.y, b.x, b.y, c.x, c.y)
      case .close: cairo_close_path(context)
      }
    }
  }

  private func paint(dots points: [Point], _ radius: Double, _ color: Color) {
    set(color)
    cairo_set_line_width(context, 2 * radius)
    cairo_set_line_cap(context, CAIRO_LINE_CAP_ROUND)
    cairo_set_dash(context, nil, 0, 0)
    for group in color.alpha < 1 ? Dots.apart(points, by: 2 * radius) : [points] {
      cairo_new_path(context)
      for p in group {
        cairo_move_to(context, p.x, p.y)
        cairo_line_to(context, p.x, p.y)
      }
      cairo_stroke(context)
    }
  }

  private func set(_ color: Color) {
    if color.alpha < 1 {
      cairo_set_source_rgba(context, color.red, color.green, color.blue, color.alpha)
    } else {
      cairo_set_source_rgb(context, color.red, color.green, color.blue)
    }
  }

  private func paint(_ text: PlacedText) {
    cairo_save(context)
    cairo_translate(context, text.origin.x, text.origin.y)
    if text.isRotated { cairo_rotate(context, -.pi / 2) }
    if let halo = text.halo {
      cairo_move_to(context, 0, 0)
      typesetter.addOutline(of: text.text, text.font, width: text.width, alignment: text.alignment, to: context)
      set(halo)
      cairo_set_line_width(context, 0.28 * text.size)
      cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND)
      cairo_set_dash(context, nil, 0, 0)
      cairo_stroke(context)
    }
    cairo_move_to(context, 0, 0)
    set(text.color)
    typesetter.show(text.text, text.font, width: text.width, alignment: text.alignment, on: context)
    cairo_restore(context)
  }

  private func paint(_ raster: Raster, in rect: Rect) {
    guard let surface = raster.makeSurface() else { return }
    defer { cairo_surface_destroy(surface) }
    cairo_save(context)
    cairo_translate(context, rect.x, rect.y)
    cairo_scale(context, rect.width / Double(raster.width), rect.height / Double(raster.height))
    cairo_set_source_surface(context, surface, 0, 0)
    // The edge pixels are repeated outwards; otherwise scaling mixes them with transparency.
    cairo_pattern_set_extend(cairo_get_source(context), CAIRO_EXTEND_PAD)
    cairo_rectangle(context, 0, 0, Double(raster.width), Double(raster.height))
    cairo_clip(context)
    cairo_paint(context)
    cairo_restore(context)
  }
}

extension Raster {
  /// The bytes of a PNG file with these pixels.
  public func png() throws(UserError) -> [UInt8] {
    let surface = makeSurface()
    defer { cairo_surface_destroy(surface) }
    return try Page.png(of: surface)
  }

  /// A Cairo image surface with these pixels, owned by the caller.
  func makeSurface() -> OpaquePointer? {
    guard let surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(width), Int32(height)),
      let data = cairo_image_surface_get_data(surface)
    else { return nil }
    let stride = Int(cairo_image_surface_get_stride(surface))
    cairo_surface_flush(surface)
    for y in 0..<height {
      data.advanced(by: y * stride).withMemoryRebound(to: UInt32.self, capacity: width) { row in
        for x in 0..<width {
          let at = 3 * (y * width + x)
          row[x] = UInt32(bytes[at]) << 16 | UInt32(bytes[at + 1]) << 8 | UInt32(bytes[at + 2])
        }
      }
    }
    cairo_surface_mark_dirty(surface)
    return surface
  }
}
