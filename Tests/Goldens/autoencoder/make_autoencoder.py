"""Goldens of AutoencoderKL: small random models as diffusers saves them, with the output of every submodule.

    python make_autoencoder.py

writes for every configuration NAME/config.json, NAME/diffusion_pytorch_model.safetensors (F32) and NAME/trace.safetensors:
`sample`, `mean` and `logvar` (clamped) of its latents, `latent_sample` and `decoded`, and `trace.PATH` for every module, in
float64 from the stored weights, rounded once. For one of them also a draw of latents with `noise`, their divergence, and the
gradient of every parameter, of ⟨decoded draw, seed.decoded⟩ + divergence.
"""

import copy
import pathlib
import sys

import diffusers
import torch
from diffusers import AutoencoderKL
from safetensors.torch import load_file, save_file

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from golden_models import Trace, gradients, normal, randomize, write  # noqa: E402

FOLDER = pathlib.Path(__file__).resolve().parent

diffusers.logging.set_verbosity_error()

# name: configuration, shape of the sample
CONFIGURATIONS = {
    "one_layer": (
        {"block_out_channels": (4, 8), "layers_per_block": 1, "latent_channels": 3, "norm_num_groups": 2,
         "scaling_factor": 0.7}, (2, 3, 6, 8)),
    "two_layers": (
        {"block_out_channels": (4, 6, 6), "layers_per_block": 2, "latent_channels": 2, "norm_num_groups": 2,
         "in_channels": 1, "out_channels": 2, "mid_block_add_attention": False, "use_post_quant_conv": False},
        (1, 1, 12, 8)),
    "odd": (
        {"block_out_channels": (4, 4), "layers_per_block": 1, "latent_channels": 1, "norm_num_groups": 4,
         "use_quant_conv": False, "use_post_quant_conv": False, "sample_size": 7}, (1, 3, 7, 9)),
    "old_keys": (
        {"block_out_channels": (6,), "layers_per_block": 1, "latent_channels": 4, "norm_num_groups": 3},
        (2, 3, 4, 3)),
}

# The one whose gradients are kept, and the one whose log-variances leave −30…20.
TRAINED, CLAMPED = "one_layer", "two_layers"

# The names the parts of an attention had before 2023.
OLD = {"to_q": "query", "to_k": "key", "to_v": "value", "to_out.0": "proj_attn"}


def save(name, configuration):
    blocks = len(configuration["block_out_channels"])
    model = AutoencoderKL(**configuration, down_block_types=("DownEncoderBlock2D",) * blocks,
                          up_block_types=("UpDecoderBlock2D",) * blocks)
    randomize(name, model)
    if name == CLAMPED:
        with torch.no_grad():
            model.quant_conv.weight[-1] *= 800
    model.save_pretrained(FOLDER / name)
    if name == "old_keys":
        path = FOLDER / name / "diffusion_pytorch_model.safetensors"
        tensors = load_file(path)
        for new, old in OLD.items():
            tensors = {key.replace(f".{new}.", f".{old}."): value for key, value in tensors.items()}
        assert any(".query." in key for key in tensors)
        save_file(tensors, path, metadata={"format": "pt"})
    return model


def train(name, model, sample):
    """A draw of latents, its decoding, and the gradients of both."""
    latents = model.encode(sample).latent_dist
    noise = normal(f"{name}/noise", latents.mean.shape)
    drawn = latents.mean + latents.std * noise
    decoded = model.decode(drawn).sample
    seed = normal(f"{name}/seed", decoded.shape)
    divergence = latents.kl().mean()
    ((decoded * seed).sum() + divergence).backward()
    return {"noise": noise, "seed.decoded": seed, "drawn": drawn, "divergence": divergence} | gradients(model)


def main():
    for name, (configuration, shape) in CONFIGURATIONS.items():
        model = copy.deepcopy(save(name, configuration)).to(torch.float64)
        tensors = {"sample": normal(f"{name}/sample", shape)}
        with Trace(model) as trace:
            latents = model.encode(tensors["sample"].double()).latent_dist
            tensors["latent_sample"] = normal(f"{name}/latents", latents.mean.shape)
            tensors["decoded"] = model.decode(tensors["latent_sample"].double()).sample
        tensors |= trace | {"mean": latents.mean, "logvar": latents.logvar}
        clamped = bool((latents.logvar == 20).any() and (latents.logvar == -30).any())
        assert clamped == (name == CLAMPED)
        if name == TRAINED:
            tensors |= train(name, model, tensors["sample"].double())
        write(FOLDER / name / "trace.safetensors", tensors, diffusers=diffusers.__version__)


if __name__ == "__main__":
    main()
