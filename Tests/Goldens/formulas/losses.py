"""Losses and divergences."""

import torch
import torch.nn.functional as F
from diffusers.training_utils import compute_snr

from forward import scheduler, t64
from recorder import DIFFUSERS32, TORCH, case, falling, normal, np, random, uniform


def cases():
    for formula, shapes in (("loss.simple", [(2, 1, 4, 3), (3, 2, 2, 5), (1, 3, 5, 2)]),
                            ("loss.ldm", [(2, 4, 3, 2), (3, 4, 1, 4), (1, 4, 2, 5)]),
                            ("loss.conditional", [(2, 4, 3, 2), (5, 4, 2, 1), (1, 4, 4, 3)])):
        for n, shape in enumerate(shapes):
            rng = random(formula, n)
            eps, guess = normal(rng, *shape), normal(rng, *shape)
            case(formula, f"a batch of shape {list(shape)}", TORCH, {"eps": eps, "eps_hat": guess},
                 F.mse_loss(t64(guess), t64(eps)))
    gaussians()
    weights()
    for n, (rows, classes) in enumerate(((3, 5), (4, 2), (2, 10))):
        rng = random("loss.cross_entropy", n)
        scores, labels = normal(rng, rows, classes), rng.randint(0, classes, rows)
        case("loss.cross_entropy", f"{rows} of {classes} classes", TORCH,
             {"s": scores, "y": np.eye(classes)[labels]}, F.cross_entropy(t64(scores), torch.tensor(labels)))


def gaussians():
    for n, size in enumerate((3, 7, 2)):
        rng = random("loss.kl_gaussian", n)
        m1, m2, v1, v2 = normal(rng, size), normal(rng, size), uniform(rng, 0.2, 3, size), uniform(rng, 0.2, 3, size)
        p = torch.distributions.Normal(t64(m1), t64(v1).sqrt())
        q = torch.distributions.Normal(t64(m2), t64(v2).sqrt())
        given = {"m1": m1, "v1": v1, "m2": m2, "v2": v2}
        case("loss.kl_gaussian", f"{size} coordinates", TORCH, given, torch.distributions.kl_divergence(p, q).sum())
        if n == 0:
            torch.manual_seed(0)
            x = p.sample((1_000_000,))
            ratio = (p.log_prob(x) - q.log_prob(x)).sum(1)
            error = float(ratio.std()) / 1000
            case("loss.kl_gaussian", "mean of log p − log q under p", "1,000,000 draws, within 5 standard errors", given,
                 round(float(ratio.mean()), 5), bound=round(5 * error, 5))


def weights():
    for n, total in enumerate((5, 8, 4)):
        rng = random("loss.vlb_weight", n)
        alpha_bar, t = falling(rng, total), total - 2
        alpha = alpha_bar[t] / alpha_bar[t - 1]
        sigma = round(float(np.sqrt(1 - alpha)), 3)
        # Two steps back, from two predicted noises one apart: the divergence of their Gaussians.
        x_t, eps = 0.3, np.array([0.2, 1.2])
        x0 = (x_t - np.sqrt(1 - alpha_bar[t]) * eps) / np.sqrt(alpha_bar[t])
        before = alpha_bar[t - 1]
        mean = (np.sqrt(before) * (1 - alpha) * x0 + np.sqrt(alpha) * (1 - before) * x_t) / (1 - alpha_bar[t])
        p, q = (torch.distributions.Normal(t64(m), t64(sigma)) for m in mean)
        case("loss.vlb_weight", f"divergence of two steps back at t = {t}", TORCH,
             {"alpha_bar": alpha_bar, "t": t, "sigma": sigma}, torch.distributions.kl_divergence(p, q))
        gamma = (5, 2.5, 1)[n]
        for t in (0, total - 1):
            snr = compute_snr(scheduler(alpha_bar), torch.tensor([t]))
            weight = torch.stack([snr, gamma * torch.ones_like(snr)], dim=1).min(dim=1)[0] / snr
            case("loss.min_snr", f"γ = {gamma}, t = {t}", DIFFUSERS32,
                 {"alpha_bar": alpha_bar, "t": t, "gamma": gamma}, weight[0], tolerance=1e-6)
