"""What the benchmarks share: how a command is measured, and how figures get into the READMEs."""

from __future__ import annotations

import datetime
import importlib.metadata
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
README = HERE / "README.md"
# Runs a command, then says its processor seconds and its peak in KiB. A process of its own, since
# Linux counts into a child's peak that of the process that started it: here a small one.
LAUNCHER = """\
import resource, subprocess, sys, time
start = time.perf_counter()
status = subprocess.run(sys.argv[1:], stdout=sys.stderr).returncode
clock = time.perf_counter() - start
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, clock, used.ru_maxrss)
sys.exit(status)
"""


class Used(NamedTuple):
    """What a command used: seconds of processors, its children's too, and of the clock; and the
    memory of its largest process, in MiB."""

    seconds: float
    clock: float
    memory: float


def run(command: list[str], folder: Path) -> Used:
    """Run a command in a folder and measure it; where it fails, say what it said, and end."""
    launcher = [sys.executable, "-S", "-c", LAUNCHER, *command]
    done = subprocess.run(launcher, cwd=folder, capture_output=True, text=True, errors="replace")
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stderr}")
    seconds, clock, peak = map(float, done.stdout.split()[-3:])
    return Used(seconds, clock, peak / 1024)


def mebibytes(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 2**20


def table(head: list[str], rows: list[list[str]]) -> list[str]:
    lines = [head, ["---"] * len(head), *rows]
    return [f"| {' | '.join(line)} |" for line in lines]


def measured_on() -> list[str]:
    """When, with what and beside what load it is measured."""
    now = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d")
    packages = ("sphinx", "docutils", "myst-parser", "furo")
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in packages)
    # where other software is kept is this machine's own
    options = [one for one in sys.argv[1:] if one != "--peers" and not Path(one).is_dir()]
    command = " ".join([Path(sys.argv[0]).name, *options])
    return [
        f"Measured on {now} by `python benchmarks/{command}`: {os.cpu_count()} cores of",
        f"{platform.machine()}, {platform.system()},",
        f"Python {platform.python_version()}, {versions}.",
        f"Load of the machine at the start: {os.getloadavg()[0]:.1f}.",
    ]


def write(section: str, lines: list[str], readme: Path = README) -> None:
    """Put lines into a README, in place of those that stand between a section's marks."""
    begin, end = f"<!-- {section} -->\n", f"<!-- /{section} -->\n"
    before, found, rest = readme.read_text("utf-8").partition(begin)
    _old, closed, after = rest.partition(end)
    if not found or not closed:
        sys.exit(f"{readme} has no section {section}")
    text = "\n".join(["", *lines, "", ""])
    readme.write_text(before + begin + text + end + after, "utf-8")
