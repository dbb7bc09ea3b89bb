"""Writes fashion_mnist.safetensors: a few pictures of Fashion-MNIST as a batch must hold them.

Needs numpy, safetensors and the Debian package dataset-fashion-mnist. Run: python make_fashion_mnist.py
"""

import gzip
import pathlib

import numpy as np
import safetensors
from safetensors.numpy import save_file

FOLDER = pathlib.Path("/usr/share/datasets/fashion-mnist")
CHOSEN = {"train": ("train", [0, 59999, 31415]), "test": ("t10k", [9999, 0, 17])}

tensors = {}
for part, (prefix, indices) in CHOSEN.items():
    raw = np.frombuffer(gzip.open(FOLDER / f"{prefix}-images-idx3-ubyte.gz").read(), np.uint8, offset=16)
    labels = np.frombuffer(gzip.open(FOLDER / f"{prefix}-labels-idx1-ubyte.gz").read(), np.uint8, offset=8)
    images = np.pad(raw.reshape(-1, 1, 28, 28)[indices], ((0, 0), (0, 0), (2, 2), (2, 2)))
    tensors[f"{part}.indices"] = np.array(indices)
    tensors[f"{part}.images"] = images.astype(np.float32) / np.float32(127.5) - 1
    tensors[f"{part}.labels"] = labels[indices].astype(np.int64)
save_file(tensors, pathlib.Path(__file__).parent / "fashion_mnist.safetensors",
          metadata={"numpy": np.__version__, "safetensors": safetensors.__version__, "script": "make_fashion_mnist.py"})
