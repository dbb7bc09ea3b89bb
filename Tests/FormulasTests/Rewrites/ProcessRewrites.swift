extension Rewrites {
  static let process: [(id: String, forms: [String])] = [
    (
      "forward.step",
      [
        "√(1 − β_t) x_{t-1} + √β_t ε",
        "(1 - beta)^(1/2)*x[t-1] + beta^(1/2)*eps",
        "a = 1 - beta; sqrt(a)*x[t-1] + sqrt(1 - a)*eps",
        "eps*sqrt(beta[t]) - x[t-1]*(-sqrt(1 - beta[t]))",
        "sqrt(beta_t)*(eps + sqrt(1/beta_t - 1)*x[t-1])",
      ]
    ),
    (
      "forward.closed_form",
      [
        "sqrt(alpha_bar)*x0 + sqrt(1-alpha_bar)*eps",
        "√ᾱₜ x₀ + √(1 − ᾱₜ) ε",
        "sqrt(1 - alpha_bar[t])*eps + alpha_bar[t]^0.5*x0",
        "s = sqrt(alpha_bar[t]); s*x0 + sqrt(1 - s^2)*eps",
        "sqrt(alphas_cumprod_t)*(x0 + sqrt(1/alphas_cumprod_t - 1)*epsilon)",
        "exp(log(ᾱ)/2)·x₀ + exp(log(1 − ᾱ)/2)·ε",
      ]
    ),
    (
      "forward.mean_variance",
      [
        "stack(√ᾱₜ x₀, 1 − ᾱₜ)",
        "stack(x0*alpha_bar^0.5, -(alpha_bar - 1))",
        "m = sqrt(alpha_bar[t]); stack(m*x0, 1 - m^2)",
        "stack(sqrt(alpha_bar[t])*x0, (1 - sqrt(alpha_bar[t]))*(1 + sqrt(alpha_bar[t])))",
        "[sqrt(alpha_bar)*x0, 1 - alpha_bar + 0*x0]",
      ]
    ),
    (
      "forward.jump",
      [
        "k = alpha_bar[t]/alpha_bar[s]; sqrt(k)*x_s + sqrt(1 - k)*eps",
        "√(ᾱ_t/ᾱ_s) x_s + √((ᾱ_s − ᾱ_t)/ᾱ_s) ε",
        "(sqrt(alpha_bar[t])*x_s + sqrt(alpha_bar[s] - alpha_bar[t])*eps)/sqrt(alpha_bar[s])",
        "sqrt(alpha_bar)/sqrt(alpha_bar[s])*x_s + sqrt(1 - alpha_bar/alpha_bar[s])*eps",
        "r = alpha_bar[s]/alpha_bar[t]; (x_s + sqrt(r - 1)*eps)/sqrt(r)",
      ]
    ),
    (
      "forward.variance",
      [
        "1 + ᾱₜ (v₀ − 1)",
        "v0*alpha_bar + (1 - alpha_bar)",
        "1 - alpha_bar*(1 - v0)",
        "sqrt(alpha_bar)^2*v0 + sqrt(1 - alpha_bar)^2",
        "v0 + (1 - alpha_bar)*(1 - v0)",
      ]
    ),
    (
      "schedule.beta_linear",
      [
        "beta_start + (beta_end - beta_start)*t/(T - 1)",
        "(beta_start*(T - 1 - t) + beta_end*t)/(T - 1)",
        "u = t/(T - 1); (1 - u)*beta_start + u*beta_end",
        "linspace(beta_start, beta_end, T)[t]",
        "β_start − (β_start − β_end)·t/(T − 1)",
        "beta_end - (T - 1 - t)*(beta_end - beta_start)/(T - 1)",
      ]
    ),
    (
      "schedule.beta_scaled_linear",
      [
        "u = t/(T-1); ((1-u)*sqrt(beta_start) + u*sqrt(beta_end))^2",
        "linspace(sqrt(beta_start), sqrt(beta_end), T)[t]^2",
        "(beta_start^0.5 + (beta_end^0.5 - beta_start^0.5)*t/(T - 1))²",
        "r = sqrt(beta_end/beta_start); beta_start*(1 + t/(T - 1)*(r - 1))^2",
        "((√β_start·(T − 1 − t) + √β_end·t)/(T − 1))^2",
      ]
    ),
    (
      "schedule.alpha_bar_cosine",
      [
        "min(0.999, 1 - f((t+1)/T)/f(t/T))",
        "c = cos(((t + 1)/T + s)/(1 + s)*pi/2)/cos((t/T + s)/(1 + s)*pi/2); min(1 - c^2, 0.999)",
        "a(u) = cos(pi/2*(u + s)/(1 + s))^2; min(1 - a((t+1)/T)/a(t/T), 0.999)",
        "min((f(t/T) - f((t + 1)/T))/f(t/T), 0.999)",
        "g[k] = (1 + cos(pi*(k/T + s)/(1 + s)))/2; min(1 - g[t+1]/g[t], 0.999)",
      ]
    ),
    (
      "schedule.alphas_cumprod",
      [
        "prod(1 - beta[k], k=0..t)",
        "cumprod(1 - 1*beta[range(0, t+1)])[t]",
        "exp(sum(log(1 - beta[s]), s=0..t))",
        "a[s] = 1 - beta[s]; prod(a[s], s=0..t)",
        "prod(1 - beta[s], s=0..t-1)*(1 - beta[t])",
        "(1 - beta)*prod(1 - beta[s], s=0..t-1)",
      ]
    ),
    (
      "schedule.snr",
      [
        "ᾱ/(1 − ᾱ)",
        "1/(1/alpha_bar - 1)",
        "-alpha_bar/(alpha_bar - 1)",
        "(sqrt(alpha_bar)/sqrt(1 - alpha_bar))^2",
        "1/(1 - alpha_bar) - 1",
        "exp(log(alpha_bar) - log(1 - alpha_bar))",
      ]
    ),
    (
      "schedule.log_snr",
      [
        "log(ᾱ/(1 − ᾱ))/2",
        "(log(alpha_bar) - log(1 - alpha_bar))/2",
        "-log((1 - alpha_bar)/alpha_bar)/2",
        "log(sqrt(alpha_bar/(1 - alpha_bar)))",
        "ln(alpha_bar^0.5) - ln((1 - alpha_bar)^0.5)",
      ]
    ),
    (
      "schedule.sigma",
      [
        "√(1/ᾱ − 1)",
        "sqrt(1 - alpha_bar)/sqrt(alpha_bar)",
        "((1 - alpha_bar)/alpha_bar)^0.5",
        "1/sqrt(alpha_bar/(1 - alpha_bar))",
        "exp(-log(alpha_bar/(1 - alpha_bar))/2)",
      ]
    ),
    (
      "schedule.karras_sigmas",
      [
        "u = i/(S-1); ((1-u)*sigma_max^(1/rho) + u*sigma_min^(1/rho))^rho",
        "linspace(σ_max^(1/ρ), σ_min^(1/ρ), S)[i]^ρ",
        "q = 1/rho; (sigma_max^q + i*(sigma_min^q - sigma_max^q)/(S - 1))^rho",
        "exp(rho*log(sigma_max^(1/rho) - i/(S - 1)*(sigma_max^(1/rho) - sigma_min^(1/rho))))",
        "((sigma_max^(1/rho)*(S - 1 - i) + sigma_min^(1/rho)*i)/(S - 1))^rho",
      ]
    ),
    (
      "schedule.zero_terminal_snr",
      [
        "e = sqrt(alpha_bar[T-1]); b = sqrt(alpha_bar[0]); ((sqrt(alpha_bar) - e)*b/(b - e))^2",
        "r[k] = sqrt(alpha_bar[k]); (r[t] - r[T-1])^2*r[0]^2/(r[0] - r[T-1])^2",
        "alpha_bar[0]*((sqrt(alpha_bar[t]) - sqrt(alpha_bar[T-1]))/(sqrt(alpha_bar[0]) - sqrt(alpha_bar[T-1])))^2",
        "((√ᾱ_t − √ᾱ_{T-1})/(1 − √ᾱ_{T-1}/√ᾱ_0))²",
        "e = alpha_bar[T-1]^0.5; b = alpha_bar[0]^0.5; b^2*(1 - (b - alpha_bar^0.5)/(b - e))^2",
      ]
    ),
    (
      "schedule.timesteps_leading",
      [
        "floor(T/S)*(S - 1 - i) + o",
        "o + floor(T/S)*(S - 1) - i*floor(T/S)",
        "k = S - 1 - i; k*floor(T/S) + o",
        "(range(0, S)*floor(T/S))[S-1-i] + o",
        "-(i + 1 - S)*floor(T/S) + o",
      ]
    ),
    (
      "schedule.timesteps_linspace",
      [
        "round((T - 1) - i*(T - 1)/(S - 1))",
        "round((T-1)*(S-1-i)/(S-1))",
        "round(linspace(0, T-1, S)[S-1-i])",
        "u = 1 - i/(S - 1); round(u*(T - 1))",
        "round(linspace(T - 1, 0, S)[i])",
      ]
    ),
    (
      "schedule.timesteps_trailing",
      [
        "round(T*(1 - i/S)) - 1",
        "round(T*(S - i)/S) - 1",
        "-1 + round(T - T*i/S)",
        "d = T/S; round(T - i*d) - 1",
        "round((S - i)*(T/S)) - 1",
      ]
    ),
    (
      "schedule.img2img_start",
      [
        "S - floor(S*r)",
        "max(S - floor(S*r), 0)",
        "n = min(floor(S*r), S); S - n",
        "ceil(S - S*r)",
        "S + ceil(-S*r)",
      ]
    ),
  ]
}
