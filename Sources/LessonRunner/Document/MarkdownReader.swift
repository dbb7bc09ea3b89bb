import CMarkdown
import Tensors

/// CommonMark with tables, by cmark-gfm, into lesson blocks.
struct MarkdownReader {
  let file: String
  let fences: FencedBlocks
  /// Every placeholder met, in reading order.
  private(set) var placeholders: [Placeholder] = []

  init(file: String, fences: FencedBlocks) {
    self.file = file
    self.fences = fences
  }

  /// - Parameter text: the whole file, its front matter blanked, so that line numbers are the file's.
  mutating func read(_ text: String) throws(UserError) -> [LessonBlock] {
    cmark_gfm_core_extensions_ensure_registered()
    guard let parser = cmark_parser_new(CMARK_OPT_DEFAULT) else { preconditionFailure("cmark-gfm gives no parser") }
    defer { cmark_parser_free(parser) }
    for name in ["table", "strikethrough"] {
      if let found = cmark_find_syntax_extension(name) { cmark_parser_attach_syntax_extension(parser, found) }
    }
    cmark_parser_feed(parser, text, text.utf8.count)
    guard let root = cmark_parser_finish(parser) else { preconditionFailure("cmark-gfm gives no document") }
    defer { cmark_node_free(root) }
    cmark_consolidate_text_nodes(root)
    return try blocks(in: root)
  }

  // MARK: Blocks

  private typealias Node = OpaquePointer

  private mutating func blocks(in parent: Node) throws(UserError) -> [LessonBlock] {
    var result: [LessonBlock] = []
    var next = cmark_node_first_child(parent)
    while let node = next {
      if let block = try block(node) { result.append(block) }
      next = cmark_node_next(node)
    }
    return result
  }

  private mutating func block(_ node: Node) throws(UserError) -> LessonBlock? {
    switch cmark_node_get_type(node) {
    case CMARK_NODE_HEADING: return .heading(level: Int(cmark_node_get_heading_level(node)), try inlines(in: node))
    case CMARK_NODE_PARAGRAPH: return .paragraph(try inlines(in: node))
    case CMARK_NODE_BLOCK_QUOTE: return .quote(try blocks(in: node))
    case CMARK_NODE_THEMATIC_BREAK: return .rule
    case CMARK_NODE_LIST: return .list(try list(node))
    case CMARK_NODE_CODE_BLOCK: return try code(node)
    case CMARK_NODE_HTML_BLOCK:
      if string(cmark_node_get_literal(node)).hasPrefix("<!--") { return nil }
      throw error(node, "HTML cannot be shown everywhere; write Markdown")
    default:
      if typeName(node) == "table" { return .table(try table(node)) }
      throw error(node, "a \(typeName(node)) cannot be shown in a lesson")
    }
  }

  private mutating func list(_ node: Node) throws(UserError) -> LessonList {
    var items: [[LessonBlock]] = []
    var next = cmark_node_first_child(node)
    while let item = next {
      items.append(try blocks(in: item))
      next = cmark_node_next(item)
    }
    let isOrdered = cmark_node_get_list_type(node) == CMARK_ORDERED_LIST
    return LessonList(
      start: isOrdered ? Int(cmark_node_get_list_start(node)) : nil, isTight: cmark_node_get_list_tight(node) != 0,
      items: items)
  }

  private func code(_ node: Node) throws(UserError) -> LessonBlock {
    let info = string(cmark_node_get_fence_info(node))
    let content = string(cmark_node_get_literal(node))
    let line = Int(cmark_node_get_start_line(node))
    if let block = try fences.block(info: info, content: content, line: line) {
      guard let parent = cmark_node_parent(node), cmark_node_get_type(parent) == CMARK_NODE_DOCUMENT else {
        throw error(node, "a \(info) block cannot stand inside a list or quote")
      }
      return block
    }
    return .code(language: info, text: content)
  }

  private mutating func table(_ node: Node) throws(UserError) -> LessonTable {
    let columns = Int(cmark_gfm_extensions_get_table_columns(node))
    let bytes = cmark_gfm_extensions_get_table_alignments(node)
    let alignments = (0..<columns).map { column -> LessonTable.Alignment in
      switch bytes?[column] {
      case UInt8(ascii: "r"): .right
      case UInt8(ascii: "c"): .center
      default: .left
      }
    }
    var rows: [[[LessonInline]]] = []
    var next = cmark_node_first_child(node)
    while let row = next {
      var cells: [[LessonInline]] = []
      var nextCell = cmark_node_first_child(row)
      while let cell = nextCell {
        cells.append(try inlines(in: cell))
        nextCell = cmark_node_next(cell)
      }
      rows.append(cells)
      next = cmark_node_next(row)
    }
    return LessonTable(alignments: alignments, header: rows.first ?? [], rows: Array(rows.dropFirst()))
  }

  // MARK: Inlines

  private mutating func inlines(in parent: Node) throws(UserError) -> [LessonInline] {
    var result: [LessonInline] = []
    var next = cmark_node_first_child(parent)
    while let node = next {
      result += try inline(node)
      next = cmark_node_next(node)
    }
    return result
  }

  private mutating func inline(_ node: Node) throws(UserError) -> [LessonInline] {
    switch cmark_node_get_type(node) {
    case CMARK_NODE_TEXT: return try pieces(string(cmark_node_get_literal(node)), of: node)
    case CMARK_NODE_SOFTBREAK: return [.softBreak]
    case CMARK_NODE_LINEBREAK: return [.lineBreak]
    case CMARK_NODE_CODE: return [.code(try pieces(string(cmark_node_get_literal(node)), of: node))]
    case CMARK_NODE_EMPH: return [.emphasis(try inlines(in: node))]
    case CMARK_NODE_STRONG: return [.strong(try inlines(in: node))]
    case CMARK_NODE_LINK: return [.link(try inlines(in: node), destination: string(cmark_node_get_url(node)))]
    case CMARK_NODE_IMAGE:
      let description = try inlines(in: node).compactMap { if case .text(let text) = $0 { text } else { nil } }
      return [.image(description: description.joined(), source: string(cmark_node_get_url(node)))]
    default:
      throw error(node, "\(typeName(node)) cannot be shown in a lesson")
    }
  }

  /// Text cut at its placeholders.
  private mutating func pieces(_ text: String, of node: Node) throws(UserError) -> [LessonInline] {
    var result: [LessonInline] = []
    var rest = Substring(text)
    while let open = rest.firstRange(of: "{{") {
      guard let close = rest[open.upperBound...].firstRange(of: "}}") else {
        throw error(node, "a placeholder has no closing }}")
      }
      if open.lowerBound > rest.startIndex { result.append(.text(String(rest[..<open.lowerBound]))) }
      let placeholder = try Placeholder(
        String(rest[open.upperBound..<close.lowerBound]), file: file, line: line(node))
      placeholders.append(placeholder)
      result.append(.placeholder(placeholder))
      rest = rest[close.upperBound...]
    }
    if !rest.isEmpty { result.append(.text(String(rest))) }
    return result
  }

  // MARK: Nodes

  private func line(_ node: Node) -> Int { Int(cmark_node_get_start_line(node)) }

  private func typeName(_ node: Node) -> String { string(cmark_node_get_type_string(node)) }

  private func string(_ pointer: UnsafePointer<CChar>?) -> String { pointer.map { String(cString: $0) } ?? "" }

  private func error(_ node: Node, _ sentence: String) -> UserError {
    UserError("\(file), line \(line(node)): \(sentence)", code: .config)
  }
}
