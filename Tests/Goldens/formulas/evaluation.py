"""How good samples are, and the exact mixture."""

import mpmath
import torch

from forward import t64
from recorder import MPMATH, NUMPY, TORCH, case, normal, np, random, uniform


def cases():
    frechet()
    features()
    mixtures()


def positive(rng, size):
    a = normal(rng, size, size + 2)
    return np.round(a @ a.T / (size + 2) + 0.2 * np.eye(size), 3)


def frechet():
    for n, size in enumerate((2, 3, 5)):
        rng = random("metric.frechet", n)
        m1, m2, c1, c2 = normal(rng, size), normal(rng, size), positive(rng, size), positive(rng, size)
        given = {"mu1": m1, "mu2": m2, "C1": c1, "C2": c2}
        # The root of the positive matrix √C1 C2 √C1 has the same trace.
        values, vectors = np.linalg.eigh(c1)
        root = vectors * np.sqrt(values) @ vectors.T
        trace = np.sqrt(np.linalg.eigvalsh(root @ c2 @ root)).sum()
        case("metric.frechet", f"{size} features, by eigenvalues", NUMPY, given,
             ((m1 - m2) ** 2).sum() + np.trace(c1) + np.trace(c2) - 2 * trace)
        if n == 1:
            root = mpmath.sqrtm(mpmath.matrix(c1.tolist()) * mpmath.matrix(c2.tolist()))
            trace = sum(root[i, i] for i in range(size))
            case("metric.frechet", f"{size} features", MPMATH, given,
                 float(((m1 - m2) ** 2).sum() + np.trace(c1) + np.trace(c2) - 2 * mpmath.re(trace)))


def features():
    for n, (rows, size) in enumerate(((4, 3), (6, 2), (3, 5))):
        rng = random("metric.features", n)
        f, g = normal(rng, rows, size), normal(rng, rows + 2, size)
        case("metric.covariance", f"{rows} pictures, {size} features", NUMPY, {"x": f}, np.cov(f, rowvar=False))
        case("metric.diversity", f"{rows} pictures", TORCH, {"f": f, "n": rows}, torch.pdist(t64(f)).mean())
        case("metric.nearest_distance", f"{rows} against {rows + 2}", TORCH, {"f": f, "g": g},
             torch.cdist(t64(f), t64(g)).min(1).values.mean())
        scores, wanted = normal(rng, rows + 3, 4 + n), rng.randint(0, 4 + n, rows + 3)
        wanted[0] = scores[0].argmax()
        wanted[1] = scores[1].argmin()
        case("metric.accuracy", f"{rows + 3} pictures, {4 + n} classes", TORCH, {"s": scores, "y": wanted[:, None]},
             (t64(scores).argmax(1) == torch.tensor(wanted)).double().mean())
        counts, least = rng.randint(0, 120, 8 + n), (0.1, 0.5, 0.9)[n]
        reached = sum(1 for c in counts if c * len(counts) >= least * counts.sum())
        case("metric.mode_coverage", f"{8 + n} modes, r = {least}", NUMPY, {"n": counts, "r": least},
             reached / len(counts))


def mixtures():
    for n, (count, size) in enumerate(((3, 2), (2, 4), (5, 1))):
        rng = random("mixture", n)
        w = np.round(rng.dirichlet(np.ones(count) * 4), 3)
        w[-1] = round(1 - w[:-1].sum(), 3)
        m, v, x = normal(rng, count, size), uniform(rng, 0.05, 1, count, size), normal(rng, size)
        a, s = ((0.6, 0.8), (0.8, 0.6), (0.28, 0.96))[n]
        given = {"x": x, "w": w, "m": m, "v": v, "a": a, "s": s, "K": count}
        point = t64(x).requires_grad_()
        parts = torch.distributions.Independent(
            torch.distributions.Normal(a * t64(m), (a**2 * t64(v) + s**2).sqrt()), 1)
        mixture = torch.distributions.MixtureSameFamily(torch.distributions.Categorical(probs=t64(w)), parts)
        density = mixture.log_prob(point)
        case("mixture.log_density", f"{count} Gaussians in {size} dimensions", TORCH, given, density)
        gradient = torch.autograd.grad(density, point)[0]
        case("mixture.denoiser", "by the gradient of the log density, Tweedie's formula", TORCH, given,
             (point + s**2 * gradient) / a)
        if n == 0:
            # Clean points, each weighed by how likely it is to become x.
            draws = np.random.RandomState(5)
            total = 2_000_000
            k = draws.choice(count, total, p=w / w.sum())
            x0 = m[k] + np.sqrt(v[k]) * draws.randn(total, size)
            weight = np.exp(-((x - a * x0) ** 2).sum(1) / (2 * s**2))
            mean = (weight[:, None] * x0).sum(0) / weight.sum()
            error = np.sqrt(((weight[:, None] * (x0 - mean)) ** 2).sum(0)).max() / weight.sum()
            case("mixture.denoiser", "clean points weighed by their likelihood",
                 f"{total:,} draws, within 5 standard errors", given, np.round(mean, 5), bound=round(5 * float(error), 5))
