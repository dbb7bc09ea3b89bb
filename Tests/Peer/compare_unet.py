"""Opens the folder of a UNet2DModel or a UNet2DConditionModel with diffusers and with diffuse and compares what every submodule computes.

    Tests/Peer/run compare_unet.py fashion-ddpm

A table with one line a submodule, in the order they finish: ‖ours − theirs‖ / ‖theirs‖ and the largest difference. The
first submodule beyond the tolerance is named, and the exit code is 1; so it is when one is missing on our side.
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile

from peer_models import DIFFUSE, binary, model_folder, open_unet, stop, trace


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


def probe(diffuse, folder, arguments):
    """What `diffuse probe unet --trace` computes from the same arguments."""
    from safetensors.torch import load_file, save_file

    with tempfile.TemporaryDirectory() as scratch:
        source, target = pathlib.Path(scratch) / "in.safetensors", pathlib.Path(scratch) / "out.safetensors"
        save_file(arguments, source)
        command = [diffuse, "probe", "unet", "--model", str(folder), "--input", str(source), "--output", str(target),
                   "--trace"]
        finished = subprocess.run(command, capture_output=True, text=True)
        if finished.returncode != 0:
            stop(f"'{' '.join(command)}' ended with {finished.returncode}: {finished.stderr.strip()}", 70)
        return load_file(target)


def difference(ours, theirs):
    """(relative norm, largest absolute difference), or a word where numbers make no sense."""
    if ours is None:
        return "missing"
    if ours.shape != theirs.shape:
        return f"shape {list(ours.shape)}, theirs {list(theirs.shape)}"
    if not bool(ours.isfinite().all()):
        return "not finite"
    gap = (ours.double() - theirs.double())
    norm = theirs.double().norm().item()
    relative = gap.norm().item() / norm if norm else (0.0 if not gap.any() else float("inf"))
    return relative, gap.abs().max().item()


def main():
    options = parse()
    diffuse, folder = binary(options.diffuse), model_folder(options.model)
    model = open_unet(folder)
    arguments = make_arguments(model, options.batch, options.size, options.seed)
    result, outputs = trace(model, **arguments)
    ours = probe(diffuse, folder, arguments)

    first, worst, agreeing = None, ("", 0.0), 0
    for path, theirs in [*outputs.items(), ("sample", result)]:
        found = difference(ours.get(path), theirs)
        agrees = not isinstance(found, str) and found[0] <= options.tolerance
        agreeing += agrees
        if not agrees and first is None:
            first = path
        if not isinstance(found, str) and found[0] >= worst[1]:
            worst = (path, found[0])
        if not options.quiet or not agrees:
            numbers = found if isinstance(found, str) else f"{found[0]:9.2e}  {found[1]:9.2e}"
            print(f"{path:52} {str(list(theirs.shape)):20} {numbers}{'' if agrees else '   <-- differs'}")
    extra = sorted(set(ours) - set(outputs) - {"sample"} - {k for k in ours if k.endswith("probabilities")})
    if extra:
        print(f"only ours: {', '.join(extra)}")
    print(f"{agreeing} of {len(outputs) + 1} outputs agree to {options.tolerance:g}; "
          f"the largest relative difference is {worst[1]:.2e} in {worst[0]}")
    if first:
        print(f"the first that does not agree is {first}")
        sys.exit(1)


if __name__ == "__main__":
    main()
