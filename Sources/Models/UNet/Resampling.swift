import Gradients
import Layers
import Tensors

/// Halves height and width by a 3×3 convolution of stride 2.
public struct Downsample2D: Module {
  public let conv: Conv2d

  /// With `padding` 0 one row and column of zeros is added at the bottom and right, as diffusers does.
  public init(_ channels: Int, _ outputs: Int? = nil, padding: Int = 1) {
    let padding = padding == 0 ? Padding(top: 0, bottom: 1, left: 0, right: 1) : Padding(padding)
    conv = Conv2d(channels, outputs ?? channels, kernel: 3, stride: 2, padding: padding)
  }

  public var children: [(name: String, module: any Module)] { [("conv", conv)] }

  public func callAsFunction(_ x: Variable, _ recording: Recording? = nil) -> Variable {
    let y = conv(x, recording?["conv"])
    recording?.record(y.value)
    return y
  }
}

/// Doubles height and width, or brings them to a given size: every pixel repeated, then a 3×3 convolution.
public struct Upsample2D: Module {
  public let conv: Conv2d

  public init(_ channels: Int) {
    conv = Conv2d(channels, channels, kernel: 3, padding: Padding(1))
  }

  public var children: [(name: String, module: any Module)] { [("conv", conv)] }

  /// [N, C, H, W] → [N, C, 2H, 2W], or [N, C, height, width] for a `size`.
  public func callAsFunction(
    _ x: Variable, size: (height: Int, width: Int)? = nil, _ recording: Recording? = nil
  ) -> Variable {
    let wide = size.map { x.upsampledNearest(height: $0.height, width: $0.width) } ?? x.upsampledNearest2x()
    let y = conv(wide, recording?["conv"])
    recording?.record(y.value)
    return y
  }
}
