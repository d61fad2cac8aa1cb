"""The site's pages as they lie there: their text, what they declare, and how MyST reads them."""

from __future__ import annotations

import gettext
import runpy
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any, cast

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "_ext"), str(Path(__file__).parent)]

from docutils import nodes  # noqa: E402
from docutils.core import publish_doctree  # noqa: E402
from docutils.parsers.rst import roles  # noqa: E402
from emendation.parse import split  # noqa: E402
from myst_parser.parsers.docutils_ import Parser  # noqa: E402
from section_compare.read.header import (  # noqa: E402
    Report,
    Topic,
    parse_yaml,
    validate,
    without_block,
)
from sphinx.util.docutils import docutils_namespace  # noqa: E402
from typography import Problem  # noqa: E402

CATALOG = ROOT / "_ext" / "section_compare" / "locale"
CONTENT = ("reports", "topics")
BOM = b"\xef\xbb\xbf"
# No validator reads what is not UTF-8.
UNREADABLE = "不是 UTF-8 编码，应另存为 UTF-8"


@dataclass(frozen=True)
class Page:
    """A Markdown file below a root."""

    root: Path
    path: Path

    @cached_property
    def name(self) -> str:
        return self.path.relative_to(self.root).as_posix()

    @cached_property
    def raw(self) -> bytes:
        return self.path.read_bytes()

    @cached_property
    def text(self) -> str:
        return self.raw.removeprefix(BOM).decode("utf-8").replace("\r\n", "\n")

    @cached_property
    def lines(self) -> list[str]:
        return self.text.split("\n")

    @property
    def folder(self) -> str:
        return self.name.partition("/")[0] if "/" in self.name else ""

    @cached_property
    def header(self) -> tuple[Report | None, Topic | None, list[Problem]]:
        """What the page declares, and the schema's problems with it, in Chinese."""
        values, places, problems = parse_yaml(self.text)
        report, topic, more = validate(values, places)
        translate = gettext.translation("section_compare", CATALOG, ["zh_CN"]).gettext
        found = []
        for problem in problems + more:
            arguments = tuple(
                translate(one) if problem.subtype == "pattern" and isinstance(one, str) else one
                for one in problem.args
            )
            message = translate(problem.message) % arguments
            found.append(Problem(problem.line, 1, problem.subtype.replace("_", "-"), message))
        return report, topic, found

    @cached_property
    def doctree(self) -> nodes.document:
        """The page as MyST reads it; roles and directives of Sphinx are left unread.

        Nor is its header given to MyST, in which a page may turn on templates that run any code,
        nor another file or address: who checks a page may not have read it.
        """
        # what opens with more dashes than ours is no header to us, but to MyST it is
        text = without_block(self.text) if self.text.startswith("---") else self.text
        settings = {
            "file_insertion_enabled": False,
            # without a header docutils would make the first section's title the page's
            "doctitle_xform": False,
            "myst_enable_extensions": syntax_extensions(),
            "report_level": 5,
            "_disable_config": True,
        }
        return publish_doctree(
            text, source_path=str(self.path), parser=Parser(), settings_overrides=settings
        )

    def column(self, line: int, text: str) -> int:
        """Where a text begins in a line (from 1), 1 where it does not stand there."""
        return max(self.lines[line - 1].find(text), 0) + 1


@dataclass
class Site:
    """All pages of a root, and what they declare together."""

    root: Path
    pages: list[Page] = field(default_factory=list)
    reports: dict[str, Page] = field(default_factory=dict)
    topics: dict[str, Page] = field(default_factory=dict)

    @property
    def index(self) -> Page | None:
        """The home page, whose toctree has the site's order; none where it cannot be read."""
        return next((page for page in self.pages if page.name == "index.md"), None)

    @property
    def declaring(self) -> list[Page]:
        """All pages that declare a report, one with an id taken already among them."""
        return [page for page in self.pages if page.header[0]]

    def headings(self) -> dict[str, tuple[str, ...]]:
        """The heading rules by topic."""
        found = {}
        for id_, page in self.topics.items():
            topic = page.header[1]
            assert topic is not None
            found[id_] = topic.headings
        return found


@cache
def syntax_extensions() -> list[str]:
    """MyST's extensions as the site's one configuration has them."""
    return cast("list[str]", runpy.run_path(str(ROOT / "conf.py"))["myst_enable_extensions"])


def find_pages(root: Path) -> list[Path]:
    """The Markdown files that people write: pages, guides, forms for pull requests."""
    folders = ("", "reports/**/", "topics/**/", "guide/**/", "_ext/*/", ".github/**/")
    return sorted({path for folder in folders for path in root.glob(f"{folder}*.md")})


def read_site(root: Path) -> tuple[Site, list[tuple[str, Problem]]]:
    """All pages that can be read, and a problem for each that cannot."""
    site = Site(root)
    problems = []
    for path in find_pages(root):
        page = Page(root, path)
        try:
            page.raw.decode()
        except UnicodeDecodeError as error:
            before = page.raw[: error.start].split(b"\n")
            column = len(before[-1].decode()) + 1
            problems.append((page.name, Problem(len(before), column, "encoding", UNREADABLE)))
            continue
        site.pages.append(page)
        if page.folder in CONTENT:
            report, topic, _problems = page.header
            if report:
                site.reports.setdefault(report.id, page)
            if topic:
                site.topics.setdefault(topic.id, page)
    return site, problems


@contextmanager
def reading() -> Iterator[None]:
    """Within it doctrees may be asked for: docutils knows our role, and forgets it after."""
    with docutils_namespace():
        roles.register_local_role("sic", cast("Any", read_emendation))
        yield


def read_emendation(
    _name: str, rawtext: str, text: str, *_arguments: Any, **_options: Any
) -> tuple[list[nodes.Node], list[nodes.system_message]]:
    """An emendation as a reader sees it: its right side."""
    _source, reading = split(text) or ("", text)
    return [nodes.inline(rawtext, reading)], []
