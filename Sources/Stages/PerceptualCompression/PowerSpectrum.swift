import Foundation
import Tensors

/// The power of pictures at every spatial frequency, averaged over directions.
///
/// The two-dimensional discrete Fourier transform F = W X Wᵀ, W[k, i] = e^{−2πi·ki/n}, as four real matrix products.
package struct PowerSpectrum {
  /// cos(2π k i/n) and sin(2π k i/n), [n, n].
  private let cosines: Tensor
  private let sines: Tensor
  private let side: Int
  /// For every place of the transform, the frequency's length in cycles per picture, rounded.
  private let radii: [Int]

  /// For square pictures of `side` × `side`.
  package init(side: Int) {
    self.side = side
    func table(_ wave: (Double) -> Double) -> Tensor {
      Tensor(
        (0..<(side * side)).map { index in
          // Reduced before the angle is formed, so that large products lose nothing.
          Float(wave(2 * Double.pi * Double(index / side * (index % side) % side) / Double(side)))
        }, shape: [side, side])
    }
    (cosines, sines) = (table(cos), table(sin))
    radii = (0..<(side * side)).map { index in
      let (y, x) = (index / side, index % side)
      let (v, u) = (Double(min(y, side - y)), Double(min(x, side - x)))
      return Int((u * u + v * v).squareRoot().rounded())
    }
  }

  /// Frequencies that fit the picture in every direction, 0 … side/2 cycles.
  package var frequencies: [Int] { Array(0...(side / 2)) }

  /// |F|²/n² of [N, C, n, n], summed over channels and averaged over pictures, [n, n]: it adds up to Σ x² of a picture.
  package func power(_ pictures: Tensor) -> Tensor {
    let shape = pictures.shape
    precondition(shape.count == 4 && shape[2] == side && shape[3] == side, "the spectrum of \(shape)")
    let planes = pictures.reshaped([shape[0] * shape[1], side, side])
    // The tables are symmetric: C = Cᵀ, S = Sᵀ.
    let (byCosine, bySine) = (planes.matmul(cosines), planes.matmul(sines))
    let real = cosines.matmul(byCosine) - sines.matmul(bySine)
    let imaginary = sines.matmul(byCosine) + cosines.matmul(bySine)
    let power = (real * real + imaginary * imaginary).sum(along: 0)
    return power * (1 / Float(side * side * shape[0]))
  }

  /// The mean power at each of `frequencies`.
  package func radial(_ pictures: Tensor) -> [Double] {
    let power = power(pictures).scalars
    var sums = [Double](repeating: 0, count: side / 2 + 1)
    var counts = [Int](repeating: 0, count: side / 2 + 1)
    for (index, radius) in radii.enumerated() where radius <= side / 2 {
      sums[radius] += Double(power[index])
      counts[radius] += 1
    }
    return zip(sums, counts).map { $0 / Double(max($1, 1)) }
  }

  /// The total power between two frequencies, the upper one included when it is the last.
  package func power(_ pictures: Tensor, in band: ClosedRange<Int>) -> Double {
    let power = power(pictures).scalars
    return radii.indices.reduce(0) { band.contains(radii[$1]) ? $0 + Double(power[$1]) : $0 }
  }

  /// The pictures with only the frequencies of a band left, by transforming, masking and transforming back.
  package func filtered(_ pictures: Tensor, to band: ClosedRange<Int>) -> Tensor {
    let shape = pictures.shape
    let planes = pictures.reshaped([shape[0] * shape[1], side, side])
    let mask = Tensor(radii.map { band.contains($0) ? 1 : 0 }, shape: [1, side, side])
    let (byCosine, bySine) = (planes.matmul(cosines), planes.matmul(sines))
    let real = (cosines.matmul(byCosine) - sines.matmul(bySine)) * mask
    let imaginary = (sines.matmul(byCosine) + cosines.matmul(bySine)) * mask * -1
    // Re(W* F W*ᵀ)/n²; W* has +i.
    let (realCosine, realSine) = (real.matmul(cosines), real.matmul(sines))
    let (imaginaryCosine, imaginarySine) = (imaginary.matmul(cosines), imaginary.matmul(sines))
    let result =
      cosines.matmul(realCosine) - sines.matmul(realSine) - cosines.matmul(imaginarySine)
      - sines.matmul(imaginaryCosine)
    return (result * (1 / Float(side * side))).reshaped(shape)
  }
}

/// Coarse, middle and fine structure of a picture of 64×64.
enum FrequencyBand: Int, CaseIterable {
  case coarse
  case middle
  case fine

  /// In cycles per picture; the mean of the picture, frequency 0, belongs to none, and corners of the transform to the last.
  var range: ClosedRange<Int> {
    switch self {
    case .coarse: 1...4
    case .middle: 5...12
    case .fine: 13...64
    }
  }

  /// "13 to 32 cycles", as far as a wave can be drawn in every direction.
  var words: String { "\(range.lowerBound)\u{A0}to\u{A0}\(min(range.upperBound, 32)) cycles" }

  var name: String {
    switch self {
    case .coarse: "coarse"
    case .middle: "middle"
    case .fine: "fine"
    }
  }
}
