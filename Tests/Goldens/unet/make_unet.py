"""Goldens of UNet2DModel: small random models in diffusers' folder layout, with the output of every submodule.

    python make_unet.py

writes for every configuration NAME/config.json, NAME/diffusion_pytorch_model.safetensors (F32) and NAME/trace.safetensors:
the inputs (`sample`, `timestep`, `class_labels`), and `trace.PATH` for every module that computes something, in float64 from
the stored weights, rounded to float32 once. `trace.output` is the model's result. One configuration is also trained for
three steps: training.safetensors.
"""

import copy
import json
import pathlib
import sys
import zlib

import diffusers
import torch
from diffusers import UNet2DModel
from safetensors.torch import save_file

FOLDER = pathlib.Path(__file__).resolve().parent

torch.set_num_threads(1)
diffusers.logging.set_verbosity_error()

SHARED = {"in_channels": 1, "out_channels": 1, "norm_num_groups": 4, "layers_per_block": 1}

# name: configuration, shape of the sample, timesteps
CONFIGURATIONS = {
    "plain": (
        {"sample_size": 8, "block_out_channels": (8, 16), "down_block_types": ("DownBlock2D",) * 2,
         "up_block_types": ("UpBlock2D",) * 2, "attention_head_dim": 8},
        (1, 1, 8, 8), [999]),
    "classes": (
        {"sample_size": 8, "block_out_channels": (8, 8, 16), "layers_per_block": 2, "num_class_embeds": 11,
         "down_block_types": ("DownBlock2D", "AttnDownBlock2D", "AttnDownBlock2D"),
         "up_block_types": ("AttnUpBlock2D", "AttnUpBlock2D", "UpBlock2D"), "attention_head_dim": 8},
        (2, 1, 8, 8), [0, 921]),
    "heads": (
        {"sample_size": 4, "in_channels": 3, "out_channels": 6, "block_out_channels": (8, 16),
         "down_block_types": ("AttnDownBlock2D",) * 2, "up_block_types": ("AttnUpBlock2D",) * 2,
         "attention_head_dim": 4},
        (2, 3, 4, 4), [250]),
    "one_head": (
        {"sample_size": 4, "in_channels": 4, "out_channels": 4, "block_out_channels": (8, 12),
         "down_block_types": ("AttnDownBlock2D", "DownBlock2D"), "up_block_types": ("UpBlock2D", "AttnUpBlock2D"),
         "attention_head_dim": None, "layers_per_block": 2},
        (1, 4, 4, 4), [3]),
    "sine_first": (
        {"sample_size": 12, "block_out_channels": (8, 8, 12), "down_block_types": ("DownBlock2D",) * 3,
         "up_block_types": ("UpBlock2D",) * 3, "flip_sin_to_cos": False, "freq_shift": 1, "downsample_padding": 0,
         "time_embedding_dim": 20, "norm_eps": 1e-6, "norm_num_groups": 2, "attention_head_dim": 3},
        (1, 1, 12, 4), [640]),
    "centred": (
        {"sample_size": 6, "in_channels": 3, "out_channels": 3, "block_out_channels": (8, 16),
         "down_block_types": ("DownBlock2D", "AttnDownBlock2D"), "up_block_types": ("AttnUpBlock2D", "UpBlock2D"),
         "center_input_sample": True, "mid_block_scale_factor": 1.4142135, "dropout": 0.1, "attention_head_dim": 16},
        (2, 3, 6, 6), [90, 10]),
    "no_mid_attention": (
        {"sample_size": 10, "in_channels": 2, "out_channels": 1, "block_out_channels": (12, 8),
         "down_block_types": ("DownBlock2D",) * 2, "up_block_types": ("UpBlock2D",) * 2, "add_attention": False},
        (2, 2, 2, 10), [999, 1]),
    "one_level": (
        {"sample_size": 5, "block_out_channels": (8,), "down_block_types": ("AttnDownBlock2D",),
         "up_block_types": ("UpBlock2D",), "norm_num_groups": 8, "attention_head_dim": 3},
        (2, 1, 5, 3), [42, 7]),
    "small": (
        {"sample_size": 8, "block_out_channels": (4, 8), "num_class_embeds": 5, "norm_num_groups": 2,
         "down_block_types": ("DownBlock2D", "AttnDownBlock2D"), "up_block_types": ("AttnUpBlock2D", "UpBlock2D"),
         "attention_head_dim": 4},
        (2, 1, 6, 4), [501, 8]),
}

# The one that is also trained.
TRAINED = "small"

# Modules without weights that only pass on or activate what a neighbour computed.
UNTRACED = ("nonlinearity", "dropout", "act", "to_out.1")


def normal(name, shape, scale=1.0):
    """Float32 normal numbers; the seed follows from the name, so that no tensor depends on another."""
    generator = torch.Generator().manual_seed(zlib.crc32(name.encode()))
    return torch.randn(shape, generator=generator, dtype=torch.float32) * scale


def make_model(name, configuration):
    """A model whose every parameter is random, biases and the scales of norms among them."""
    model = UNet2DModel(**(SHARED | configuration)).eval()
    with torch.no_grad():
        for key, parameter in model.named_parameters():
            if parameter.ndim > 1:
                fan_in = parameter[0].numel() if "embedding.weight" not in key else 1
                parameter.copy_(normal(f"{name}/{key}", parameter.shape, fan_in**-0.5))
            else:
                offset = 1.0 if "norm" in key and key.endswith("weight") else 0.0
                parameter.copy_(normal(f"{name}/{key}", parameter.shape, 0.2) + offset)
    return model


def first_tensor(output):
    while not isinstance(output, torch.Tensor):
        output = output[0]
    return output


def trace(model, **arguments):
    """The output of every traced module, under its path, of one forward pass."""
    outputs = {}

    def hook(path):
        def keep(_, __, output):
            assert path not in outputs, f"{path} runs twice"
            outputs[path] = first_tensor(output).detach().clone()
        return keep

    handles = [module.register_forward_hook(hook(path or "output")) for path, module in model.named_modules()
               if not path.endswith(UNTRACED)]
    with torch.no_grad():
        model(**arguments)
    for handle in handles:
        handle.remove()
    return outputs


def make_arguments(name, configuration, shape, timesteps):
    arguments = {"sample": normal(f"{name}/sample", shape), "timestep": torch.tensor(timesteps)}
    if classes := configuration.get("num_class_embeds"):
        labels = [(3 + 7 * i) % classes for i in range(shape[0] - 1)] + [classes - 1]
        arguments["class_labels"] = torch.tensor(labels)
    return arguments


def promote(arguments):
    return {key: value.to(torch.float64) if value.is_floating_point() else value for key, value in arguments.items()}


def write(path, tensors):
    origin = {"script": pathlib.Path(sys.argv[0]).name, "computed_in": "float64", "torch": torch.__version__,
              "diffusers": diffusers.__version__}
    stored = {key: (value.to(torch.float32) if value.is_floating_point() else value).contiguous().clone()
              for key, value in tensors.items()}
    for key, value in stored.items():
        assert bool(torch.isfinite(value).all()), key
    # One entry: safetensors writes several in an order that differs from run to run.
    save_file(stored, path, metadata={"origin": json.dumps(origin)})
    print(f"{path.relative_to(FOLDER)}: {len(stored)} tensors, {path.stat().st_size} bytes")


def training_steps(model, classes, steps=3, rate=2e-3, decay=0.25, bound=1.0):
    """Three training steps: mean squared error on the noise, clipping, AdamW, exponential moving average.

    AdamW's ε is 1e-4: the gradient of a key's bias is zero but for rounding, and a small ε would blow the rounding up.
    """
    model = copy.deepcopy(model).to(torch.float64)
    options = {"lr": rate, "betas": (0.9, 0.99), "eps": 1e-4, "weight_decay": 0.05}
    optimizer = torch.optim.AdamW(model.parameters(), **options)
    average = {key: value.detach().clone() for key, value in model.named_parameters()}
    tensors = {"options": torch.tensor([rate, 0.9, 0.99, 1e-4, 0.05, bound, decay], dtype=torch.float64)}
    losses, norms = [], []
    for step in range(steps):
        batch = {
            "sample": normal(f"training/{step}/sample", (3, 1, 8, 8)),
            "timestep": torch.tensor([(331 * step + 97 * i) % 1000 for i in range(3)]),
            "class_labels": torch.tensor([(step + 4 * i) % classes for i in range(3)]),
        }
        noise = normal(f"training/{step}/noise", (3, 1, 8, 8))
        tensors |= {f"step.{step}.{key}": value for key, value in (batch | {"noise": noise}).items()}
        loss = torch.nn.functional.mse_loss(model(**promote(batch)).sample, noise.to(torch.float64))
        optimizer.zero_grad()
        loss.backward()
        if step == 0:
            tensors |= {f"gradient.{key}": value.grad.clone() for key, value in model.named_parameters()}
        norms.append(torch.nn.utils.clip_grad_norm_(model.parameters(), bound))
        losses.append(loss.detach())
        optimizer.step()
        with torch.no_grad():
            for key, value in model.named_parameters():
                average[key].lerp_(value, 1 - min(decay, (1 + step) / (10 + step)))
    tensors |= {f"value.{key}": value.detach() for key, value in model.named_parameters()}
    tensors |= {f"average.{key}": value for key, value in average.items()}
    write(FOLDER / "training.safetensors", tensors | {"losses": torch.stack(losses), "norms": torch.stack(norms)})


def main():
    for name, (configuration, shape, timesteps) in CONFIGURATIONS.items():
        model = make_model(name, configuration)
        model.save_pretrained(FOLDER / name)
        arguments = make_arguments(name, configuration, shape, timesteps)
        outputs = trace(copy.deepcopy(model).to(torch.float64), **promote(arguments))
        write(FOLDER / name / "trace.safetensors", arguments | {f"trace.{key}": value for key, value in outputs.items()})
        if name == TRAINED:
            training_steps(model, configuration["num_class_embeds"])


if __name__ == "__main__":
    main()
