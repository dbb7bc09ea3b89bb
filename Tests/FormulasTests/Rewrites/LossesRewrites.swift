extension Rewrites {
  static let losses: [(id: String, forms: [String])] = [
    (
      "loss.simple",
      [
        "mean((eps_hat - eps)^2)",
        "sum((eps - eps_hat)^2)/size(eps)",
        "norm(eps - eps_hat)^2/size(eps)",
        "mean(eps^2) - 2*mean(eps*eps_hat) + mean(eps_hat^2)",
        "d = ε − ε̂; mean(d·d)",
        "mean(abs(eps - eps_hat)^2)",
      ]
    ),
    (
      "loss.ldm",
      [
        "mean((eps_hat - eps)^2)",
        "sum((eps - eps_hat)^2)/size(eps)",
        "norm(eps - eps_hat)^2/size(eps)",
        "mean(eps^2) - 2*mean(eps*eps_hat) + mean(eps_hat^2)",
        "d = ε − ε̂; mean(d·d)",
        "mean(abs(eps - eps_hat)^2)",
      ]
    ),
    (
      "loss.conditional",
      [
        "mean((eps_hat - eps)^2)",
        "sum((eps - eps_hat)^2)/size(eps)",
        "norm(eps - eps_hat)^2/size(eps)",
        "mean(eps^2) - 2*mean(eps*eps_hat) + mean(eps_hat^2)",
        "d = ε − ε̂; mean(d·d)",
        "mean(abs(eps - eps_hat)^2)",
      ]
    ),
    (
      "loss.kl_gaussian",
      [
        "sum(log(v2) - log(v1) + v1/v2 + (m1 - m2)^2/v2 - 1)/2",
        "0.5*sum(log(v2/v1) - 1 + (v1 + (m2 - m1)^2)/v2)",
        "sum(log(sqrt(v2)/sqrt(v1)) + (v1 + (m1 - m2)^2)/(2*v2) - 1/2)",
        "(sum(v1/v2) + sum((m1 - m2)^2/v2) - size(v1) + sum(log(v2)) - sum(log(v1)))/2",
        "-sum(log(v1/v2) + 1 - (v1 + (m1 - m2)^2)/v2)/2",
      ]
    ),
    (
      "loss.vlb_weight",
      [
        "β_t²/(2σ² α_t (1 − ᾱ_t))",
        "k = alpha_bar[t]/alpha_bar[t-1]; (1 - k)^2/(2*sigma^2*k*(1 - alpha_bar[t]))",
        "(beta/sigma)^2/(2*alpha*(1 - alpha_bar))",
        "0.5*beta^2/sigma^2/alpha/(1 - alpha_bar)",
        "c = beta/sqrt(alpha*(1 - alpha_bar)); c^2/(2*sigma^2)",
      ]
    ),
    (
      "loss.min_snr",
      [
        "min(1, gamma/SNR)",
        "min(ᾱ/(1 − ᾱ), γ)/(ᾱ/(1 − ᾱ))",
        "min(gamma*(1 - alpha_bar)/alpha_bar, 1)",
        "s = alpha_bar/(1 - alpha_bar); if(s < gamma, 1, gamma/s)",
        "1/max(1, SNR/gamma)",
      ]
    ),
    (
      "loss.cross_entropy",
      [
        "-sum(y*log(softmax(s)))/size(s, axis=0)",
        "mean(sum(-y*log(p), axis=1))",
        "mean(log(sum(exp(s), axis=1)) - sum(y*s, axis=1))",
        "-mean(log(sum(y*p, axis=1)))",
        "-sum(y*(s - log(sum(exp(s), axis=1))))/size(y, axis=0)",
      ]
    ),
    (
      "vae.reparameterize",
      [
        "μ + √exp(l) ε",
        "mu + exp(0.5*l)*eps",
        "eps*exp(l)^0.5 + mu",
        "s = exp(l/2); s*eps + mu",
        "mu + e^(l/2)*eps",
      ]
    ),
    (
      "vae.kl",
      [
        "n = size(mu, axis=0); u = (mu^2 + exp(l) - 1 - l)/2; sum(reshape(u, n, -1), axis=1)",
        "n = size(mu, axis=0); -sum(reshape(1 + l - mu^2 - exp(l), n, -1), axis=1)/2",
        "n = size(l, axis=0); v = exp(l); sum(reshape(mu^2 + v - log(v) - 1, n, -1), axis=1)*0.5",
        "n = size(mu, axis=0); d = size(mu)/n; mean(reshape(mu^2 + exp(l) - 1 - l, n, -1), axis=1)*d/2",
        "n = size(mu, axis=0); s = exp(l/2); sum(reshape(mu^2/2 + s^2/2 - 1/2 - log(s), n, -1), axis=1)",
      ]
    ),
    (
      "vae.scaling_factor",
      [
        "var(z)^(-1/2)",
        "sqrt(1/var(z))",
        "1/sqrt(mean((z - mean(z))^2))",
        "1/sqrt(mean(z^2) - mean(z)^2)",
        "sqrt(size(z))/norm(z - mean(z))",
      ]
    ),
    (
      "vae.unscale",
      [
        "1/f*z",
        "z*f^(-1)",
        "z*(1/f)",
        "-z/(-f)",
        "s = 1/f; s*z",
      ]
    ),
    (
      "vae.l1",
      [
        "mean(abs(x_tilde - x))",
        "sum(|x − x̃|)/size(x)",
        "mean(sqrt((x - x_tilde)^2))",
        "mean(max(x - x_tilde, x_tilde - x))",
        "sum(abs(x - x_tilde))/size(x_tilde)",
      ]
    ),
    (
      "vae.perceptual",
      [
        """
        a = y/(norm(y, axis=1) + delta); b = y_tilde/(norm(y_tilde, axis=1) + delta); mean(sum((a - b)^2, \
        axis=1))
        """,
        "mean(norm(u - u_tilde, axis=1)^2)",
        "mean((u - u_tilde)^2)*size(y, axis=1)",
        "mean(sum(u^2, axis=1) - 2*sum(u*u_tilde, axis=1) + sum(u_tilde^2, axis=1))",
        "sum((u_tilde - u)^2)*size(y, axis=1)/size(y)",
      ]
    ),
    (
      "vae.discriminator",
      [
        "mean(max(0, 1 - D_real))/2 + mean(max(0, 1 + D_fake))/2",
        "0.5*(mean(relu(1 - D_real)) + mean(relu(1 + D_fake)))",
        "(mean(relu(1 - D_real)) + mean(relu(D_fake + 1)))/2",
        "-(mean(min(0, D_real - 1)) + mean(min(0, -D_fake - 1)))/2",
        "a = 1 - D_real; b = 1 + D_fake; (mean((a + abs(a))/2) + mean((b + abs(b))/2))/2",
      ]
    ),
    (
      "vae.adversarial",
      [
        "mean(-D_fake)",
        "-sum(D_fake)/size(D_fake)",
        "0 - mean(D_fake)",
        "(-1)*mean(D_fake)",
        "sum(-D_fake/size(D_fake))",
      ]
    ),
    (
      "vae.adaptive_weight",
      [
        "clamp(norm(g_rec)/(norm(g_adv) + delta), 0, 1e4)",
        "min(norm(g_rec)/(delta + norm(g_adv)), 10^4)",
        "min(sqrt(sum(g_rec^2))/(sqrt(sum(g_adv^2)) + delta), 10000)",
        "clip(‖g_rec‖/(‖g_adv‖ + δ), 0, 10000)",
        "r = norm(g_rec)/(norm(g_adv) + delta); if(r > 10000, 10000, r)",
      ]
    ),
    (
      "latent.pca",
      [
        "x @ transpose(W) @ W + mu - mu @ transpose(W) @ W",
        "P = transpose(W) @ W; mu + (x - mu) @ P",
        "c = (x - mu) @ Wᵀ; c @ W + μ",
        "x - (x - mu) @ (eye(size(x, axis=1)) - transpose(W) @ W)",
        "mu - (mu - x) @ transpose(W) @ W",
      ]
    ),
    (
      "latent.grey",
      [
        "x[1] + 0.299*(x[0] - x[1]) + 0.114*(x[2] - x[1])",
        "0.114*x[2] + 0.587*x[1] + 0.299*x[0]",
        "(299*x[0] + 587*x[1] + 114*x[2])/1000",
        "x[0]*0.299 + x[1]*(1 - 0.299 - 0.114) + x[2]*0.114",
        "sum(reshape([0.299, 0.587, 0.114], 3, 1, 1)*x, axis=0)",
      ]
    ),
    (
      "latent.compression_ratio",
      [
        "3*f^2/c",
        "3/c*f*f",
        "3*H*W*f^2/(c*H*W)",
        "(3/c)*f²",
        "3/(c*(1/f)^2)",
      ]
    ),
    (
      "image.psnr",
      [
        "20*log10(R) - 10*log10(mean((x - y)^2))",
        "20*log10(R/sqrt(mean((x - y)^2)))",
        "-10*log10(mean((x - y)^2)/R^2)",
        "10*log(R^2/mean((y - x)^2))/log(10)",
        "10*log10(R*R*size(x)/sum((x - y)^2))",
      ]
    ),
    (
      "image.ssim",
      [
        "(2*m_x*m_y + c1)/(m_x^2 + m_y^2 + c1)*(2*cov + c2)/(v_x + v_y + c2)",
        "k = mean(x*y) - m_x*m_y; (2*m_x*m_y + c1)*(2*k + c2)/((m_x^2 + m_y^2 + c1)*(v_x + v_y + c2))",
        """
        (2*mean(x)*mean(y) + (0.01*R)^2)*(2*cov + (0.03*R)^2)/((mean(x)^2 + mean(y)^2 + (0.01*R)^2)*(var(x) \
        + var(y) + (0.03*R)^2))
        """,
        "a = 0.0001*R^2; b = 0.0009*R^2; (2*m_x*m_y + a)*(2*cov + b)/(m_x^2 + m_y^2 + a)/(v_x + v_y + b)",
        "(1 - (m_x - m_y)^2/(m_x^2 + m_y^2 + c1))*(1 - (v_x + v_y - 2*cov)/(v_x + v_y + c2))",
      ]
    ),
  ]
}
