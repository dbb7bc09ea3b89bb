#!/usr/bin/env python3
"""Writes CLIP's own vocabulary as vocab.json and merges.txt, from the file bpe_simple_vocab_16e6.txt.gz.

    make_original.py bpe_simple_vocab_16e6.txt.gz FOLDER

The file is in the Python packages open_clip_torch and clip-anytorch (`pip download --no-deps open_clip_torch`, then unzip);
it is not part of this package. DIFFUSE_CLIP_TOKENIZER=FOLDER lets the tests read it.
"""

import gzip
import json
import pathlib
import sys


def alphabet():
    visible = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    hidden = [byte for byte in range(256) if byte not in visible]
    return [chr(byte) for byte in visible] + [chr(256 + n) for n in range(len(hidden))]


source, folder = sys.argv[1:]
folder = pathlib.Path(folder)
folder.mkdir(parents=True, exist_ok=True)
# The first line is a version; what follows the first 48,894 merges is unused.
merges = gzip.open(source).read().decode().split("\n")[1:49152 - 256 - 2 + 1]
letters = alphabet()
pieces = letters + [letter + "</w>" for letter in letters] + [merge.replace(" ", "") for merge in merges]
pieces += ["<|startoftext|>", "<|endoftext|>"]
assert len(pieces) == 49408
(folder / "vocab.json").write_text(json.dumps({piece: id for id, piece in enumerate(pieces)}))
(folder / "merges.txt").write_text("#version: 0.2\n" + "\n".join(merges) + "\n")
special = {
    "bos_token": "<|startoftext|>", "eos_token": "<|endoftext|>", "pad_token": "<|endoftext|>", "unk_token": "<|endoftext|>",
}
config = {**special, "tokenizer_class": "CLIPTokenizer", "model_max_length": 77}
(folder / "tokenizer_config.json").write_text(json.dumps(config))
(folder / "special_tokens_map.json").write_text(json.dumps(special))
