"""Writes the files the tests of safetensors and NPY reading and writing compare with.

Needs torch==2.15.0, numpy and safetensors. Run: python make_safetensors.py

types.safetensors      every element type that is read; NAME.float32 is what NAME must become, converted by PyTorch
written.safetensors    what the reference implementation writes for tensors the tests write too, byte for byte
*.npy                  one array of each type that is read
"""

import pathlib

import numpy as np
import safetensors
import torch
from safetensors.torch import save_file

here = pathlib.Path(__file__).parent
versions = {"torch": torch.__version__.split("+")[0], "safetensors": safetensors.__version__, "numpy": np.__version__,
            "script": "make_safetensors.py"}

# Every sign, exponent and rounding border of binary16 without NaN.
half = torch.tensor([0, 1, 2, 0x3FF, 0x400, 0x401, 0x3C00, 0x3C01, 0x7BFF, 0x7C00, 0x5555], dtype=torch.int16)
half = torch.stack([half, half | -0x8000]).view(torch.float16)
brain = torch.tensor([0.0, 1.0, -2.5, 3.3895e38, 1e-40, float("inf"), float("-inf")]).to(torch.bfloat16)
tensors = {
    "half": half,
    "brain": brain,
    "single": torch.tensor([[0.1, -2.0e-45, 3.4e38], [1 / 3, -0.0, 7.0]]),
    "double": torch.tensor([0.1, 1e-50, -1 / 3, 16777217.0], dtype=torch.float64),
    "long": torch.tensor([[0, -1], [2**63 - 1, -(2**63)], [2**53 + 1, 123456789]]),
    "int": torch.tensor([2**31 - 1, -(2**31), 7], dtype=torch.int32),
    "byte": torch.tensor([0, 127, 128, 255], dtype=torch.uint8),
    "flag": torch.tensor([True, False, True]),
    "scalar": torch.tensor(2.5),
    "empty": torch.zeros(0, 3),
    "名前 \"quoted\"\n": torch.tensor([1.0, 2.0]),
}
for name in list(tensors):
    tensors[f"{name}.float32"] = tensors[name].to(torch.float32, copy=True)
save_file(tensors, here / "types.safetensors", metadata=versions)

save_file(
    {
        "weight": (torch.arange(12, dtype=torch.float32).reshape(3, 4) - 5.5) / 7,
        "bias": torch.tensor([0.5, -1.25, 3.0]),
        "scale": torch.tensor([1.0, 0.333251953125, 65504.0], dtype=torch.float16),
        "steps": torch.tensor([[1, -2], [3, 2**40]]),
        "b \"1\"\\\t": torch.tensor(4.0),
    },
    here / "written.safetensors", metadata={"format": "pt"})

for name, array in {
    "f4": np.array([[1.5, -2.25, 0.1], [4, 5, 6]], dtype="<f4"),
    "f8": np.array([0.1, 1 / 3], dtype="<f8"),
    "f2": np.array([[[0.5], [65504]]], dtype="<f2"),
    "i8": np.array([[1, -2], [2**62, 4]], dtype="<i8"),
    "u1": np.array([0, 200, 255], dtype="u1"),
    "scalar": np.array(3.5, dtype="<f4"),
    "empty": np.zeros((0, 4), dtype="<f4"),
    "fortran": np.asfortranarray(np.arange(6, dtype="<f4").reshape(2, 3)),
    "complex": np.array([1j], dtype="<c8"),
}.items():
    np.save(here / f"{name}.npy", array)
