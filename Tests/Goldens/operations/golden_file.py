"""What the golden scripts of this folder share: cases with inputs, one output and gradients, one file a family.

Inputs are drawn in float32 and promoted, so that the float64 computation starts from exactly the numbers that are stored;
results are rounded to float32 once, when they are written.
"""

import json
import pathlib
import sys
import zlib

import numpy
import torch
from safetensors.torch import save_file

FOLDER = pathlib.Path(__file__).resolve().parent


def versions():
    return {"torch": torch.__version__, "numpy": numpy.__version__, "python": sys.version.split()[0]}


class Family:
    """The cases of one family of operations, written as NAME.safetensors.

    Tensors are called CASE.INPUT, CASE.output, CASE.grad.output (the gradient that flows in) and CASE.grad.INPUT.
    """

    def __init__(self, name):
        self.name = name
        self.tensors = {}

    def draw(self, case, shape, scale=1.0, shift=0.0):
        """Normal numbers; the seed follows from the case's name, so adding a case changes no other."""
        generator = torch.Generator().manual_seed(zlib.crc32(f"{self.name}/{case}".encode()))
        return torch.randn(shape, generator=generator, dtype=torch.float32) * scale + shift

    def keep(self, key, tensor):
        assert key not in self.tensors, key
        stored = tensor.detach()
        stored = stored.to(torch.float32) if stored.is_floating_point() else stored.to(torch.int64)
        assert bool(torch.isfinite(stored).all()), key
        self.tensors[key] = stored.contiguous().clone()

    def case(self, name, operation, inputs, constants=None):
        """Runs `operation(**inputs, **constants)` forward and backward in float64.

        `inputs` maps names to shapes or float32 tensors and gets gradients, `constants` (indices, masks) does not.
        """
        promoted, fixed = {}, {}
        for key, value in inputs.items():
            tensor = value if isinstance(value, torch.Tensor) else self.draw(f"{name}.{key}", value)
            self.keep(f"{name}.{key}", tensor)
            promoted[key] = tensor.to(torch.float64).requires_grad_()
        for key, value in (constants or {}).items():
            self.keep(f"{name}.{key}", value)
            fixed[key] = value.to(torch.float64) if value.is_floating_point() else value
        output = operation(**promoted, **fixed)
        assert output.dtype == torch.float64, name
        upstream = self.draw(f"{name}.grad.output", tuple(output.shape))
        gradients = torch.autograd.grad(output, list(promoted.values()), upstream.to(torch.float64))
        self.keep(f"{name}.output", output)
        self.keep(f"{name}.grad.output", upstream)
        for key, gradient in zip(promoted, gradients):
            self.keep(f"{name}.grad.{key}", gradient)

    def write(self, **more_versions):
        path = FOLDER / f"{self.name}.safetensors"
        origin = {"script": pathlib.Path(sys.argv[0]).name, "computed_in": "float64", **versions(), **more_versions}
        # One entry: safetensors writes several in an order that differs from run to run.
        save_file(self.tensors, path, metadata={"origin": json.dumps(origin)})
        print(f"{path.name}: {len(self.tensors)} tensors, {path.stat().st_size} bytes")
