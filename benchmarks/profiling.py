"""Where a cold build's time goes: a profile by package, with the lines that take the most."""

from __future__ import annotations

import pstats
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from collection import Collection
from report import run, table

OURS, PYTHON, REST = "this repository", "Python and its library", "other packages"
# packages that are named; the others are few and small
NAMED = ("sphinx", "docutils", "myst_parser", "markdown_it", "mdit_py_plugins", "jinja2",
         "sphinx_design", "furo", "bs4", "yaml")  # fmt: skip
LINES = 2
# What is done on every page, by the function that does it: the end of its file's path, its name.
ASKED = {
    "MyST reads the text": ("myst_parser/parsers/sphinx_.py", "parse"),
    "docutils parses settings, twice a page": (
        "docutils/frontend.py", "populate_from_components",
    ),
    "transforms of docutils, Sphinx and extensions": ("docutils/transforms/__init__.py",
                                                      "apply_transforms"),
    "walks of doctrees": ("docutils/nodes.py", "findall"),
    "templates": ("sphinx/jinja2glue.py", "render"),
    "checksums of assets, their paths on every page": ("sphinx/builders/html/_assets.py",
                                                       "_file_checksum"),
    "passages noted": ("section_compare/read/passages.py", "find_passages"),
    "comparisons and lists filled in": ("section_compare/write/comparison.py",
                                        "fill_placeholders"),
    "of these, shared phrases": ("section_compare/phrases/mark.py", "mark_comparison"),
    "what pages show of others": ("section_compare/freshness.py", "find_stale"),
    "text for the search": ("section_search/collect.py", "note_sections"),
    "the index of the search": ("section_search/page.py", "write_search"),
    "the sidebar": ("sidebar/__init__.py", "set_toctree"),
}  # fmt: skip

# A function as the profile names it: file, line, name.
Function = tuple[str, int, str]


def package_of(function: Function) -> str:
    """The package that a function lies in."""
    path = Path(function[0])
    parts = path.parts
    if "site-packages" in parts:
        name = parts[parts.index("site-packages") + 1].removesuffix(".py")
        return name if name in NAMED else REST
    if {"_ext", "_templates"} & set(parts) or path.name == "conf.py":
        return OURS
    return PYTHON


def place_of(function: Function) -> str:
    """A function as a reader finds it: file and line from its package on."""
    path, line, name = function
    for begin in ("site-packages/", "_ext/"):
        if begin in path:
            return f"`{path.rpartition(begin)[2]}:{line}` {name}"
    return f"{name} in `{Path(path).name}`"


def shares(stats: dict[Function, Any]) -> dict[Function, float]:
    """Each function's own seconds; those of what is written in C go to the functions calling it."""
    own: dict[Function, float] = defaultdict(float)
    for function, (_calls, _all, seconds, _cumulative, callers) in stats.items():
        if function[0] != "~":
            own[function] += seconds
        for caller, (_called, _total, part, _cumulated) in callers.items():
            if function[0] == "~":
                own[caller] += part
    return own


def profile(size: int) -> list[str]:
    """The lines of a report on a cold build of so many reports with the real configuration."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        Collection(size).write(folder / "docs", "site")
        options = ["-q", "-b", "html", "-d", "_doctrees", "docs", "_html"]
        run([sys.executable, "-m", "cProfile", "-o", "profile", "-m", "sphinx", *options], folder)
        found = pstats.Stats(str(folder / "profile"))
    stats: dict[Function, Any] = found.stats  # type: ignore[attr-defined]
    own = shares(stats)
    total = sum(own.values())
    packages: dict[str, list[Function]] = defaultdict(list)
    for function in own:
        packages[package_of(function)].append(function)
    rows = []
    for package, functions in packages.items():
        seconds = sum(own[one] for one in functions)
        most = sorted(functions, key=lambda one: -own[one])[:LINES]
        lines = ", ".join(f"{place_of(one)} {own[one] / total:.1%}" for one in most)
        rows.append((seconds, [package, f"{seconds / total:.1%}", lines]))
    rows.sort(key=lambda one: -one[0])
    found_lines = table(["package", "of the time", "most in"], [row for _seconds, row in rows])
    rows = []
    for what, (path, name) in ASKED.items():
        for function, (_calls, _all, _own, cumulative, _callers) in stats.items():
            if function[0].endswith(path) and function[2] == name:
                cells = [what, f"{cumulative / total:.1%}", place_of(function)]
                rows.append((cumulative, cells))
    rows.sort(key=lambda one: -one[0])
    found_lines += ["", "The same by what is done, with all that it calls:", ""]
    return found_lines + table(["", "of the time", "in"], [row for _seconds, row in rows])


if __name__ == "__main__":
    print("\n".join(profile(int(sys.argv[1]) if sys.argv[1:] else 100)))
