"""Opens a U-Net's folder with diffusers and with diffuse and compares what every submodule computes.

    Tests/Peer/run compare_unet.py fashion-ddpm

A table with one line a submodule, in the order they finish: ‖ours − theirs‖ / ‖theirs‖ and the largest difference. The
first submodule beyond the tolerance is named, and the exit code is 1; so it is when one is missing on our side.
"""

import argparse
import pathlib
import sys

from peer_models import DIFFUSE, binary, compare, model_folder, open_unet, probe, stop, trace


def parse():
    parser = argparse.ArgumentParser(description="Compares diffuse with diffusers, submodule by submodule.")
    parser.add_argument("model", help="a shipped model's name or a folder with config.json")
    parser.add_argument("--diffuse", type=pathlib.Path, default=DIFFUSE, help="the built command")
    parser.add_argument("--batch", type=int, default=3, help="samples (default 3)")
    parser.add_argument("--size", type=int, nargs=2, metavar=("H", "W"), help="default: the model's sample_size")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--tolerance", type=float, default=1e-4, help="of ‖ours − theirs‖ / ‖theirs‖ (default 1e-4)")
    parser.add_argument("--quiet", action="store_true", help="only the summary")
    return parser.parse_args()


def make_arguments(model, batch, size, seed):
    """Random inputs: normal pixels, timesteps from 0 to the last, labels over all classes."""
    import torch

    size = size or model.config.sample_size
    if size is None:
        stop("the model has no sample_size; give --size H W")
    height, width = (size, size) if isinstance(size, int) else size
    generator = torch.Generator().manual_seed(seed)
    arguments = {
        "sample": torch.randn(batch, model.config.in_channels, height, width, generator=generator),
        "timestep": torch.randint(0, 1000, (batch,), generator=generator),
    }
    arguments["timestep"][0] = 0
    arguments["timestep"][-1] = 999
    if width := model.config.get("cross_attention_dim"):
        width = width if isinstance(width, int) else width[0]
        arguments["encoder_hidden_states"] = torch.randn(batch, 7, width, generator=generator)
    if classes := model.config.num_class_embeds:
        arguments["class_labels"] = torch.randint(0, classes, (batch,), generator=generator)
        arguments["class_labels"][-1] = classes - 1
    return arguments


def main():
    options = parse()
    diffuse, folder = binary(options.diffuse), model_folder(options.model)
    model = open_unet(folder)
    arguments = make_arguments(model, options.batch, options.size, options.seed)
    result, outputs = trace(model, **arguments)
    ours = probe(diffuse, "unet", folder, arguments)
    if compare(ours, outputs | {"sample": result}, options.tolerance, options.quiet):
        sys.exit(1)


if __name__ == "__main__":
    main()
