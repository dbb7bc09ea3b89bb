"""Goldens of UNet2DConditionModel: small random models in diffusers' folder layout, with the output of every submodule.

    python make_unet_condition.py

writes for every configuration NAME/config.json, NAME/diffusion_pytorch_model.safetensors (F16) and NAME/trace.safetensors:
the inputs (`sample`, `timestep`, `encoder_hidden_states`, `class_labels`), `trace.PATH` for every module and the result,
`output`, in float64 from the stored weights, rounded to float32 once. For one configuration gradients.safetensors holds the
gradients of ⟨output, upstream⟩ with respect to every parameter and both inputs.
"""

import copy
import pathlib
import sys

import diffusers
import torch
from diffusers import UNet2DConditionModel

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from golden_models import Trace, gradients, normal, randomize, write  # noqa: E402

FOLDER = pathlib.Path(__file__).resolve().parent

diffusers.logging.set_verbosity_error()

SHARED = {"in_channels": 2, "out_channels": 2, "norm_num_groups": 2, "layers_per_block": 1}
DOWN, CROSS_DOWN, UP, CROSS_UP = "DownBlock2D", "CrossAttnDownBlock2D", "UpBlock2D", "CrossAttnUpBlock2D"

# name: configuration, shape of the sample, number of tokens, timesteps
CONFIGURATIONS = {
    # As Stable Diffusion 1: the last level without attention, 1×1 convolutions around the transformers.
    "convolutional": (
        {"sample_size": 6, "in_channels": 4, "out_channels": 4, "block_out_channels": (4, 8), "attention_head_dim": 2,
         "down_block_types": (CROSS_DOWN, DOWN), "up_block_types": (UP, CROSS_UP), "cross_attention_dim": 6},
        (1, 4, 6, 4), 5, [981]),
    # As Stable Diffusion 2: linear projections, a number of heads for each level.
    "linear": (
        {"sample_size": 4, "block_out_channels": (4, 8), "attention_head_dim": (1, 4), "use_linear_projection": True,
         "layers_per_block": 2, "down_block_types": (CROSS_DOWN, CROSS_DOWN), "up_block_types": (CROSS_UP, CROSS_UP),
         "cross_attention_dim": 5, "upcast_attention": True},
        (1, 2, 4, 2), 3, [500]),
    # Sizes that halving does not divide, sines first, deeper transformers low down.
    "odd_size": (
        {"block_out_channels": (4, 4, 8), "attention_head_dim": 4, "transformer_layers_per_block": (1, 1, 2),
         "down_block_types": (DOWN, CROSS_DOWN, DOWN), "up_block_types": (CROSS_UP, UP, UP),
         "cross_attention_dim": 7, "flip_sin_to_cos": False, "freq_shift": 1},
        (1, 2, 7, 5), 2, [33]),
    # Rows and columns that downsampling without padding drops: 5 → 2 → 1 and 7 → 3 → 1.
    "odd_unpadded": (
        {"block_out_channels": (4, 8, 4), "attention_head_dim": (2, 2, 1), "downsample_padding": 0,
         "down_block_types": (CROSS_DOWN, DOWN, DOWN), "up_block_types": (UP, CROSS_UP, CROSS_UP),
         "cross_attention_dim": 4, "norm_eps": 1e-6, "norm_num_groups": 2},
        (1, 2, 5, 7), 4, [999]),
    # Heads that do not divide the channels, layers that differ, classes, no attention in the middle.
    "uneven": (
        {"sample_size": 4, "block_out_channels": (8, 4), "attention_head_dim": (3, 2), "layers_per_block": (1, 2),
         "mid_block_type": "UNetMidBlock2D", "mid_block_scale_factor": 1.5, "num_class_embeds": 6,
         "down_block_types": (CROSS_DOWN, CROSS_DOWN), "up_block_types": (UP, CROSS_UP), "cross_attention_dim": (3, 3)},
        (2, 2, 4, 2), 6, [0, 456]),
    # Attention in the middle alone; other kernels and widths at both ends.
    "middle_only": (
        {"sample_size": (4, 4), "block_out_channels": (4, 8), "attention_head_dim": 8, "center_input_sample": True,
         "down_block_types": (DOWN, DOWN), "up_block_types": (UP, UP), "cross_attention_dim": 9,
         "time_embedding_dim": 10, "conv_in_kernel": 1, "conv_out_kernel": 5, "dropout": 0.1},
        (1, 2, 4, 4), 1, [700]),
    # Nothing at the bottom; one level.
    "no_middle": (
        {"sample_size": 3, "block_out_channels": (4,), "attention_head_dim": 2, "mid_block_type": None,
         "use_linear_projection": True, "transformer_layers_per_block": 2,
         "down_block_types": (CROSS_DOWN,), "up_block_types": (CROSS_UP,), "cross_attention_dim": 4},
        (1, 2, 3, 5), 3, [250]),
}

# The one whose gradients are stored.
DIFFERENTIATED = "convolutional"


def make_arguments(name, configuration, shape, tokens, timesteps):
    width = configuration["cross_attention_dim"]
    width = width if isinstance(width, int) else width[0]
    arguments = {"sample": normal(f"{name}/sample", shape), "timestep": torch.tensor(timesteps),
                 "encoder_hidden_states": normal(f"{name}/states", (shape[0], tokens, width))}
    if classes := configuration.get("num_class_embeds"):
        arguments["class_labels"] = torch.tensor([(2 + 3 * i) % classes for i in range(shape[0])])
    return arguments


def promote(arguments):
    return {key: value.to(torch.float64) if value.is_floating_point() else value for key, value in arguments.items()}


def write_gradients(path, model, arguments):
    arguments = promote(arguments)
    inputs = {key: arguments[key].requires_grad_() for key in ("sample", "encoder_hidden_states")}
    output = model(**arguments).sample
    upstream = normal("upstream", output.shape)
    output.backward(upstream.to(torch.float64))
    tensors = {"upstream": upstream} | gradients(model) | {f"input.{key}": value.grad for key, value in inputs.items()}
    write(path, tensors, diffusers=diffusers.__version__)


def main():
    for name, (configuration, shape, tokens, timesteps) in CONFIGURATIONS.items():
        model = randomize(name, UNet2DConditionModel(**(SHARED | configuration))).half()
        model.save_pretrained(FOLDER / name)
        model = copy.deepcopy(model).to(torch.float64)
        arguments = make_arguments(name, configuration, shape, tokens, timesteps)
        with torch.no_grad(), Trace(model) as trace:
            output = model(**promote(arguments)).sample
        write(FOLDER / name / "trace.safetensors", arguments | trace | {"output": output}, diffusers=diffusers.__version__)
        if name == DIFFERENTIATED:
            write_gradients(FOLDER / "gradients.safetensors", model, arguments)


if __name__ == "__main__":
    main()
