"""What the comparison scripts share: finding the built command, opening and tracing a model, comparing tensors."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

os.environ.setdefault("HF_HUB_OFFLINE", "1")

ROOT = pathlib.Path(__file__).resolve().parents[2]
DIFFUSE = ROOT / ".build" / "release" / "diffuse"
MODELS = ROOT / "Sources" / "Models" / "Resources"

# Modules without weights that only pass on or activate what a neighbour computed; we fuse them with it.
UNTRACED = ("nonlinearity", "dropout", "act", "to_out.1", "net.1")


def stop(sentence, code=64):
    print(f"{pathlib.Path(sys.argv[0]).name}: {sentence}", file=sys.stderr)
    sys.exit(code)


def model_folder(name_or_path):
    """The folder of a shipped model, or the one given."""
    for folder in [MODELS / name_or_path, pathlib.Path(name_or_path)]:
        if (folder / "config.json").is_file():
            return folder
    stop(f"no model '{name_or_path}': neither {MODELS / name_or_path} nor {name_or_path} has a config.json", 66)


def binary(path):
    if not os.access(path, os.X_OK):
        stop(f"{path} is no program; build it with 'swift build -c release'", 66)
    return str(path)


def open_unet(folder):
    """diffusers' UNet2DModel or UNet2DConditionModel with its weights in float32, for inference."""
    import diffusers
    import torch

    diffusers.logging.set_verbosity_error()
    name = json.loads((pathlib.Path(folder) / "config.json").read_text()).get("_class_name")
    if name not in ("UNet2DModel", "UNet2DConditionModel"):
        stop(f"{folder} holds a {name}, not a U-Net", 65)
    return getattr(diffusers, name).from_pretrained(folder, torch_dtype=torch.float32, local_files_only=True).eval()


def first_tensor(output):
    while not hasattr(output, "detach"):
        output = output[0]
    return output


def trace(model, run=None, **arguments):
    """The result of one forward pass, and the output of every traced module under its path, in the order they finish.

    `run` is called instead of the model when there is one.
    """
    import torch

    outputs = {}

    def hook(path):
        def keep(_, __, output):
            outputs[path] = first_tensor(output).detach().clone()
        return keep

    handles = [module.register_forward_hook(hook(path)) for path, module in model.named_modules()
               if path and not path.endswith(UNTRACED)]
    with torch.no_grad():
        result = run() if run else model(**arguments).sample
    for handle in handles:
        handle.remove()
    return result, outputs


def probe(diffuse, module, folder, arguments):
    """What `diffuse probe MODULE --trace` computes from the same arguments."""
    from safetensors.torch import load_file, save_file

    with tempfile.TemporaryDirectory() as scratch:
        source, target = pathlib.Path(scratch) / "in.safetensors", pathlib.Path(scratch) / "out.safetensors"
        save_file(arguments, source)
        command = [diffuse, "probe", module, "--model", str(folder), "--input", str(source), "--output", str(target),
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


def compare(ours, theirs, tolerance, quiet):
    """Prints a line for every tensor of theirs and a summary; the first that does not agree, or None."""
    first, worst, agreeing = None, ("", 0.0), 0
    for path, tensor in theirs.items():
        found = difference(ours.get(path), tensor)
        agrees = not isinstance(found, str) and found[0] <= tolerance
        agreeing += agrees
        if not agrees and first is None:
            first = path
        if not isinstance(found, str) and found[0] >= worst[1]:
            worst = (path, found[0])
        if not quiet or not agrees:
            numbers = found if isinstance(found, str) else f"{found[0]:9.2e}  {found[1]:9.2e}"
            print(f"{path:52} {str(list(tensor.shape)):20} {numbers}{'' if agrees else '   <-- differs'}")
    extra = sorted(key for key in set(ours) - set(theirs)
                   if not key.endswith(("probabilities", "activation_fn")) and not key.startswith("text_model"))
    if extra:
        print(f"only ours: {', '.join(extra)}")
    print(f"{agreeing} of {len(theirs)} outputs agree to {tolerance:g}; "
          f"the largest relative difference is {worst[1]:.2e} in {worst[0]}")
    if first:
        print(f"the first that does not agree is {first}")
    return first
