import CCairo
import CPango
import Tensors

/// Draws single emoji in colour.
public final class EmojiFont {
  /// The family; its Debian package is fonts-noto-color-emoji.
  public static let family = "Noto Color Emoji"
  /// Width and height of a drawn emoji. The font holds bitmaps of 136×128 pixels; they are taken as they are.
  public static let side = 136
  /// The font size at which its bitmaps are not scaled.
  private static let size = 109.0

  private let context: OpaquePointer
  private let font: UnsafeMutablePointer<PangoFont>

  /// - Throws: with code `unavailable`, naming the package, when the font is missing.
  public init() throws(UserError) {
    let missing = UserError(
      "the font \(Self.family) is not installed: run `apt-get install fonts-noto-color-emoji`", code: .unavailable)
    guard let map = pango_cairo_font_map_get_default(), let context = pango_font_map_create_context(map) else {
      throw missing
    }
    self.context = context
    pango_cairo_context_set_resolution(context, 72)
    let wanted = Self.description()
    defer { pango_font_description_free(wanted) }
    guard let font = pango_context_load_font(context, wanted) else {
      g_object_unref(UnsafeMutableRawPointer(context))
      throw missing
    }
    self.font = font
    // Fontconfig gives a stand-in for a family that is not there.
    let found = pango_font_describe(font)
    defer { pango_font_description_free(found) }
    guard pango_font_description_get_family(found).map({ String(cString: $0) }) == Self.family else { throw missing }
  }

  deinit {
    g_object_unref(UnsafeMutableRawPointer(font))
    g_object_unref(UnsafeMutableRawPointer(context))
  }

  /// Family and size, owned by the caller.
  private static func description() -> OpaquePointer? {
    let description = pango_font_description_new()
    pango_font_description_set_family(description, family)
    pango_font_description_set_absolute_size(description, size * Double(PANGO_SCALE))
    return description
  }

  /// A layout of `text` in this font and no other, owned by the caller.
  private func layout(_ text: String) -> OpaquePointer {
    guard let layout = pango_layout_new(context) else { preconditionFailure("Pango gives no layout") }
    let description = Self.description()
    pango_layout_set_font_description(layout, description)
    pango_font_description_free(description)
    let attributes = pango_attr_list_new()
    pango_attr_list_insert(attributes, pango_attr_fallback_new(0))
    pango_layout_set_attributes(layout, attributes)
    pango_attr_list_unref(attributes)
    pango_layout_set_text(layout, text, -1)
    return layout
  }

  /// Whether the font draws `text` as exactly one glyph that it really has.
  ///
  /// A sequence the font does not know as a whole falls apart into its members.
  public func drawsAsOneGlyph(_ text: String) -> Bool {
    // Joiners and variation selectors have no pictures of their own.
    let invisible: [Unicode.Scalar] = ["\u{200D}", "\u{FE0F}"]
    guard text.unicodeScalars.allSatisfy({ invisible.contains($0) || pango_font_has_char(font, $0.value) != 0 }) else {
      return false
    }
    let layout = layout(text)
    defer { g_object_unref(UnsafeMutableRawPointer(layout)) }
    guard pango_layout_get_unknown_glyphs_count(layout) == 0,
      let line = pango_layout_get_line_readonly(layout, 0)
    else { return false }
    var visible = 0
    var run = line.pointee.runs
    while let node = run {
      if let item = node.pointee.data?.assumingMemoryBound(to: PangoGlyphItem.self), let glyphs = item.pointee.glyphs {
        for i in 0..<Int(glyphs.pointee.num_glyphs) where glyphs.pointee.glyphs[i].glyph != Self.emptyGlyph {
          visible += 1
        }
      }
      run = node.pointee.next
    }
    return visible == 1
  }

  /// PANGO_GLYPH_EMPTY, which stands for characters without a picture, such as joiners.
  private static let emptyGlyph: PangoGlyph = 0x0FFF_FFFF

  /// The picture of `text`, centred in `side` × `side` pixels: red, green, blue and opacity, the colours already multiplied
  /// by the opacity, row after row from the top.
  public func pixels(of text: String) -> [SIMD4<UInt8>] {
    let layout = layout(text)
    defer { g_object_unref(UnsafeMutableRawPointer(layout)) }
    let side = Self.side
    let surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, Int32(side), Int32(side))
    defer { cairo_surface_destroy(surface) }
    guard let cairo = cairo_create(surface) else { preconditionFailure("Cairo gives no context") }
    defer { cairo_destroy(cairo) }
    var (ink, logical) = (PangoRectangle(), PangoRectangle())
    pango_layout_get_pixel_extents(layout, &ink, &logical)
    let (left, top) = ((side - Int(ink.width)) / 2 - Int(ink.x), (side - Int(ink.height)) / 2 - Int(ink.y))
    cairo_move_to(cairo, Double(left), Double(top))
    pango_cairo_show_layout(cairo, layout)
    cairo_surface_flush(surface)
    guard let data = cairo_image_surface_get_data(surface) else { preconditionFailure("an emoji without pixels") }
    let stride = Int(cairo_image_surface_get_stride(surface))
    return (0..<(side * side)).map { i in
      // Cairo keeps a pixel as 0xAARRGGBB in the machine's byte order.
      let pixel = UnsafeRawPointer(data + i / side * stride).load(fromByteOffset: 4 * (i % side), as: UInt32.self)
      return SIMD4(
        UInt8(truncatingIfNeeded: pixel >> 16), UInt8(truncatingIfNeeded: pixel >> 8),
        UInt8(truncatingIfNeeded: pixel), UInt8(truncatingIfNeeded: pixel >> 24))
    }
  }
}
