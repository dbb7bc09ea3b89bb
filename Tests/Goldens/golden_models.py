"""What the scripts that make goldens of models share: random parameters, traces, files."""

import json
import pathlib
import sys
import zlib

import torch
from safetensors.torch import save_file

torch.set_num_threads(1)

# Modules without weights that only pass on or activate what a neighbour computed.
UNTRACED = ("nonlinearity", "dropout", "act", "to_out.1", "net.1")


def normal(name, shape, scale=1.0):
    """Float32 normal numbers; the seed follows from the name, so that no tensor depends on another."""
    generator = torch.Generator().manual_seed(zlib.crc32(name.encode()))
    return torch.randn(shape, generator=generator, dtype=torch.float32) * scale


def randomize(name, model):
    """Makes every parameter random, biases and the scales of norms among them."""
    with torch.no_grad():
        for key, parameter in model.named_parameters():
            if parameter.ndim > 1:
                fan_in = parameter[0].numel() if "embedding.weight" not in key else 1
                parameter.copy_(normal(f"{name}/{key}", parameter.shape, fan_in**-0.5))
            elif parameter.ndim == 1:
                offset = 1.0 if "norm" in key and key.endswith("weight") else 0.0
                parameter.copy_(normal(f"{name}/{key}", parameter.shape, 0.2) + offset)
    return model.eval()


def first_tensor(output):
    while not isinstance(output, torch.Tensor):
        output = output[0]
    return output


class Trace(dict):
    """Collects, while it is open, the output of every traced module under its path, "trace.PATH"."""

    def __init__(self, model):
        super().__init__()
        self.handles = [module.register_forward_hook(self.hook(path)) for path, module in model.named_modules()
                        if path and not path.endswith(UNTRACED)]

    def hook(self, path):
        def keep(_, __, output):
            assert f"trace.{path}" not in self, f"{path} runs twice"
            self[f"trace.{path}"] = first_tensor(output).detach().clone()
        return keep

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for handle in self.handles:
            handle.remove()


def gradients(model):
    """The gradient of every parameter; those no gradient reached are an error."""
    return {f"gradient.{key}": value.grad.clone() for key, value in model.named_parameters()}


def write(path, tensors, **versions):
    """Stores tensors as float32 and int64, with where they come from."""
    origin = {"script": pathlib.Path(sys.argv[0]).name, "computed_in": "float64", "torch": torch.__version__} | versions
    stored = {key: (value.to(torch.float32) if value.is_floating_point() else value).detach().contiguous().clone()
              for key, value in tensors.items()}
    for key, value in stored.items():
        assert bool(torch.isfinite(value).all()), key
    # One entry: safetensors writes several in an order that differs from run to run.
    save_file(stored, path, metadata={"origin": json.dumps(origin)})
    print(f"{path.parent.name}/{path.name}: {len(stored)} tensors, {path.stat().st_size} bytes")
