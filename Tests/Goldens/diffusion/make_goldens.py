"""Makes the goldens of this folder from diffusers' schedulers.

    python make_goldens.py            (numpy, safetensors, torch 2.15.0, diffusers 0.42.1)

schedules.safetensors  betas and cumulative products of alphas of every schedule
schedules.json         the settings each of them was made from
plans.json             timesteps and sigmas for many numbers of steps, and first standard deviations
samplers.safetensors   whole loops with a small fixed model: every step's sample and predicted original
samplers.json          the settings, steps and seeds of those loops
"""

import itertools
import json
import pathlib

import diffusers
import numpy as np
import torch
from diffusers import (
    DDIMScheduler,
    DDPMScheduler,
    DPMSolverMultistepScheduler,
    EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler,
    HeunDiscreteScheduler,
    PNDMScheduler,
)
from safetensors.torch import save_file

HERE = pathlib.Path(__file__).parent
SHAPE = (2, 3, 4, 5)
VERSIONS = {"torch": torch.__version__, "diffusers": diffusers.__version__, "numpy": np.__version__}
LINEAR = {"beta_schedule": "linear", "beta_start": 0.0001, "beta_end": 0.02}
SCALED = {"beta_schedule": "scaled_linear", "beta_start": 0.00085, "beta_end": 0.012}
COSINE = {"beta_schedule": "squaredcos_cap_v2"}
V = {"prediction_type": "v_prediction"}
X0 = {"prediction_type": "sample"}
ZERO_SNR = {"rescale_betas_zero_snr": True}
KARRAS = {"use_karras_sigmas": True}
PLMS = {"skip_prk_steps": True}


def spaced(spacing, offset=0):
    return {"timestep_spacing": spacing, "steps_offset": offset}


# Each case: settings, steps, and what diffusers takes elsewhere: eta, use_clipped_model_output, strength.
CASES = {
    DDPMScheduler: [
        ({}, 10, {}),
        (SCALED | V | spaced("trailing") | {"clip_sample": False}, 7, {}),
        (COSINE | X0 | spaced("linspace") | {"clip_sample_range": 1.5}, 12, {}),
        (LINEAR | spaced("leading", 1) | {"variance_type": "fixed_large"}, 20, {}),
        (LINEAR | spaced("linspace") | {"variance_type": "fixed_small_log", "num_train_timesteps": 200}, 9, {}),
        (SCALED | V | ZERO_SNR | spaced("trailing") | {"variance_type": "fixed_large"}, 5, {}),
        ({"num_train_timesteps": 15, "beta_end": 0.3, "clip_sample": False}, 15, {}),
        (LINEAR | spaced("trailing") | {"clip_sample_range": 2.0}, 10, {"strength": 0.6}),
    ],
    DDIMScheduler: [
        ({}, 10, {}),
        (SCALED | spaced("leading", 1) | {"set_alpha_to_one": False, "clip_sample": False}, 20, {}),
        (LINEAR | V | spaced("trailing"), 9, {"eta": 1.0}),
        (COSINE | {"clip_sample_range": 1.2}, 8, {"eta": 0.5, "use_clipped_model_output": True}),
        (SCALED | X0 | spaced("linspace"), 7, {"eta": 0.3}),
        (SCALED | V | ZERO_SNR | spaced("trailing") | {"clip_sample": False}, 5, {}),
        (LINEAR | {"clip_sample_range": 2.5, "num_train_timesteps": 100}, 15, {"use_clipped_model_output": True}),
        (SCALED | spaced("leading", 1) | {"set_alpha_to_one": False, "clip_sample": False}, 10, {"strength": 0.75}),
    ],
    EulerDiscreteScheduler: [
        ({}, 10, {}),
        (SCALED | spaced("leading", 1), 20, {}),
        (LINEAR | V | spaced("trailing"), 7, {}),
        (SCALED | KARRAS, 12, {}),
        (COSINE | X0 | spaced("leading") | {"final_sigmas_type": "sigma_min"}, 6, {}),
        (SCALED | V | ZERO_SNR | spaced("trailing"), 5, {}),
        (LINEAR | KARRAS | spaced("leading", 3) | {"final_sigmas_type": "sigma_min"}, 15, {}),
        (SCALED | spaced("trailing"), 10, {"strength": 0.45}),
    ],
    EulerAncestralDiscreteScheduler: [
        ({}, 10, {}),
        (SCALED | spaced("leading", 1), 20, {}),
        (LINEAR | V | spaced("trailing"), 7, {}),
        (COSINE | V | spaced("leading"), 6, {}),
        (SCALED | V | ZERO_SNR | spaced("trailing"), 5, {}),
        (LINEAR | spaced("linspace") | {"num_train_timesteps": 150}, 13, {}),
        (SCALED | spaced("trailing"), 10, {"strength": 0.5}),
    ],
    HeunDiscreteScheduler: [
        ({}, 8, {}),
        (SCALED | spaced("leading", 1), 10, {}),
        (LINEAR | V | spaced("trailing"), 7, {}),
        (SCALED | KARRAS, 9, {}),
        (LINEAR | X0 | spaced("linspace") | {"clip_sample": True, "clip_sample_range": 0.5}, 5, {}),
        (COSINE | V | KARRAS | spaced("leading"), 6, {}),
        (LINEAR | {"clip_sample": True}, 1, {}),
        (SCALED | spaced("linspace"), 8, {"strength": 0.5}),
    ],
    DPMSolverMultistepScheduler: [
        ({}, 10, {}),
        (SCALED | {"solver_order": 1} | spaced("leading", 1), 6, {}),
        (SCALED | {"solver_order": 3} | spaced("trailing"), 20, {}),
        (LINEAR | V | {"solver_type": "heun"}, 9, {}),
        (SCALED | KARRAS | spaced("leading", 1), 15, {}),
        (LINEAR | {"final_sigmas_type": "sigma_min", "lower_order_final": False}, 8, {}),
        (LINEAR | {"final_sigmas_type": "sigma_min", "solver_order": 3}, 11, {}),
        (SCALED | X0 | {"euler_at_final": True, "final_sigmas_type": "sigma_min"} | spaced("leading"), 18, {}),
        (COSINE | {"lambda_min_clipped": -5.1} | spaced("linspace"), 10, {}),
        (COSINE | V | KARRAS | {"solver_order": 3}, 12, {}),
        (SCALED | V | ZERO_SNR | spaced("trailing"), 5, {}),
        (SCALED | KARRAS | {"final_sigmas_type": "sigma_min"}, 16, {}),
        (SCALED | {"solver_order": 3} | spaced("trailing"), 10, {"strength": 0.65}),
    ],
    PNDMScheduler: [
        ({}, 10, {}),
        (SCALED | PLMS | spaced("leading", 1), 20, {}),
        (LINEAR | V | PLMS | spaced("trailing"), 9, {}),
        (COSINE | PLMS | spaced("leading") | {"set_alpha_to_one": True}, 7, {}),
        (SCALED | V | spaced("linspace") | {"set_alpha_to_one": True}, 12, {}),
        (SCALED | PLMS | spaced("leading", 1), 1, {}),
        (SCALED | PLMS | spaced("leading", 1), 2, {}),
        (LINEAR | PLMS | spaced("linspace") | {"num_train_timesteps": 100}, 15, {}),
        (LINEAR | spaced("trailing"), 4, {}),
        (SCALED | PLMS | spaced("leading", 1), 10, {"strength": 0.75}),
        (SCALED | PLMS | spaced("leading", 1), 10, {"strength": 0.9}),
    ],
}


class Model:
    """tanh(W x + sin(t/50) b) + 0.2 x on the flattened sample: not linear, not symmetric, and it knows the time."""

    def __init__(self):
        generator = torch.Generator().manual_seed(2024)
        size = SHAPE[1] * SHAPE[2] * SHAPE[3]
        self.weight = torch.randn(size, size, generator=generator) * (1.2 / size**0.5)
        self.bias = torch.randn(size, generator=generator)

    def __call__(self, x, t):
        flat = x.reshape(x.shape[0], -1)
        wave = torch.sin(torch.tensor(float(t)) / 50)
        return (torch.tanh(flat @ self.weight.T + wave * self.bias) + 0.2 * flat).reshape(x.shape)


def plain(config):
    """The settings as JSON can say them."""
    return {k: v for k, v in config.items() if not k.startswith("_") and v != -float("inf")}


def begin(scheduler, steps, extra, generator, image):
    """The first sample and the timesteps, as the text-to-image and image-to-image pipelines make them."""
    scheduler.set_timesteps(steps)
    noise = torch.randn(SHAPE, generator=generator)
    if "strength" not in extra:
        if hasattr(scheduler, "set_begin_index"):
            scheduler.set_begin_index(0)
        return noise * scheduler.init_noise_sigma, scheduler.timesteps
    start = max(steps - min(int(steps * extra["strength"]), steps), 0) * scheduler.order
    timesteps = scheduler.timesteps[start:]
    if hasattr(scheduler, "set_begin_index"):
        scheduler.set_begin_index(start)
    return scheduler.add_noise(image, noise, timesteps[:1].repeat(SHAPE[0])), timesteps


def original(scheduler, output, t, sample):
    """The clean sample a prediction stands for, which PNDM does not say."""
    alpha = scheduler.alphas_cumprod[t] ** 0.5
    sigma = (1 - scheduler.alphas_cumprod[t]) ** 0.5
    if scheduler.config.prediction_type == "v_prediction":
        return alpha * sample - sigma * output
    return (sample - sigma * output) / alpha


def loop(scheduler, steps, seed, extra, model, image):
    generator = torch.Generator().manual_seed(seed)
    sample, timesteps = begin(scheduler, steps, extra, generator, image)
    step_arguments = {k: v for k, v in extra.items() if k in ("eta", "use_clipped_model_output")}
    if not isinstance(scheduler, (HeunDiscreteScheduler, PNDMScheduler)):
        step_arguments["generator"] = generator
    inputs, samples, originals = sample, [], []
    for t in timesteps:
        output = model(scheduler.scale_model_input(sample, t), t)
        result = scheduler.step(output, t, sample, **step_arguments)
        if isinstance(scheduler, DPMSolverMultistepScheduler):
            originals.append(scheduler.model_outputs[-1])
        elif isinstance(scheduler, PNDMScheduler):
            originals.append(original(scheduler, output, t, sample))
        else:
            originals.append(result.pred_original_sample)
        sample = result.prev_sample
        assert torch.isfinite(sample).all()
        samples.append(sample)
    return {"first": inputs, "samples": torch.stack(samples), "originals": torch.stack(originals)}


def make_samplers():
    model = Model()
    image = torch.rand(SHAPE, generator=torch.Generator().manual_seed(99)) * 2 - 1
    tensors = {"model.weight": model.weight, "model.bias": model.bias, "image": image}
    cases = []
    for kind, settings in CASES.items():
        for number, (config, steps, extra) in enumerate(settings):
            name = f"{kind.__name__}.{number}"
            scheduler = kind(**config)
            for key, value in loop(scheduler, steps, 100 + number, extra, model, image).items():
                tensors[f"{name}.{key}"] = value.contiguous()
            cases.append(
                {"name": name, "seed": 100 + number, "steps": steps}
                | extra
                | {"config": plain(scheduler.config) | {"_class_name": kind.__name__}}
            )
    save_file(tensors, HERE / "samplers.safetensors", metadata=VERSIONS)
    write("samplers.json", {"versions": VERSIONS, "cases": cases})


def make_schedules():
    tensors, settings = {}, []
    lengths = [1000, 250, 37, 2]
    ranges = [(0.0001, 0.02), (0.00085, 0.012), (0.001, 0.03)]
    for length, (start, end), rescale in itertools.product(lengths, ranges, [False, True]):
        for kind in ["linear", "scaled_linear", "squaredcos_cap_v2"]:
            if kind == "squaredcos_cap_v2" and start != ranges[0][0]:
                continue
            config = dict(
                beta_schedule=kind, beta_start=start, beta_end=end, num_train_timesteps=length,
                rescale_betas_zero_snr=rescale,
            )
            scheduler = DDPMScheduler(**config)
            name = str(len(settings))
            tensors[f"{name}.betas"] = scheduler.betas
            tensors[f"{name}.alphas_cumprod"] = scheduler.alphas_cumprod
            settings.append(config | {"name": name})
    save_file(tensors, HERE / "schedules.safetensors", metadata=VERSIONS)
    write("schedules.json", {"versions": VERSIONS, "cases": settings})


def plan(kind, config, steps):
    scheduler = kind(**config)
    scheduler.set_timesteps(steps)
    result = {"steps": steps, "config": config | {"_class_name": kind.__name__}}
    result["timesteps"] = [float(t) for t in scheduler.timesteps]
    result["init_noise_sigma"] = float(scheduler.init_noise_sigma)
    if kind not in (DDPMScheduler, DDIMScheduler, PNDMScheduler):
        result["sigmas"] = [float(s) for s in scheduler.sigmas]
    return result


def make_plans():
    plans = []
    for kind, spacing, steps in itertools.product(CASES, ["leading", "trailing", "linspace"], [1, 2, 3, 7, 20, 48]):
        offset = 1 if steps % 2 else 0
        for own in [PLMS, {}] if kind is PNDMScheduler else [{}]:
            if kind is PNDMScheduler and not own and steps < 4:
                continue  # no four timesteps to start from
            plans.append(plan(kind, SCALED | spaced(spacing, offset) | own, steps))
            if spacing != "leading":
                plans.append(plan(kind, LINEAR | spaced(spacing) | {"num_train_timesteps": 60} | own, steps))
    for kind in [EulerDiscreteScheduler, HeunDiscreteScheduler, DPMSolverMultistepScheduler]:
        for beta, steps in itertools.product([LINEAR, SCALED, COSINE], [2, 5, 13]):
            plans.append(plan(kind, beta | KARRAS, steps))
    write("plans.json", {"versions": VERSIONS, "cases": plans})


def write(name, content):
    cases = content.pop("cases")
    lines = ",\n".join(json.dumps(case, sort_keys=True) for case in cases)
    head = json.dumps(content)[:-1]
    (HERE / name).write_text(f'{head}, "cases": [\n{lines}\n]}}\n')


if __name__ == "__main__":
    torch.set_num_threads(1)
    make_schedules()
    make_plans()
    make_samplers()
