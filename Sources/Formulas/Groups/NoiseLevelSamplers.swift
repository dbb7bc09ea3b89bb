/// Samplers that step from noise level to noise level.
enum NoiseLevelSamplers {
  static let formulas: [Formula] = [eulerStep, eulerAncestral, heun, dpmSolverPlusPlus2M]

  private static let sigmas = Formula.Symbol(
    "sigma", "noise levels of the run, falling to 0", "[S + 1]", .schedule(at: "i", before: nil))
  private static let i = Formula.Symbol("i", "number of the step", "integer, 0…S−1")
  private static let scaled = Formula.Symbol("x_i", "image x₀ + σᵢ ε before the step, unscaled", "[N, C, H, W]")
  private static let next = Formula.Symbol("x[i+1]", "image after the step", "[N, C, H, W]", .result)

  static let eulerStep = Formula(
    "sampler.euler_step", "A step of Euler's method",
    "x[i+1] = x_i + (sigma[i+1] - sigma[i])*d", where: ["d = (x_i - x0_hat)/sigma[i]"],
    summary: """
      Sampling solves a differential equation from much noise to none. Euler's method takes the slope where it stands \
      and goes straight on to the next noise level. In these coordinates the slope is the predicted noise itself.
      """,
    symbols: [next, scaled, sigmas, i, .x0Hat, .init("d", "slope dx/dσ, equal to ε̂", "[N, C, H, W]", .explained)],
    sources: [.edm("algorithm 1, lines 3–5")], paperForm: "The paper writes t for σ and D_θ(x; σ) for x̂₀.",
    notes: ["With x = xₜ/√ᾱₜ this is DDIM with η = 0, to the last digit."],
    mistakes: [
      .init(
        "step of the wrong sign", "x_i - (sigma[i+1] - sigma[i])*(x_i - x0_hat)/sigma[i]",
        "σ falls, so σᵢ₊₁ − σᵢ is negative already; adding it goes towards less noise."),
      .init(
        "slope not divided by σ", "x_i + (sigma[i+1] - sigma[i])*(x_i - x0_hat)",
        "x − x̂₀ is σ ε̂; the slope is ε̂, so divide by σᵢ."),
      .init(
        "slope divided by the next σ", "x_i + (sigma[i+1] - sigma[i])*(x_i - x0_hat)/sigma[i+1]",
        "The slope is taken where the step starts: σᵢ."),
      .init("whole jump", "x_i - sigma[i]*(x_i - x0_hat)/sigma[i]", "That jumps to x̂₀ in one go, σᵢ₊₁ = 0."),
    ],
    cases: [
      .hand("slope (5 − 1)/4 = 1, step −2", "x_i = [5, 1]; x0_hat = [1, 3]; sigma = [4, 2, 0]; i = 0", "[3, 2]"),
      .hand(
        "the last step gives x̂₀", "x_i = [[5, 1, 0]]; x0_hat = [[1, 3, -1]]; sigma = [4, 2, 0]; i = 1", "[[1, 3, -1]]"),
    ])

  static let eulerAncestral = Formula(
    "sampler.euler_ancestral", "A step of ancestral Euler sampling",
    "x[i+1] = x_i + (sigma_down - sigma[i])*(x_i - x0_hat)/sigma[i] + sigma_up*z",
    where: [
      "sigma_up = sqrt(sigma[i+1]^2*(sigma[i]^2 - sigma[i+1]^2)/sigma[i]^2)",
      "sigma_down = sqrt(sigma[i+1]^2 - sigma_up^2)",
    ],
    summary: """
      Go down further than wanted, then come up again with fresh noise. The two noises add by their squares to the level \
      wanted; the amounts are those of DDPM. Unlike with Euler's method the picture keeps changing with more steps.
      """,
    symbols: [
      next, scaled, sigmas, i, .x0Hat, .z, .init("sigma_up", "fresh noise", "number", .explained),
      .init("sigma_down", "level the deterministic part goes to", "number", .explained),
    ],
    sources: [
      .init("k-diffusion", "get_ancestral_step", "Crowson 2022: k-diffusion", "github.com/crowsonkb/k-diffusion")
    ],
    notes: ["σ_down = σᵢ₊₁²/σᵢ, and σ_up² is β̃ of the stride in these coordinates."],
    mistakes: [
      .init(
        "goes to the next level, then adds noise",
        "x_i + (sigma[i+1] - sigma[i])*(x_i - x0_hat)/sigma[i] + sigma_up*z",
        "Then the noise is too much by σ_up². The deterministic part goes down to σ_down."),
      .init(
        "levels added instead of squares",
        "x_i + (sigma[i+1] - sigma_up - sigma[i])*(x_i - x0_hat)/sigma[i] + sigma_up*z",
        "Independent noises add by their squares: σ_down² = σᵢ₊₁² − σ_up²."),
      .init(
        "no fresh noise", "x_i + (sigma_down - sigma[i])*(x_i - x0_hat)/sigma[i]",
        "After going down to σ_down the fresh noise brings the level up to σᵢ₊₁."),
      .init(
        "variance for standard deviation",
        "x_i + (sigma_down - sigma[i])*(x_i - x0_hat)/sigma[i] + sigma_up^2*z",
        "The fresh noise is multiplied by σ_up, not by its square."),
    ],
    cases: [
      .hand(
        "σ 5 → 3: down to 9/5, up by 12/5", "x_i = [10, 0]; x0_hat = [0, 5]; sigma = [5, 3, 0]; i = 0; z = [1, -1]",
        "[6, 0.8]")
    ])

  static let heun = Formula(
    "sampler.heun", "A step of Heun's method", "x[i+1] = x_i + (sigma[i+1] - sigma[i])*(d + d_next)/2",
    where: ["d = (x_i - x0_hat)/sigma[i]", "d_next = (x_i + (sigma[i+1] - sigma[i])*d - x0_hat_next)/sigma[i+1]"],
    summary: """
      Try Euler's step, take the slope there as well, and go with the mean of both: two evaluations of the model a step, \
      an error that shrinks with the square of the step. The last step, to σ = 0, is Euler's.
      """,
    symbols: [
      next, scaled, sigmas, i, .x0Hat,
      .init("x0_hat_next", "clean image the model predicts at Euler's end point and σᵢ₊₁", "[N, C, H, W]"),
      .init("d", "slope at the start", "[N, C, H, W]", .explained),
      .init("d_next", "slope at Euler's end point", "[N, C, H, W]", .explained),
    ],
    sources: [.edm("algorithm 1")], paperForm: "The paper writes t for σ and D_θ(x; σ) for x̂₀.",
    mistakes: [
      .init("Euler", "x_i + (sigma[i+1] - sigma[i])*d", "You used the first slope alone: that is Euler's step."),
      .init(
        "slopes not averaged", "x_i + (sigma[i+1] - sigma[i])*(d + d_next)",
        "Take the mean of the two slopes, not their sum."),
      .init(
        "second slope alone", "x_i + (sigma[i+1] - sigma[i])*d_next", "Take the mean of both slopes."),
      .init(
        "second slope from the start point",
        "x_i + (sigma[i+1] - sigma[i])*(d + (x_i - x0_hat_next)/sigma[i+1])/2",
        "The second slope belongs to Euler's end point: its x, not the x of the start."),
      .init(
        "starts from Euler's end point",
        "x_i + (sigma[i+1] - sigma[i])*d + (sigma[i+1] - sigma[i])*(d + d_next)/2",
        "The averaged step starts again from xᵢ."),
    ],
    cases: [
      .hand(
        "slopes 1 and 0.5, mean 0.75, step −2", "x_i = [5]; x0_hat = [1]; x0_hat_next = [2]; sigma = [4, 2, 0]; i = 0",
        "[3.5]")
    ])

  static let dpmSolverPlusPlus2M = Formula(
    "sampler.dpmsolverpp_2m", "A step of DPM-Solver++ (2M)",
    "x[i+1] = sigma[i+1]/sigma[i]*x_i - alpha[i+1]*(exp(-h) - 1)*D",
    where: [
      "lambda[j] = log(alpha[j]/sigma[j])", "h = lambda[i+1] - lambda[i]",
      "r = (lambda[i] - lambda[i-1])/h", "D = (1 + 1/(2*r))*x0_hat - 1/(2*r)*x0_hat_before",
    ],
    summary: """
      Solve exactly what can be solved, the linear part, and extrapolate the rest: the prediction x̂₀ along the log SNR \
      from this step and the one before. Second order for one evaluation a step; 20 steps are usually enough.
      """,
    symbols: [
      next, .init("x_i", "noisy image before the step, of variance 1", "[N, C, H, W]"),
      .init("x0_hat", "clean image predicted at this step", "[N, C, H, W]"),
      .init("x0_hat_before", "clean image predicted at the step before", "[N, C, H, W]"),
      .init("alpha", "√ᾱ at the steps of the run", "[S + 1]", .schedule(at: "i", before: nil)),
      .init("sigma", "√(1 − ᾱ) at the steps of the run", "[S + 1]", .schedule(at: "i", before: nil)),
      .init("i", "number of the step", "integer, 1…S−1"),
      .init("lambda", "half the log SNR", "sequence", .explained),
      .init("j", "any step", "integer", .explained), .init("h", "step in λ", "number", .explained),
      .init("r", "last step over this step", "number", .explained),
      .init("D", "prediction, extrapolated to the middle of the step", "[N, C, H, W]", .explained),
    ],
    sources: [.dpmSolverPlusPlus("algorithm 2")],
    paperForm: "The paper numbers the step that ends at tᵢ with i; here step i starts at level i.",
    notes: ["The first step has no step before it: D = x̂₀, which is DDIM. diffusers does the same in the last one."],
    mistakes: [
      .init(
        "first order", "sigma[i+1]/sigma[i]*x_i - alpha[i+1]*(exp(-h) - 1)*x0_hat",
        "You left the extrapolation out: that is the first step, DDIM."),
      .init(
        "interpolated",
        "sigma[i+1]/sigma[i]*x_i - alpha[i+1]*(exp(-h) - 1)*((1 - 1/(2*r))*x0_hat + 1/(2*r)*x0_hat_before)",
        "D goes beyond the newer prediction: 1 + 1/(2 r) of it, minus 1/(2 r) of the older."),
      .init(
        "r upside down",
        "sigma[i+1]/sigma[i]*x_i - alpha[i+1]*(exp(-h) - 1)*((1 + r/2)*x0_hat - r/2*x0_hat_before)",
        "r is the last step over this one, and D divides by it."),
      .init(
        "sign of h", "sigma[i+1]/sigma[i]*x_i - alpha[i+1]*(exp(h) - 1)*D",
        "λ grows, h is positive, and e⁻ʰ − 1 is negative: minus it adds the prediction."),
      .init(
        "α of the start", "sigma[i+1]/sigma[i]*x_i - alpha[i]*(exp(-h) - 1)*D",
        "The factor is α where the step ends."),
    ],
    cases: [
      .hand(
        "equal predictions: extrapolation changes nothing, as DDIM",
        "x_i = [1.4, 0.2]; x0_hat = [1, 1]; x0_hat_before = [1, 1]; alpha = [0.28, 0.6, 0.8, 0.96]; sigma = [0.96, 0.8, 0.6, 0.28]; i = 1",
        "[1.4, 0.5]")
    ])
}
