#!/usr/bin/env python3
"""Encodes 1,000 strings with transformers' CLIPTokenizer.

    make_tokenizer.py FOLDER OUT.json      # FOLDER: vocab.json, merges.txt, tokenizer_config.json

Writes context length, library versions and, for each string, the ids from start to end token (cut to the context, without
the padding). `original.json` is made from CLIP's own vocabulary, which `make_original.py` unpacks.
"""

import json
import os
import pathlib
import random
import sys

os.environ["HF_HUB_OFFLINE"] = "1"

import tokenizers
import transformers
from transformers import CLIPTokenizer

NAMES = [
    "red heart", "pizza", "cat face", "soccer ball", "rocket", "santa claus", "woman's hat", "hot dog", "rhinoceros", "T-Rex",
    "jack-o-lantern", "grinning face", "fire engine", "four leaf clover", "Statue of Liberty", "yo-yo", "ferris wheel",
]
ODD = [
    "", " ", "\t\n\r\v\f", "a", "'", "''", "'s", "'S", "it's", "IT'S", "don't we'll they've I'm he'd you're", "o'clock",
    "'tis the season'", "rock 'n' roll", "woman\u2019s hat", "a'sb'tc", "'res", "'ve'll", "x'", "!!'s", "1st 2nd 3rd", "12345",
    "3.14159", "1,000,000", "½ ² ③ Ⅷ ٣", "...", "!?", "a!b?c", "hello,world", "(red)[heart]{pizza}", "<|startoftext|>",
    "<|endoftext|>", "a<|endoftext|>b", "<|ENDOFTEXT|>", "!<|StartOfText|>!", "<|STARTOFTEXT|>!!", "<|endoftext| >",
    "<|endoftext|>\u0301", "<|startoftext|><|endoftext|>", "<|", "|>", "café", "cafe\u0301", "CAFÉ", "naïve façade", "Å Å Å",
    "ﬁ ﬀ", "İstanbul", "ΑΣ ΣΑΣ", "STRASSE straße", "ǅ ǆ", "Привет, мир", "你好，世界", "披萨在红心左边", "こんにちは", "안녕하세요",
    "안녕", "مرحبا بالعالم", "שלום עולם", "नमस्ते", "สวัสดี", "❤️", "🍕", "👩‍👩‍👧‍👦", "🇫🇷", "👍🏽", "red 🍕 heart",
    "a\u00a0b", "a\u3000b", "a\u200bb", "a\u200db", "a\u2028b", "a\u0085b", "\ufeffpizza", "a\u0000b", "a\x1bb", "a\u00adb",
    "Z͑ͫ̓ͪ̂ͫ̽͏", "\U0001d400\U0001d41a", "ﷺ", "\ue000", "\u0378", "_underscore_", "snake_case", "CamelCase", "tab\there",
    "line\nbreak", "crlf\r\nbreak", "trailing ", "  leading", "  both  ", "many     spaces", "pizza.", "pizza!!!", "“pizza”",
    "-", "--", "—", "a-b", "e\u0301\u0323", "\u0323\u0301e", "x\u0301\u0302\u0303", "日本語 text 混ぜ", "№ ™ © ®", "€ £ ¥",
    "10%", "C++", "#hashtag @name", "https://example.org/a?b=c", "\\n", "\"quoted\"", "a/b\\c", "~`^", "𝔼[x]", "ε̂ ᾱ", "ß", "ẞ",
]
ALPHABETS = [
    "abcdefghijklmnopqrstuvwxyz", "ABCxyz '", "'stremvld ", "0123456789 .", " \t\n\u00a0\u2003a", "éàüöñçß ", "αβγδς ΑΣ",
    "абвгд ЖЗ", "一二三四 五", "🍕❤️🐱 ", "!?.,;:-()'\" a1", "e\u0301\u0302a ", "<|endoftext|> ",
]


def strings():
    source = random.Random(0)
    result = list(ODD)
    for text in ("pizza " * 200, "x" * 500, "🍕" * 60, "don't " * 50, "red heart left of " * 12, "1" * 100, "\u0301" * 80):
        result.append(text)
    while len(result) < 600:
        alphabet = source.choice(ALPHABETS)
        result.append("".join(source.choice(alphabet) for _ in range(source.randint(1, 30))))
    while len(result) < 1000:
        words = source.choice(NAMES).split()
        if source.random() < 0.6:
            words += source.choice(["left of", "right of", "above", "below"]).split() + source.choice(NAMES).split()
        if source.random() < 0.5:
            words += ["on", "a", source.choice(["red", "blue", "purple", "gray"]), "background"]
        if source.random() < 0.3:
            words = [source.choice([str.upper, str.title, str.lower])(w) for w in words]
        gaps = [" "] if source.random() < 0.5 else [" ", "  ", "\t", "\n", " \u00a0", ", ", "... ", "'"]
        result.append("".join(word + source.choice(gaps) for word in words))
    return result


def main():
    folder, out = sys.argv[1:]
    tokenizer = CLIPTokenizer.from_pretrained(folder)
    context = tokenizer.model_max_length
    rows = []
    for text in strings():
        ids = tokenizer(text, truncation=True, padding="max_length", max_length=context).input_ids
        assert len(ids) == context, (text, len(ids))
        # All that follows the first end token is padding or ends that were typed; the padding alone is cut.
        last = context
        while last > 2 and ids[last - 1] == tokenizer.pad_token_id and ids[last - 2] == tokenizer.eos_token_id:
            last -= 1
        rows.append(json.dumps([text, ids[:last]], ensure_ascii=True))
    made_by = f"transformers {transformers.__version__}, tokenizers {tokenizers.__version__}"
    pathlib.Path(out).write_text(
        '{"made_by": "%s", "context": %d, "cases": [\n%s\n]}\n' % (made_by, context, ",\n".join(rows)))


main()
