"""The numbers of the usual schedules over 1000 steps that the catalogue carries among its hand-written cases.

Products with mpmath at 40 digits, from the betas as double precision holds the end points; DDIM's variance by diffusers.

    python Tests/Goldens/formulas/thousand_steps.py    # writes thousand_steps.json beside this file
"""

import json
from pathlib import Path

import torch
from diffusers import DDIMScheduler
from mpmath import cos, mpf, pi, sqrt

from recorder import DIFFUSERS, MPMATH

T = 1000


def linear():
    return [mpf("1e-4") + mpf(t) / (T - 1) * (mpf("0.02") - mpf("1e-4")) for t in range(T)]


def scaled_linear():
    start, end = sqrt(mpf("0.00085")), sqrt(mpf("0.012"))
    return [(start + mpf(t) / (T - 1) * (end - start)) ** 2 for t in range(T)]


def cosine():
    f = lambda u: cos((u + mpf("0.008")) / mpf("1.008") * pi / 2) ** 2
    return [min(1 - f(mpf(t + 1) / T) / f(mpf(t) / T), mpf("0.999")) for t in range(T)]


def alpha_bar(betas, t):
    product = mpf(1)
    for beta in betas[: t + 1]:
        product *= 1 - beta
    return product


def main():
    entries = []

    def add(formula, name, origin, value):
        entries.append({"formula": formula, "case": name, "origin": origin, "expected": float(value)})

    for title, betas, places in (
        ("linear", linear(), ("half way", "the end")),
        ("scaled linear", scaled_linear(), ("the first", "half way", "the end")),
        ("cosine", cosine(), ("half way", "the end")),
    ):
        for place in places:
            t = {"the first": 0, "half way": 499, "the end": 999}[place]
            share = alpha_bar(betas, t)
            origin = "by hand" if place == "the first" else MPMATH
            add("schedule.alphas_cumprod", f"{title}, 1000 steps, {place}", origin, share)
            if place == "the end" and title != "cosine":
                add("schedule.sigma", f"{title}, 1000 steps, {place}", MPMATH, sqrt((1 - share) / share))
    scheduler = DDIMScheduler(T, 1e-4, 0.02, "linear")
    betas = torch.linspace(1e-4, 0.02, T, dtype=torch.float64)
    scheduler.alphas_cumprod = torch.cumprod(1 - betas, 0)
    for t, previous in ((420, 400), (980, 960)):
        variance = float(scheduler._get_variance(t, previous))
        name = f"linear schedule, {t} → {previous}: σ² = {variance:.9f}"
        add("sampler.ddim_sigma", name, DIFFUSERS, variance**0.5)
    target = Path(__file__).with_suffix(".json")
    target.write_text(json.dumps(entries, indent=1, ensure_ascii=False) + "\n")
    for entry in entries:
        print(f"{entry['formula']:26} {entry['case']:44} {entry['expected']:.15g}")


if __name__ == "__main__":
    main()
