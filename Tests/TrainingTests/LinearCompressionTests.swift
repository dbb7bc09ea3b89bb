import Tensors
import TestSupport
import Testing
import Training

@Suite struct LinearCompressionTests {
  /// Points along (0.6, 0.8) with a little noise across: the first direction is that one.
  @Test func theFirstDirectionIsThatOfTheLargestVariance() {
    var random = RandomSource(seed: 3)
    let (along, across) = (random.normal([400, 1]) * 2, random.normal([400, 1]) * 0.1)
    let axes = Tensor([0.6, 0.8, -0.8, 0.6], shape: [2, 2])
    let points = Tensor.concatenated([along, across], along: 1).matmul(axes) + Tensor([5, -1], shape: [1, 2])
    let components = PrincipalComponents(fitting: points)
    let first = components.directions.scalars
    #expect(abs(abs(first[0] * 0.6 + first[1] * 0.8) - 1) < 1e-3)
    #expect(abs(components.variances[0] - 4) < 0.6 && components.variances[1] < 0.02)
    #expect(components.share(1) > 0.99 && components.share(2) == 1)
    // What is kept differs from the points by no more than the noise across.
    let kept = components.decode(components.encode(points, count: 1))
    let error = ((kept - points).squaredNorm / 400).squareRoot()
    #expect(abs(error - 0.1) < 0.02)
  }

  @Test func allDirectionsLoseNothing() {
    var random = RandomSource(seed: 4)
    let vectors = random.normal([50, 12])
    let components = PrincipalComponents(fitting: vectors)
    expectClose(components.decode(components.encode(vectors, count: 12)), vectors, .absolute(1e-4))
    let products = components.directions.matmul(components.directions, transposeB: true)
    let identity = Tensor((0..<144).map { $0 % 13 == 0 ? 1 : 0 }, shape: [12, 12])
    expectClose(products, identity, .absolute(1e-5))
    #expect(components.variances == components.variances.sorted(by: >))
  }

  @Test func greyWeighsAsTheEyeDoes() {
    let pictures = Tensor([1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1], shape: [4, 3, 1, 1])
    expectClose(Luma.grey(pictures), Tensor([0.299, 0.587, 0.114, 1], shape: [4, 1, 1, 1]), .absolute(1e-6))
  }
}
