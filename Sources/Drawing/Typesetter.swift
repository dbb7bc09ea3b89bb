import CCairo
import CPango
import Tensors

/// Size and weight of the pinned family.
struct TextFont: Hashable, Sendable {
  var size: Double
  var isBold: Bool
}

/// Extents of a laid-out text relative to its upper left corner, in points.
struct TextMetrics: Equatable, Sendable {
  var width: Double
  /// From the ascent over the first base line to the descent under the last, whatever is raised or lowered.
  var height: Double
  /// Distance from the top of Pango's layout to the first base line.
  var baseline: Double
  /// Distance from the first base line to the last.
  var depth: Double
  /// What is really inked.
  var ink: Rect
}

/// Lays out text with Pango in the one pinned font family, unhinted, so that extents scale with the size.
package final class Typesetter {
  /// The family that has ᾱ, ε̂, ‖ and 𝔼; its Debian package is fonts-dejavu.
  package static let family = "DejaVu Sans"

  /// Height over and depth under the base line that lines reserve, in font sizes.
  static let ascent = 0.93
  static let descent = 0.24

  private let context: OpaquePointer
  private var cache: [Key: TextMetrics] = [:]

  private struct Key: Hashable {
    let text: RichText
    let font: TextFont
    let width: Double?
  }

  package init(family: String = Typesetter.family) throws(UserError) {
    let missing = UserError(
      "the font \(family) is not installed; install the package fonts-dejavu", code: .unavailable)
    guard let map = pango_cairo_font_map_get_default(), let context = pango_font_map_create_context(map),
      let options = cairo_font_options_create()
    else { throw missing }
    self.context = context
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY)
    pango_cairo_context_set_font_options(context, options)
    cairo_font_options_destroy(options)
    pango_cairo_context_set_resolution(context, 72)
    pango_context_set_round_glyph_positions(context, 0)
    pango_context_set_language(context, pango_language_from_string("en"))
    guard Typesetter.loads(family, context) else { throw missing }
  }

  deinit { g_object_unref(UnsafeMutableRawPointer(context)) }

  /// Whether fontconfig finds the family itself rather than a stand-in.
  private static func loads(_ family: String, _ context: OpaquePointer) -> Bool {
    let wanted = pango_font_description_new()
    defer { pango_font_description_free(wanted) }
    pango_font_description_set_family(wanted, family)
    guard let font = pango_context_load_font(context, wanted) else { return false }
    defer { g_object_unref(font) }
    let found = pango_font_describe(font)
    defer { pango_font_description_free(found) }
    return pango_font_description_get_family(found).map { String(cString: $0) } == family
  }

  /// A layout of the text, owned by the caller; lines are broken between words at `width`.
  private func layout(_ text: RichText, _ font: TextFont, width: Double?) -> OpaquePointer? {
    guard let layout = pango_layout_new(context) else { return nil }
    let description = pango_font_description_new()
    pango_font_description_set_family(description, Typesetter.family)
    pango_font_description_set_absolute_size(description, font.size * Double(PANGO_SCALE))
    if font.isBold { pango_font_description_set_weight(description, PANGO_WEIGHT_BOLD) }
    pango_layout_set_font_description(layout, description)
    pango_font_description_free(description)
    pango_layout_set_line_spacing(layout, 1.08)
    if let width {
      pango_layout_set_width(layout, Int32(width * Double(PANGO_SCALE)))
      pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR)
    }
    let (plain, attributes) = Typesetter.attributed(text, font)
    pango_layout_set_text(layout, plain, -1)
    pango_layout_set_attributes(layout, attributes)
    pango_attr_list_unref(attributes)
    return layout
  }

  /// The plain text, and smaller size and shifted base line for its lowered and raised runs.
  private static func attributed(_ text: RichText, _ font: TextFont) -> (String, OpaquePointer?) {
    let attributes = pango_attr_list_new()
    var plain = ""
    for run in text.runs {
      let start = UInt32(plain.utf8.count)
      plain += run.text
      guard run.level != .normal else { continue }
      let end = UInt32(plain.utf8.count)
      let size = 0.72 * font.size
      let rise = (run.level == .raised ? 0.36 : -0.16) * font.size
      for attribute in [
        pango_attr_size_new_absolute(Int32(size * Double(PANGO_SCALE))),
        pango_attr_rise_new(Int32(rise * Double(PANGO_SCALE))),
      ] {
        attribute?.pointee.start_index = start
        attribute?.pointee.end_index = end
        pango_attr_list_insert(attributes, attribute)
      }
    }
    return (plain, attributes)
  }

  func measure(_ text: RichText, _ font: TextFont, width: Double? = nil) -> TextMetrics {
    let key = Key(text: text, font: font, width: width)
    if let known = cache[key] { return known }
    guard let layout = layout(text, font, width: width) else { preconditionFailure("no layout for \(text)") }
    defer { g_object_unref(UnsafeMutableRawPointer(layout)) }
    var (ink, logical) = (PangoRectangle(), PangoRectangle())
    pango_layout_get_extents(layout, &ink, &logical)
    let unit = 1 / Double(PANGO_SCALE)
    let baseline = Double(pango_layout_get_baseline(layout)) * unit
    let depth = Typesetter.lastBaseline(layout) * unit - baseline
    let metrics = TextMetrics(
      width: Double(logical.x + logical.width) * unit,
      height: depth + (Typesetter.ascent + Typesetter.descent) * font.size, baseline: baseline, depth: depth,
      ink: Rect(
        x: Double(ink.x) * unit, y: Double(ink.y) * unit, width: Double(ink.width) * unit,
        height: Double(ink.height) * unit))
    cache[key] = metrics
    return metrics
  }

  private static func lastBaseline(_ layout: OpaquePointer) -> Double {
    let iterator = pango_layout_get_iter(layout)
    defer { pango_layout_iter_free(iterator) }
    while pango_layout_iter_next_line(iterator) != 0 {}
    return Double(pango_layout_iter_get_baseline(iterator))
  }

  /// Draws with the upper left corner of the layout at the current point of `target`.
  func show(_ text: RichText, _ font: TextFont, width: Double?, alignment: HorizontalAnchor, on target: OpaquePointer) {
    withLayout(text, font, width, alignment, target) { pango_cairo_show_layout(target, $0) }
  }

  /// Adds the outlines of the letters to the current path of `target`.
  func addOutline(
    of text: RichText, _ font: TextFont, width: Double?, alignment: HorizontalAnchor, to target: OpaquePointer
  ) {
    withLayout(text, font, width, alignment, target) { pango_cairo_layout_path(target, $0) }
  }

  private func withLayout(
    _ text: RichText, _ font: TextFont, _ width: Double?, _ alignment: HorizontalAnchor, _ target: OpaquePointer,
    _ body: (OpaquePointer) -> Void
  ) {
    guard let layout = layout(text, font, width: width) else { return }
    defer { g_object_unref(UnsafeMutableRawPointer(layout)) }
    let side =
      switch alignment {
      case .start: PANGO_ALIGN_LEFT
      case .middle: PANGO_ALIGN_CENTER
      case .end: PANGO_ALIGN_RIGHT
      }
    pango_layout_set_alignment(layout, side)
    body(layout)
  }
}
