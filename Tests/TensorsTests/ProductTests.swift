import CKernels
import Tensors
import TestSupport
import Testing

@Suite("Small products")
struct ProductTests {
  typealias Kernel =
    @Sendable (
      Int, Int, Int, UnsafePointer<Float>?, Int, Int, UnsafePointer<Float>?, Int, UnsafeMutablePointer<Float>?, Int,
      Int32
    ) -> Void

  /// Every size of register tile and of what is left beside it; rows of the operands lie further apart than needed.
  @Test(arguments: [1, 2, 5, 8, 11, 12, 13, 21], [1, 7, 16, 17, 33, 48, 50, 64, 100])
  func productsOfAnySize(_ m: Int, _ n: Int) {
    let kernels: [(String, Kernel)] = [("best", ck_product), ("portable", ck_product_portable)]
    for (name, kernel) in kernels {
      for k in [1, 6, 19] {
        for transposed in [false, true] {
          for accumulate in [false, true] {
            check(kernel, m, n, k, transposed, accumulate, "\(name) k \(k) transposed \(transposed) \(accumulate)")
          }
        }
      }
    }
  }

  private func check(
    _ kernel: Kernel, _ m: Int, _ n: Int, _ k: Int, _ transposed: Bool, _ accumulate: Bool, _ label: String
  ) {
    let a = noise(transposed ? [k, m + 3] : [m, k + 3], seed: 1)
    let (b, start) = (noise([k, n + 5], seed: 2), noise([m, n + 2], seed: 3))
    let (row, step) = transposed ? (1, m + 3) : (k + 3, 1)
    let (x, y, z) = (a.scalars, b.scalars, start.scalars)
    var expected = z
    for i in 0..<m {
      for j in 0..<n {
        var sum = accumulate ? Double(z[i * (n + 2) + j]) : 0
        for p in 0..<k { sum += Double(x[i * row + p * step]) * Double(y[p * (n + 5) + j]) }
        expected[i * (n + 2) + j] = Float(sum)
      }
    }
    var result = z
    kernel(m, n, k, x, row, step, y, n + 5, &result, n + 2, accumulate ? 1 : 0)
    // What lies between the rows of the result stays as it was.
    expectClose(Tensor(result), Tensor(expected), .scaled(2e-6), label)
  }
}
