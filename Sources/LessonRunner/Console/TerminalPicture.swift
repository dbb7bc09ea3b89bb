import CChafa

/// Pixels as text for the terminal at hand, by libchafa: kitty, iTerm2 or sixel graphics, else Unicode blocks.
public enum TerminalPicture {
  /// The escape sequences that show an image.
  ///
  /// - Parameters:
  ///   - rgb: 3 · width · height bytes, row after row.
  ///   - columns: how many columns of the terminal it may fill.
  ///   - rows: and how many lines; the window's by default, less the prompt's.
  public static func text(
    rgb: [UInt8], width: Int, height: Int, columns: Int, rows: Int? = Console.rows.map { max(4, $0 - 3) }
  ) -> String {
    precondition(rgb.count == 3 * width * height, "\(rgb.count) bytes for \(width)×\(height) pixels")
    let environment = g_get_environ()
    defer { g_strfreev(environment) }
    guard let info = chafa_term_db_detect(chafa_term_db_get_default(), environment),
      let configuration = chafa_canvas_config_new()
    else { return "" }
    defer {
      chafa_term_info_unref(info)
      chafa_canvas_config_unref(configuration)
    }
    chooseMode(configuration, info)
    var (wide, high) = (Int32(columns), Int32(rows ?? 10_000))
    let cell = Console.cell
    chafa_calc_canvas_geometry(
      Int32(width), Int32(height), &wide, &high, Float(cell.width) / Float(cell.height), 1, 0)
    chafa_canvas_config_set_geometry(configuration, max(1, wide), max(1, high))
    chafa_canvas_config_set_cell_geometry(configuration, Int32(cell.width), Int32(cell.height))
    guard let canvas = chafa_canvas_new(configuration) else { return "" }
    defer { chafa_canvas_unref(canvas) }
    chafa_canvas_draw_all_pixels(canvas, CHAFA_PIXEL_RGB8, rgb, Int32(width), Int32(height), Int32(3 * width))
    guard let printed = chafa_canvas_print(canvas, info) else { return "" }
    defer { g_string_free(printed, 1) }
    return String(cString: printed.pointee.str) + "\n"
  }

  private static func chooseMode(_ configuration: OpaquePointer, _ info: OpaquePointer) {
    let pixels: [(ChafaTermSeq, ChafaPixelMode)] = [
      (CHAFA_TERM_SEQ_BEGIN_KITTY_IMMEDIATE_IMAGE_V1, CHAFA_PIXEL_MODE_KITTY),
      (CHAFA_TERM_SEQ_BEGIN_ITERM2_IMAGE, CHAFA_PIXEL_MODE_ITERM2),
      (CHAFA_TERM_SEQ_BEGIN_SIXELS, CHAFA_PIXEL_MODE_SIXELS),
    ]
    let found = pixels.first { chafa_term_info_have_seq(info, $0.0) != 0 }
    chafa_canvas_config_set_pixel_mode(configuration, found?.1 ?? CHAFA_PIXEL_MODE_SYMBOLS)
    let isDirect = chafa_term_info_have_seq(info, CHAFA_TERM_SEQ_SET_COLOR_FGBG_DIRECT) != 0
    let has256 = chafa_term_info_have_seq(info, CHAFA_TERM_SEQ_SET_COLOR_FGBG_256) != 0
    let mode = isDirect || found != nil ? CHAFA_CANVAS_MODE_TRUECOLOR : CHAFA_CANVAS_MODE_INDEXED_240
    chafa_canvas_config_set_canvas_mode(
      configuration, isDirect || has256 || found != nil ? mode : CHAFA_CANVAS_MODE_FGBG)
    let symbols = chafa_symbol_map_new()
    chafa_symbol_map_add_by_tags(symbols, CHAFA_SYMBOL_TAG_BLOCK)
    chafa_symbol_map_add_by_tags(symbols, CHAFA_SYMBOL_TAG_SPACE)
    chafa_canvas_config_set_symbol_map(configuration, symbols)
    chafa_symbol_map_unref(symbols)
  }
}
