"""Fill the placeholders of comparisons with the passages of their reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes

from ..matching import count_figures, count_points
from ..output.assets import BAR, COLUMNS, HELP, words
from ..output.nodes import (
    compare_block,
    compare_cell,
    compare_head,
    compare_name,
    compare_note,
    compare_place,
    compare_placeholder,
    compare_row,
)
from ..phrases.mark import least_of, mark_comparison
from ..phrases.text import text_blocks
from ..warn import _
from .build import current
from .filling import Filling
from .lists import Coverage, Outline, PageList, Phrases

if TYPE_CHECKING:
    from sphinx.application import Sphinx

    from ..model import Cell, Passage
    from .build import Build


def fill_placeholders(app: Sphinx, doctree: nodes.document, _docname: str) -> None:
    """On ``doctree-resolved``, when others have done with the page.

    The passages are resolved already, and nothing is to be done to them twice.
    """
    for node in list(doctree.findall(compare_placeholder)):
        if app.builder.name == "gettext":  # the passages are extracted from the reports
            node.replace_self(list(node.findall(compare_note)))
            continue
        block = FILLINGS[node["placeholder"].kind](current(app.env), node).make()
        block["ids"] = node["ids"]
        block["names"] = node["names"]
        block["classes"] += node["classes"]
        block.source, block.line = node.source, node.line
        node.parent[node.parent.index(node)] = block


class Comparison(Filling):
    """One comparison."""

    def __init__(self, build: Build, node: compare_placeholder) -> None:
        super().__init__(build, node)
        self.rows = self.collection.rows[self.page, self.placeholder.id]
        self.paged = not self.html or self.epub
        # by report, those that are not shown yet
        self.notes: dict[str, list[nodes.Node]] = {}
        for note in node.findall(compare_note):
            if self.paged:
                label_note(note)
            self.notes.setdefault(note["report"], []).append(note)
        self.said = {cell.report.id for _topic, cells in self.rows for cell in cells
                     if cell.passages}  # fmt: skip

    def make(self) -> compare_block:
        config = self.build.env.config
        titles = ", ".join(topic.title for topic, _cells in self.rows)
        reports = dict.fromkeys(cell.report.id for _topic, cells in self.rows for cell in cells)
        scripted = bool(reports) and not self.paged
        layout = "stacked" if self.epub else self.placeholder.layout
        block = compare_block(
            "",
            layout=layout,
            label=self.placeholder.caption or _("comparison: %s") % titles,
            words=words() if scripted else "",
            reports=" ".join(reports),
            bar=config[BAR],
            shown=0,
            classes=["section-compare", f"section-compare-{layout}"],
        )
        if self.epub:
            block["classes"].append("section-compare-paged")
        if caption := self.placeholder.caption:
            block += nodes.paragraph("", caption, classes=["section-compare-caption"])
        if scripted:
            block += self.help()
        several = len(self.rows) > 1
        for topic, cells in self.rows:
            if several:
                title = nodes.Text(topic.title)
                block += self.heading(self.level, "section-compare-topic", title)
            made = [self.cell(cell, self.level + several, several) for cell in cells]
            if not self.paged:  # those that say nothing in a line above the others
                silent = [cell for cell in made if cell["missing"]]
                if silent:
                    block += nodes.container("", *silent, classes=["section-compare-silent"])
                made = [cell for cell in made if not cell["missing"]]
                block["shown"] = max(block["shown"], min(len(made), config[COLUMNS]))
                for cell in made[config[COLUMNS] :]:
                    cell["classes"].append("section-compare-later")
            block += compare_row("", *made, classes=["section-compare-row"])
        block += self.notes_on_others()
        if scripted and (least := least_of(self.build.env, self.placeholder)):
            mark_comparison(block, least)
        return block

    def help(self) -> list[nodes.Node]:
        """A link to the page that explains how to read, for the bar."""
        match self.build.env.config[HELP]:
            case (docname, text) if docname in self.build.env.found_docs:
                to = self.link(docname, "", text)
                return [nodes.paragraph("", "", to, classes=["section-compare-help"])]
        return []

    def notes_on_others(self) -> list[nodes.Node]:
        """The notes on reports that have no column here, each below the report's name."""
        found: list[nodes.Node] = []
        for id_, notes in self.notes.items():
            page = self.collection.reports.get(id_)
            name = page.short_title if page else id_
            classes = ["section-compare-note-name"]
            found += [nodes.paragraph("", "", nodes.strong(name, name), classes=classes), *notes]
        return found

    def cell(self, cell: Cell, level: int, several: bool) -> compare_cell:
        """A report's passages on a topic; of several topics its label names the topic, too."""
        report, passages = cell.report, cell.passages
        anchor = passages[0].anchor if passages else ""
        missing = report.id not in self.said
        block = compare_cell(
            "",
            report=report.id,
            topic=cell.topic.id,
            docname=report.docname,
            page=self.page,
            anchor=anchor,
            name=report.short_title,
            missing=missing,
            label=report.short_title + f" · {cell.topic.short_title}" * several,
            characters=cell.size,
            source=_("— from “%s” (%s)") % (report.title, report.short_title),
            ids=[cell.id],
            classes=["section-compare-cell", "no-search"],
        )
        name = self.link(report.docname, anchor, report.short_title)
        if self.html:
            head = compare_head("", classes=["section-compare-head"])
            head += self.heading(level, "section-compare-name", name, compare_name)
            block += head
        else:
            block += self.heading(level, "section-compare-head", name, compare_name)
        if not missing:  # a note is on the report: it stands in its first row
            block += self.notes.pop(report.id, [])
        if not passages:
            block["classes"].append(f"section-compare-{'missing' if missing else 'empty'}")
            block += nodes.paragraph("", _("nothing on this"), classes=["section-compare-nothing"])
        copies = []
        for number, passage in enumerate(passages):
            if passage.headings or number:
                block += self.place(cell, passage)
            below = level + 1 if self.html else None
            prefix = f"{cell.id}-{number}"
            copy = self.build.store.copy(report.docname, passage, self.page, prefix, below)
            copies.append(copy)
            block += copy
        if self.html and passages:
            block.insert(1, self.facts(cell, copies))
        if any(isinstance(node, nodes.math | nodes.math_block) for node in block.findall()):
            # Sphinx loads its formula renderer only on pages that had formulas when read.
            self.build.env.get_domain("math").data["has_equations"][self.page] = True
        return block

    def facts(self, cell: Cell, copies: list[nodes.container]) -> nodes.paragraph:
        """What tells cells apart at a glance: their length, their points and figures."""
        texts = [block.text for copy in copies for paragraph in copy.findall(nodes.paragraph)
                 for block in text_blocks(paragraph)]  # fmt: skip
        length = _("%d words") if self.collection.in_words else _("%d characters")
        found = [length % cell.size]
        if points := count_points(texts):
            found.append(_("in %d points") % points)
        if figures := count_figures(texts):
            found.append(_("figures: %d") % figures)
        return nodes.paragraph("", " · ".join(found), classes=["section-compare-length"])

    def place(self, cell: Cell, passage: Passage) -> compare_place:
        """Where a passage stands in its report: the titles around it, else the report's name."""
        titles = _(" / ").join(passage.headings) or cell.report.short_title
        where = self.link(cell.report.docname, passage.anchor, titles)
        return compare_place("", "", where, classes=["section-compare-place"])


def label_note(note: compare_note) -> None:
    """Say that a note is one, where no style tells it from the report's own text."""
    label = nodes.strong("", _("Note: "))
    first = note.children[0] if note.children else None
    if isinstance(first, nodes.paragraph):
        first.insert(0, label)
    else:
        note.insert(0, nodes.paragraph("", "", label))


FILLINGS: dict[str, type[Filling]] = {
    "compare": Comparison,
    "coverage": Coverage,
    "list": PageList,
    "outline": Outline,
    "phrases": Phrases,
}


def setup(app: Sphinx) -> None:
    app.connect("doctree-resolved", fill_placeholders, priority=900)
