"""Set a document with LaTeX and read the PDF that comes of it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from functools import cached_property
from html import unescape
from itertools import pairwise
from pathlib import Path
from typing import Any

from conftest import ROOT, lacking
from pypdf import PdfReader

MM = 72 / 25.4


ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": str(ROOT / "_ext"),
    "SOURCE_DATE_EPOCH": "1700000000",
    "max_print_line": "1000",
}


def write_latex(source: Path, output: Path, **environment: str) -> Path:
    """Build with Sphinx's LaTeX builder, in a process of its own so that no language of a
    project built before lingers; give the document written."""
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "-n", "-b", "latex", ".", str(output)]
    done = subprocess.run(
        command, cwd=source, env={**ENVIRONMENT, **environment}, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    [path] = output.glob("*.tex")
    return path


def typeset(folder: Path, name: str, **environment: str) -> str:
    """Run LaTeX as ``make pdf`` does, with these variables set besides; give its log."""
    subprocess.run(
        ["latexmk", "-pdf", "-dvi-", "-ps-", "-silent", "-halt-on-error", f"{name}.tex"],
        cwd=folder,
        env={**ENVIRONMENT, **environment},
        capture_output=True,
        check=False,
    )
    log = read_log(folder / f"{name}.log")
    assert (folder / f"{name}.pdf").is_file(), "\n".join(re.findall(r"(?m)^!.*\n.*", log))
    return log


def read_log(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def complaints(log: str) -> list[str]:
    """What a log holds against a document, boxes up to 2 pt too large excepted."""
    found = re.findall(
        r"(?m)^.*(?:Missing character|undefined|multiply|have changed|too small).*", log
    )
    boxes = re.findall(r"(?m)^(Overfull .*?\((\d+\.\d+)pt.*)", log)
    return found + [line for line, size in boxes if float(size) > 2]


def need_tex() -> None:
    for tool, package in {
        "latexmk": "latexmk",
        "xelatex": "texlive-xetex",
        "pdftotext": "poppler-utils",
    }.items():
        if not shutil.which(tool):
            lacking(tool, package)


def squeeze(text: str) -> str:
    return re.sub(r"\s+", "", text)


@dataclass
class Book:
    """A PDF and what its making said."""

    path: Path
    log: str
    texts: dict[object, str] = field(default_factory=dict)

    @cached_property
    def reader(self) -> PdfReader:
        return PdfReader(self.path)

    def text(
        self,
        page: int,
        box: tuple[float, float, float, float] | None = None,
        *,
        layout: bool = False,
    ) -> str:
        """A page's text, of a part of it where a box is given: x, y, width, height in mm.

        :param layout: line by line as it stands, not in what seems the order of reading.
        """
        asked = (page, box, layout)
        if asked not in self.texts:
            self.texts[asked] = self.read_text(*asked)
        return self.texts[asked]

    def read_text(
        self, page: int, box: tuple[float, float, float, float] | None, layout: bool
    ) -> str:
        command = ["pdftotext", "-f", str(page), "-l", str(page), "-r", "254"]
        if layout:
            command.append("-layout")
        if box:
            for option, value in zip("xyWH", box, strict=True):
                command += [f"-{option}", str(round(value * 10))]
        done = subprocess.run([*command, str(self.path), "-"], capture_output=True, check=True)
        return done.stdout.decode()

    def words(self, page: int) -> list[tuple[float, float, float, str]]:
        """A page's runs of text without a space: top, left and right edge in points, and text."""
        command = ["pdftotext", "-f", str(page), "-l", str(page), "-bbox", str(self.path), "-"]
        xml = subprocess.run(command, capture_output=True, check=True).stdout.decode()
        pattern = r'<word xMin="(.*?)" yMin="(.*?)" xMax="(.*?)".*?>(.*?)</word>'
        return [
            (round(float(top), 1), float(left), float(right), unescape(text))
            for left, top, right, text in re.findall(pattern, xml)
        ]

    def strokes(self, page: int, text: str) -> list[int]:
        """How many dark strokes stand in each line of dots just below a text, on one line of a page
        of Chinese characters alone, from its characters' lower edge on."""
        for top, left, right, word in self.words(page):
            if (start := word.find(text)) >= 0:
                pitch = (right - left) / len(word)
                left, size = left + start * pitch, pitch * len(text)
                box = (left * 4, (top + pitch) * 4, size * 4, pitch * 2)
                return self.dark_runs(page, *map(round, box))
        raise ValueError(f"no {text!r} on page {page}")

    def dark_runs(self, page: int, x: int, y: int, width: int, height: int) -> list[int]:
        """The strokes in each line of dots of a part of a page, in dots of 1/288 inch."""
        command = ["pdftoppm", "-f", str(page), "-singlefile", "-r", "288", "-gray"]
        for option, value in zip("xyWH", (x, y, width, height), strict=True):
            command += [f"-{option}", str(value)]
        done = subprocess.run([*command, str(self.path)], capture_output=True, check=True)
        dots = done.stdout.split(b"\n", 3)[3]
        lines = [dots[at : at + width] for at in range(0, width * height, width)]
        return [sum(b < 128 <= a for a, b in pairwise(b"\xff" + line)) for line in lines]

    def size(self, page: int) -> tuple[int, int]:
        """Width and height in mm, as the page is seen."""
        box = self.reader.pages[page - 1].mediabox
        assert self.reader.pages[page - 1].rotation == 0
        return round(float(box.width) / MM), round(float(box.height) / MM)

    @cached_property
    def outline(self) -> list[tuple[int, str, int]]:
        """The bookmarks: depth, title, page."""

        def flat(items: list[Any], depth: int) -> list[tuple[int, str, int]]:
            found: list[tuple[int, str, int]] = []
            for item in items:
                if isinstance(item, list):
                    found += flat(item, depth + 1)
                else:
                    page = self.reader.get_destination_page_number(item)
                    assert page is not None
                    found.append((depth, str(item.title), page + 1))
            return found

        return flat(self.reader.outline, 0)

    def chapter(self, title: str) -> range:
        """The pages of the part or chapter whose bookmark begins so."""
        starts = [(name, page) for depth, name, page in self.outline if depth < 2]
        ends = [page for _name, page in starts[1:]] + [len(self.reader.pages) + 1]
        [found] = [
            range(page, end)
            for (name, page), end in zip(starts, ends, strict=True)
            if name.startswith(title)
        ]
        return found
