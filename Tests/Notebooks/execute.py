"""Executes notebooks with Jupyter and writes them with their outputs.

    execute.py FROM TO                 # every FROM/*.ipynb, executed, into TO
    execute.py FROM TO --like FOLDER   # and compares with the executed ones that are committed in FOLDER

A cell that fails, an invalid notebook or an output of 300 kB ends it with exit code 1. Compared are the cells, since outputs
differ in their last digits between machines; in text, digits count as one.
"""

import argparse
import os
import pathlib
import re
import sys
import tempfile
import time

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

LARGEST = 300_000


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("source", type=pathlib.Path)
    arguments.add_argument("target", type=pathlib.Path)
    arguments.add_argument("--like", type=pathlib.Path)
    options = arguments.parse_args()
    paths = sorted(options.source.glob("*.ipynb"))
    problems = [] if paths else [f"{options.source} holds no notebook"]
    options.target.mkdir(parents=True, exist_ok=True)
    for path in paths:
        began = time.time()
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
        if options.like:
            problems += differences(notebook, options.like / path.name)
        try:
            execute(notebook)
        except CellExecutionError as error:
            problems.append(f"{path.name}: {str(error).strip()}")
            continue
        nbformat.validate(notebook)
        problems += oversized(notebook, path.name)
        nbformat.write(notebook, options.target / path.name)
        print(f"{path.name}: {time.time() - began:.1f} s", flush=True)
    if options.like:
        extra = {path.name for path in options.like.glob("*.ipynb")} - {path.name for path in paths}
        problems += [f"{name} belongs to no lesson" for name in sorted(extra)]
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def execute(notebook):
    """In an empty folder, so that it is seen when a notebook needs files that are not its own."""
    metadata = dict(notebook.metadata)
    with tempfile.TemporaryDirectory() as folder:
        NotebookClient(notebook, timeout=600, kernel_name="python3", record_timing=False,
                       resources={"metadata": {"path": folder}}).execute()
    # The kernel adds the version of this machine's Python.
    notebook.metadata = nbformat.from_dict(metadata)


def oversized(notebook, name):
    for number, cell in enumerate(notebook.cells, 1):
        for output in cell.get("outputs", []):
            for kind, content in output.get("data", {}).items():
                if len(content) >= LARGEST * (4 / 3 if kind == "image/png" else 1):
                    yield f"{name}, cell {number}: {kind} of {len(content) // 1000} kB; the limit is {LARGEST // 1000}"


def differences(notebook, path):
    if not path.exists():
        return [f"{path} is missing; run Scripts/notebooks"]
    committed = nbformat.read(path, as_version=4)
    if [words(cell) for cell in committed.cells] == [words(cell) for cell in notebook.cells]:
        return []
    pairs = zip(committed.cells, notebook.cells)
    number = next((n for n, (a, b) in enumerate(pairs, 1) if words(a) != words(b)), len(committed.cells) + 1)
    return [f"{path}, cell {number}: not what its lesson says now; run Scripts/notebooks"]


def words(cell):
    return cell.cell_type, cell.source if cell.cell_type == "code" else re.sub(r"\d[\d.,]*", "0", cell.source)


if __name__ == "__main__":
    # Said by the kernel at every start; nothing listens beyond this machine.
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    sys.exit(main())
