"""Latents, autoencoder losses and image metrics."""

import torch
import torch.nn.functional as F
from diffusers.models.autoencoders.vae import DiagonalGaussianDistribution

import diffusers.models.autoencoders.vae as vae
from forward import t64
from recorder import DIFFUSERS, NUMPY, TORCH, case, normal, np, random, uniform

SHAPES = [(2, 4, 3, 2), (1, 4, 2, 5), (3, 4, 1, 2)]


def cases():
    latents()
    losses()
    linear()
    pictures()


def latents():
    for n, shape in enumerate(SHAPES):
        rng = random("vae", n)
        mean, logvar, eps = normal(rng, *shape), normal(rng, *shape), normal(rng, *shape)
        distribution = DiagonalGaussianDistribution(t64(np.concatenate([mean, logvar], axis=1)))
        vae.randn_tensor = lambda *_, **__: t64(eps)
        case("vae.reparameterize", f"shape {list(shape)}", DIFFUSERS, {"mu": mean, "l": logvar, "eps": eps},
             distribution.sample())
        case("vae.kl", f"shape {list(shape)}", DIFFUSERS, {"mu": mean, "l": logvar}, distribution.kl())
        z = np.round(normal(rng, *shape) * (0.5 + 2 * n) + n, 3)
        case("vae.scaling_factor", f"shape {list(shape)}", TORCH, {"z": z}, 1 / t64(z).std(unbiased=False))
        factor = (0.18215, 0.13025, 1.7)[n]
        case("vae.unscale", f"factor {factor}", TORCH, {"z": z, "f": factor}, t64(z).div(factor))
    rng = np.random.RandomState(3)
    mean, logvar = np.array([[0.5, -1.0], [0.0, 2.0]]), np.array([[-0.5, 0.7], [0.2, -1.0]])
    draws = 1_000_000
    x = mean + np.exp(logvar / 2) * rng.randn(draws, 2, 2)
    ratio = (-0.5 * ((x - mean) ** 2 / np.exp(logvar) + logvar) + 0.5 * x**2).sum(-1)
    case("vae.kl", "mean of log q − log p under q", f"{draws:,} draws, within 5 standard errors",
         {"mu": mean, "l": logvar}, np.round(ratio.mean(0), 5), bound=round(5 * float(ratio.std(0).max()) / 1000, 5))


def losses():
    for n, shape in enumerate([(2, 3, 4, 2), (1, 3, 2, 5), (3, 3, 1, 2)]):
        rng = random("vae.losses", n)
        x, y = normal(rng, *shape), normal(rng, *shape)
        case("vae.l1", f"shape {list(shape)}", TORCH, {"x": x, "x_tilde": y}, F.l1_loss(t64(x), t64(y)))
        delta = (1e-10, 1e-3, 0.1)[n]
        u, v = (t64(a) / (torch.linalg.vector_norm(t64(a), dim=1, keepdim=True) + delta) for a in (x, y))
        case("vae.perceptual", f"δ = {delta}", TORCH, {"y": x, "y_tilde": y, "delta": delta},
             (u - v).pow(2).sum(1).mean())
        real, fake = normal(rng, shape[0], 1, 2, 2 + n), normal(rng, shape[0], 1, 2, 2 + n)
        case("vae.discriminator", f"shape {list(real.shape)}", TORCH, {"D_real": real, "D_fake": fake},
             0.5 * (F.relu(1.0 - t64(real)).mean() + F.relu(1.0 + t64(fake)).mean()))
        case("vae.adversarial", f"shape {list(fake.shape)}", TORCH, {"D_fake": fake}, -t64(fake).mean())
        rec, adv = normal(rng, 3, 2 + n), np.round(normal(rng, 3, 2 + n) * 0.1**n, 4)
        case("vae.adaptive_weight", f"shape {list(rec.shape)}", TORCH, {"g_rec": rec, "g_adv": adv, "delta": 1e-4},
             torch.clamp(torch.norm(t64(rec)) / (torch.norm(t64(adv)) + 1e-4), 0.0, 1e4))


def linear():
    for n, (rows, size, kept) in enumerate(((7, 4, 2), (5, 3, 1), (9, 6, 3))):
        rng = random("latent.pca", n)
        x = normal(rng, rows, size)
        mean = x.mean(0)
        u, s, v = np.linalg.svd(x - mean, full_matrices=False)
        case("latent.pca", f"the best {kept} of {size} directions, by singular values", NUMPY,
             {"x": x, "mu": mean, "W": v[:kept]}, (u[:, :kept] * s[:kept]) @ v[:kept] + mean)
    for n, (height, width) in enumerate(((2, 3), (4, 1), (3, 5))):
        rng = random("latent.grey", n)
        x = uniform(rng, 0, 1, 3, height, width)
        case("latent.grey", f"{height}×{width} pixels", NUMPY, {"x": x},
             np.tensordot(np.array([299, 587, 114]) / 1000, x, axes=1))
    for height, width, factor, channels in ((96, 64, 4, 4), (512, 512, 8, 4), (40, 24, 2, 3)):
        ratio = np.empty((3, height, width)).size / np.empty((channels, height // factor, width // factor)).size
        case("latent.compression_ratio", f"{height}×{width}", NUMPY,
             {"H": height, "W": width, "f": factor, "c": channels}, ratio)


def pictures():
    for n, shape in enumerate([(2, 3, 4, 2), (1, 1, 5, 3), (3, 3, 1, 2)]):
        rng = random("image", n)
        span = (1, 2, 255)[n]
        x = uniform(rng, 0, span, *shape)
        y = np.round(x + 0.1 * span * rng.randn(*shape), 3)
        case("image.psnr", f"range {span}", TORCH, {"x": x, "y": y, "R": span},
             10 * torch.log10(span**2 / F.mse_loss(t64(x), t64(y))))
        a, b = x[0, 0].ravel(), y[0, 0].ravel()
        c = np.cov(a, b, bias=True)
        first, second = (0.01 * span) ** 2, (0.03 * span) ** 2
        # Brightness, contrast and structure apart, multiplied.
        bright = (2 * a.mean() * b.mean() + first) / (a.mean() ** 2 + b.mean() ** 2 + first)
        contrast = (2 * np.sqrt(c[0, 0] * c[1, 1]) + second) / (c[0, 0] + c[1, 1] + second)
        structure = (c[0, 1] + second / 2) / (np.sqrt(c[0, 0] * c[1, 1]) + second / 2)
        case("image.ssim", f"brightness, contrast and structure apart, range {span}", NUMPY,
             {"x": x[0, 0], "y": y[0, 0], "R": span}, bright * contrast * structure)
