extension Diagram {
  /// One block of a U-shaped network: title, shape of its result, feature maps.
  public struct Block: Sendable {
    public var id: String
    public var title: RichText
    public var details: [RichText]
    public var images: [ImageCell]
    public var color: ColorRole?

    public init(
      _ id: String, title: RichText, details: [RichText] = [], images: [ImageCell] = [], color: ColorRole? = nil
    ) {
      self.id = id
      self.title = title
      self.details = details
      self.images = images
      self.color = color
    }
  }

  /// A U-Net: down on the left, up on the right, every level a row, skip connections across.
  ///
  /// - Parameters:
  ///   - input, output: at the upper ends of the U; the blocks before and behind the levels.
  ///   - down: one block a level, the highest resolution first.
  ///   - middle: at the bottom.
  ///   - up: one block a level, the lowest resolution first; as many as `down`.
  ///   - downLabel, upLabel: what happens between two levels, such as "↓2".
  ///   - skipLabels: what crosses at each level, the highest resolution first.
  ///   - side: conditions that enter every block, such as the timestep's embedding; drawn at the lower left with a
  ///     note rather than a bundle of arrows.
  public static func uShape(
    input: [Block], down: [Block], middle: [Block], up: [Block], output: [Block], downLabel: RichText = "↓2",
    upLabel: RichText = "↑2", skipLabels: [RichText] = [], side: [Block] = []
  ) -> Diagram {
    precondition(down.count == up.count, "\(down.count) levels down, \(up.count) up")
    let levels = down.count
    func node(_ block: Block, _ column: Int, _ row: Int, _ color: ColorRole, pill: Bool = false) -> Node {
      Node(
        block.id, column: Double(column), row: Double(row), title: block.title, details: block.details,
        images: block.images, color: block.color ?? color, shape: pill ? .pill : .box)
    }
    var nodes = input.enumerated().map { node($1, $0, 0, .muted) }
    nodes += down.enumerated().map { node($1, input.count + $0, $0, .palette(0)) }
    nodes += middle.enumerated().map { node($1, input.count + levels + $0, levels, .palette(3)) }
    let right = input.count + levels + middle.count
    nodes += up.enumerated().map { node($1, right + $0, levels - 1 - $0, .palette(1)) }
    nodes += output.enumerated().map { node($1, right + levels + $0, 0, .muted) }
    nodes += side.enumerated().map { index, block in
      // Half a column off the grid: wide conditions must not widen the columns of the network.
      var pill = node(block, 0, levels, .palette(2), pill: true)
      pill.column = 0.5 + 1.7 * Double(index)
      return pill
    }
    var edges = links(input + down.prefix(1)) + links(middle) + links(up.suffix(1) + output) + links(side)
    edges += links(down).map { Edge($0.from, $0.to, label: downLabel, route: .uprightFirst) }
    edges += links(up).map { Edge($0.from, $0.to, label: upLabel, route: .levelFirst) }
    if let last = down.last, let first = middle.first { edges.append(Edge(last.id, first.id, route: .uprightFirst)) }
    if let last = middle.last, let first = up.first { edges.append(Edge(last.id, first.id, route: .levelFirst)) }
    for level in 0..<levels {
      edges.append(
        Edge(
          down[level].id, up[levels - 1 - level].id, label: level < skipLabels.count ? skipLabels[level] : "",
          isDashed: true, color: .axis))
    }
    return Diagram(nodes: nodes, edges: edges, columnGap: 1.1, rowGap: 1.3)
  }

  private static func links(_ blocks: some Sequence<Block>) -> [Edge] {
    let blocks = Array(blocks)
    return zip(blocks, blocks.dropFirst()).map { Edge($0.id, $1.id) }
  }
}
