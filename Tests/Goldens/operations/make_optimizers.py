"""Goldens of the optimisers: AdamW, the exponential moving average, gradient clipping, the learning-rate schedule.

    python make_optimizers.py

Computed in float64 by torch.optim, torch.nn.utils, torch.lerp and transformers' get_cosine_schedule_with_warmup;
written to optimizers.safetensors.
"""

import torch
import transformers
from transformers import get_cosine_schedule_with_warmup

from golden_file import Family

STEPS = 5
SHAPES = {"weight": (3, 5), "bias": (7,)}


def parameters(family, case):
    """float64 parameters that are exact in float32, stored as CASE.NAME.initial."""
    result = {}
    for name, shape in SHAPES.items():
        start = family.draw(f"{case}.{name}", shape)
        family.keep(f"{case}.{name}.initial", start)
        result[name] = torch.nn.Parameter(start.to(torch.float64))
    return result


def gradients(family, case, step, scale=1.0):
    result = {}
    for name, shape in SHAPES.items():
        gradient = family.draw(f"{case}.{name}.{step}", shape, scale)
        family.keep(f"{case}.{name}.gradient.{step}", gradient)
        result[name] = gradient.to(torch.float64)
    return result


def adamw(family, case, **options):
    """CASE.NAME.gradient.STEP goes in, CASE.NAME.value.STEP is the parameter after that step."""
    variables = parameters(family, case)
    optimizer = torch.optim.AdamW(variables.values(), **options)
    family.keep(f"{case}.options", torch.tensor(
        [options["lr"], *options["betas"], options["eps"], options["weight_decay"]], dtype=torch.float64))
    for step in range(STEPS):
        for name, gradient in gradients(family, case, step).items():
            variables[name].grad = gradient
        optimizer.step()
        for name, variable in variables.items():
            family.keep(f"{case}.{name}.value.{step}", variable)


def moving_average(family):
    """Parameters that jump at every step, and their average after it.

    `updates` are the updates that came before: late on the decay is constant, at the start it is (1 + n)/(10 + n).
    """
    for case, decay, before in [("ema_constant", 0.875, 1000), ("ema_warm_up", 0.25, 0)]:
        averages = {name: value.detach().clone() for name, value in parameters(family, case).items()}
        decays = []
        for step in range(STEPS):
            decays.append(min(decay, (1 + before + step) / (10 + before + step)))
            for name, value in gradients(family, case, step).items():
                averages[name].lerp_(value, 1 - decays[-1])
                family.keep(f"{case}.{name}.value.{step}", averages[name])
        family.keep(f"{case}.options", torch.tensor([decay, before], dtype=torch.float64))
        family.keep(f"{case}.decays", torch.tensor(decays, dtype=torch.float64))


def clipping(family):
    """clip_grad_norm_ with a bound that the norm exceeds, and one it does not."""
    for case, bound, scale in [("clip_exceeded", 1.0, 1.0), ("clip_within", 20.0, 0.5)]:
        variables = parameters(family, case)
        for name, gradient in gradients(family, case, 0, scale).items():
            variables[name].grad = gradient
        family.keep(f"{case}.bound", torch.tensor(bound, dtype=torch.float64))
        norm = torch.nn.utils.clip_grad_norm_(variables.values(), bound)
        assert (norm > bound) == (case == "clip_exceeded")
        family.keep(f"{case}.norm", norm)
        for name, variable in variables.items():
            family.keep(f"{case}.{name}.clipped", variable.grad)


def schedules(family):
    """The learning rate of every step, peak 1: CASE.options is (warm-up steps, all steps), CASE.rates the rates."""
    for case, warm_up, total in [("cosine_short", 3, 12), ("cosine_no_warm_up", 0, 9), ("cosine_long", 10, 40)]:
        optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
        schedule = get_cosine_schedule_with_warmup(optimizer, warm_up, total)
        rates = []
        for _ in range(total + 1):
            rates.append(schedule.get_last_lr()[0])
            optimizer.step()
            schedule.step()
        family.keep(f"{case}.options", torch.tensor([warm_up, total]))
        family.keep(f"{case}.rates", torch.tensor(rates, dtype=torch.float64))


if __name__ == "__main__":
    family = Family("optimizers")
    adamw(family, "adamw_default", lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01)
    adamw(family, "adamw_strong_decay", lr=2e-2, betas=(0.9, 0.95), eps=1e-6, weight_decay=0.25)
    adamw(family, "adamw_no_decay", lr=5e-3, betas=(0.5, 0.9), eps=1e-8, weight_decay=0.0)
    moving_average(family)
    clipping(family)
    schedules(family)
    family.write(transformers=transformers.__version__)
