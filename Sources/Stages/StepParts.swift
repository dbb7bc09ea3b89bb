import Diffusion

/// What one DDPM step from t to s < t does to the noise: it takes a share of ε̂ out, keeps the rest and adds fresh noise z.
///
/// x_s = √ᾱ_s x̂₀ + kept · ε̂ + fresh · z with kept² + fresh² = 1 − ᾱ_s. The mean of the step is
/// (x_t − (β/√(1 − ᾱ_t)) ε̂)/√α with α = ᾱ_t/ᾱ_s and β = 1 − α, so that of the √(1 − ᾱ_t) ε̂ in x_t the share
/// β/(1 − ᾱ_t) is removed. Source: Ho et al. 2020, equations 7 and 11.
package struct StepParts {
  /// √(1 − ᾱ_t), the factor of ε̂ in x_t.
  package let before: Double
  /// β/(1 − ᾱ_t), between 0 and 1; 1 in the last step, to s = −1.
  package let removedShare: Double
  /// √α (1 − ᾱ_s)/√(1 − ᾱ_t), the factor of ε̂ in x_s.
  package let kept: Double
  /// √β̃, the factor of z.
  package let fresh: Double
  /// √(1 − ᾱ_s).
  package let after: Double

  package init(_ schedule: NoiseSchedule, from t: Int, to s: Int) {
    let posterior = schedule.posterior(timestep: t, previous: s)
    let (alphaBar, nextAlphaBar) = (Double(schedule.alphaCumprod(t)), Double(schedule.alphaCumprod(s)))
    before = (1 - alphaBar).squareRoot()
    removedShare = Double(posterior.beta) / (1 - alphaBar)
    kept = Double(posterior.sampleCoefficient) * before
    fresh = Double(posterior.variance).squareRoot()
    after = (1 - nextAlphaBar).squareRoot()
  }
}
