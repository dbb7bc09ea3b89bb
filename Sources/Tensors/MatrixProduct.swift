import CKernels
import COpenBLAS

/// C ← alpha · op(A) · op(B) + beta · C on row-major memory, one thread.
///
/// op(A) is m × k, op(B) is k × n; `lda`, `ldb`, `ldc` are the lengths of the stored rows.
package func sgemm(
  transposeA: Bool = false, transposeB: Bool = false, m: Int, n: Int, k: Int, alpha: Float = 1,
  _ a: UnsafePointer<Float>, lda: Int, _ b: UnsafePointer<Float>, ldb: Int, beta: Float = 0,
  _ c: UnsafeMutablePointer<Float>, ldc: Int
) {
  cblas_sgemm(
    CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans,
    blasint(m), blasint(n), blasint(k), alpha, a, blasint(lda), b, blasint(ldb), beta, c, blasint(ldc))
}

extension Tensor {
  /// op(A) · op(B) over the last two dimensions; leading dimensions are equal, or one operand has none and is shared.
  ///
  /// Shapes [..., m, k] · [..., k, n] → [..., m, n] before transposition.
  public func matmul(_ other: Tensor, transposeA: Bool = false, transposeB: Bool = false) -> Tensor {
    precondition(rank >= 2 && other.rank >= 2, "matmul of \(shape) and \(other.shape)")
    let (rowsA, columnsA) = (shape[rank - 2], shape[rank - 1])
    let (rowsB, columnsB) = (other.shape[other.rank - 2], other.shape[other.rank - 1])
    let (m, k) = transposeA ? (columnsA, rowsA) : (rowsA, columnsA)
    let (kB, n) = transposeB ? (columnsB, rowsB) : (rowsB, columnsB)
    let leadA = Array(shape.dropLast(2))
    let leadB = Array(other.shape.dropLast(2))
    precondition(k == kB && (leadA == leadB || leadA.isEmpty || leadB.isEmpty), "matmul of \(shape) and \(other.shape)")
    // A shared right factor makes one tall product of the whole batch.
    if leadB.isEmpty && !transposeA {
      return Tensor.product(self, other, batch: 1, m: m * leadA.reduce(1, *), n: n, k: k, false, transposeB)
        .reshaped(leadA + [m, n])
    }
    let lead = leadA.isEmpty ? leadB : leadA
    return Tensor.product(
      self, other, batch: lead.reduce(1, *), m: m, n: n, k: k, transposeA, transposeB,
      strideA: leadA.isEmpty ? 0 : m * k, strideB: leadB.isEmpty ? 0 : k * n
    ).reshaped(lead + [m, n])
  }

  private static func product(
    _ a: Tensor, _ b: Tensor, batch: Int, m: Int, n: Int, k: Int, _ transposeA: Bool, _ transposeB: Bool,
    strideA: Int = 0, strideB: Int = 0
  ) -> Tensor {
    // Tiles depend on the shape alone: rows in blocks of about 4 million multiply-adds, at least 16 rows.
    let rowsPerTile = Swift.max(16, Swift.min(m, 4_000_000 / Swift.max(n * k, 1)))
    let tilesPerProduct = (m + rowsPerTile - 1) / rowsPerTile
    let lda = transposeA ? m : k
    let tile = ProductTile(b, n: n, k: k, lda: lda, transposeA, transposeB, isShared: strideB == 0)
    return Tensor(unsafeUninitialized: [batch, m, n]) { out in
      guard let c = out.baseAddress, m > 0, n > 0 else { return }
      if k == 0 { return out.update(repeating: 0) }
      a.withUnsafeBufferPointer { x in
        guard let x = x.baseAddress else { return }
        let grain = Swift.max(1, 500_000 / Swift.max(1, Swift.min(rowsPerTile, m) * n * k))
        Parallel.forRanges(batch * tilesPerProduct, grain: grain) { range in
          for index in range {
            let (i, row) = (index / tilesPerProduct, index % tilesPerProduct * rowsPerTile)
            tile.multiply(
              x + i * strideA + (transposeA ? row : row * k), rows: Swift.min(rowsPerTile, m - row), i * strideB,
              c + i * m * n + row * n)
          }
        }
      }
    }
  }
}

/// Some rows of a matrix product, by the kernel that suits its size.
private struct ProductTile {
  private let n, k, lda: Int
  private let transposeA, transposeB: Bool
  private let right: Storage
  /// Whether the right factor lies row by row and a block of it fits the cache: then nothing needs to be packed.
  private let isDirect: Bool

  /// Rows of the right factor that are multiplied at a time.
  private static let depth = 512

  init(_ b: Tensor, n: Int, k: Int, lda: Int, _ transposeA: Bool, _ transposeB: Bool, isShared: Bool) {
    (self.n, self.k, self.lda, self.transposeA) = (n, k, lda, transposeA)
    isDirect = n * Swift.min(k, Self.depth) <= 1 << 16 && (isShared || !transposeB)
    if isDirect && transposeB {
      // A layer's weight [n, k]: its transpose is kept in inference.
      right = b.storage.derived([2, k, n]) {
        let transposed = Storage(count: k * n)
        ck_transpose(b.storage.pointer, n, k, k, 1, transposed.pointer, n)
        return transposed
      }
      self.transposeB = false
    } else {
      right = b.storage
      self.transposeB = transposeB
    }
  }

  func multiply(_ a: UnsafePointer<Float>, rows: Int, _ offset: Int, _ c: UnsafeMutablePointer<Float>) {
    let b = UnsafePointer(right.pointer) + offset
    guard isDirect else {
      return sgemm(
        transposeA: transposeA, transposeB: transposeB, m: rows, n: n, k: k, a, lda: lda, b, ldb: transposeB ? k : n,
        c, ldc: n)
    }
    let (row, step) = transposeA ? (1, lda) : (lda, 1)
    for first in stride(from: 0, to: k, by: Self.depth) {
      ck_product(
        rows, n, min(Self.depth, k - first), a + first * step, row, step, b + first * n, n, c, n, first == 0 ? 0 : 1)
    }
  }
}
