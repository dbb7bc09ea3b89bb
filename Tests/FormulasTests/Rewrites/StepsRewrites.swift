extension Rewrites {
  static let steps: [(id: String, forms: [String])] = [
    (
      "posterior.mean",
      [
        """
        k = alpha_bar[t]/alpha_bar[t-1]; (sqrt(alpha_bar[t-1])*(1 - k)*x0 + sqrt(k)*(1 - \
        alpha_bar[t-1])*x_t)/(1 - alpha_bar[t])
        """,
        "√ᾱ_{t-1} β_t/(1 − ᾱ_t)·x₀ + √α_t (1 − ᾱ_{t-1})/(1 − ᾱ_t)·x_t",
        """
        (alpha_bar[t-1] - alpha_bar[t])/(sqrt(alpha_bar[t-1])*(1 - alpha_bar[t]))*x0 + sqrt(alpha)*(1 - \
        alpha_bar[t-1])/(1 - alpha_bar[t])*x_t
        """,
        """
        x0*(alpha_bar[t-1] - alpha_bar)/(sqrt(alpha_bar[t-1])*(1 - alpha_bar)) + \
        x_t*sqrt(alpha_bar/alpha_bar[t-1])*(1 - alpha_bar[t-1])/(1 - alpha_bar)
        """,
        """
        p = 1 - alpha_bar[t-1]; n = 1 - alpha_bar[t]; x0*sqrt(alpha_bar[t-1])*(1 - alpha[t])/n + \
        x_t*p/n*alpha[t]^0.5
        """,
        "sqrt(alpha_bar[t-1])*x0 + sqrt(alpha)*(1 - alpha_bar[t-1])/(1 - alpha_bar)*(x_t - sqrt(alpha_bar)*x0)",
      ]
    ),
    (
      "posterior.variance",
      [
        "beta*(1 - alpha_bar[t-1])/(1 - alpha_bar)",
        "(1 − ᾱₜ₋₁)/(1 − ᾱₜ)·βₜ",
        "(1 - alpha_bar[t-1])*(1 - alpha_bar[t]/alpha_bar[t-1])/(1 - alpha_bar[t])",
        "k = alpha_bar[t]/alpha_bar[t-1]; (1 - k)*(1 - alpha_bar[t]/k)/(1 - alpha_bar[t])",
        "(1 - alpha_bar[t-1])*(alpha_bar[t-1] - alpha_bar[t])/(alpha_bar[t-1]*(1 - alpha_bar[t]))",
      ]
    ),
    (
      "posterior.mean_from_epsilon",
      [
        "1/√α_t·(x_t − (1 − α_t)/√(1 − ᾱ_t)·ε̂)",
        "(x_t*sqrt(1 - alpha_bar) - beta*eps_hat)/sqrt(alpha*(1 - alpha_bar))",
        """
        x0 = (x_t - sqrt(1 - alpha_bar)*eps_hat)/sqrt(alpha_bar); sqrt(alpha_bar[t-1])*beta/(1 - \
        alpha_bar)*x0 + sqrt(alpha)*(1 - alpha_bar[t-1])/(1 - alpha_bar)*x_t
        """,
        "a = alpha_bar[t]/alpha_bar[t-1]; x_t/sqrt(a) - (1 - a)/sqrt(a*(1 - alpha_bar[t]))*eps_hat",
        "alpha^(-1/2)*(x_t - beta*(1 - alpha_bar)^(-1/2)*eps_hat)",
      ]
    ),
    (
      "prediction.x0_from_epsilon",
      [
        "(x_t − √(1 − ᾱₜ) ε̂)/√ᾱₜ",
        "x_t/sqrt(alpha_bar) - sqrt(1/alpha_bar - 1)*eps_hat",
        "alpha_bar^(-1/2)*(x_t - (1 - alpha_bar)^(1/2)*eps_hat)",
        "s = sqrt((1 - alpha_bar)/alpha_bar); x_t*sqrt(1 + s^2) - s*eps_hat",
        "-(sqrt(1 - alpha_bar)*eps_hat - x_t)/sqrt(alpha_bar)",
      ]
    ),
    (
      "prediction.epsilon_from_x0",
      [
        "(x_t − √ᾱₜ x̂₀)/√(1 − ᾱₜ)",
        "x_t/sqrt(1 - alpha_bar) - sqrt(alpha_bar/(1 - alpha_bar))*x0_hat",
        "(1 - alpha_bar)^(-0.5)*(x_t - alpha_bar^0.5*x0_hat)",
        "-(sqrt(alpha_bar)*x0_hat - x_t)/sqrt(1 - alpha_bar)",
        "s = sqrt(1/alpha_bar - 1); (x_t/sqrt(alpha_bar) - x0_hat)/s",
      ]
    ),
    (
      "prediction.v",
      [
        "√ᾱₜ ε − √(1 − ᾱₜ) x₀",
        "-(sqrt(1 - alpha_bar)*x0 - sqrt(alpha_bar)*eps)",
        "alpha_bar^0.5*eps - (1 - alpha_bar)^0.5*x0",
        "x = sqrt(alpha_bar)*x0 + sqrt(1 - alpha_bar)*eps; (sqrt(alpha_bar)*x - x0)/sqrt(1 - alpha_bar)",
        "x = sqrt(alpha_bar)*x0 + sqrt(1 - alpha_bar)*eps; (eps - sqrt(1 - alpha_bar)*x)/sqrt(alpha_bar)",
      ]
    ),
    (
      "prediction.x0_from_v",
      [
        "√ᾱₜ x_t − √(1 − ᾱₜ) v̂",
        "-(sqrt(1 - alpha_bar)*v_hat - sqrt(alpha_bar)*x_t)",
        "x_t*alpha_bar^0.5 - v_hat*(1 - alpha_bar)^0.5",
        "e = sqrt(1 - alpha_bar)*x_t + sqrt(alpha_bar)*v_hat; (x_t - sqrt(1 - alpha_bar)*e)/sqrt(alpha_bar)",
        "sqrt(alpha_bar)*(x_t - sqrt(1/alpha_bar - 1)*v_hat)",
      ]
    ),
    (
      "prediction.epsilon_from_v",
      [
        "√(1 − ᾱₜ) x_t + √ᾱₜ v̂",
        "v_hat*alpha_bar^0.5 + x_t*(1 - alpha_bar)^0.5",
        "x = sqrt(alpha_bar)*x_t - sqrt(1 - alpha_bar)*v_hat; (x_t - sqrt(alpha_bar)*x)/sqrt(1 - alpha_bar)",
        "sqrt(alpha_bar)*(v_hat + sqrt(1/alpha_bar - 1)*x_t)",
        "x_t*sqrt(1 - alpha_bar) - (-v_hat)*sqrt(alpha_bar)",
      ]
    ),
    (
      "prediction.score",
      [
        "−ε̂/√(1 − ᾱₜ)",
        "eps_hat/(-sqrt(1 - alpha_bar))",
        "-(1 - alpha_bar)^(-1/2)*eps_hat",
        "-sqrt(1 - alpha_bar)*eps_hat/(1 - alpha_bar)",
        "0 - eps_hat*sqrt(1/(1 - alpha_bar))",
      ]
    ),
    (
      "sampler.ddpm_step",
      [
        "mu = (x_t - beta/sqrt(1 - alpha_bar[t])*eps_hat)/sqrt(alpha); mu + sqrt(beta_tilde)*z",
        "(√ᾱ_prev β x̂₀ + √α (1 − ᾱ_prev) x_t)/(1 − ᾱ_t) + √β̃ z",
        """
        k = alpha_bar[t]/alpha_bar[prev]; v = (1 - alpha_bar[prev])*(1 - k)/(1 - alpha_bar[t]); (x_t - (1 - \
        k)/sqrt(1 - alpha_bar[t])*eps_hat)/sqrt(k) + v^0.5*z
        """,
        "sqrt(alpha_bar[prev])*x0_hat + sqrt(1 - alpha_bar[prev] - beta_tilde)*eps_hat + sqrt(beta_tilde)*z",
        """
        s = sqrt(beta_tilde); s*z + sqrt(alpha_bar[prev])*(1 - alpha)/(1 - alpha_bar[t])*x0_hat + \
        alpha^0.5*(1 - alpha_bar[prev])/(1 - alpha_bar[t])*x_t
        """,
      ]
    ),
    (
      "sampler.ddim_step",
      [
        "√ᾱ_prev x̂₀ + √(1 − ᾱ_prev − σ²) ε̂ + σ z",
        """
        x = (x_t - sqrt(1 - alpha_bar[t])*eps_hat)/sqrt(alpha_bar[t]); sqrt(alpha_bar[prev])*x + (1 - \
        alpha_bar[prev] - sigma^2)^0.5*eps_hat + sigma*z
        """,
        """
        k = alpha_bar[prev]/alpha_bar[t]; sqrt(k)*x_t + (sqrt(1 - alpha_bar[prev] - sigma^2) - sqrt(k*(1 - \
        alpha_bar[t])))*eps_hat + sigma*z
        """,
        """
        sqrt(alpha_bar[prev]/alpha_bar)*(x_t - sqrt(1 - alpha_bar)*eps_hat) + sqrt(1 - alpha_bar[prev] - \
        sigma*sigma)*eps_hat + sigma*z
        """,
        "z*sigma + eps_hat*sqrt(1 - (alpha_bar[prev] + sigma^2)) + x0_hat*alpha_bar[prev]^(1/2)",
      ]
    ),
    (
      "sampler.ddim_sigma",
      [
        "η √((1 − ᾱ_prev)/(1 − ᾱ_t)·(1 − ᾱ_t/ᾱ_prev))",
        "eta*sqrt((1 - alpha_bar[prev])*(1 - alpha_bar[t]/alpha_bar[prev])/(1 - alpha_bar[t]))",
        "eta*((1 - alpha_bar[prev])/(1 - alpha_bar))^0.5*(1 - alpha_bar/alpha_bar[prev])^0.5",
        "p = alpha_bar[prev]; eta*sqrt((1 - p)*(p - alpha_bar[t])/(p*(1 - alpha_bar[t])))",
        "sqrt(eta^2*(1 - alpha_bar[prev])/(1 - alpha_bar[t])*(1 - alpha_bar[t]/alpha_bar[prev]))",
      ]
    ),
    (
      "sampler.inpaint_blend",
      [
        "k = √ᾱ_prev x₀ + √(1 − ᾱ_prev) ε; k + m (x_new − k)",
        "m*x_new - (m - 1)*(sqrt(alpha_bar[prev])*x0 + sqrt(1 - alpha_bar[prev])*eps)",
        "k = sqrt(alpha_bar[prev])*x0 + sqrt(1 - alpha_bar[prev])*eps; k - m*k + m*x_new",
        "(1 - m)*alpha_bar[prev]^0.5*x0 + (1 - m)*(1 - alpha_bar[prev])^0.5*eps + x_new*m",
        "x_new - (1 - m)*(x_new - sqrt(alpha_bar[prev])*x0 - sqrt(1 - alpha_bar[prev])*eps)",
      ]
    ),
    (
      "sampler.euler_step",
      [
        "x0_hat + sigma[i+1]/sigma[i]*(x_i - x0_hat)",
        "r = σ_{i+1}/σ_i; r x_i + (1 − r) x̂₀",
        "e = (x_i - x0_hat)/sigma; x0_hat + sigma[i+1]*e",
        "x_i - (sigma - sigma[i+1])/sigma*(x_i - x0_hat)",
        "x_i + (sigma[i+1] - sigma)*d",
        "x_i + sigma[i+1]*d - x_i + x0_hat",
      ]
    ),
    (
      "sampler.euler_ancestral",
      [
        """
        down = sigma[i+1]^2/sigma[i]; up = sqrt(sigma[i+1]^2 - down^2); x0_hat + down/sigma[i]*(x_i - \
        x0_hat) + up*z
        """,
        "r = sigma[i+1]/sigma[i]; x0_hat + r^2*(x_i - x0_hat) + sigma[i+1]*sqrt(1 - r^2)*z",
        "d = (x_i - x0_hat)/sigma; x_i + d*(sigma_down - sigma) + sigma_up*z",
        "x0_hat + sigma_down*(x_i - x0_hat)/sigma[i] + z*sigma_up",
        "k = (σ_{i+1}/σ_i)²; k x_i + (1 − k) x̂₀ + σ_up z",
      ]
    ),
    (
      "sampler.heun",
      [
        "x_i + (sigma[i+1] - sigma[i])*(d/2 + d_next/2)",
        "h = sigma[i+1] - sigma; e = x_i + h*d; x_i + h/2*(d + (e - x0_hat_next)/sigma[i+1])",
        "e = x_i + (sigma[i+1] - sigma)*d; e + (sigma[i+1] - sigma)*(d_next - d)/2",
        "x_i + 0.5*(σ_{i+1} − σ_i)·d + 0.5*(σ_{i+1} − σ_i)·d_next",
        "x_i - (sigma - sigma[i+1])*mean(stack(d, d_next), axis=0)[0]",
      ]
    ),
    (
      "sampler.dpmsolverpp_2m",
      [
        """
        h = log(alpha[i+1]/sigma[i+1]) - log(alpha[i]/sigma[i]); g = log(alpha[i]/sigma[i]) - \
        log(alpha[i-1]/sigma[i-1]); sigma[i+1]/sigma[i]*x_i - alpha[i+1]*(exp(-h) - 1)*(x0_hat + \
        h/(2*g)*(x0_hat - x0_hat_before))
        """,
        "σ_{i+1}/σ_i·x_i + α_{i+1} (1 − exp(−h)) D",
        """
        sigma[i+1]/sigma*x_i - alpha[i+1]*(exp(-h) - 1)*x0_hat - 0.5*alpha[i+1]*(exp(-h) - 1)*(x0_hat - \
        x0_hat_before)/r
        """,
        "q = sigma[i+1]*alpha[i]/(alpha[i+1]*sigma[i]); sigma[i+1]/sigma[i]*x_i - alpha[i+1]*(q - 1)*D",
        """
        D2 = x0_hat + (x0_hat - x0_hat_before)/(2*r); x_i*sigma[i+1]/sigma[i] - alpha[i+1]*exp(-h)*D2 + \
        alpha[i+1]*D2
        """,
      ]
    ),
    (
      "guidance.cfg",
      [
        "(1 − w) ε_uncond + w ε_cond",
        "w*eps_cond - (w - 1)*eps_uncond",
        "eps_cond + (w - 1)*(eps_cond - eps_uncond)",
        "eps_uncond - w*(eps_uncond - eps_cond)",
        "u = w - 1; (1 + u)*eps_cond - u*eps_uncond",
      ]
    ),
    (
      "guidance.rescale",
      [
        "eps_tilde*(phi*sqrt(v_cond/v_tilde) + 1 - phi)",
        "r = eps_tilde*sqrt(v_cond)/sqrt(v_tilde); phi*r + (1 - phi)*eps_tilde",
        "eps_tilde + phi*eps_tilde*(sqrt(v_cond/v_tilde) - 1)",
        "eps_tilde*(1 - phi*(1 - (v_cond/v_tilde)^0.5))",
        """
        n = size(eps_cond, axis=0); a = var(reshape(eps_cond, n, -1), axis=1); b = var(reshape(eps_tilde, n, \
        -1), axis=1); (1 - phi)*eps_tilde + phi*eps_tilde*sqrt(a/b)
        """,
      ]
    ),
    (
      "guidance.classifier",
      [
        "ε̂ − w √(1 − ᾱₜ) g",
        "eps_hat - sqrt(1 - alpha_bar)*(w*g)",
        "s = -eps_hat/sqrt(1 - alpha_bar); -(s + w*g)*sqrt(1 - alpha_bar)",
        "-(w*sqrt(1 - alpha_bar)*g - eps_hat)",
        "eps_hat + (-w)*(1 - alpha_bar)^0.5*g",
      ]
    ),
  ]
}
