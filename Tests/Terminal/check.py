"""Follows a lesson in a real terminal, tmux, as a reader does: keys, pauses, another value, pictures in blocks, a small window.

What terminals with graphics get is read from a pseudoterminal of their name.

    check.py DIFFUSE      # the built program

What is wrong ends it with exit code 1 and the screen as it was.
"""

import base64
import fcntl
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import termios
import time


class Terminal:
    """A window of tmux on a server of its own."""

    count = 0

    def __init__(self, width, height):
        # A name that was used before may still belong to a server on its way out.
        Terminal.count += 1
        self.name = f"diffuse-{os.getpid()}-{Terminal.count}"
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", str(width), "-y", str(height), "env", "-i",
                  f"PATH={os.environ['PATH']}", f"HOME={os.environ.get('HOME', '/')}", "LANG=C.UTF-8",
                  "TERM=screen-256color", f"DIFFUSE_HOME={os.environ.get('DIFFUSE_HOME', '')}", "PS1=$ ", "bash", "--norc",
                  "--noprofile", "-i")
        self.tmux("set-option", "-g", "history-limit", "20000")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.tmux("kill-server")

    def tmux(self, *words):
        return subprocess.run(["tmux", "-L", self.name, "-u", *words], check=True, capture_output=True, text=True).stdout

    def type(self, *keys):
        self.tmux("send-keys", *keys)

    def screen(self, history=False, escapes=False):
        return self.tmux("capture-pane", "-p", *(["-S", "-"] if history else []), *(["-e"] if escapes else []))

    def last_line(self):
        lines = [line for line in self.screen().split("\n") if line.strip()]
        return lines[-1] if lines else ""

    def wait(self, pattern, seconds=120):
        """Until the last line matches."""
        end = time.time() + seconds
        while time.time() < end:
            if re.search(pattern, self.last_line()):
                return self.last_line()
            time.sleep(0.1)
        raise AssertionError(f"waited for '{pattern}'; the screen shows\n{self.screen()}")


def expect(condition, message, terminal):
    if not condition:
        raise AssertionError(f"{message}; the terminal shows\n{terminal.screen(history=True)}")


def go_to_stage(terminal):
    """Next until a stage has run; how many keys that took."""
    for count in range(40):
        line = terminal.wait(r"\[q\]uit$")
        if "[c]hange" in line:
            return count
        terminal.type("n")
        # The prompt goes away before the next one comes.
        time.sleep(0.3)
    raise AssertionError("no stage came")


def steps(diffuse):
    """Keys, and a changed parameter."""
    with Terminal(100, 40) as terminal:
        terminal.type(f"{diffuse} lesson 02 --step --pictures never", "Enter")
        first = terminal.wait(r"^(step \d+ of \d+|more):.*\[n\]ext  \[p\]revious")
        expect("[c]hange" not in first, "a section without a stage offers to change a parameter", terminal)
        expect("Forward noising" in terminal.screen(), "the title is not on the first screen", terminal)
        go_to_stage(terminal)
        shown = terminal.screen(history=True)
        expect("ᾱ" in shown and "xₜ = √(1 − βₜ)·xₜ₋₁" in shown.replace(" xₜ₋₁", "·xₜ₋₁"), "formulas are not in Unicode", terminal)
        expect("▶ forward-noising" in shown and "--set timestep=250" in shown, "the stage did not run", terminal)
        expect("[n]ext" not in "\n".join(terminal.screen().rstrip().split("\n")[:-1]), "old prompts are left", terminal)
        terminal.type("c")
        terminal.wait(r"NAME=VALUE:$")
        terminal.type("timestep=6000", "Enter")
        terminal.wait(r"NAME=VALUE:$")
        expect("must be a whole number from 0 to 999, not '6000'" in terminal.screen(), "a bad value is not refused", terminal)
        terminal.type("timestep=600", "Enter")
        terminal.wait(r"\[c\]hange")
        expect("--set timestep=600" in terminal.screen(history=True), "the changed value is not shown", terminal)
        terminal.type("r")
        terminal.wait(r"\[c\]hange")
        terminal.type("n")
        time.sleep(0.3)
        terminal.wait(r"\[q\]uit$")
        expect("t = 600" in terminal.screen(history=True), "the text does not follow the value", terminal)
        terminal.type("q")
        terminal.wait(r"^\$ *$")
        # The terminal is as it was: what is typed is seen.
        terminal.type("echo seen", "Enter")
        terminal.wait(r"^\$ *$")
        expect("echo seen" in terminal.screen(), "the terminal does not echo any more", terminal)


def pictures(diffuse):
    """Figures and tensors in coloured blocks, never wider or higher than the window."""
    for width, height in ((100, 40), (60, 24)):
        with Terminal(width, height) as terminal:
            terminal.type(f"{diffuse} lesson 02 --stage strip --pictures auto; echo end of it", "Enter")
            terminal.wait(r"^\$ *$")
            shown = terminal.screen(history=True)
            expect("Tensor x0 [1, 1, 32, 32]" in shown, "the tensors are not shown", terminal)
            expect(len(re.findall("[▀▄█▌▐▘▝▖▗▂▃▅▆▇▁]", shown)) > 200, "there are no blocks", terminal)
            expect(len(re.findall(r"\x1b\[[0-9;]*m", terminal.screen(True, True))) > 200, "there are no colours", terminal)
            runs, longest = 0, 0
            for line in shown.split("\n"):
                runs = runs + 1 if re.search("[▀▄█▌▐▂▃▅▆▇▁]{4}", line) else 0
                longest = max(longest, runs)
            expect(longest < height, f"a picture of {longest} lines in a window of {height}", terminal)


def narrow(diffuse):
    """A window of 24 lines pauses inside long steps, and no line is lost."""
    with Terminal(80, 24) as terminal:
        terminal.type(f"{diffuse} lesson 02 --step --pictures never", "Enter")
        pauses = 0
        for _ in range(60):
            line = terminal.wait(r"\[q\]uit$|^\$ *$")
            if line.startswith("$"):
                break
            pauses += line.startswith("more:")
            terminal.type("Space")
            time.sleep(0.25)
        expect(pauses > 3, f"{pauses} pauses in the whole lesson", terminal)
        history = terminal.screen(history=True)
        for heading in ("The idea", "Run it", "Which schedule?", "Exercises", "Further reading"):
            expect(f"\n{heading}" in history, f"'{heading}' is missing", terminal)
        expect("[n]ext" not in history, "prompts are left in the text", terminal)


def output(diffuse, **environment):
    """What a stage with pictures writes into a terminal of 100 by 40 cells, 1000 by 800 pixels."""
    process, terminal = pty.fork()
    if process == 0:
        # The parent sets the size; there is nothing else to wait for.
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 1000, 800))
        os.execve(diffuse, [diffuse, "lesson", "02", "--stage", "strip", "--pictures", "auto"],
                  {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "LANG": "C.UTF-8",
                   "DIFFUSE_HOME": os.environ.get("DIFFUSE_HOME", ""), **environment})
    written = b""
    while True:
        try:
            part = os.read(terminal, 65536)
        except OSError:
            part = b""
        if not part:
            break
        written += part
    _, status = os.waitpid(process, 0)
    if status != 0:
        raise AssertionError(f"diffuse ended with status {status} in a terminal {environment}")
    return written


def protocols(diffuse):
    """kitty, iTerm2 and sixel get pixels that fit the window, a dumb terminal gets plain text."""
    sizes = {}
    images, pixels = [], b""
    for keys, data in re.findall(rb"\x1b_G([^;\x1b]*);?([^\x1b]*)\x1b\\", output(diffuse, TERM="xterm-kitty", KITTY_PID="1")):
        values = dict(pair.split(b"=") for pair in keys.split(b","))
        if values.get(b"a") == b"T":
            images.append((int(values[b"s"]), int(values[b"v"])))
        pixels += base64.b64decode(data)
    if len(pixels) != sum(4 * width * height for width, height in images):
        raise AssertionError(f"kitty gets {len(pixels)} bytes for pictures of {images}")
    sizes["kitty"] = images
    written = output(diffuse, TERM="xterm-256color", TERM_PROGRAM="iTerm.app", LC_TERMINAL="iTerm2")
    images = []
    for keys, data in re.findall(rb"\x1b\]1337;File=([^:]*):([^\x07\x1b]*)", written):
        values = dict(pair.split(b"=") for pair in keys.split(b";"))
        if base64.b64decode(data)[:2] not in (b"II", b"MM"):
            raise AssertionError("iTerm2 gets something that is no TIFF")
        images.append((10 * int(values[b"width"]), 20 * int(values[b"height"])))
    sizes["iTerm2"] = images
    written = output(diffuse, TERM="foot")
    sizes["sixel"] = [(int(w), int(h)) for w, h in re.findall(rb'\x1bP[0-9;]*q"1;1;(\d+);(\d+)', written)]
    for name, images in sizes.items():
        if len(images) < 4 or any(width > 1000 or height > 800 or min(width, height) < 100 for width, height in images):
            raise AssertionError(f"{name} gets pictures of {images} in a window of 1000 by 800 pixels")
    plain = output(diffuse, TERM="dumb")
    if b"\x1b" in plain or b"Tensor x0" in plain:
        raise AssertionError("a dumb terminal gets escape sequences or pictures")


def main():
    if not shutil.which("tmux"):
        raise SystemExit("Tests/Terminal needs the Debian package tmux")
    diffuse = os.path.abspath(sys.argv[1])
    for check in (steps, pictures, narrow, protocols):
        check(diffuse)
        print(f"{check.__name__}: {check.__doc__.strip().splitlines()[0]}", flush=True)


if __name__ == "__main__":
    try:
        main()
    except AssertionError as failure:
        sys.exit(f"{failure}")
