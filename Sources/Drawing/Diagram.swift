/// Boxes and arrows on a grid: networks with their shapes and feature maps, pipelines, the course of an algorithm.
///
///     Diagram(
///       nodes: [.init("x", column: 0, row: 0, title: "x_t", details: ["1×32×32"]),
///         .init("unet", column: 1, row: 0, title: "U-Net")],
///       edges: [.init("x", "unet", label: "t = 250")])
public struct Diagram: Component {
  /// A box.
  public struct Node: Sendable {
    public enum Shape: Sendable, Equatable {
      case box
      /// Rounded ends, for data.
      case pill
      /// A circle, for operations such as + and ×.
      case circle
      /// No outline.
      case plain
    }

    public var id: String
    /// Place on the grid; halves lie between two columns or rows.
    public var column: Double
    public var row: Double
    public var title: RichText
    /// Lines under the title, such as the shape of the result.
    public var details: [RichText]
    /// Small pictures over the title, such as feature maps; up to four stand side by side where there is room.
    public var images: [ImageCell]
    /// Side of a picture in label sizes.
    public var imageEms: Double
    public var color: ColorRole
    public var shape: Shape

    public init(
      _ id: String, column: Double, row: Double, title: RichText, details: [RichText] = [], images: [ImageCell] = [],
      imageEms: Double = 3.2, color: ColorRole = .palette(0), shape: Shape = .box
    ) {
      self.id = id
      self.column = column
      self.row = row
      self.title = title
      self.details = details
      self.images = images
      self.imageEms = imageEms
      self.color = color
      self.shape = shape
    }
  }

  /// An arrow between two boxes.
  public struct Edge: Sendable {
    public enum Route: Sendable, Equatable {
      /// The straight way between the facing sides.
      case straight
      /// Level first, then upright.
      case levelFirst
      /// Upright first, then level.
      case uprightFirst
      /// Over both boxes, in the gap above the first one's row.
      case over
      /// Under both boxes, in the gap below the first one's row.
      case under
    }

    public var from: String
    public var to: String
    public var label: RichText
    public var route: Route
    public var isDashed: Bool
    public var color: ColorRole

    public init(
      _ from: String, _ to: String, label: RichText = "", route: Route = .straight, isDashed: Bool = false,
      color: ColorRole = .muted
    ) {
      self.from = from
      self.to = to
      self.label = label
      self.route = route
      self.isDashed = isDashed
      self.color = color
    }
  }

  /// A shaded area around boxes that belong together.
  public struct Group: Sendable {
    public var title: RichText
    public var nodes: [String]

    public init(_ title: RichText, nodes: [String]) {
      self.title = title
      self.nodes = nodes
    }
  }

  public var nodes: [Node]
  public var edges: [Edge]
  public var groups: [Group]
  /// Least distances between columns and rows, in label sizes.
  public var columnGap: Double
  public var rowGap: Double

  public init(
    nodes: [Node], edges: [Edge], groups: [Group] = [], columnGap: Double = 2, rowGap: Double = 1.6
  ) {
    let ids = Set(nodes.map(\.id))
    precondition(ids.count == nodes.count, "two nodes of a diagram have the same id: \(nodes.map(\.id))")
    for edge in edges {
      precondition(ids.contains(edge.from) && ids.contains(edge.to), "edge \(edge.from) → \(edge.to) without node")
    }
    self.nodes = nodes
    self.edges = edges
    self.groups = groups
    self.columnGap = columnGap
    self.rowGap = rowGap
  }

  public func minimumSize(_ style: Style) -> Size {
    // Pictures side by side need less height, one above the other less width; whichever suits is drawn.
    let (wide, narrow) = (
      DiagramLayout(self, style, picturesPerRow: 4).size, DiagramLayout(self, style, picturesPerRow: 1).size
    )
    return wide.width <= narrow.width * 1.05 ? wide : narrow
  }

  public func preferredHeight(width: Double, _ style: Style) -> Double {
    DiagramLayout.fitting(self, style, width: width).size.height
  }

  public func draw(on canvas: Canvas, in rect: Rect) {
    let layout = DiagramLayout.fitting(self, canvas.style, width: rect.width, in: rect)
    canvas.group("diagram") {
      for group in groups { layout.draw(group, on: canvas) }
      for edge in edges { layout.draw(edge, on: canvas) }
      for node in nodes { layout.draw(node, on: canvas) }
      // Labels last, so that no line crosses them.
      for edge in edges { layout.drawLabel(of: edge, on: canvas) }
    }
  }
}
