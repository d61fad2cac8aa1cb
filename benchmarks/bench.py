"""Measure how builds grow: this site, its component alone, pages by hand, and other software.

    python benchmarks/bench.py [--quick] [--write] [SIZES ...]      default: 5 50 500 2000

Each size is built cold, again with nothing changed, after an edited passage, after a changed title
and after a report more; this site's real configuration by one process and by two. Before that a
small collection is built with the component and by hand, and both must read the same, or nothing is
measured. It ends with status 1 where an aim is missed.

``--quick`` takes small sizes, three minutes on an idle machine. ``--write`` puts tables and plot
into ``benchmarks/README.md`` and the sentence on sizes into the project's README, in place of what
an earlier run put there. ``--peers FOLDER`` keeps the other software for the next run.

Of several repeats the least counts, since what disturbs only adds. Compared are seconds of
processors: those of the clock grow with whatever else the machine does.
"""

from __future__ import annotations

import argparse
import math
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import peers
from collection import EDITED, RENAMED, ROOT, Collection, Way
from plot import plot
from profiling import profile
from report import HERE, measured_on, mebibytes, run, table, write

SIZES, QUICK = [5, 50, 500, 2000], [20, 200]
# the smaller, the more a disturbance counts and the less a repeat costs
REPEATS = {5: 2, 50: 2, 500: 2}
NO_OPS = 5
SITE = "this site"
# whether one process or two are faster is asked from so many reports on
WORTH_TWO = 200
# of at most so many reports a profile is made, which takes twice the time
PROFILED = 200
CHANGES: dict[str, Callable[[Collection], None]] = {
    "cold": lambda collection: None,
    "no-op": lambda collection: None,
    "edit": Collection.edit,
    "title": Collection.rename,
    "report more": Collection.add,
    "list of phrases": Collection.list_phrases,
}
STEPS = list(CHANGES)
# what a page shows where it shows the change; after a no-op none shows anything new
SHOWING = {"no-op": "", "edit": EDITED, "title": RENAMED}
# Sphinx and the search write these each time; the home page's matrix shows a passage's length
EXPECTED = {"genindex", "search", "404", "index"}
HAND, COMPONENT, THEMED = "by hand", "component alone", "by hand, this theme"
# the ways of writing a collection for Sphinx, by the names that the tables give them
WAYS: dict[str, Way] = {
    SITE: "site", COMPONENT: "ours", HAND: "by hand", THEMED: "themed",
}  # fmt: skip


class Figures(NamedTuple):
    """Of one build: seconds, those of the clock, MiB of memory and of output; and how many pages
    were written that do not show what changed."""

    seconds: float
    clock: float
    memory: float
    output: float
    needless: int


class Case(NamedTuple):
    """What is built: so many reports, by what, by how many processes."""

    size: int
    name: str
    jobs: int = 1


# of each case its builds
Results = dict[Case, dict[str, Figures]]


class Aim(NamedTuple):
    """What must hold: a figure and what it may be at most."""

    what: str
    found: float
    most: float

    @property
    def held(self) -> bool:
        return self.found <= self.most


def sphinx(jobs: int) -> list[str]:
    options = ["-q", "-W", "-b", "html", "-j", str(jobs), "-d", "_doctrees", "docs", "_html"]
    return [sys.executable, "-m", "sphinx", *options]


def times(folder: Path) -> dict[Path, int]:
    """When each page of an output was written."""
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*.html")}


def needless(pages: set[Path], step: str) -> int:
    """How many of the pages written in a step do not show what it changed."""
    if step not in SHOWING:
        return 0
    others = [page for page in pages if page.stem not in EXPECTED]
    word = SHOWING[step]
    return sum(not word or word not in page.read_text("utf-8") for page in others)


def build(size: int, way: Way, peer: peers.Peer, steps: list[str]) -> dict[str, Figures]:
    """Build a collection in a new folder, then again after each change."""
    collection, found = Collection(size), {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        output = folder / peer.output
        for step in steps:
            CHANGES[step](collection)
            before = times(output)
            collection.write(folder / "docs", way)
            peer.prepare(folder)
            times_run = NO_OPS if step == "no-op" else 1
            used = min(run(peer.command, folder) for _time in range(times_run))
            written = {page for page, time in times(output).items() if before.get(page) != time}
            found[step] = Figures(*used, mebibytes(output), needless(written, step))
    return found


def least(one: Figures, other: Figures) -> Figures:
    """The least of two builds that differ in nothing else."""
    return Figures(
        min(one.seconds, other.seconds),
        min(one.clock, other.clock),
        min(one.memory, other.memory),
        min(one.output, other.output),
        max(one.needless, other.needless),
    )


def read_pages(folder: Path) -> dict[str, str]:
    """What a reader reads of each page: its body's text without white space."""
    pages = {}
    for path in folder.glob("*.html"):
        body = path.read_text("utf-8").partition('<div class="body"')[2]
        text = re.sub("<[^>]*>", "", body.partition('<div class="clearer"')[0])
        pages[path.name] = "".join(text.split())
    return pages


def check_sameness() -> None:
    """The component and the pages by hand must give what reads the same."""
    read = []
    for name in (COMPONENT, HAND):
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            Collection(20).write(folder / "docs", WAYS[name])
            run(sphinx(1), folder)
            read.append(read_pages(folder / "_html"))
    ours, by_hand = read
    if wrong := [
        name for name in ours.keys() | by_hand.keys() if ours.get(name) != by_hand.get(name)
    ]:
        sys.exit(f"not the same pages both ways: {', '.join(sorted(wrong))}")


def measure(sizes: list[int], programs: dict[str, peers.Peer], at_once: int) -> Results:
    """Build all sizes by all means, so many at the same time."""
    results: Results = {}
    for size in sizes:
        for _repeat in range(REPEATS.get(size, 1)):
            with ThreadPoolExecutor(at_once) as pool:
                running = {
                    case: pool.submit(build, size, way, peer, steps)
                    for case, way, peer, steps in cases(size, programs)
                }
            for case, done in running.items():
                known = results.setdefault(case, {})
                for step, figures in done.result().items():
                    known[step] = least(known.get(step, figures), figures)
                say = ", ".join(f"{step} {one.seconds:.2f} s" for step, one in known.items())
                print(f"{size} reports, {case.name}, -j {case.jobs}: {say}", file=sys.stderr)
    return results


def cases(
    size: int, programs: dict[str, peers.Peer]
) -> Iterator[tuple[Case, Way, peers.Peer, list[str]]]:
    """What is built of one size, how it is written, with what, and which steps."""
    yield Case(size, SITE), "site", peers.Peer(sphinx(1)), STEPS
    yield Case(size, SITE, 2), "site", peers.Peer(sphinx(2)), ["cold", "edit"]
    for name in (COMPONENT, HAND, THEMED):
        yield Case(size, name), WAYS[name], peers.Peer(sphinx(1)), ["cold", "no-op", "edit"]
    for name, peer in programs.items():
        if not peer.most or size <= peer.most:
            yield Case(size, name), "plain", peer, ["cold"]


def exponent(results: Results, case: Case, figure: str) -> float:
    """The power with which a figure of cold builds grew from the size before to this one."""
    smaller = max(one.size for one in results if one.name == case.name and one.size < case.size)
    values = [
        getattr(results[case._replace(size=size)]["cold"], figure) for size in (smaller, case.size)
    ]
    return math.log(values[1] / values[0]) / math.log(case.size / smaller)


def aims(results: Results) -> Iterator[Aim]:
    """What must hold of this site, as far as the sizes and peers measured can say."""
    sizes = sorted({case.size for case in results})
    for size in sizes:
        site = results[Case(size, SITE)]
        limits = {500: ((1.6, None), 0.25), 2000: ((0.5, 1.2), 0.1)}
        of_time, of_size = limits.get(size, ((None, None), 0))
        for name, most in zip(("MkDocs with Material", "Zensical"), of_time, strict=True):
            if peer := results.get(Case(size, name)):
                cold = site["cold"], peer["cold"]
                if most:
                    ratio = cold[0].seconds / cold[1].seconds
                    yield Aim(f"{size} reports, cold, by {name}", ratio, most)
                if of_size:
                    ratio = cold[0].output / cold[1].output
                    yield Aim(f"{size} reports, output, by {name}", ratio, of_size)
        if size >= WORTH_TWO:
            no_op = results[Case(size, THEMED)]["no-op"]
            ratio = site["no-op"].seconds / no_op.seconds
            yield Aim(f"{size} reports, no-op, by Sphinx's own with this theme", ratio, 1.2)
            two = results[Case(size, SITE, 2)]["cold"]
            yield Aim(f"{size} reports, clock, `-j 2` by `-j 1`", two.clock / site["cold"].clock, 1)
        for step in SHOWING:
            what = f"{size} reports, {step}: pages written that do not show it"
            yield Aim(what, site[step].needless, 0)
    if len(sizes) > 1 and sizes[-1] >= WORTH_TWO:
        case = Case(sizes[-1], SITE)
        for figure, what, most in (("seconds", "time", 1.1), ("output", "size", 1.05)):
            name = f"{sizes[-2]} to {sizes[-1]} reports, exponent of {what}"
            yield Aim(name, exponent(results, case, figure), most)


def tables(results: Results, found: list[Aim]) -> Iterator[str]:
    """The lines of the report."""
    yield from ["Aims, each figure and what it may be at most:", ""]
    rows = [[aim.what, f"{aim.found:.2f}", f"{aim.most:g}", "yes" if aim.held else "**no**"]
            for aim in found]  # fmt: skip
    yield from table(["", "found", "at most", "held"], rows)
    yield from ["", "![Seconds of cold builds by reports](growth.svg)", ""]
    yield from ["Seconds of processors and MiB, cold:", ""]
    sizes = sorted({case.size for case in results})
    rows = []
    for size in sizes:
        site = results[Case(size, SITE)]["cold"]
        for case, steps in results.items():
            if case.size == size and case.jobs == 1:
                one = steps["cold"]
                row = [str(size), case.name, f"{one.seconds:.1f}", f"{one.clock:.1f}",
                       f"{site.seconds / one.seconds:.2f}", f"{one.memory:.0f}",
                       f"{one.output:.1f}"]  # fmt: skip
                rows.append(row)
    head = ["reports", "built by", "cold, s", "by the clock", "this site by it", "peak, MiB",
            "output, MiB"]  # fmt: skip
    yield from table(head, rows)
    yield from ["", "This site, seconds of processors (of the clock) a step:", ""]
    rows = []
    for size in sizes:
        for jobs in (1, 2):
            steps = results[Case(size, SITE, jobs)]
            found_steps = [steps.get(step) for step in STEPS]
            cells = [f"{one.seconds:.1f} ({one.clock:.1f})" if one else "–" for one in found_steps]
            rows.append([str(size), str(jobs), *cells, f"{steps['cold'].memory:.0f}"])
    yield from table(["reports", "`-j`", *STEPS, "peak, MiB"], rows)
    yield from ["", "The component alone by the pages by hand, with Sphinx's `basic` theme:", ""]
    rows = []
    for size in sizes:
        ours, hand = results[Case(size, COMPONENT)], results[Case(size, HAND)]
        ratios = [f"{ours[step].seconds / hand[step].seconds:.2f}" if step in hand else "–"
                  for step in STEPS[:3]]  # fmt: skip
        more = [f"{getattr(ours['cold'], one) / getattr(hand['cold'], one):.2f}"
                for one in ("memory", "output")]  # fmt: skip
        rows.append([str(size), *ratios, *more])
    yield from table(["reports", "cold", "no-op", "edit", "peak", "output"], rows)

    yield from ["", "Where the time of a cold build of this site goes, by profile:", ""]
    yield from profile(min(sizes[-1], PROFILED))


def sentence(results: Results) -> Iterator[str]:
    """For the project's README: up to what size the whole serves, and what to do beyond."""
    size = max(case.size for case in results)
    steps = results[Case(size, SITE)]
    cold, edit, pages = steps["cold"], steps["edit"], steps["list of phrases"]
    yield "![Seconds of cold builds by reports](benchmarks/growth.svg)"
    yield ""
    characters = round(Collection(5).length, -2)
    yield (
        f"Measured up to {size:,} reports of {characters:,} characters: {cold.seconds:.0f} seconds "
        f"of a processor cold, {edit.seconds:.1f} after an edit, {cold.memory:.0f} MiB of memory, "
        f"{cold.output:.0f} MiB of pages; the page that lists shared phrases takes "
        f"{pages.seconds - edit.seconds:.0f} seconds of its own. Up to that size the whole serves. "
        "Beyond it, compare chosen reports (`:reports:`) instead of all, leave the list of phrases "
        "out, or part the collection into several projects. All figures are in "
        "[benchmarks/README.md](benchmarks/README.md)."
    )


def main(sizes: list[int], into_readme: bool, folder: Path, at_once: int) -> bool:
    """Measure, print, and write where asked; return whether all aims are held."""
    lines = [*measured_on(), ""]
    programs = peers.install(folder)
    check_sameness()
    results = measure(sizes, programs, at_once)
    found = list(aims(results))
    lines += tables(results, found)
    print("\n".join(lines))
    if into_readme:
        write("bench.py", lines)
        write("bench.py", list(sentence(results)), ROOT / "README.md")
        points = {
            name: [(case.size, steps["cold"].seconds) for case, steps in results.items()
                   if case.name == name and case.jobs == 1]
            for name in dict.fromkeys(case.name for case in results) if name != THEMED
        }  # fmt: skip
        (HERE / "growth.svg").write_text(plot(points), "utf-8")
    for aim in found:
        if not aim.held:
            print(f"missed: {aim.what}: {aim.found:.2f}, at most {aim.most:g}", file=sys.stderr)
    return all(aim.held for aim in found)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("sizes", metavar="SIZE", type=int, nargs="*")
    parser.add_argument("--quick", action="store_true", help=f"the sizes {QUICK}")
    parser.add_argument("--write", action="store_true", help="put the report into the READMEs")
    parser.add_argument("--peers", type=Path, metavar="FOLDER", help="where the peers are kept")
    parser.add_argument(
        "--at-once", type=int, default=1, metavar="N", help="builds at the same time (default 1)"
    )
    chosen = parser.parse_args()
    asked = sorted(chosen.sizes or (QUICK if chosen.quick else SIZES))
    with tempfile.TemporaryDirectory() as scratch:
        held = main(asked, chosen.write, (chosen.peers or Path(scratch)).resolve(), chosen.at_once)
    sys.exit(not held)
