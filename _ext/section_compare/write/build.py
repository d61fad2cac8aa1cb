"""What all pages of one build share, from the end of reading to the end of writing."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from ..domain import get_domain
from ..phrases.mark import texts_of
from ..read.conditions import make_judge
from .store import Store

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.builders import Builder
    from sphinx.environment import BuildEnvironment

    from ..model import Cell, Collection, Heading, Page, Passage, Placeholder
    from ..phrases.text import PlacedText


class Build:
    """The resolved collection and the passages that its comparisons show."""

    def __init__(self, app: Sphinx) -> None:
        self.env: BuildEnvironment = app.env
        self.builder: Builder = app.builder
        # whether sphinx-design is there to set lists as cards
        self.cards = "sphinx_design" in app.extensions
        self.judge = make_judge(app.builder)
        self.collection: Collection = get_domain(app.env).collect(self.judge)
        self.store = Store(app.env, app.builder, self.judge)
        self.by_report: dict[str, list[tuple[str, Passage]]] = {}
        pages = self.collection.reports
        for (topic, report), passages in self.collection.passages.items():
            found = self.by_report.setdefault(pages[report].docname, [])
            found += [(topic, passage) for passage in passages]
        self.report_of = {page.docname: page for page in pages.values()}
        # the passages that comparisons show; no others are taken from a doctree
        self.shown: dict[str, set[Passage]] = {}
        for rows in self.collection.rows.values():
            for _topic, cells in rows:
                for cell in cells:
                    shown = self.shown.setdefault(cell.report.docname, set())
                    shown.update(cell.passages)

    @cached_property
    def texts(self) -> list[tuple[Page, PlacedText]]:
        """The text of all reports, for the pages that list phrases."""
        return texts_of(self.env, self.collection, self.judge)

    def outlines(self, placeholder: Placeholder) -> list[tuple[Page, list[Heading]]]:
        """The reports that an outline names, each with the headings that it shows.

        What is too deep to be shown leaves its topics to the heading above it.
        """
        domain, most = get_domain(self.env), placeholder.depth
        found = []
        for report in self.collection.named_reports(placeholder):
            shown: list[Heading] = []
            for heading in domain.outline_of(report, self.collection, self.judge):
                if most and heading.level > most and shown:
                    topics = dict.fromkeys((*shown[-1].topics, *heading.topics))
                    shown[-1] = replace(shown[-1], topics=tuple(topics))
                else:
                    shown.append(heading)
            found.append((report, shown))
        return found

    def passages(self, cell: Cell) -> tuple[Passage, ...]:
        """A cell's passages, their doctree loaded."""
        if cell.passages:
            docname = cell.report.docname
            self.store.load(docname, self.shown[docname])
        return cell.passages


# By environment, which is all that a transform knows of the build that it runs in.
BUILDS: WeakKeyDictionary[BuildEnvironment, Build] = WeakKeyDictionary()


def begin(app: Sphinx) -> Build:
    """Resolve the facts once all documents are read."""
    BUILDS[app.env] = build = Build(app)
    return build


def current(env: BuildEnvironment) -> Build:
    """The facts of the build under way."""
    return BUILDS[env]


def forget(env: BuildEnvironment) -> None:
    """Drop them: what the next build reads may say otherwise."""
    BUILDS.pop(env, None)
