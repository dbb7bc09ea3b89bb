"""What the comparison scripts share: finding the built command, opening a model folder with diffusers, tracing it."""

import json
import os
import pathlib
import sys

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


def trace(model, **arguments):
    """The result of one forward pass, and the output of every traced module under its path, in the order they finish."""
    import torch

    outputs = {}

    def hook(path):
        def keep(_, __, output):
            outputs[path] = first_tensor(output).detach().clone()
        return keep

    handles = [module.register_forward_hook(hook(path)) for path, module in model.named_modules()
               if path and not path.endswith(UNTRACED)]
    with torch.no_grad():
        result = model(**arguments).sample
    for handle in handles:
        handle.remove()
    return result, outputs
