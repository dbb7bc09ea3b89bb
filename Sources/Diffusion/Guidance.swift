import Tensors

/// Classifier-free guidance: ε̂ = ε̂_u + w (ε̂_c − ε̂_u).
///
/// w = 1 is the conditional prediction, w = 0 the unconditional one; this is the `guidance_scale` of diffusers. The
/// paper writes ε̂ = (1 + w′) ε̂_c − w′ ε̂_u, so that its w′ is w − 1.
///
/// - Parameters:
///   - unconditional: ε̂_u, any shape (x̂₀ or v̂ of the same kind will do: the formula is linear).
///   - conditional: ε̂_c, the same shape.
///   - guidanceScale: w.
/// Source: Ho & Salimans 2022, equation 6.
public func guided(unconditional: Tensor, conditional: Tensor, guidanceScale: Float) -> Tensor {
  combine(1, unconditional, guidanceScale, conditional - unconditional)
}

/// Two denoisers, or one with and without its condition, guided at every step.
public struct GuidedDenoiser<Conditional: Denoiser, Unconditional: Denoiser>: Denoiser {
  public var conditional: Conditional
  public var unconditional: Unconditional
  /// w, see `guided(unconditional:conditional:guidanceScale:)`.
  public var guidanceScale: Float

  public init(conditional: Conditional, unconditional: Unconditional, guidanceScale: Float) {
    self.conditional = conditional
    self.unconditional = unconditional
    self.guidanceScale = guidanceScale
  }

  public func predict(_ sample: Tensor, timestep: Float) throws -> Tensor {
    guided(
      unconditional: try unconditional.predict(sample, timestep: timestep),
      conditional: try conditional.predict(sample, timestep: timestep), guidanceScale: guidanceScale)
  }
}
