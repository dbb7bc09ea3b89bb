#!/usr/bin/env python3
"""Writes the lessons' pictures, Sources/Stages/Resources/garments/NAME.png, from the test part of Fashion-MNIST.

Needs the Debian package dataset-fashion-mnist and nothing beyond Python. One picture of each class, chosen by eye for
being recognisable at 28x28 and showing no legible brand. Run it again only to change the choice.
"""

import gzip
import pathlib
import struct
import zlib

FOLDER = pathlib.Path("/usr/share/datasets/fashion-mnist")
OUTPUT = pathlib.Path(__file__).resolve().parent.parent / "Sources/Stages/Resources/garments"
SIDE = 28

# name: (index in the test part, its class)
CHOSEN = {
    "t-shirt": (121, 0), "trouser": (5, 1), "pullover": (20, 2), "dress": (91, 3), "coat": (130, 4),
    "sandal": (82, 5), "shirt": (7, 6), "sneaker": (402, 7), "bag": (126, 8), "ankle-boot": (39, 9),
}


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(pixels):
    """Eight-bit grey, no filters."""
    rows = b"".join(b"\0" + pixels[y * SIDE:(y + 1) * SIDE] for y in range(SIDE))
    header = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


images = gzip.open(FOLDER / "t10k-images-idx3-ubyte.gz").read()[16:]
labels = gzip.open(FOLDER / "t10k-labels-idx1-ubyte.gz").read()[8:]
OUTPUT.mkdir(parents=True, exist_ok=True)
for name, (index, label) in CHOSEN.items():
    assert labels[index] == label, f"picture {index} is of class {labels[index]}, not {label}"
    (OUTPUT / f"{name}.png").write_bytes(png(images[index * SIDE**2:(index + 1) * SIDE**2]))
