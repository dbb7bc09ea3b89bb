extension Rewrites {
  static let training: [(id: String, forms: [String])] = [
    (
      "adamw.update",
      [
        "(1 - lr*lambda)*theta[k-1] - lr*m_hat/(sqrt(v_hat) + delta)",
        "θ_{k-1} − lr·m̂/(√v̂ + δ) − lr·λ·θ_{k-1}",
        """
        a = (beta1*m[k-1] + (1 - beta1)*g)/(1 - beta1^k); b = (beta2*v[k-1] + (1 - beta2)*g^2)/(1 - \
        beta2^k); theta[k-1] - lr*(a/(sqrt(b) + delta) + lambda*theta[k-1])
        """,
        "p = theta[k-1]*(1 - lr*lambda); p - lr/(1 - beta1^k)*m/(sqrt(v)/sqrt(1 - beta2^k) + delta)",
        """
        q = m[k-1] + (1 - beta1)*(g - m[k-1]); theta[k-1] - lr*lambda*theta[k-1] - lr*q/(1 - \
        beta1^k)/(v_hat^0.5 + delta)
        """,
      ]
    ),
    (
      "ema.update",
      [
        "s[k-1] + (1 - d)*(theta - s[k-1])",
        "theta + d*(s[k-1] - theta)",
        "(1 − d)·θ + d·s_{k-1}",
        "r = 1 - d; (1 - r)*s[k-1] + r*theta",
        "s[k-1]*d - theta*(d - 1)",
      ]
    ),
    (
      "ema.decay",
      [
        "min((n + 1)/(n + 10), d)",
        "if((1 + n)/(10 + n) < d, (1 + n)/(10 + n), d)",
        "min(d, 1 - 9/(10 + n))",
        "-max(-d, -(1 + n)/(10 + n))",
        "q = (n + 1)/(10 + n); min(q, d)",
      ]
    ),
    (
      "train.clip_norm",
      [
        "min(1, c/(norm(g) + 1e-6))*g",
        "n = sqrt(sum(g^2)); g*min(c/(n + 0.000001), 1)",
        "g/max(1, (norm(g) + 1e-6)/c)",
        "n = norm(g) + 1e-6; if(n > c, g*c/n, g)",
        "c*g*min(1/c, 1/(norm(g) + 1e-6))",
      ]
    ),
    (
      "train.warmup_cosine",
      [
        "if(k < W, lr*k/W, lr*(1 + cos(pi*(k - W)/(K - W)))/2)",
        "lr*if(k >= W, cos(pi*(k - W)/(K - W)/2)^2, k/W)",
        "u = (k - W)/(K - W); lr*if(k < W, k/W, 0.5 + 0.5*cos(pi*u))",
        "lr*if(k < W, k/W, 1 - sin(pi/2*(k - W)/(K - W))^2)",
        "lr*min(k/W, (1 + cos(pi*max(0, k - W)/(K - W)))/2)",
      ]
    ),
    (
      "train.init_bound",
      [
        "(C_in*k^2)^(-1/2)",
        "1/(k*sqrt(C_in))",
        "sqrt(1/(C_in*k*k))",
        "1/√(C_in·k²)",
        "sqrt(3)*sqrt(1/(3*C_in*k^2))",
      ]
    ),
    (
      "metric.frechet",
      [
        "sum((mu1 - mu2)^2) + trace(C1) + trace(C2) - 2*trace(sqrtm(C1 @ C2))",
        "R = sqrtm(C1); norm(mu1 - mu2)^2 + trace(C1 + C2 - 2*sqrtm(R @ C2 @ R))",
        "norm(mu2 - mu1)^2 + sum(diag(C1 + C2)) - 2*sum(diag(sqrtm(C2 @ C1)))",
        "‖μ1 − μ2‖² + trace(C1 + C2 − 2·sqrtm(C2 @ C1))",
        "R = sqrtm(C2); sum((mu1 - mu2)^2) + trace(C1 + C2) - 2*trace(sqrtm(R @ C1 @ R))",
      ]
    ),
    (
      "metric.covariance",
      [
        "c = x - mean(x, axis=0); transpose(c) @ c/(size(c, axis=0) - 1)",
        "(transpose(x) @ x - n*transpose(m) @ m)/(n - 1)",
        "transpose(x - m) @ x/(n - 1)",
        "n/(n - 1)*(transpose(x) @ x/n - transpose(m) @ m)",
        "transpose((x - m)/sqrt(n - 1)) @ ((x - m)/sqrt(n - 1))",
      ]
    ),
    (
      "metric.diversity",
      [
        "sum(sum(norm(f[i] - f[j]), j=0..n-1), i=0..n-1)/(n*(n - 1))",
        "sum(sum(norm(f[j] - f[i]), j=0..i-1), i=0..n-1)*2/(n*(n - 1))",
        "d = sqrt(sum((reshape(f, n, 1, -1) - reshape(f, 1, n, -1))^2, axis=2)); sum(d)/(n^2 - n)",
        "2*sum(sum(sqrt(sum((f[i] - f[j])^2)), j=i+1..n-1), i=0..n-2)/(n*(n - 1))",
        "p = n*(n - 1)/2; sum(sum(‖f[i] − f[j]‖, j=i+1..n-1), i=0..n-1)/p",
      ]
    ),
    (
      "metric.nearest_distance",
      [
        "mean(min(s, axis=1))",
        """
        a = reshape(f, size(f, axis=0), 1, -1); b = reshape(g, 1, size(g, axis=0), -1); mean(min(norm(a - b, \
        axis=2), axis=1))
        """,
        "mean(sqrt(min(s^2, axis=1)))",
        """
        q = sum(f^2, axis=1) + transpose(sum(g^2, axis=1)) - 2*f @ transpose(g); mean(sqrt(max(min(q, \
        axis=1), 0)))
        """,
        "-mean(max(-s, axis=1))",
        "sum(min(s, axis=1))/size(f, axis=0)",
      ]
    ),
    (
      "metric.accuracy",
      [
        "sum(argmax(s, axis=1) == y)/size(y)",
        "mean(y == argmax(s, axis=-1))",
        "1 - mean(argmax(s, axis=1) != y)",
        "mean(abs(argmax(s, axis=1) - y) < 0.5)",
        "mean(argmax(softmax(s), axis=1) == y)",
      ]
    ),
    (
      "metric.mode_coverage",
      [
        "sum(n >= r*sum(n)/size(n))/size(n)",
        "mean(n*size(n) >= r*sum(n))",
        "mean(n >= r*mean(n))",
        "1 - mean(n < r*mean(n))",
        "mean(n/mean(n) >= r)",
      ]
    ),
    (
      "mixture.log_density",
      [
        "log(sum(w[k]*prod(exp(-(x - a*m[k])^2/(2*c[k]))/sqrt(2*pi*c[k])), k=0..K-1))",
        "v_k = a^2*v + s^2; log(sum(reshape(w, K, 1)*prod(exp(-(x - a*m)^2/(2*v_k))/sqrt(2*pi*v_k), axis=1)))",
        """
        b = a^2*v + s^2; q = log(reshape(w, K, 1)) - sum((x - a*m)^2/b + log(2*pi*b), axis=1)/2; \
        log(sum(exp(q)))
        """,
        "log(sum(exp(log(w[k]) - sum((x - a*m[k])^2/c[k] + log(2*pi*c[k]))/2), k=0..K-1))",
        "log(sum(w[k]*exp(-norm((x - a*m[k])/sqrt(c[k]))^2/2)/prod(sqrt(2*pi*c[k])), k=0..K-1))",
      ]
    ),
    (
      "mixture.denoiser",
      [
        "sum(p[k]*(m[k] + a*v[k]/c[k]*(x - a*m[k])), k=0..K-1)/sum(p[k], k=0..K-1)",
        "sum(r[k]*(s^2*m[k] + a*v[k]*x)/c[k], k=0..K-1)",
        """
        b = a^2*v + s^2; q = softmax(log(reshape(w, K, 1)) - sum((x - a*m)^2/b + log(b), axis=1)/2, axis=0); \
        sum(q*(m + a*v/b*(x - a*m)), axis=0)
        """,
        "(x + s^2*sum(r[k]*(a*m[k] - x)/c[k], k=0..K-1))/a",
        "x/a - s^2/a*sum(r[k]*(x - a*m[k])/c[k], k=0..K-1)",
      ]
    ),
  ]
}
