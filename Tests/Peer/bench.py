"""Times diffuse beside PyTorch: the same work, the same weights, two threads each, alternating pairs.

    Tests/Peer/run bench.py fashion-ddpm --json figures.json

For every workload both programs are started, warmed up, and then asked in turn, one idle while the other computes; pairs
begin alternately with ours and theirs. Reported are the medians, their ratio ours/PyTorch, and both peaks of memory. It is
done with OPENBLAS_CORETYPE and OPENBLAS_L2_SIZE removed from the environment, which is what counts, and again with them as
they are set, where they are. README.md describes what a worker must answer.

This script imports nothing large: a child's peak of memory includes its parent's at the moment it was started.
"""

import argparse
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

from peer_models import DIFFUSE, binary, model_folder, stop

HERE = pathlib.Path(__file__).resolve().parent
THROTTLES = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")

# name: (calls in one timed run, the largest acceptable ratio of the times); a run should take about a second.
WORKLOADS = {"training-step": (2, 0.8), "unet-1": (40, 0.8), "unet-64": (2, 0.8), "sample-grid": (1, 0.2)}
MEMORY_BOUND = 0.5


def parse():
    parser = argparse.ArgumentParser(description="Times diffuse beside PyTorch.")
    parser.add_argument("model", nargs="?", default="fashion-ddpm", help="a shipped model's name or its folder")
    parser.add_argument("--diffuse", type=pathlib.Path, default=DIFFUSE, help="the built command")
    parser.add_argument("--pairs", type=int, default=5, help="alternating pairs (default 5)")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--workload", action="append", choices=list(WORKLOADS), help="only these; may be repeated")
    parser.add_argument("--calls", type=int, help="calls in one timed run, for a quick look")
    parser.add_argument("--environment", choices=["both", "unset", "as-set"], default="both")
    parser.add_argument("--json", metavar="FILE", help="also write all figures to FILE ('-' for standard output)")
    options = parser.parse_args()
    if options.pairs < 1 or options.threads < 1 or (options.calls or 1) < 1:
        parser.error("--pairs, --threads and --calls must be at least 1")
    return options


class Worker:
    """A process that stays alive and answers every line "run N" with the seconds of N calls."""

    def __init__(self, command, environment):
        self.command = command
        self.process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.facts = self.answer()

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            stop(f"'{' '.join(self.command)}' ended with {self.process.wait()}", 70)
        return json.loads(line)

    def run(self, calls):
        self.process.stdin.write(f"run {calls}\n")
        self.process.stdin.flush()
        return self.answer()["seconds"] / calls

    def end(self):
        """Lets the process end and returns its peak of resident memory in bytes."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        peak = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
        self.process.stdin.close()
        self.process.wait()
        return int(peak.split()[1]) * 1024


def timed_process(command, environment):
    """Seconds from start to end of a process, and its peak of resident memory in bytes."""
    start = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        stop(f"'{' '.join(command)}' ended with {process.returncode}", 70)
    return seconds, usage.ru_maxrss * 1024


def alternate(pairs, ours, theirs):
    """`pairs` times both, in turn the first; two lists of results."""
    results = ([], [])
    for pair in range(pairs):
        for side in ((0, 1) if pair % 2 == 0 else (1, 0)):
            results[side].append((ours, theirs)[side]())
    return results


class Bench:
    def __init__(self, options):
        self.options = options
        self.diffuse = binary(options.diffuse)
        self.folder = str(model_folder(options.model).resolve())
        self.peer = [sys.executable, str(HERE / "torch_workloads.py")]

    def environment(self, throttled):
        threads = str(self.options.threads)
        result = dict(os.environ, OMP_NUM_THREADS=threads, MKL_NUM_THREADS=threads, HF_HUB_OFFLINE="1")
        if not throttled:
            for name in THROTTLES:
                result.pop(name, None)
        return result

    def ours(self, workload, *more):
        return [self.diffuse, "bench", "--workload", workload, "--model", self.folder, "--threads",
                str(self.options.threads), *more]

    def served(self, workload, calls, environment):
        ours = Worker(self.ours(workload, "--serve"), environment)
        theirs = Worker([*self.peer, "serve", workload, self.folder], environment)
        for worker in (ours, theirs):
            worker.run(calls)
        seconds = alternate(self.options.pairs, lambda: ours.run(calls), lambda: theirs.run(calls))
        return seconds, (ours.end(), theirs.end()), {"ours": ours.facts, "theirs": theirs.facts}

    def sample_grid(self, environment):
        with tempfile.TemporaryDirectory() as scratch:
            paths = [f"{scratch}/ours.png", f"{scratch}/theirs.png"]
            commands = [self.ours("sample-grid", "--out", paths[0]), [*self.peer, "grid", self.folder, paths[1]]]
            # Once each unmeasured: both then start from files that are in memory.
            for command in commands:
                timed_process(command, environment)
            results = alternate(self.options.pairs, *(lambda c=c: timed_process(c, environment) for c in commands))
            compared = subprocess.run([*self.peer, "compare", *paths], capture_output=True, text=True, check=True)
        seconds = [[run[0] for run in side] for side in results]
        return seconds, [max(run[1] for run in side) for side in results], {"pictures": json.loads(compared.stdout)}

    def measure(self, workload, throttled):
        calls, bound = WORKLOADS[workload]
        calls = self.options.calls or calls
        environment = self.environment(throttled)
        if workload == "sample-grid":
            (ours, theirs), memory, facts = self.sample_grid(environment)
        else:
            (ours, theirs), memory, facts = self.served(workload, calls, environment)
        medians = statistics.median(ours), statistics.median(theirs)
        return {
            "workload": workload, "throttled": throttled, "bound": bound, "facts": facts,
            "ours": {"seconds": ours, "median": medians[0], "peak_bytes": memory[0]},
            "pytorch": {"seconds": theirs, "median": medians[1], "peak_bytes": memory[1]},
            "ratio": medians[0] / medians[1], "memory_ratio": memory[0] / memory[1],
        }


def show(result):
    ours, theirs = result["ours"], result["pytorch"]
    print(f"{result['workload']:14} {ours['median'] * 1e3:10.1f} ms {theirs['median'] * 1e3:10.1f} ms"
          f" {result['ratio']:6.3f} (≤ {result['bound']})  {ours['peak_bytes'] / 1e6:8.0f} MB"
          f" {theirs['peak_bytes'] / 1e6:8.0f} MB {result['memory_ratio']:6.3f} (≤ {MEMORY_BOUND})", flush=True)
    if pictures := result["facts"].get("pictures"):
        print(f"{'':14} the two pictures differ by at most {pictures.get('largest', pictures)} of 255")


def main():
    options = parse()
    bench = Bench(options)
    set_here = [f"{name}={os.environ[name]}" for name in THROTTLES if name in os.environ]
    runs = []
    if options.environment != "as-set":
        runs.append((False, f"{' and '.join(THROTTLES)} unset (judged)"))
    if options.environment == "as-set" or (options.environment == "both" and set_here):
        runs.append((True, f"as set here: {', '.join(set_here) or 'nothing'}"))
    results = []
    for throttled, title in runs:
        print(f"\n{title}\n{'':14} {'ours':>13} {'PyTorch':>13} {'ratio':>16} {'ours':>11} {'PyTorch':>11} {'memory':>14}")
        core = None
        for workload in options.workload or WORKLOADS:
            result = bench.measure(workload, throttled)
            results.append(result)
            show(result)
            core = result["facts"].get("ours", {}).get("core", core)
        print(f"OpenBLAS chose the kernels of {core or 'a processor that only the workers tell'}; medians of "
              f"{options.pairs} alternating pairs, {options.threads} threads each")
    if options.json:
        text = json.dumps({"machine": platform.processor() or platform.machine(), "pairs": options.pairs,
                           "threads": options.threads, "environment": set_here, "results": results}, indent=2) + "\n"
        if options.json == "-":
            print(text, end="")
        else:
            pathlib.Path(options.json).write_text(text)


if __name__ == "__main__":
    main()
