"""Writes random.safetensors: what PyTorch's CPU generator draws for 20 seeds.

Needs torch==2.15.0 and safetensors. Run: python make_random.py

Keys are SEED/KIND.ARGUMENT, each drawn right after torch.manual_seed(SEED), and SEED/mixed.NN.KIND.ARGUMENT, drawn one
after another from one state so that the unused half of a normal pair and the position in the twister carry over.
"""

import pathlib

import safetensors
import torch
from safetensors.torch import save_file

SEEDS = [0, 1, 2, 3, 7, 42, 123, 999, 1234, 5489, 65535, 65536, 31337, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**32 + 7,
         2**63, 2**64 - 1]
NORMAL_SHAPES = [[], [1], [2], [3], [2, 3], [15], [16], [17], [31], [2, 3, 5], [4, 8], [10, 100]]
MIXED = [("normal", [3]), ("uniform", [2, 2]), ("normal", [3]), ("integers", 10), ("normal", [17]), ("normal", [2]),
         ("permutation", 7), ("normal", [1]), ("integers", 2**40), ("normal", [1]), ("uniform", [700]),
         ("normal", [16]), ("permutation", 1), ("normal", [15])]


def draw(kind, argument):
    if kind == "normal":
        return torch.randn(argument)
    if kind == "uniform":
        return torch.rand(argument)
    if kind == "integers":
        return torch.randint(argument, (6,))
    return torch.randperm(argument)


def label(kind, argument):
    return f"{kind}.{'x'.join(map(str, argument)) if isinstance(argument, list) else argument}"


tensors = {}
for seed in SEEDS:
    fresh = [("normal", shape) for shape in NORMAL_SHAPES] + [("uniform", [5]), ("uniform", [3, 211])]
    fresh += [("integers", bound) for bound in (1, 10, 1000, 2**28 - 1, 2**28, 2**32, 2**40, 2**63 - 1)]
    fresh += [("permutation", count) for count in (0, 1, 2, 10, 100)]
    for kind, argument in fresh:
        torch.manual_seed(seed)
        tensors[f"{seed}/{label(kind, argument)}"] = draw(kind, argument)
    torch.manual_seed(seed)
    for index, (kind, argument) in enumerate(MIXED):
        tensors[f"{seed}/mixed.{index:02}.{label(kind, argument)}"] = draw(kind, argument)

# torch.randperm shuffles inside out on 64 bits from 214,748,364 elements on; here the same steps on the same bits for
# fewer. (Full-range 64-bit draws come from random_ without an upper end.)
torch.manual_seed(3)
bits = torch.empty(1000, dtype=torch.int64).random_(-(2**63), None)
order = []
for i, draw_ in enumerate(bits.tolist()):
    j = draw_ % 2**64 % (i + 1)
    order.append(i)
    order[i], order[j] = order[j], i
tensors["wide.3"] = torch.tensor(order)

save_file(
    {key: value.contiguous() for key, value in tensors.items()}, pathlib.Path(__file__).parent / "random.safetensors",
    metadata={"torch": torch.__version__.split("+")[0], "safetensors": safetensors.__version__,
              "script": "make_random.py"})
