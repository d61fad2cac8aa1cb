"""Make the books of collections: how long PDF and EPUB take, and how large they become.

    python benchmarks/books.py [--write] [SIZES ...]         default: 5 50

The commands are those of `make pdf` and `make epub`. ``--write`` puts the table into
``benchmarks/README.md`` and a sentence into the project's README.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from collection import ROOT, Collection
from report import Used, measured_on, run, table, write

SIZES = [5, 50]
LATEXMK = ["latexmk", "-pdf", "-dvi-", "-ps-", "-silent", "-halt-on-error", "fanwen.tex"]
# pages on a ream of paper, printed on both sides
REAM = 1000


class Book(NamedTuple):
    """A book: what making it used, its MiB, and its pages, where it has any."""

    used: Used
    size: float
    pages: int


def sphinx(builder: str) -> list[str]:
    options = ["-q", "-W", "-b", builder, "-d", f"doctrees-{builder}", "docs", builder]
    return [sys.executable, "-m", "sphinx", *options]


def pdf(folder: Path) -> Book:
    """Write the LaTeX, and set it as often as the page numbers change."""
    written = run(sphinx("latex"), folder)
    place = folder / "latex"
    done = run(LATEXMK, place)
    log = (place / "fanwen.log").read_text("utf-8", errors="replace").replace("\n", "")
    pages = re.search(r"Output written on \S+ \((\d+) ?pages?", log)
    used = Used(written.seconds + done.seconds, written.clock + done.clock,
                max(written.memory, done.memory))  # fmt: skip
    size = (place / "fanwen.pdf").stat().st_size / 2**20
    return Book(used, size, int(pages[1]) if pages else 0)


def epub(folder: Path) -> Book:
    used = run(sphinx("epub"), folder)
    return Book(used, (folder / "epub" / "fanwen.epub").stat().st_size / 2**20, 0)


def main(sizes: list[int], into_readme: bool) -> None:
    lines, rows = [*measured_on(), ""], []
    last: dict[str, Book] = {}
    for size in sizes:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            Collection(size).write(folder / "docs", "site")
            for what, make in (("PDF", pdf), ("EPUB", epub)):
                last[what] = book = make(folder)
                figures = (f"{one:.1f}" for one in (book.used.seconds, book.used.clock))
                rows.append([str(size), what, *figures, f"{book.used.memory:.0f}",
                             f"{book.size:.1f}", str(book.pages or "–")])  # fmt: skip
                print(rows[-1], file=sys.stderr)
    head = ["reports", "book", "s", "by the clock", "peak, MiB", "MiB", "pages"]
    lines += table(head, rows)
    print("\n".join(lines))
    if into_readme:
        write("books.py", lines)
        paper, screen = last["PDF"], last["EPUB"]
        each = paper.pages / sizes[-1]
        sentence = (
            f"The books of {sizes[-1]} reports: PDF {paper.used.seconds:.0f} seconds of a "
            f"processor, {paper.size:.1f} MiB, {paper.pages:,} pages; EPUB "
            f"{screen.used.seconds:.0f} seconds, {screen.size:.1f} MiB. With {each:.0f} pages a "
            f"report, paper stops making sense at about {REAM / each:.0f} reports, where the book "
            f"passes {REAM:,} pages, a ream printed on both sides; EPUB and site go on."
        )
        write("books.py", [sentence], ROOT / "README.md")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("sizes", metavar="SIZE", type=int, nargs="*", default=SIZES)
    parser.add_argument("--write", action="store_true", help="put the report into the READMEs")
    chosen = parser.parse_args()
    main(sorted(chosen.sizes), chosen.write)
