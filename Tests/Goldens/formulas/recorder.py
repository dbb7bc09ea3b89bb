"""Collects cases and writes them as the Swift file that carries them.

A case is a formula's id, a name, where the numbers are from, the inputs and what must come out. Inputs are rounded to
three decimals so that a person can work with them; results keep all their digits.
"""

import json
import re
import zlib
from pathlib import Path

import diffusers
import mpmath
import numpy as np
import torch
import transformers

torch.set_num_threads(1)
mpmath.mp.dps = 40

TORCH = f"torch {torch.__version__.split('+')[0]}, float64"
DIFFUSERS = f"diffusers {diffusers.__version__}, float64"
DIFFUSERS32 = f"diffusers {diffusers.__version__}, float32"
TRANSFORMERS = f"transformers {transformers.__version__}, float64"
NUMPY = f"numpy {np.__version__}, float64"
MPMATH = f"mpmath {mpmath.__version__}, 40 digits"

CASES = []


def random(formula, number=0):
    """A generator that depends on the formula's id and on nothing else."""
    return np.random.RandomState(zlib.crc32(f"{formula}/{number}".encode()) % 2**31)


def normal(rng, *shape):
    return np.round(rng.randn(*shape), 3)


def uniform(rng, low, high, *shape):
    return np.round(rng.uniform(low, high, shape), 3)


def falling(rng, count, high=0.97, low=0.05):
    """A sequence of alpha_bar: falling, with three decimals, no two alike."""
    values = np.round(np.sort(rng.uniform(low, high, 4 * count))[::-1], 3)
    values = np.unique(values)[::-1]
    picks = np.linspace(0, len(values) - 1, count).round().astype(int)
    return values[picks]


def plain(value):
    if isinstance(value, torch.Tensor):
        value = value.detach().double().numpy()
    if isinstance(value, mpmath.mpf):
        value = float(value)
    value = np.asarray(value, dtype=np.float64).tolist()
    return shorten(value)


def shorten(value):
    if isinstance(value, list):
        return [shorten(item) for item in value]
    return int(value) if float(value).is_integer() and abs(value) < 1e15 else value


def case(formula, name, origin, inputs, expected, tolerance=1e-10, bound=None, engine=None, reason=None):
    """Adds a case; a `bound` makes it a Monte-Carlo one."""
    item = {
        "formula": formula, "name": name, "origin": origin,
        "inputs": {key: plain(value) for key, value in inputs.items()}, "expected": plain(expected),
    }
    if bound is not None:
        item["bound"] = bound
    else:
        item["tolerance"] = tolerance
    if engine is not None:
        item["engine"] = engine
        item["engineReason"] = reason
    CASES.append(item)


def wrapped(text, width=116):
    """Breaks JSON text into lines, at the blanks between items; never inside a string."""
    lines, line = [], ""
    for word in re.findall(r'(?:"(?:[^"\\\\]|\\\\.)*"|[^" ])+', text):
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return lines + [line]


def write(folder):
    """One Swift file for each prefix of ids, and the list of all."""
    groups = {}
    for item in CASES:
        groups.setdefault(item["formula"].split(".")[0], []).append(item)
    header = "// Written by Tests/Goldens/formulas/make_cases.py; not to be edited by hand.\n\n"
    for name, items in groups.items():
        texts = [json.dumps(item, ensure_ascii=False) for item in items]
        body = ",\n".join("\n".join("    " + line for line in wrapped(text, 114)) for text in texts)
        (folder / f"Recorded{name.capitalize()}.swift").write_text(
            f'{header}extension RecordedCases {{\n  static let {name} = #"""\n    [\n{body}\n    ]\n    """#\n}}\n')
    names = ", ".join(sorted(groups))
    listing = "\n".join("    " + line for line in wrapped(names, 112))
    (folder / "Recorded.swift").write_text(
        f"{header}extension RecordedCases {{\n  /// JSON texts, one a group.\n"
        f"  static let texts: [String] = [\n{listing},\n  ]\n}}\n")
    return {name: len(items) for name, items in groups.items()}


def sources():
    return Path(__file__).resolve().parents[3] / "Sources" / "Formulas" / "Cases"
