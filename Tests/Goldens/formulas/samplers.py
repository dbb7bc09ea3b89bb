"""One step of each sampler, and guidance."""

import torch
from diffusers import (
    DDIMScheduler, DDPMScheduler, DPMSolverMultistepScheduler, EulerAncestralDiscreteScheduler, EulerDiscreteScheduler,
    HeunDiscreteScheduler,
)
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import rescale_noise_cfg
from mpmath import sqrt

from forward import digits, exact, scheduler, t64
from recorder import DIFFUSERS, DIFFUSERS32, MPMATH, NUMPY, TORCH, case, falling, normal, np, random

SHAPES = [(2, 3, 4, 1), (1, 2, 3, 5), (3, 1, 2, 2)]


def cases():
    discrete()
    levels()
    multistep()
    blending()
    guidance()


def discrete():
    # T timesteps in S steps: the stride is T // S.
    for n, (shape, total, steps, t) in enumerate(zip(SHAPES, (8, 9, 6), (4, 3, 6), (5, 6, 0))):
        stride = total // steps
        prev = max(t - stride, -1)
        rng = random("sampler.discrete", n)
        alpha_bar = falling(rng, total)
        x_t, eps, z = normal(rng, *shape), normal(rng, *shape), normal(rng, *shape)
        given = {"alpha_bar": alpha_bar, "t": t, "prev": prev, "x_t": x_t, "eps_hat": eps, "z": z}

        model = scheduler(alpha_bar, DDPMScheduler, steps_offset=t % stride)
        model.set_timesteps(steps)
        import diffusers.schedulers.scheduling_ddpm as ddpm
        ddpm.randn_tensor = lambda *_, **__: t64(z)
        result = model.step(t64(eps), t, t64(x_t)).prev_sample
        case("sampler.ddpm_step", f"from {t} to {prev}", DIFFUSERS, given, result)

        for eta in (0.0, 0.7):
            model = scheduler(alpha_bar, DDIMScheduler, steps_offset=t % stride)
            model.set_timesteps(steps)
            sigma = round(eta * float(model._get_variance(t, t - stride)) ** 0.5, 3)
            share = sigma / float(model._get_variance(t, t - stride)) ** 0.5 if prev >= 0 else 0.0
            result = model.step(t64(eps), t, t64(x_t), eta=share, variance_noise=t64(z) if share else None).prev_sample
            case("sampler.ddim_step", f"from {t} to {prev}, σ = {sigma}", DIFFUSERS, {**given, "sigma": sigma}, result)
            if prev >= 0:
                case("sampler.ddim_sigma", f"from {t} to {prev}, η = {eta}", DIFFUSERS,
                     {"alpha_bar": alpha_bar, "t": t, "prev": prev, "eta": eta},
                     eta * float(model._get_variance(t, prev)) ** 0.5)


def with_levels(kind, sigma, i, prediction_type="sample"):
    """A scheduler of diffusers at step i of given noise levels."""
    model = kind(prediction_type=prediction_type)
    model.set_timesteps(len(sigma) - 1)
    model.sigmas = t64(sigma)
    model._step_index = i
    model.is_scale_input_called = True
    return model


def levels():
    for n, (shape, i) in enumerate(zip(SHAPES, (0, 2, 3))):
        rng = random("sampler.levels", n)
        sigma = np.concatenate([np.round(np.sort(rng.uniform(0.1, 9, 5))[::-1], 3), [0.0]])
        x, x0, x0_next, z = (normal(rng, *shape) for _ in range(4))
        x = np.round(x0 + sigma[i] * x, 3)
        given = {"sigma": sigma, "i": i, "x_i": x, "x0_hat": x0}

        model = with_levels(EulerDiscreteScheduler, sigma, i)
        result = model.step(t64(x0), model.timesteps[i], t64(x)).prev_sample
        case("sampler.euler_step", f"step {i} of 5", DIFFUSERS32, given, result, tolerance=2e-6)
        s, after = digits(sigma[i]), digits(sigma[i + 1])
        case("sampler.euler_step", f"step {i} of 5", MPMATH, given,
             exact(lambda x, d: after / s * x + (1 - after / s) * d, x, x0))

        import diffusers.schedulers.scheduling_euler_ancestral_discrete as ancestral
        ancestral.randn_tensor = lambda *_, **__: t64(z)
        model = with_levels(EulerAncestralDiscreteScheduler, sigma, i, prediction_type="epsilon")
        result = model.step(t64((x - x0) / sigma[i]), model.timesteps[i], t64(x)).prev_sample
        case("sampler.euler_ancestral", f"step {i} of 5", DIFFUSERS32, {**given, "z": z}, result, tolerance=2e-6)
        case("sampler.euler_ancestral", f"step {i} of 5, σ_down = σ²/σ", MPMATH, {**given, "z": z},
             exact(lambda x, d, z: d + (after / s) ** 2 * (x - d) + after * sqrt(1 - (after / s) ** 2) * z, x, x0, z))

        heun_sigma = np.concatenate([sigma[:1], np.repeat(sigma[1:-1], 2), sigma[-1:]])
        model = with_levels(HeunDiscreteScheduler, sigma, i)
        model.sigmas, model._step_index = t64(heun_sigma), 2 * i
        model.timesteps = torch.arange(len(heun_sigma) - 1, 0, -1).double()
        first = model.step(t64(x0), model.timesteps[2 * i], t64(x)).prev_sample
        second = model.step(t64(x0_next), model.timesteps[2 * i + 1], first).prev_sample
        case("sampler.heun", f"step {i} of 5", DIFFUSERS, {**given, "x0_hat_next": x0_next}, second)


def multistep():
    for n, (shape, i) in enumerate(zip(SHAPES, (1, 2, 1))):
        rng = random("sampler.dpmsolverpp_2m", n)
        alpha_bar = falling(rng, 6)[::-1]
        x, now, before = (normal(rng, *shape) for _ in range(3))
        model = DPMSolverMultistepScheduler(algorithm_type="dpmsolver++", solver_order=2)
        model.set_timesteps(5)
        alpha = np.round(np.sqrt(alpha_bar), 12)
        level = np.round(np.sqrt(1 - alpha_bar), 12)
        model.sigmas, model._step_index = t64(level / alpha), i
        result = model.multistep_dpm_solver_second_order_update([t64(before), t64(now)], sample=t64(x))
        case("sampler.dpmsolverpp_2m", f"step {i} of 5", DIFFUSERS,
             {"alpha": alpha, "sigma": level, "i": i, "x_i": x, "x0_hat": now, "x0_hat_before": before}, result,
             tolerance=1e-9)


def blending():
    for n, (shape, prev) in enumerate(zip(SHAPES, (2, 0, -1))):
        rng = random("sampler.inpaint_blend", n)
        alpha_bar = falling(rng, 5)
        new, x0, eps = (normal(rng, *shape) for _ in range(3))
        mask = np.round(rng.uniform(0, 1, (shape[0], 1) + shape[2:]), 2)
        known = t64(x0) if prev < 0 else scheduler(alpha_bar).add_noise(t64(x0), t64(eps), torch.tensor([prev]))
        case("sampler.inpaint_blend", f"arriving at {prev}", DIFFUSERS,
             {"alpha_bar": alpha_bar, "t": prev + 2, "prev": prev, "m": mask, "x_new": new, "x0": x0, "eps": eps},
             (1 - t64(mask)) * known + t64(mask) * t64(new))


def guidance():
    for n, (shape, w) in enumerate(zip(SHAPES, (7.5, 3.2, 0.4))):
        rng = random("guidance", n)
        uncond, cond = normal(rng, *shape), normal(rng, *shape)
        case("guidance.cfg", f"w = {w}", TORCH, {"eps_uncond": uncond, "eps_cond": cond, "w": w},
             torch.lerp(t64(uncond), t64(cond), w))
        rows = (shape[0] + 1, 3 + n)
        tilde, cond, phi = normal(rng, *rows) * 2, normal(rng, *rows), (0.7, 1.0, 0.25)[n]
        case("guidance.rescale", f"φ = {phi}", DIFFUSERS, {"eps_tilde": tilde, "eps_cond": cond, "phi": phi},
             rescale_noise_cfg(t64(tilde), t64(cond), guidance_rescale=phi))
        # Score of the images plus w times the classifier's gradient, taken back to noise.
        alpha_bar, t, w = falling(rng, 4), n, 1.5 + n
        eps, g = normal(rng, *shape), normal(rng, *shape)
        deviation = np.sqrt(1 - alpha_bar[t])
        case("guidance.classifier", f"w = {w}, through the score", NUMPY,
             {"eps_hat": eps, "w": w, "alpha_bar": alpha_bar, "t": t, "g": g}, -deviation * (-eps / deviation + w * g))
