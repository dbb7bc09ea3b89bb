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
    let ldb = transposeB ? k : n
    return Tensor(unsafeUninitialized: [batch, m, n]) { out in
      guard let c = out.baseAddress, m > 0, n > 0 else { return }
      if k == 0 { return out.update(repeating: 0) }
      a.withUnsafeBufferPointer { x in
        b.withUnsafeBufferPointer { y in
          guard let x = x.baseAddress, let y = y.baseAddress else { return }
          let grain = Swift.max(1, 500_000 / Swift.max(1, Swift.min(rowsPerTile, m) * n * k))
          Parallel.forRanges(batch * tilesPerProduct, grain: grain) { range in
            for tile in range {
              let (i, row) = (tile / tilesPerProduct, tile % tilesPerProduct * rowsPerTile)
              sgemm(
                transposeA: transposeA, transposeB: transposeB, m: Swift.min(rowsPerTile, m - row), n: n, k: k,
                x + i * strideA + (transposeA ? row : row * k), lda: lda, y + i * strideB, ldb: ldb,
                c + i * m * n + row * n, ldc: n)
            }
          }
        }
      }
    }
  }
}
