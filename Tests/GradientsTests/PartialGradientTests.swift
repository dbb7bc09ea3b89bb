import Gradients
import Tensors
import TestSupport
import Testing

@Suite("Gradients with respect to one leaf")
struct PartialGradientTests {
  private let x = Variable.leaf(Tensor([1, 2, -3]))
  private let y = Variable.leaf(Tensor([4, -5, 6]))

  @Test("the gradient is that of backward, taken twice, and the tape is left for backward")
  func same() throws {
    let shared = x * y
    let result = (shared * shared + x).sum()
    let partial = try #require(result.gradient(of: x))
    let again = try #require(result.gradient(of: x))
    #expect(firstDifferentBits(partial, again) == nil)
    #expect(x.gradient == nil && y.gradient == nil)
    result.backward()
    expectClose(partial, try #require(x.gradient), .norm(1e-6))
    // 2 x y² + 1
    expectClose(partial, Tensor([33, 101, -215]), .absolute(1e-4))
    expectClose(try #require(y.gradient), Tensor([8, -40, 108]), .absolute(1e-4))
  }

  @Test("a seed weighs the elements")
  func seed() throws {
    let partial = try #require((x * y).gradient(of: y, seed: Tensor([1, 0, 2])))
    expectClose(partial, Tensor([1, 0, -6]), .absolute(1e-6))
  }

  @Test("nil where nothing depends on the leaf; the seed itself for the leaf")
  func independent() throws {
    #expect((x * x).sum().gradient(of: y) == nil)
    #expect((x.detached * y).sum().gradient(of: x) == nil)
    #expect(Variable(Tensor(2)).gradient(of: x) == nil)
    expectClose(try #require(x.gradient(of: x, seed: Tensor([7, 8, 9]))), Tensor([7, 8, 9]), .absolute(0))
  }

  @Test("operations beside the path are not differentiated")
  func onlyThePath() throws {
    var passed = 0
    let beside = Variable(y.value * 2, from: [y]) {
      passed += 1
      return [$0 * 2]
    }
    let result = (x * beside).sum()
    expectClose(try #require(result.gradient(of: x)), y.value * 2, .absolute(1e-6))
    #expect(passed == 0)
    result.backward()
    #expect(passed == 1)
  }

  @Test("clamping: no gradient outside the range, all of it on its ends")
  func clamped() throws {
    let leaf = Variable.leaf(Tensor([-4, -2, 0.5, 3, 3.5]))
    let result = leaf.clamped(to: -2...3)
    expectClose(result.value, Tensor([-2, -2, 0.5, 3, 3]), .absolute(0))
    expectClose(
      try #require(result.gradient(of: leaf, seed: Tensor([1, 2, 3, 4, 5]))), Tensor([0, 2, 3, 4, 0]), .absolute(0))
  }

  @Test("unit length: 1 along the axis, orthogonal gradients, and 0 stays 0")
  func unitLength() throws {
    var random = RandomSource(seed: 2)
    let leaf = Variable.leaf(random.normal([2, 5, 3]))
    let unit = leaf.unitLength(along: 1)
    expectClose((unit.value * unit.value).sum(along: 1), .ones([2, 3]), .absolute(1e-5))
    let gradient = try #require(unit.gradient(of: leaf, seed: random.normal([2, 5, 3])))
    expectClose((gradient * leaf.value).sum(along: 1), .zeros([2, 3]), .absolute(1e-5))
    let zero = Variable.leaf(.zeros([2, 3]))
    let still = zero.unitLength(along: 1)
    #expect(still.value.scalars.allSatisfy { $0 == 0 })
    #expect(try #require(still.gradient(of: zero, seed: .ones([2, 3]))).scalars.allSatisfy(\.isFinite))
  }
}
