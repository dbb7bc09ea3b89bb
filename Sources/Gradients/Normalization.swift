import CKernels
import Tensors

extension Variable {
  /// Group normalisation (Wu & He 2018, eq. 1–2, 7) of [N, C, ...]: each of `groups` groups of channels of each sample is
  /// shifted and scaled to mean 0 and variance 1 (denominator n), then x̂ · weight + bias with one pair a channel.
  ///
  /// With `silu` the result passes through x · sigmoid(x) in the same sweep over the memory.
  public func groupNorm(
    groups: Int, weight: Variable, bias: Variable, epsilon: Float = 1e-5, silu: Bool = false
  ) -> Variable {
    let channels = shape[1]
    precondition(channels % groups == 0, "\(channels) channels do not divide into \(groups) groups")
    precondition(
      weight.shape == [channels] && bias.shape == [channels], "group norm weight \(weight.shape) for \(shape)")
    let norm = GroupNorm(x: value, weight: weight.value, bias: bias.value, groups: groups, silu: silu)
    let forward = norm.forward(epsilon)
    let affine = weight.requiresGradient || bias.requiresGradient
    return Variable(forward.y, from: [self, weight, bias]) { gradient in
      let result = norm.backward(gradient, forward.mean, forward.rstd)
      return [result.x, affine ? result.weight : nil, affine ? result.bias : nil]
    }
  }

  /// Layer normalisation (Ba et al. 2016) over the last dimension, with weight and bias of its length.
  public func layerNorm(weight: Variable, bias: Variable, epsilon: Float = 1e-5) -> Variable {
    let (x, w, n) = (value, weight.value, value.shape.last ?? 0)
    precondition(weight.shape == [n] && bias.shape == [n], "layer norm weight \(weight.shape) for \(shape)")
    let rows = n == 0 ? 0 : x.count / n
    var mean = Tensor.zeros([rows])
    var rstd = Tensor.zeros([rows])
    let y = Tensor(unsafeUninitialized: x.shape) { out in
      mean.withUnsafeMutableBufferPointer { m in
        rstd.withUnsafeMutableBufferPointer { r in
          read(x, w, bias.value) { x, w, b in
            guard let y = out.baseAddress, let m = m.baseAddress, let r = r.baseAddress else { return }
            Parallel.forRanges(rows, grain: layerNormGrain) {
              let (start, first) = ($0.lowerBound * n, $0.lowerBound)
              ck_layer_norm(x + start, w, b, y + start, $0.count, n, epsilon, m + first, r + first)
            }
          }
        }
      }
    }
    let statistics = (mean, rstd)
    return Variable(y, from: [self, weight, bias]) { gradient in
      layerNormGradient(x, w, gradient, statistics.0, statistics.1)
    }
  }
}

/// Rows of one task of a layer norm; fixed, since the partial gradients of its tasks are added in order.
private let layerNormGrain = 64

private func layerNormGradient(
  _ x: Tensor, _ weight: Tensor, _ gradient: Tensor, _ mean: Tensor, _ rstd: Tensor
) -> [Tensor?] {
  let n = weight.count
  let rows = mean.count
  let tasks = (rows + layerNormGrain - 1) / layerNormGrain
  // Row 2i holds the weight gradient of task i, row 2i + 1 the bias gradient.
  var partial = Tensor.zeros([max(tasks, 1), 2, n])
  let dx = Tensor(unsafeUninitialized: x.shape) { out in
    partial.withUnsafeMutableBufferPointer { partial in
      read(x, weight, gradient) { x, w, g in
        read(mean, rstd, rstd) { m, r, _ in
          guard let dx = out.baseAddress, let p = partial.baseAddress else { return }
          Parallel.forRanges(rows, grain: layerNormGrain) {
            let (start, first) = ($0.lowerBound * n, $0.lowerBound)
            let sums = p + first / layerNormGrain * 2 * n
            ck_layer_norm_gradient(
              x + start, w, g + start, dx + start, $0.count, n, m + first, r + first, sums, sums + n)
          }
        }
      }
    }
  }
  let sums = partial.sum(along: 0)
  return [dx, sums[index: 0], sums[index: 1]]
}

/// The memory of three tensors at once.
func read(
  _ a: Tensor, _ b: Tensor, _ c: Tensor,
  _ body: (UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>) -> Void
) {
  a.withUnsafeBufferPointer { a in
    b.withUnsafeBufferPointer { b in
      c.withUnsafeBufferPointer { c in
        guard let a = a.baseAddress, let b = b.baseAddress, let c = c.baseAddress else { return }
        body(a, b, c)
      }
    }
  }
}

private struct GroupNorm {
  let x: Tensor
  let weight: Tensor
  let bias: Tensor
  let groups: Int
  let silu: Bool

  var batch: Int { x.shape[0] }
  var channels: Int { x.shape[1] }
  var channelsPerGroup: Int { channels / groups }
  var inner: Int { x.shape.dropFirst(2).reduce(1, *) }
  var groupCount: Int { batch * groups }
  var grain: Int { max(1, 16384 / max(1, channelsPerGroup * inner)) }

  func forward(_ epsilon: Float) -> (y: Tensor, mean: Tensor, rstd: Tensor) {
    var mean = Tensor.zeros([groupCount])
    var rstd = Tensor.zeros([groupCount])
    let size = channelsPerGroup * inner
    let y = Tensor(unsafeUninitialized: x.shape) { out in
      mean.withUnsafeMutableBufferPointer { m in
        rstd.withUnsafeMutableBufferPointer { r in
          read(x, weight, bias) { x, w, b in
            guard let y = out.baseAddress, let m = m.baseAddress, let r = r.baseAddress else { return }
            Parallel.forRanges(groupCount, grain: grain) { range in
              for i in range {
                let c = i % groups * channelsPerGroup
                ck_group_norm(
                  x + i * size, w + c, b + c, y + i * size, channelsPerGroup, inner, epsilon, silu ? 1 : 0, m + i, r + i
                )
              }
            }
          }
        }
      }
    }
    return (y, mean, rstd)
  }

  func backward(_ gradient: Tensor, _ mean: Tensor, _ rstd: Tensor) -> (x: Tensor, weight: Tensor, bias: Tensor) {
    var dw = Tensor.zeros([batch, channels])
    var db = Tensor.zeros([batch, channels])
    let size = channelsPerGroup * inner
    let dx = Tensor(unsafeUninitialized: x.shape) { out in
      dw.withUnsafeMutableBufferPointer { dw in
        db.withUnsafeMutableBufferPointer { db in
          read(x, weight, bias) { x, w, b in
            read(gradient, mean, rstd) { g, m, r in
              guard let dx = out.baseAddress, let dw = dw.baseAddress, let db = db.baseAddress else { return }
              Parallel.forRanges(groupCount, grain: grain) { range in
                for i in range {
                  let c = i % groups * channelsPerGroup
                  let at = i * channelsPerGroup
                  ck_group_norm_gradient(
                    x + i * size, w + c, b + c, g + i * size, dx + i * size, channelsPerGroup, inner, silu ? 1 : 0,
                    m[i], r[i], dw + at, db + at)
                }
              }
            }
          }
        }
      }
    }
    return (dx, dw.sum(along: 0), db.sum(along: 0))
  }
}
