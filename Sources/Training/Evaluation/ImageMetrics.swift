import Foundation
import Tensors

/// How alike pictures are.
public enum ImageMetrics {
  /// 10 log₁₀(R²/mean (x − y)²) of every picture of two batches [N, C, H, W], in decibels; ∞ where they are equal.
  ///
  /// - Parameter range: R, the largest less the smallest value there can be: 2 for −1…1.
  public static func peakSignalToNoiseRatios(_ x: Tensor, _ y: Tensor, range: Double = 2) -> [Double] {
    precondition(x.shape == y.shape && x.shape.count == 4, "\(x.shape) against \(y.shape)")
    let difference = x - y
    let errors = (difference * difference).reshaped([x.shape[0], -1]).mean(along: 1)
    return errors.scalars.map { 10 * log10(range * range / Double($0)) }
  }

  /// The structural similarity of every picture of two batches [N, C, H, W], −1…1, averaged over windows and channels.
  ///
  /// Windows are 11 × 11 and weighed by a Gaussian of 1.5 pixels, K₁ = 0.01, K₂ = 0.03, inside the picture only
  /// (Wang et al. 2004, equation 13 and section III.C).
  ///
  /// - Parameter range: the largest less the smallest value there can be: 2 for −1…1.
  public static func structuralSimilarities(_ x: Tensor, _ y: Tensor, range: Float = 2) -> [Double] {
    precondition(x.shape == y.shape && x.shape.count == 4, "\(x.shape) against \(y.shape)")
    let (count, channels, height, width) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
    precondition(min(height, width) >= 11, "windows of 11 pixels in \(x.shape)")
    let weights = (0..<11).map { Float(exp(-pow(Double($0) - 5, 2) / 4.5)) }
    let line = Tensor(weights.map { $0 / weights.reduce(0, +) }, shape: [1, 1, 11, 1])
    func mean(_ t: Tensor) -> Tensor {
      t.reshaped([count * channels, 1, height, width]).convolved(with: line)
        .convolved(with: line.reshaped([1, 1, 1, 11]))
    }
    let (mx, my) = (mean(x), mean(y))
    let (vx, vy, covariance) = (mean(x * x) - mx * mx, mean(y * y) - my * my, mean(x * y) - mx * my)
    let (c1, c2) = (0.0001 * range * range, 0.0009 * range * range)
    let similarity = (mx * my * 2 + c1) * (covariance * 2 + c2) / ((mx * mx + my * my + c1) * (vx + vy + c2))
    return similarity.reshaped([count, -1]).mean(along: 1).scalars.map(Double.init)
  }
}
