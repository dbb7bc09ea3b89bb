"""Forward process, posterior and predictions."""

import torch
from diffusers import DDIMScheduler, DDPMScheduler
from mpmath import mpf, sqrt

from recorder import DIFFUSERS, MPMATH, NUMPY, TORCH, case, falling, normal, np, random, uniform


def scheduler(alpha_bar, kind=DDPMScheduler, **settings):
    """A scheduler of diffusers with our alpha_bar, in double precision."""
    result = kind(num_train_timesteps=len(alpha_bar), clip_sample=False, **settings)
    result.alphas_cumprod = torch.tensor(alpha_bar, dtype=torch.float64)
    before = torch.cat([torch.ones(1, dtype=torch.float64), result.alphas_cumprod[:-1]])
    result.alphas = result.alphas_cumprod / before
    result.betas = 1 - result.alphas
    result.one = torch.tensor(1.0, dtype=torch.float64)
    result.final_alpha_cumprod = torch.tensor(1.0, dtype=torch.float64)
    return result


def exact(function, *arrays):
    """Element by element with 40 digits."""
    return np.vectorize(lambda *xs: float(function(*[digits(x) for x in xs])))(*np.broadcast_arrays(*arrays))


def digits(x):
    """The number as it is printed, exactly."""
    return mpf(repr(float(x)))


def t64(x):
    return torch.tensor(np.asarray(x), dtype=torch.float64)


def cases():
    steps()
    jumps()
    posterior()
    predictions()
    monte_carlo()


SHAPES = [(2, 3, 4, 5), (3, 1, 2, 7), (1, 4, 5, 2)]


def steps():
    for n, shape in enumerate(SHAPES):
        rng = random("forward.step", n)
        beta, t = np.sort(uniform(rng, 0.01, 0.6, 6)), n + 2
        x, eps = normal(rng, *shape), normal(rng, *shape)
        b = beta[t]
        case("forward.step", f"t = {t} of 6", MPMATH, {"beta": beta, "t": t, "x[t-1]": x, "eps": eps},
             exact(lambda x, e: sqrt(1 - digits(b)) * x + sqrt(digits(b)) * e, x, eps))


def jumps():
    for n, shape in enumerate(SHAPES):
        rng = random("forward.closed_form", n)
        alpha_bar, t = falling(rng, 7), 2 * n + 1
        x0, eps = normal(rng, *shape), normal(rng, *shape)
        noisy = scheduler(alpha_bar).add_noise(t64(x0), t64(eps), torch.tensor([t]))
        case("forward.closed_form", f"t = {t} of 7", DIFFUSERS,
             {"alpha_bar": alpha_bar, "t": t, "x0": x0, "eps": eps}, noisy)

        rng = random("forward.jump", n)
        alpha_bar, s, t = falling(rng, 8), n - 1, 3 + 2 * n
        x, eps = normal(rng, *shape), normal(rng, *shape)
        before = alpha_bar[s] if s >= 0 else 1.0
        case("forward.jump", f"from {s} to {t}", MPMATH,
             {"alpha_bar": alpha_bar, "s": s, "t": t, "x_s": x, "eps": eps},
             exact(lambda x, e: sqrt(digits(alpha_bar[t]) / digits(before)) * x
                   + sqrt(1 - digits(alpha_bar[t]) / digits(before)) * e, x, eps))

        rng = random("forward.mean_variance", n)
        alpha_bar, t = falling(rng, 5), n + 1
        x0 = normal(rng, *shape[1:])
        # The chain of single steps, mean and variance carried along.
        mean, variance, before = x0.copy(), np.zeros(shape[1:]), 1.0
        for a in alpha_bar[: t + 1]:
            alpha = a / before
            mean, variance, before = np.sqrt(alpha) * mean, alpha * variance + (1 - alpha), a
        case("forward.mean_variance", f"the chain walked to t = {t}", NUMPY,
             {"alpha_bar": alpha_bar, "t": t, "x0": x0}, np.stack([mean, variance]))


def posterior():
    for n, shape in enumerate(SHAPES):
        for formula in ("posterior.mean", "posterior.variance", "posterior.mean_from_epsilon"):
            rng = random(formula, n)
            alpha_bar, t = falling(rng, 6), n + 2
            x0, x_t, eps = normal(rng, *shape), normal(rng, *shape), normal(rng, *shape)
            given = {"alpha_bar": alpha_bar, "t": t}
            if formula == "posterior.variance":
                model = scheduler(alpha_bar)
                case(formula, f"t = {t} of 6", DIFFUSERS, given, model._get_variance(t))
                continue
            model = scheduler(alpha_bar, prediction_type="sample" if formula == "posterior.mean" else "epsilon")
            model._get_variance = lambda *_, **__: torch.tensor(0.0, dtype=torch.float64)
            output = x0 if formula == "posterior.mean" else eps
            result = model.step(t64(output), t, t64(x_t)).prev_sample
            key = "x0" if formula == "posterior.mean" else "eps_hat"
            case(formula, f"t = {t} of 6", DIFFUSERS, {**given, key: output, "x_t": x_t}, result)
    # Bayes' rule for Gaussians: precisions add up.
    for n in range(2):
        rng = random("posterior.bayes", n)
        alpha_bar, t = falling(rng, 9), 4 + 3 * n
        x0, x_t = normal(rng, 2, 5), normal(rng, 2, 5)
        before, alpha = alpha_bar[t - 1], alpha_bar[t] / alpha_bar[t - 1]
        precision = 1 / (1 - before) + alpha / (1 - alpha)
        mean = (np.sqrt(before) * x0 / (1 - before) + np.sqrt(alpha) * x_t / (1 - alpha)) / precision
        case("posterior.mean", "by Bayes' rule, precisions added", NUMPY,
             {"alpha_bar": alpha_bar, "t": t, "x0": x0, "x_t": x_t}, mean)
        case("posterior.variance", "by Bayes' rule, 1 over the precision", NUMPY,
             {"alpha_bar": alpha_bar, "t": t}, 1 / precision)


def predictions():
    for n, shape in enumerate(SHAPES):
        rng = random("prediction", n)
        alpha_bar, t = falling(rng, 6), 2 * n + 1
        given = {"alpha_bar": alpha_bar, "t": t}
        x_t, other = normal(rng, *shape), normal(rng, *shape)
        for formula, kind, key in (("prediction.x0_from_epsilon", "epsilon", "eps_hat"),
                                   ("prediction.x0_from_v", "v_prediction", "v_hat")):
            model = scheduler(alpha_bar, DDIMScheduler, prediction_type=kind)
            model.set_timesteps(6)
            result = model.step(t64(other), t, t64(x_t)).pred_original_sample
            case(formula, f"t = {t} of 6", DIFFUSERS, {**given, key: other, "x_t": x_t}, result)
        # DDIM to the clean image's other side: with alpha_bar = 0 before it, a step gives the predicted noise alone.
        for formula, kind, key in (("prediction.epsilon_from_x0", "sample", "x0_hat"),
                                   ("prediction.epsilon_from_v", "v_prediction", "v_hat")):
            model = scheduler(alpha_bar, DDIMScheduler, prediction_type=kind)
            model.set_timesteps(1)
            model.final_alpha_cumprod = torch.tensor(0.0, dtype=torch.float64)
            model._get_variance = lambda *_, **__: torch.tensor(0.0, dtype=torch.float64)
            result = model.step(t64(other), t, t64(x_t)).prev_sample
            case(formula, f"t = {t} of 6", DIFFUSERS, {**given, key: other, "x_t": x_t}, result)
        velocity = scheduler(alpha_bar).get_velocity(t64(x_t), t64(other), torch.tensor([t]))
        case("prediction.v", f"t = {t} of 6", DIFFUSERS, {**given, "x0": x_t, "eps": other}, velocity)
        # The gradient of the log density of what noising gives.
        a = alpha_bar[t]
        x0 = t64(x_t)
        noisy = (np.sqrt(a) * x0 + np.sqrt(1 - a) * t64(other)).requires_grad_()
        density = torch.distributions.Normal(np.sqrt(a) * x0, float(np.sqrt(1 - a))).log_prob(noisy).sum()
        case("prediction.score", f"gradient of the log density at t = {t}", TORCH, {**given, "eps_hat": other},
             torch.autograd.grad(density, noisy)[0])


def monte_carlo():
    draws = 2_000_000
    rng = np.random.RandomState(1)
    for n, (spread, kind) in enumerate(((2.5, "exponential"), (0.3, "uniform"), (1.7, "two points"))):
        alpha_bar, t = falling(random("forward.variance", n), 5), n + 1
        x0 = {"exponential": rng.exponential(spread, draws),
              "uniform": rng.uniform(-spread, spread, draws) * np.sqrt(3),
              "two points": rng.choice([-spread, spread], draws)}[kind]
        a = alpha_bar[t]
        x_t = np.sqrt(a) * x0 + np.sqrt(1 - a) * rng.randn(draws)
        error = np.std((x_t - x_t.mean()) ** 2) / np.sqrt(draws)
        case("forward.variance", f"{kind} data of deviation {spread}",
             f"{draws:,} draws, within 5 standard errors", {"alpha_bar": alpha_bar, "t": t, "v0": round(spread**2, 6)},
             round(float(x_t.var()), 5), bound=round(5 * float(error), 5))
        alpha_bar, t, v0 = falling(random("forward.variance", 10 + n), 6), n + 2, round(0.3 + 1.9 * n, 3)
        case("forward.variance", f"t = {t}, by single steps", NUMPY, {"alpha_bar": alpha_bar, "t": t, "v0": v0},
             chain(alpha_bar, t, v0))
    # The chain of single steps on one image, many times over.
    alpha_bar, t = falling(random("forward.mean_variance", 9), 6), 4
    x0 = np.array([[1.5, -0.5, 0.25]])
    x, before = np.repeat(x0, draws // 4, axis=0), 1.0
    for a in alpha_bar[: t + 1]:
        x = np.sqrt(a / before) * x + np.sqrt(1 - a / before) * rng.randn(*x.shape)
        before = a
    case("forward.mean_variance", "five steps of the chain, half a million times",
         f"{draws // 4:,} chains, within 5 standard errors", {"alpha_bar": alpha_bar, "t": t, "x0": x0[0]},
         np.round(np.stack([x.mean(0), x.var(0)]), 5), bound=0.008)
    # x_{t-1} given x_t: draws of the pair, those whose x_t falls near the wanted one.
    alpha_bar, t, x0, wanted = np.array([0.9, 0.7, 0.4, 0.2]), 2, 0.6, 1.1
    earlier = np.sqrt(0.7) * x0 + np.sqrt(0.3) * rng.randn(2 * draws)
    later = np.sqrt(0.4 / 0.7) * earlier + np.sqrt(1 - 0.4 / 0.7) * rng.randn(2 * draws)
    near = earlier[np.abs(later - wanted) < 0.02]
    error = near.std() / np.sqrt(len(near))
    case("posterior.mean", "pairs whose xₜ falls within 0.02 of 1.1", f"{len(near):,} of {2 * draws:,} draws",
         {"alpha_bar": alpha_bar, "t": t, "x0": x0, "x_t": wanted}, round(float(near.mean()), 5),
         bound=round(5 * float(error), 5))
    case("posterior.variance", "pairs whose xₜ falls within 0.02 of 1.1", f"{len(near):,} of {2 * draws:,} draws",
         {"alpha_bar": alpha_bar, "t": t}, round(float(near.var()), 5),
         bound=round(5 * float(np.sqrt(2 / len(near)) * near.var()) + 0.0002, 5))


def chain(alpha_bar, t, variance):
    before = 1.0
    for a in alpha_bar[: t + 1]:
        variance, before = a / before * variance + 1 - a / before, a
    return variance
