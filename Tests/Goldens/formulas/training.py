"""Optimiser and moving average."""

import torch
from diffusers.training_utils import EMAModel
from transformers import get_cosine_schedule_with_warmup

from forward import t64
from recorder import DIFFUSERS, TORCH, TRANSFORMERS, case, normal, np, random, uniform


def cases():
    for n, (shape, k) in enumerate((((2, 3), 1), ((4,), 7), ((1, 3, 2), 100))):
        rng = random("adamw", n)
        theta, g, m = normal(rng, *shape), normal(rng, *shape), np.round(0.3 * normal(rng, *shape), 3)
        v = uniform(rng, 0.01, 1, *shape)
        lr, decay, betas, delta = (0.01, 1e-3, 0.2)[n], (0.01, 0.1, 0.0)[n], (0.9, (0.999, 0.99, 0.95)[n]), (1e-8, 1e-3, 1e-6)[n]
        if k == 1:
            m, v = np.zeros(shape), np.zeros(shape)
        parameter = torch.nn.Parameter(t64(theta))
        optimizer = torch.optim.AdamW([parameter], lr=lr, betas=betas, eps=delta, weight_decay=decay)
        optimizer.state[parameter] = {"step": torch.tensor(float(k - 1)), "exp_avg": t64(m), "exp_avg_sq": t64(v)}
        parameter.grad = t64(g)
        optimizer.step()
        case("adamw.update", f"step {k}", TORCH,
             {"theta[k-1]": theta, "g": g, "m[k-1]": m, "v[k-1]": v, "lr": lr, "beta1": betas[0], "beta2": betas[1],
              "delta": delta, "lambda": decay, "k": k}, parameter)
        old, d = normal(rng, *shape), (0.999, 0.9, 0.5)[n]
        case("ema.update", f"decay {d}", TORCH, {"s[k-1]": old, "theta": theta, "d": d},
             torch.lerp(t64(theta), t64(old), d))
        limit = (0.5, 1.0, 50.0)[n]
        clipped = torch.nn.Parameter(t64(theta))
        clipped.grad = t64(g)
        torch.nn.utils.clip_grad_norm_([clipped], limit)
        case("train.clip_norm", f"limit {limit}", TORCH, {"g": g, "c": limit}, clipped.grad)
    for n, d in ((1, 0.9999), (3, 0.95), (12, 0.999), (500, 0.9)):
        average = EMAModel([torch.nn.Parameter(torch.zeros(1))], decay=d)
        case("ema.decay", f"after {n} updates", DIFFUSERS, {"n": n, "d": d}, average.get_decay(n + 1))
    for k, warmup, total, lr in ((3, 10, 100, 0.002), (57, 10, 100, 0.002), (99, 25, 100, 1.0), (400, 100, 1000, 0.3)):
        optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=lr)
        schedule = get_cosine_schedule_with_warmup(optimizer, warmup, total)
        case("train.warmup_cosine", f"update {k} of {total}", TRANSFORMERS, {"lr": lr, "k": k, "W": warmup, "K": total},
             lr * schedule.lr_lambdas[0](k))
