"""Network parts and what they cost."""

import torch
import torch.nn.functional as F
from diffusers.models.embeddings import get_timestep_embedding
from mpmath import cos, mpf, sin
from torch.utils.flop_counter import FlopCounterMode
from transformers.activations import ACT2FN

from forward import t64
from recorder import DIFFUSERS32, MPMATH, TORCH, TRANSFORMERS, case, normal, np, random, uniform


def cases():
    norms()
    activations()
    embeddings()
    layers()
    costs()


def norms():
    for n, (shape, groups) in enumerate((((2, 6, 3, 2), 3), ((1, 4, 2, 5), 2), ((3, 8, 1, 2), 2))):
        rng = random("norm", n)
        count, channels, height, width = shape
        x, gamma, beta = np.round(2 * normal(rng, *shape) + 1, 3), normal(rng, channels), normal(rng, channels)
        delta = (1e-5, 1e-6, 0.01)[n]
        case("norm.group", f"{groups} groups of {channels} channels", TORCH,
             {"x": x, "gamma": gamma, "beta": beta, "delta": delta, "G": groups, "N": count, "C": channels,
              "H": height, "W": width}, F.group_norm(t64(x), groups, t64(gamma), t64(beta), delta))
        x, gamma, beta = np.round(2 * normal(rng, 2, 3 + n, 5 - n) + 1, 3), normal(rng, 5 - n), normal(rng, 5 - n)
        case("norm.layer", f"shape {list(x.shape)}", TORCH, {"x": x, "gamma": gamma, "beta": beta, "delta": delta},
             F.layer_norm(t64(x), x.shape[-1:], t64(gamma), t64(beta), delta))


def activations():
    for n, shape in enumerate(((2, 3), (4,), (1, 2, 5))):
        rng = random("act", n)
        x, gate = np.round(2 * normal(rng, *shape), 3), np.round(2 * normal(rng, *shape), 3)
        case("act.silu", f"shape {list(shape)}", TORCH, {"x": x}, F.silu(t64(x)))
        case("act.gelu", f"shape {list(shape)}", TORCH, {"x": x}, F.gelu(t64(x)))
        case("act.quick_gelu", f"shape {list(shape)}", TRANSFORMERS, {"x": x}, ACT2FN["quick_gelu"](t64(x)))
        case("act.geglu", f"shape {list(shape)}", TORCH, {"a": x, "g": gate}, t64(x) * F.gelu(t64(gate)))
    for formula in ("act.silu", "act.quick_gelu"):
        x = [-30, -1, 0.001, 30]
        case(formula, "far out", TORCH, {"x": x},
             t64(x) * torch.sigmoid((1.702 if formula == "act.quick_gelu" else 1) * t64(x)))


def embeddings():
    for t, size in ((1, 8), (3, 6)):
        case("embed.sinusoidal", f"t = {t}, D = {size}", DIFFUSERS32, {"t": t, "D": size},
             get_timestep_embedding(torch.tensor([t]), size, flip_sin_to_cos=True, downscale_freq_shift=0)[0],
             tolerance=1e-6)
    for t, size in ((17, 4), (500, 10), (999, 6)):
        f = [mpf(10000) ** (-mpf(2 * j) / size) for j in range(size // 2)]
        expected = [float(cos(t * w)) for w in f] + [float(sin(t * w)) for w in f]
        case("embed.sinusoidal", f"t = {t}, D = {size}", MPMATH, {"t": t, "D": size}, expected,
             engine=1e-4, reason="t·f has 10 of single precision's 24 bits before the point, which sin and cos lose")


def layers():
    for n, (rows, inputs, outputs) in enumerate(((2, 3, 4), (5, 4, 1), (1, 2, 6))):
        rng = random("layer.linear", n)
        x, w, b = normal(rng, rows, inputs), normal(rng, outputs, inputs), normal(rng, outputs)
        case("layer.linear", f"{inputs} inputs, {outputs} outputs", TORCH, {"x": x, "W": w, "b": b},
             F.linear(t64(x), t64(w), t64(b)))
    for n, (shape, outputs, kernel, stride, pad) in enumerate((
            ((2, 3, 5, 4), 2, 3, 1, 1), ((1, 2, 6, 7), 3, 3, 2, 1), ((2, 4, 3, 2), 5, 1, 1, 0))):
        rng = random("layer.conv2d", n)
        x, w, b = normal(rng, *shape), normal(rng, outputs, shape[1], kernel, kernel), normal(rng, outputs)
        case("layer.conv2d", f"{kernel}×{kernel}, stride {stride}, padding {pad}", TORCH,
             {"x": x, "W": w, "b": b, "s": stride, "r": pad}, F.conv2d(t64(x), t64(w), t64(b), stride, pad))
        x = normal(rng, *shape[:2], 2 + n, 3)
        case("layer.upsample_nearest", f"shape {list(x.shape)}", TORCH, {"x": x},
             F.interpolate(t64(x), scale_factor=2, mode="nearest"))
    for size, pad, kernel, stride in ((17, 2, 5, 2), (64, 1, 3, 2), (9, 0, 4, 3), (7, 3, 7, 1)):
        result = F.conv2d(torch.zeros(1, 1, size, 40), torch.zeros(1, 1, kernel, kernel), stride=stride, padding=pad)
        case("layer.conv_size", f"{size} with {kernel}×{kernel}", TORCH,
             {"H": size, "r": pad, "k": kernel, "s": stride}, result.shape[2])


def flops(body):
    with FlopCounterMode(display=False) as counter:
        body()
    return counter.get_total_flops() / 2


def costs():
    counted = TORCH.replace("float64", "its own count, halved")
    for height, width, inputs, outputs, kernel in ((8, 5, 3, 16, 3), (7, 9, 6, 2, 1), (4, 6, 5, 3, 5)):
        x = torch.zeros(1, inputs, height, width)
        layer = torch.nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2)
        case("unet.macs_conv", f"{inputs} → {outputs}, {kernel}×{kernel}", counted,
             {"H_out": height, "W_out": width, "C_out": outputs, "C_in": inputs, "k": kernel}, flops(lambda: layer(x)))
        case("cost.params_conv", f"{inputs} → {outputs}, {kernel}×{kernel}", TORCH,
             {"C_in": inputs, "C_out": outputs, "k": kernel}, sum(p.numel() for p in layer.parameters()))
        bound = 1 / np.sqrt(torch.nn.init._calculate_fan_in_and_fan_out(layer.weight)[0])
        case("train.init_bound", f"{inputs} channels, {kernel}×{kernel}", TORCH, {"C_in": inputs, "k": kernel}, bound)
    torch.manual_seed(0)
    weights = torch.nn.Conv2d(12, 4096, 3).weight.detach().abs().max()
    case("train.init_bound", "the largest of 442,368 weights that torch drew", "442,368 draws, within 1e-5 below",
         {"C_in": 12, "k": 3}, round(float(weights), 7), bound=1e-5)
    for tokens, inputs, outputs in ((77, 12, 5), (9, 4, 32), (256, 3, 2)):
        case("cost.macs_linear", f"{tokens} tokens", counted, {"L": tokens, "D_in": inputs, "D_out": outputs},
             flops(lambda: torch.zeros(tokens, inputs) @ torch.zeros(inputs, outputs)))
    for queries, keys, size in ((64, 77, 8), (25, 25, 6), (4, 9, 10)):
        q, k = torch.zeros(2, queries, size // 2), torch.zeros(2, keys, size // 2)
        case("cost.macs_attention", f"{queries} queries, {keys} keys, two heads", counted,
             {"L_q": queries, "L_k": keys, "D": size}, flops(lambda: torch.bmm(torch.bmm(q, k.mT), k)))
    for kernels, strides in (((3, 3, 3), (1, 2, 1)), ((5, 2, 3, 3), (1, 2, 2, 1)), ((7, 1), (2, 1))):
        # The pixels a place in the middle gets a gradient from.
        x = torch.zeros(1, 1, 1, 200, requires_grad=True)
        y = x
        for kernel, stride in zip(kernels, strides):
            y = F.conv2d(y, torch.ones(1, 1, 1, kernel), stride=(1, stride))
        y[0, 0, 0, y.shape[3] // 2].backward()
        case("cost.receptive_field", f"{len(kernels)} layers, by its gradient", TORCH,
             {"k": kernels, "s": strides, "n": len(kernels)}, int((x.grad != 0).sum()))
