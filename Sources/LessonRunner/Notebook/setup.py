# Runs a stage of this lesson with `diffuse`, shows what it prints and draws, and hands over its tensors.
# Needs numpy, pillow, safetensors, and `diffuse` on the PATH, in $DIFFUSE or built above this folder.
import io, json, os, re, shutil, subprocess, tempfile
from pathlib import Path

import numpy as np
from IPython.display import display
from PIL import Image
from safetensors import safe_open

built = [folder / ".build/release/diffuse" for folder in [Path.cwd(), *Path.cwd().parents]]
DIFFUSE = os.environ.get("DIFFUSE") or shutil.which("diffuse") or next((str(p) for p in built if p.exists()), "diffuse")
LARGEST = 300_000  # bytes of a picture in a notebook


def diffuse(*words):
    """The output of a command; its one sentence when it fails."""
    result = subprocess.run([DIFFUSE, *words], capture_output=True, text=True)
    if result.returncode:
        raise RuntimeError(result.stderr.strip())
    return result.stdout


class Stage(dict):
    """The tensors of a run by name, and in `facts` its numbers and parameters."""


def run_stage(stage, seed=0, **parameters):
    """Runs one stage of the lesson; every parameter can be changed, lists by Python lists."""
    words = ["lesson", LESSON, "--stage", stage, "--seed", str(seed), "--pictures", "never"]
    for name, value in parameters.items():
        value = ",".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
        words += ["--set", f"{stage}.{name}={value}"]
    with tempfile.TemporaryDirectory() as folder:
        file = f"{folder}/tensors.safetensors"
        report = diffuse(*words, "--out", folder, "--tensors", file)
        pictures = [Path(path) for path in re.findall(r"^\s*→ (\S+\.svg)$", report, re.MULTILINE)]
        print(re.sub(r"^\s*→ .*\n|^\d+ tensors? .*\n", "", report, flags=re.MULTILINE).strip())
        for path in pictures:
            show(path, words)
        result = Stage()
        with safe_open(file, "numpy") as content:
            for name in content.keys():
                result[name.removeprefix(stage + "/")] = content.get_tensor(name)
            notes = content.metadata() or {}
        result.facts = {name.removeprefix(stage + "."): json.loads(text) for name, text in notes.items()}
        return result


def show(path, words):
    """A figure: as vectors, or as pixels when it has very many."""
    text = json.loads(path.with_suffix(".json").read_text())["alternative_text"]
    picture = path.read_text()
    if len(picture) < LARGEST:
        return display({"image/svg+xml": picture, "text/plain": text}, raw=True)
    with tempfile.TemporaryDirectory() as folder:
        diffuse(*words, "--out", folder, "--format", "png")
        pixels = smaller(Path(folder, path.stem + ".png").read_bytes())
    display({"image/png": pixels, "text/plain": text}, raw=True, metadata={"image/png": {"width": 960}})


def smaller(pixels):
    """The picture in few enough bytes for a notebook: 256 colours, and fewer pixels when that is not enough."""
    picture = Image.open(io.BytesIO(pixels)).convert("RGB")
    while len(pixels) >= LARGEST:
        file = io.BytesIO()
        picture.quantize(256).save(file, "png", optimize=True)
        pixels = file.getvalue()
        picture = picture.resize((picture.width * 4 // 5, picture.height * 4 // 5), Image.Resampling.LANCZOS)
    return pixels


def check(exercise, answer):
    """Grades an answer."""
    if answer is None:
        return print("Write your answer in place of None and run this cell.")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "answers.json")
        file.write_text(json.dumps({exercise: answer}))
        graded = subprocess.run(
            [DIFFUSE, "check", "--lesson", LESSON, "--answers", str(file)], capture_output=True, text=True)
        print((graded.stdout or graded.stderr).strip())
