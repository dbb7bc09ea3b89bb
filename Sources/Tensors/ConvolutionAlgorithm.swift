/// Zeros around an image, in pixels.
public struct Padding: Sendable, Equatable {
  public var top: Int
  public var bottom: Int
  public var left: Int
  public var right: Int

  public init(top: Int, bottom: Int, left: Int, right: Int) {
    precondition(
      top >= 0 && bottom >= 0 && left >= 0 && right >= 0, "negative padding \([top, bottom, left, right])")
    (self.top, self.bottom, self.left, self.right) = (top, bottom, left, right)
  }

  /// The same on all four sides.
  public init(_ all: Int) { self.init(top: all, bottom: all, left: all, right: all) }

  /// What the gradient of a result needs around it, for a kernel of this size and stride 1.
  func transposed(_ kernelHeight: Int, _ kernelWidth: Int) -> Padding {
    Padding(
      top: kernelHeight - 1 - top, bottom: kernelHeight - 1 - bottom, left: kernelWidth - 1 - left,
      right: kernelWidth - 1 - right)
  }

  func isWithin(_ kernelHeight: Int, _ kernelWidth: Int) -> Bool {
    max(top, bottom) < kernelHeight && max(left, right) < kernelWidth
  }
}

/// The extents of one convolution.
struct ConvolutionShape: Equatable {
  let samples, inChannels, height, width: Int
  let outChannels, kernelHeight, kernelWidth: Int
  let outHeight, outWidth: Int
  let stride: Int
  let padding: Padding

  private init(_ other: ConvolutionShape, height: Int, width: Int) {
    (samples, inChannels, self.height, self.width) = (other.samples, other.inChannels, height, width)
    (outChannels, kernelHeight, kernelWidth) = (other.outChannels, 1, 1)
    (outHeight, outWidth, stride, padding) = (height, width, 1, Padding(0))
  }

  init(input: [Int], weight: [Int], stride: Int, padding: Padding) {
    precondition(
      input.count == 4 && weight.count == 4 && input[1] == weight[1] && stride > 0,
      "convolution of \(input) with \(weight), stride \(stride)")
    (samples, inChannels, height, width) = (input[0], input[1], input[2], input[3])
    (outChannels, kernelHeight, kernelWidth) = (weight[0], weight[2], weight[3])
    let freeRows = height + padding.top + padding.bottom - kernelHeight
    let freeColumns = width + padding.left + padding.right - kernelWidth
    precondition(
      freeRows >= 0 && freeColumns >= 0, "kernel \(weight) is larger than the padded image \(input), \(padding)")
    (outHeight, outWidth) = (freeRows / stride + 1, freeColumns / stride + 1)
    self.stride = stride
    self.padding = padding
  }

  /// A 1×1 kernel that meets every pixel: rows do not matter, and the image may be seen as a single one.
  var isPointwise: Bool { kernelHeight == 1 && kernelWidth == 1 && stride == 1 && padding == Padding(0) }
  var flattenedIfPointwise: ConvolutionShape {
    isPointwise ? ConvolutionShape(self, height: 1, width: pixels) : self
  }

  var pixels: Int { height * width }
  var paddedPixels: Int { (height + padding.top + padding.bottom) * (width + padding.left + padding.right) }
  /// Tiles of 4×4 outputs in the batch.
  var tiles: Int { samples * ((outHeight + 3) / 4) * ((outWidth + 3) / 4) }
  var outPixels: Int { outHeight * outWidth }
  var outShape: [Int] { [samples, outChannels, outHeight, outWidth] }
  var inShape: [Int] { [samples, inChannels, height, width] }
  var weightShape: [Int] { [outChannels, inChannels, kernelHeight, kernelWidth] }
}

/// The ways to compute a convolution. All give the same numbers to rounding; Convolution.md tells what was measured.
package enum ConvolutionAlgorithm: CaseIterable, Sendable {
  /// Windows copied to columns, one matrix product: any shape, and few input channels.
  case columns
  /// Tap by tap on channels side by side: any stride, and small images.
  case direct
  /// Tap by tap on whole planes: few output channels.
  case planes
  /// F(4×4, 3×3).
  case winograd

  /// Whether the algorithm can compute this shape.
  package func handles(input: [Int], weight: [Int], stride: Int, padding: Padding) -> Bool {
    handles(ConvolutionShape(input: input, weight: weight, stride: stride, padding: padding))
  }

  func handles(_ shape: ConvolutionShape) -> Bool {
    switch self {
    case .columns, .direct: true
    case .planes: shape.stride == 1 && shape.padding.isWithin(shape.kernelHeight, shape.kernelWidth)
    case .winograd: WinogradConvolution.handles(shape)
    }
  }

  static func fastest(for shape: ConvolutionShape) -> ConvolutionAlgorithm {
    if shape.inChannels < 8 { return .columns }
    // What the other algorithms keep of a padded sample should stay near the cache.
    let fits = shape.paddedPixels * shape.inChannels <= 1 << 19
    if shape.outChannels < 8 { return fits && !shape.isPointwise && planes.handles(shape) ? .planes : .columns }
    if winograd.handles(shape) && (shape.tiles >= 12 || !fits) { return .winograd }
    return fits ? .direct : .columns
  }

  static func fastestForGradients(of shape: ConvolutionShape) -> ConvolutionAlgorithm { fastest(for: shape) }
}
