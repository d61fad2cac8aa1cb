"""Measure comparisons against the same pages with the comparisons' content written out by hand.

Each size is built cold, again with nothing changed, and after an edit of one report, by one
process and by two, all of these beside each other, each step in a process of its own. Before
that a small collection is built both ways, and both must read the same, or nothing is measured.

    python benchmarks/bench.py [--write] [--peers] [SIZES ...]      default: 5 50 500 2000

``--peers`` installs MkDocs with Material and mystmd beside the collections, from their registries,
and has them build the pages by hand too. ``--write`` puts the tables into ``benchmarks/README.md``,
in place of those that an earlier run put there.

Processor seconds, of a build and its children, not the clock's: those grow with whatever else the
machine does. The least of several repeats, since what disturbs only adds.
"""

from __future__ import annotations

import argparse
import datetime
import importlib.metadata
import math
import os
import platform
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from pathlib import Path

from collection import COLUMNS, Collection, Way

README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- bench.py -->\n", "<!-- /bench.py -->\n"
SIZES = [5, 50, 500, 2000]
JOBS = (1, 2)
WAYS: tuple[Way, Way] = ("ours", "by hand")
# the smaller, the more a disturbance counts and the less a repeat costs
REPEATS = {5: 3, 50: 2}
# the real configuration, theme on, is measured at these
SITE_SIZES = (50, 500)
# beyond, a peer is left out: what is measured is us
PEERS_UP_TO = 500
MKDOCS = ["mkdocs>=1.6,<2", "mkdocs-material>=9,<10"]
MYSTMD = ["mystmd@1"]
MKDOCS_SETTINGS = "site_name: 对照\ntheme:\n  name: material\n"
# mystmd takes its templates from a server. With a bare one it writes its pages as data, from
# which the template's own server makes HTML.
MYSTMD_SETTINGS = "version: 1\nproject:\n  title: 对照\nsite:\n  template: ./bare\n"
BARE_TEMPLATE = (
    'jtex: v1\nmyst: v1\ntitle: bare\nkind: site\nbuild: {install: "true", start: "true"}\n'
)


@dataclass
class Figures:
    """Of one collection built one way: processor seconds and MiB."""

    cold: float
    no_op: float
    edit: float
    memory: float
    environment: float
    output: float

    def least(self, other: Figures) -> Figures:
        return Figures(*map(min, self.values(), other.values()))

    def values(self) -> list[float]:
        return [getattr(self, one.name) for one in fields(self)]


# Runs a command, then says its processor seconds and its peak in KiB. A process of its own, since
# Linux counts into a child's peak that of the process that started it: here a small one.
LAUNCHER = """\
import resource, subprocess, sys
status = subprocess.run(sys.argv[1:], stdout=sys.stderr).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, used.ru_maxrss)
sys.exit(status)
"""


def run(command: list[str], folder: Path) -> tuple[float, float]:
    """Run a build; return its processor seconds, children included, and its peak memory in MiB.

    The peak is that of its largest process.
    """
    launcher = [sys.executable, "-S", "-c", LAUNCHER, *command]
    done = subprocess.run(launcher, cwd=folder, capture_output=True, text=True, errors="replace")
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stderr}")
    seconds, peak = map(float, done.stdout.split())
    return seconds, peak / 1024


def sphinx(jobs: int) -> list[str]:
    options = ["-q", "-W", "-b", "html", "-j", str(jobs), "-d", "_doctrees", ".", "_html"]
    return [sys.executable, "-m", "sphinx", *options]


def mebibytes(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 2**20


def build(collection: Collection, way: Way, command: list[str]) -> Figures:
    """Build a collection in a new folder: cold, with nothing changed, after an edit."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        collection.write(folder, way)
        cold, memory = run(command, folder)
        environment, output = mebibytes(folder / "_doctrees"), mebibytes(folder / "_html")
        no_op, _memory = run(command, folder)
        collection.edit()
        collection.write(folder, way)
        edit, _memory = run(command, folder)
    return Figures(cold, no_op, edit, memory, environment, output)


def read_pages(folder: Path) -> dict[str, str]:
    """What a reader reads of each page: its body's text without white space."""
    pages = {}
    for path in folder.glob("*.html"):
        body = path.read_text("utf-8").partition('<div class="body"')[2]
        text = re.sub("<[^>]*>", "", body.partition('<div class="clearer"')[0])
        pages[path.name] = "".join(text.split())
    return pages


def check_sameness() -> None:
    """Both ways must give pages that read the same."""
    read = []
    for way in WAYS:
        with tempfile.TemporaryDirectory() as name:
            Collection(20).write(Path(name), way)
            run(sphinx(1), Path(name))
            read.append(read_pages(Path(name) / "_html"))
    ours, by_hand = read
    if wrong := [
        name for name in ours.keys() | by_hand.keys() if ours.get(name) != by_hand.get(name)
    ]:
        sys.exit(f"not the same pages both ways: {', '.join(sorted(wrong))}")


def measure(size: int) -> dict[int, dict[Way, Figures]]:
    """Build one size both ways, by one process and by two; return the least figures of repeats.

    All at the same time, so that what else the machine does disturbs all alike.
    """
    least: dict[int, dict[Way, Figures]] = {jobs: {} for jobs in JOBS}
    for _repeat in range(REPEATS.get(size, 1)):
        with ThreadPoolExecutor() as pool:
            running = {
                (jobs, way): pool.submit(build, Collection(size), way, sphinx(jobs))
                for jobs in JOBS
                for way in WAYS
            }
        for (jobs, way), done in running.items():
            figures = done.result()
            least[jobs][way] = figures.least(least[jobs].get(way, figures))
            print(f"{size} reports, -j {jobs}, {way}: {figures}", file=sys.stderr, flush=True)
    return least


def start_up() -> float:
    """The seconds that Sphinx needs for a project with one empty page."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        Collection(COLUMNS).write(folder, "ours")
        for path in folder.glob("*.md"):
            path.unlink()
        (folder / "index.md").write_text("# 空\n", "utf-8")
        return min(run([*sphinx(1), "-E"], folder)[0] for _repeat in range(3))


def exponent(points: list[tuple[int, float]]) -> str:
    """The power with which the second value grows with the first: a least-squares fit of logs.

    A dash where a value is not above nothing: it drowns in the noise.
    """
    if any(y <= 0 for _x, y in points):
        return "–"
    logs = [(math.log(x), math.log(y)) for x, y in points]
    mean_x = sum(x for x, _y in logs) / len(logs)
    mean_y = sum(y for _x, y in logs) / len(logs)
    spread = sum((x - mean_x) ** 2 for x, _y in logs)
    return f"{sum((x - mean_x) * (y - mean_y) for x, y in logs) / spread:.2f}"


def install_mkdocs(folder: Path) -> tuple[list[str], dict[str, str]]:
    """Install MkDocs with Material; return the command that builds and the settings it needs."""
    venv = folder / "venv"
    run([sys.executable, "-m", "venv", str(venv)], folder)
    run([str(venv / "bin" / "pip"), "install", "-q", *MKDOCS], folder)
    command = [str(venv / "bin" / "mkdocs"), "build", "-q", "-d", "_html"]
    return command, {"mkdocs.yml": MKDOCS_SETTINGS}


def install_peers(folder: Path) -> dict[str, tuple[list[str], dict[str, str]]]:
    """Install the peers; return of each the command that builds and the settings it needs."""
    prefix = folder / "npm"
    run(["npm", "install", "--silent", "--prefix", str(prefix), *MYSTMD], folder)
    mystmd = [str(prefix / "node_modules" / ".bin" / "myst"), "build", "--site"]
    return {
        "MkDocs with Material": install_mkdocs(folder),
        "mystmd, pages as data": (
            mystmd,
            {"myst.yml": MYSTMD_SETTINGS, "bare/template.yml": BARE_TEMPLATE},
        ),
    }


def measure_peers(ours: dict[int, float]) -> list[str]:
    """A table of the peers' cold builds of the same texts.

    :param ours: by size the seconds of our own.
    """
    rows = []
    with tempfile.TemporaryDirectory() as name:
        peers = install_peers(Path(name))
        for size, own in ours.items():
            collection = Collection(size)
            for peer, (command, settings) in peers.items():
                with tempfile.TemporaryDirectory() as place:
                    folder = Path(place)
                    collection.write(folder / "docs", "plain")
                    for file, text in settings.items():
                        (folder / file).parent.mkdir(exist_ok=True)
                        (folder / file).write_text(text, "utf-8")
                    seconds, memory = run(command, folder)
                print(f"{size} reports, {peer}: {seconds} s, {memory} MiB", file=sys.stderr)
                rows.append(
                    [str(size), peer, f"{seconds:.1f}", f"{own / seconds:.2f}", f"{memory:.0f}"]
                )
    return table(["reports", "software", "cold, s", "ours by it", "its peak, MiB"], rows)


def measure_site() -> list[str]:
    """A table of the site as configured, beside MkDocs Material on the same texts by hand."""
    rows = []
    with tempfile.TemporaryDirectory() as name:
        mkdocs, settings = install_mkdocs(Path(name))
        for size in SITE_SIZES:
            collection = Collection(size)
            with tempfile.TemporaryDirectory() as place:
                site, docs = Path(place, "site"), Path(place, "mkdocs")
                collection.write(site, "site")
                collection.write(docs / "docs", "plain")
                (docs / "mkdocs.yml").write_text(settings["mkdocs.yml"], "utf-8")
                cold, memory = run(sphinx(1), site)
                peer, _memory = run(mkdocs, docs)
                no_op, _memory = run(sphinx(1), site)
                collection.edit()
                collection.write(site, "site")
                edit, _memory = run(sphinx(1), site)
                collection.rename()
                collection.write(site, "site")
                title, _memory = run(sphinx(1), site)
                output, theirs = mebibytes(site / "_html"), mebibytes(docs / "_html")
            seconds = (cold, cold / peer, no_op, edit, title)
            rows.append([str(size), *(f"{one:.2f}" for one in seconds), f"{output / theirs:.2f}",
                         f"{memory:.0f}"])  # fmt: skip
    head = ["reports", "cold, s", "by Material", "no-op, s", "edit, s", "changed title, s",
            "output by Material's", "peak, MiB"]  # fmt: skip
    return table(head, rows)


def table(head: list[str], rows: list[list[str]]) -> list[str]:
    lines = [head, ["---"] * len(head), *rows]
    return [f"| {' | '.join(line)} |" for line in lines]


def ratio_row(size: int, jobs: int, found: dict[Way, Figures]) -> list[str]:
    ours, by_hand = found["ours"].values(), found["by hand"].values()
    ratios = [f"{mine / theirs:.2f}" for mine, theirs in zip(ours, by_hand, strict=True)]
    return [str(size), str(jobs), *ratios]


def figures_row(size: int, jobs: int, way: Way, figures: Figures) -> list[str]:
    *seconds, memory, environment, output = figures.values()
    sizes = [f"{one:.0f}" for one in (memory, environment, output)]
    return [str(size), str(jobs), way, *(f"{one:.2f}" for one in seconds), *sizes]


def growth(results: dict[tuple[int, int], dict[Way, Figures]], idle: float) -> list[str]:
    """A table of exponents: how the seconds above those of an empty project grow.

    With the characters that the pages show, over all sizes and over the last two.
    """
    rows = []
    for jobs in sorted({jobs for _size, jobs in results}):
        sizes = sorted(size for size, other in results if other == jobs)
        shown = [Collection(size).characters for size in sizes]
        for step in ("cold", "no_op", "edit"):
            row = [str(jobs), step.replace("_", "-")]
            for way in WAYS:
                seconds = [getattr(results[size, jobs][way], step) - idle for size in sizes]
                points = list(zip(shown, seconds, strict=True))
                row += [exponent(points[-3:]), exponent(points[-2:])]
            rows.append(row)
    head = ["`-j`", "step", "ours", "ours, last step", "by hand", "by hand, last step"]
    return table(head, rows)


def report(sizes: list[int], peers: bool) -> Iterator[str]:
    """Measure, and yield the lines of the report."""
    check_sameness()
    now = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d")
    versions = ", ".join(
        f"{name} {importlib.metadata.version(name)}" for name in ("sphinx", "myst-parser")
    )
    yield f"Measured on {now} by `python benchmarks/bench.py {' '.join(sys.argv[1:])}`:"
    yield f"{os.cpu_count()} cores of {platform.machine()}, {platform.system()},"
    yield f"Python {platform.python_version()}, {versions}."
    yield f"Load of the machine at the start: {os.getloadavg()[0]:.1f}."
    idle = start_up()
    results = {(size, jobs): found for size in sizes for jobs, found in measure(size).items()}
    names = ["cold", "no-op", "edit", "peak", "environment", "output"]
    rows = [ratio_row(*key, found) for key, found in results.items()]
    yield from ["", "Ours by the same pages by hand:", ""]
    yield from table(["reports", "`-j`", *names], rows)
    yield from ["", "The figures themselves, seconds and MiB:", ""]
    rows = [figures_row(*key, way, found[way]) for key, found in results.items() for way in WAYS]
    yield from table(["reports", "`-j`", "way", *names], rows)
    if len(sizes) > 1:
        yield from ["", f"Exponents of growth; an empty project takes {idle:.2f} s:", ""]
        yield from growth(results, idle)
    yield from ["", "The site as configured, theme and navigation on, `-j 1`:", ""]
    yield from measure_site()
    if peers:
        yield from ["", "Other software, the same texts and comparisons written out by hand:", ""]
        ours = {size: results[size, JOBS[0]]["ours"].cold for size in sizes}
        yield from measure_peers({size: ours[size] for size in sizes if size <= PEERS_UP_TO})


def write(lines: list[str]) -> None:
    """Put a report into the README in place of the last one."""
    before, _begin, rest = README.read_text("utf-8").partition(BEGIN)
    _old, _end, after = rest.partition(END)
    README.write_text(
        "".join([before, BEGIN, "\n".join(["", *lines, "", ""]), END, after]), "utf-8"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("sizes", metavar="SIZE", type=int, nargs="*", default=SIZES)
    parser.add_argument("--peers", action="store_true", help="measure other software beside it")
    parser.add_argument("--write", action="store_true", help="put the report into README.md")
    chosen = parser.parse_args()
    found = []
    for line in report(sorted(chosen.sizes), chosen.peers):
        print(line, flush=True)
        found.append(line)
    if chosen.write:
        write(found)
