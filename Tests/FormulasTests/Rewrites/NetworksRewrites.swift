extension Rewrites {
  static let networks: [(id: String, forms: [String])] = [
    (
      "attention.weights",
      [
        "softmax(Q @ Kᵀ/√d)",
        "softmax(Q/sqrt(d) @ transpose(K))",
        "s = Q @ transpose(K)/sqrt(d); exp(s)/sum(exp(s), axis=-1)",
        "softmax(matmul(Q, transpose(K))*d^(-0.5), axis=2)",
        "softmax(Q/d^0.25 @ transpose(K/d^0.25))",
        "transpose(softmax(K @ transpose(Q)/sqrt(d), axis=1))",
      ]
    ),
    (
      "attention.scaled_dot_product",
      [
        "softmax(Q @ Kᵀ/√d) @ V",
        "A = softmax(Q @ transpose(K)/sqrt(d), axis=-1); A @ V",
        "s = exp(Q @ transpose(K)/sqrt(d)); s @ V/sum(s, axis=-1)",
        "matmul(softmax(matmul(Q, transpose(K))/d^0.5), V)",
        "softmax((Q/sqrt(d)) @ transpose(K)) @ V",
      ]
    ),
    (
      "attention.causal",
      [
        "n = size(S, axis=-1); i = reshape(range(0, n), n, 1); softmax(if(range(0, n) > i, -1e30, S))",
        "n = size(S, axis=-1); k = range(0, n); m = k <= reshape(k, n, 1); w = m*exp(S); w/sum(w, axis=-1)",
        "n = size(S, axis=-1); k = range(0, n); softmax(S - 1e30*(k > reshape(k, n, 1)))",
        "n = size(S, axis=-1); k = range(0, n); m = k <= reshape(k, n, 1); a = m*softmax(S); a/sum(a, axis=-1)",
        "n = size(S, axis=-1); k = range(0, n); softmax(if(reshape(k, n, 1) >= k, S, -1e28), axis=-1)",
      ]
    ),
    (
      "text.softmax_temperature",
      [
        "softmax((1/tau)*s)",
        "exp(s/tau)/sum(exp(s/tau), axis=-1)",
        "softmax(s/τ, axis=1)",
        "w = exp(s)^(1/tau); w/sum(w, axis=1)",
        "softmax(s/tau - max(s/tau, axis=1))",
      ]
    ),
    (
      "text.cosine_similarity",
      [
        "a @ transpose(b)/(norm(a, axis=1)*transpose(norm(b, axis=1)))",
        "(a/norm(a, axis=1)) @ transpose(b/norm(b, axis=1))",
        "u @ vᵀ",
        "transpose(v @ transpose(u))",
        "(a @ transpose(b))/sqrt(sum(a^2, axis=1))/transpose(sqrt(sum(b^2, axis=1)))",
      ]
    ),
    (
      "text.contrastive",
      [
        "a = mean(log(diag(softmax(S/tau)))); b = mean(log(diag(softmax(S/tau, axis=0)))); -(a + b)/2",
        "l = S/tau; (mean(log(sum(exp(l), axis=1))) + mean(log(sum(exp(l), axis=0))))/2 - mean(diag(l))",
        """
        l = S/tau; (mean(log(sum(exp(l), axis=1))) + mean(log(sum(exp(l), axis=0))) - 2*trace(l)/size(l, \
        axis=0))/2
        """,
        "-mean(log(diag(softmax(S/tau)*softmax(S/tau, axis=0))))/2",
        "-mean(log(diag(softmax(S/tau))))/2 - mean(log(diag(softmax(transpose(S)/tau))))/2",
      ]
    ),
    (
      "norm.group",
      [
        """
        u = reshape(x, N, G, -1); v = (u - mean(u, axis=-1))/sqrt(var(u, axis=-1) + delta); reshape(v, N, C, \
        H, W)*reshape(gamma, C, 1, 1) + reshape(beta, C, 1, 1)
        """,
        """
        u = reshape(x, N, G, -1); m = mean(u, axis=2); v = mean(u^2, axis=2) - m^2; reshape((u - m)/sqrt(v + \
        delta), N, C, H, W)*reshape(gamma, C, 1, 1) + reshape(beta, C, 1, 1)
        """,
        """
        u = reshape(x, N*G, -1); reshape((u - mean(u, axis=1))*(var(u, axis=1) + delta)^(-0.5), N, C, H, \
        W)*reshape(gamma, -1, 1, 1) + reshape(beta, -1, 1, 1)
        """,
        """
        u = reshape(x, N, G, C/G, H, W); m = mean(mean(mean(u, axis=2), axis=3), axis=4); v = \
        mean(mean(mean((u - m)^2, axis=2), axis=3), axis=4); reshape((u - m)/sqrt(v + delta), N, C, H, \
        W)*reshape(gamma, C, 1, 1) + reshape(beta, C, 1, 1)
        """,
        """
        u = reshape(x, N, G, -1); g = reshape(gamma, 1, C, 1, 1); reshape(beta, 1, C, 1, 1) + g*reshape(u - \
        mean(u, axis=2), N, C, H, W)/reshape(sqrt(var(u, axis=2) + delta)*(1 + 0*u), N, C, H, W)
        """,
      ]
    ),
    (
      "norm.layer",
      [
        "(x - mean(x, axis=-1))/sqrt(var(x, axis=-1) + delta)*gamma + beta",
        "m = mean(x, axis=2); c = x - m; c/sqrt(mean(c^2, axis=2) + delta)*gamma + beta",
        "gamma*(x - mu)*(v + delta)^(-1/2) + beta",
        "γ (x − μ)/√(v + δ) + β",
        "m = mean(x, axis=-1); gamma*(x - m)/sqrt(mean(x^2, axis=-1) - m^2 + delta) + beta",
      ]
    ),
    (
      "act.silu",
      [
        "x*sigmoid(x)",
        "x*exp(x)/(1 + exp(x))",
        "x - x/(1 + exp(x))",
        "x*(1 + tanh(x/2))/2",
        "x*softmax(stack(0*x, x), axis=0)[1]",
      ]
    ),
    (
      "act.gelu",
      [
        "x/2*(1 + erf(x/√2))",
        "0.5*x*(erf(x*2^(-0.5)) + 1)",
        "x/2 + x*erf(x/sqrt(2))/2",
        "x - x*(1 - erf(x/sqrt(2)))/2",
        "p = (1 + erf(x/sqrt(2)))/2; p*x",
      ]
    ),
    (
      "act.quick_gelu",
      [
        "x*sigmoid(1.702*x)",
        "x*exp(1.702*x)/(1 + exp(1.702*x))",
        "x*(1 + tanh(0.851*x))/2",
        "u = 1.702*x; u*sigmoid(u)/1.702",
        "x - x/(1 + exp(1.702*x))",
      ]
    ),
    (
      "act.geglu",
      [
        "a*(g/2*(1 + erf(g/sqrt(2))))",
        "0.5*a*g*(1 + erf(g/√2))",
        "p = (1 + erf(g/sqrt(2)))/2; g*p*a",
        "a*g - a*g*(1 - erf(g/sqrt(2)))/2",
        "a*g/2 + a*g*erf(g/sqrt(2))/2",
      ]
    ),
    (
      "embed.sinusoidal",
      [
        "w = exp(-log(10000)*range(0, D/2)/(D/2)); concat(cos(t*w), sin(t*w))",
        "h = D/2; w = 10000^(-range(0, h)/h); concat(cos(w*t), sin(w*t))",
        "w = 1/10000^(2*range(0, D/2)/D); concat(cos(t*w), sin(t*w))",
        "w = 100^(-4*range(0, D/2)/D); concat(cos(t*w), sin(t*w))",
        "w = f[range(0, D/2)]; a = t*w; concat(sin(pi/2 - a), sin(a))",
      ]
    ),
    (
      "layer.linear",
      [
        "matmul(x, transpose(W)) + b",
        "b + x @ Wᵀ",
        "transpose(W @ transpose(x)) + b",
        "b - x @ transpose(-W)",
        "sum(reshape(x, size(x, axis=0), 1, -1)*W, axis=2)*1 + reshape(b, 1, -1, 1)",
      ]
    ),
    (
      "layer.conv2d",
      [
        "reshape(b, -1, 1, 1) + conv2d(x, W, padding=r, stride=s)",
        "-(conv2d(x, -W, stride=s, padding=r) - reshape(b, 1, -1, 1, 1)[0])",
        "2*conv2d(x, W/2, stride=s, padding=r) + reshape(b, -1, 1, 1)",
        "transpose(conv2d(transpose(x), transpose(W), stride=s, padding=r)) + reshape(b, size(b), 1, 1)",
        "conv2d(x + 0, W*1, stride=s, padding=r) + permute(reshape(b, 1, 1, -1), 2, 0, 1)",
      ]
    ),
    (
      "layer.conv_size",
      [
        "floor((H - k + 2*r)/s + 1)",
        "ceil((H + 2*r - k + 1)/s)",
        "floor((H + 2*r - k + s)/s)",
        "n = H + 2*r - k; 1 + floor(n/s)",
        "1 - ceil(-(H + 2*r - k)/s)",
      ]
    ),
    (
      "layer.upsample_nearest",
      [
        """
        N = size(x, axis=0); C = size(x, axis=1); H = size(x, axis=2); W = size(x, axis=3); u = reshape(x, \
        N, C, H, 1, W, 1); reshape(concat(concat(u, u, axis=3), concat(u, u, axis=3), axis=5), N, C, 2*H, \
        2*W)
        """,
        """
        H = size(x, axis=2); W = size(x, axis=3); U = floor(reshape(range(0, 2*H), -1, 1)/2) == range(0, H); \
        V = floor(reshape(range(0, 2*W), -1, 1)/2) == range(0, W); U @ x @ transpose(V)
        """,
        """
        H = size(x, axis=2); W = size(x, axis=3); a = reshape(range(0, 2*H), -1, 1); b = range(0, 2*W); U = \
        (a - range(0, H)*2 >= 0)*(a - range(0, H)*2 <= 1); V = (b - 2*reshape(range(0, W), -1, 1) >= 0)*(b - \
        2*reshape(range(0, W), -1, 1) <= 1); U @ x @ V
        """,
        """
        N = size(x, axis=0); C = size(x, axis=1); H = size(x, axis=2); W = size(x, axis=3); \
        reshape(reshape(x, N, C, H, 1, W, 1) + 0*reshape([1, 1, 1, 1], 2, 1, 2), N, C, 2*H, 2*W)
        """,
        """
        N = size(x, axis=0); C = size(x, axis=1); H = size(x, axis=2); W = size(x, axis=3); r = \
        reshape(stack(x, x), 2, N, C, H, W); c = reshape(permute(r, 1, 2, 3, 0, 4), N, C, 2*H, W); \
        reshape(permute(stack(c, c), 1, 2, 3, 4, 0), N, C, 2*H, 2*W)
        """,
      ]
    ),
    (
      "unet.macs_conv",
      [
        "C_in*C_out*k*k*H_out*W_out",
        "H_out·W_out·C_out·C_in·k²",
        "n = k^2*C_in; n*C_out*H_out*W_out",
        "C_out*(C_in*k^2)*(H_out*W_out)",
        "2*H_out*W_out*C_out*C_in*k^2/2",
      ]
    ),
    (
      "cost.macs_linear",
      [
        "D_in*D_out*L",
        "L·D_in·D_out",
        "D_out*(L*D_in)",
        "L*D_in/(1/D_out)",
        "2*L*D_in*D_out/2",
      ]
    ),
    (
      "cost.macs_attention",
      [
        "L_q*L_k*D + L_q*L_k*D",
        "L_q*L_k*(2*D)",
        "2·D·L_q·L_k",
        "s = L_q*L_k; s*D + s*D",
        "D*(L_q*L_k + L_k*L_q)",
      ]
    ),
    (
      "cost.params_conv",
      [
        "C_out*C_in*k^2 + C_out",
        "C_out + k*k*C_in*C_out",
        "(1 + C_in*k²)·C_out",
        "n = C_in*k^2; C_out*n + C_out",
        "C_out*(1 + k^2*C_in)",
      ]
    ),
    (
      "cost.receptive_field",
      [
        "sum((k[l] - 1)*prod(s[m], m=0..l-1), l=0..n-1) + 1",
        "1 + sum((k[j] - 1)*prod(s[i], i=0..j-1), j=0..n-1)",
        "j[l] = prod(s[m], m=0..l-1); 1 + sum(j[l]*(k[l] - 1), l=0..n-1)",
        "1 + sum(k[l]*prod(s[m], m=0..l-1), l=0..n-1) - sum(prod(s[m], m=0..l-1), l=0..n-1)",
        "k[0] + sum((k[l] - 1)*prod(s[m], m=0..l-1), l=1..n-1)",
      ]
    ),
  ]
}
