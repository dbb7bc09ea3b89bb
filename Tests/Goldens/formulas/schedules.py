"""Noise schedules, noise levels and timesteps."""

from types import SimpleNamespace

import torch
from diffusers import DDIMScheduler, DDPMScheduler, EulerDiscreteScheduler, StableDiffusionImg2ImgPipeline
from diffusers.schedulers.scheduling_ddim import rescale_zero_terminal_snr
from diffusers.training_utils import compute_snr
from mpmath import cos, log, mpf, pi, sqrt

from forward import digits, scheduler
from recorder import DIFFUSERS, DIFFUSERS32, MPMATH, case, falling, np, random


def cases():
    betas()
    levels()
    timesteps()


def betas():
    for start, end, total, t in ((0.0001, 0.02, 1000, 499), (0.0015, 0.0195, 777, 3), (0.02, 0.5, 13, 9)):
        given = {"beta_start": start, "beta_end": end, "t": t, "T": total}
        linear = DDPMScheduler(total, start, end, "linear").betas[t]
        case("schedule.beta_linear", f"t = {t} of {total}", DIFFUSERS32, given, linear, tolerance=1e-6)
        s, e, x = digits(start), digits(end), mpf(t) / (total - 1)
        case("schedule.beta_linear", f"t = {t} of {total}", MPMATH, given, s + x * (e - s))
        scaled = DDPMScheduler(total, start, end, "scaled_linear").betas[t]
        case("schedule.beta_scaled_linear", f"t = {t} of {total}", DIFFUSERS32, given, scaled, tolerance=1e-6)
        case("schedule.beta_scaled_linear", f"t = {t} of {total}", MPMATH, given, (sqrt(s) + x * (sqrt(e) - sqrt(s))) ** 2)
    for total, t in ((1000, 0), (1000, 998), (31, 17)):
        cosine = DDPMScheduler(total, beta_schedule="squaredcos_cap_v2").betas[t]
        # In single precision 1 − β loses digits, β itself does not.
        case("schedule.alpha_bar_cosine", f"t = {t} of {total}", DIFFUSERS32, {"T": total, "t": t, "s": 0.008}, cosine,
             tolerance=1e-6)
        f = lambda u: cos((u + mpf("0.008")) / mpf("1.008") * pi / 2) ** 2
        case("schedule.alpha_bar_cosine", f"t = {t} of {total}", MPMATH, {"T": total, "t": t, "s": 0.008},
             min(1 - f(mpf(t + 1) / total) / f(mpf(t) / total), mpf("0.999")), tolerance=1e-9)
    for n, total in enumerate((4, 9, 6)):
        rng = random("schedule.alphas_cumprod", n)
        beta, t = np.round(np.sort(rng.uniform(0.01, 0.5, total)), 3), total - 2
        product = mpf(1)
        for b in beta[: t + 1]:
            product *= 1 - digits(b)
        case("schedule.alphas_cumprod", f"{t + 1} factors", MPMATH, {"beta": beta, "t": t}, product)


def levels():
    for n, total in enumerate((5, 8, 3)):
        rng = random("schedule.levels", n)
        alpha_bar, t = falling(rng, total, high=0.995, low=0.004), total - 1 - n % 2
        given = {"alpha_bar": alpha_bar, "t": t}
        a = digits(alpha_bar[t])
        case("schedule.snr", f"t = {t} of {total}", DIFFUSERS32, given,
             compute_snr(scheduler(alpha_bar), torch.tensor([t]))[0], tolerance=1e-6)
        case("schedule.snr", f"t = {t} of {total}", MPMATH, given, a / (1 - a))
        case("schedule.log_snr", f"t = {t} of {total}", MPMATH, given, log(sqrt(a) / sqrt(1 - a)))
        case("schedule.sigma", f"t = {t} of {total}", MPMATH, given, sqrt((1 - a) / a))
    for total, start, end, kind in ((6, 0.05, 0.4, "linear"), (9, 0.02, 0.3, "scaled_linear"), (4, 0.1, 0.6, "linear")):
        alpha_bar = np.round(DDPMScheduler(total, start, end, kind).alphas_cumprod.double().numpy(), 3)
        before = np.concatenate([[1.0], alpha_bar[:-1]])
        betas = torch.tensor(1 - alpha_bar / before, dtype=torch.float64)
        rescaled = torch.cumprod(1 - rescale_zero_terminal_snr(betas), 0)
        for t in (1, total - 2):
            case("schedule.zero_terminal_snr", f"t = {t} of {total}", DIFFUSERS,
                 {"alpha_bar": alpha_bar, "t": t, "T": total}, rescaled[t])
    for top, low, steps, i in ((14.6146, 0.0292, 20, 7), (157.4, 0.01, 11, 10), (80, 0.002, 18, 3)):
        levels = EulerDiscreteScheduler()._convert_to_karras(torch.tensor([top, low], dtype=torch.float64), steps)
        case("schedule.karras_sigmas", f"step {i} of {steps}", DIFFUSERS,
             {"sigma_max": top, "sigma_min": low, "rho": 7, "i": i, "S": steps}, levels[i])
    s, e = mpf("12.5"), mpf("0.05")
    case("schedule.karras_sigmas", "ρ = 3, step 4 of 9", MPMATH,
         {"sigma_max": 12.5, "sigma_min": 0.05, "rho": 3, "i": 4, "S": 9},
         ((s ** (mpf(1) / 3) + (e ** (mpf(1) / 3) - s ** (mpf(1) / 3)) / 2) ** 3))


def timesteps():
    for total, steps, i, offset in ((1000, 50, 0, 1), (1000, 30, 7, 0), (777, 9, 4, 2), (100, 7, 5, 0)):
        for spacing in ("leading", "linspace", "trailing"):
            model = DDIMScheduler(total, timestep_spacing=spacing, steps_offset=offset if spacing == "leading" else 0)
            model.set_timesteps(steps)
            given = {"i": i, "S": steps, "T": total}
            if spacing == "leading":
                given["o"] = offset
            case(f"schedule.timesteps_{spacing}", f"step {i} of {steps}, T = {total}", DIFFUSERS32, given,
                 model.timesteps[i])
    for steps, strength in ((50, 0.75), (37, 0.5), (20, 0.99), (7, 0.3)):
        model = DDIMScheduler()
        model.set_timesteps(steps)
        model.order = 1
        pipe = SimpleNamespace(scheduler=model)
        _, left = StableDiffusionImg2ImgPipeline.get_timesteps(pipe, steps, strength, "cpu")
        case("schedule.img2img_start", f"{strength} of {steps} steps", DIFFUSERS32, {"S": steps, "r": strength},
             steps - left)
