"""What the directives without passages show: matrix, lists of pages, outlines, phrases."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, cast

from docutils import nodes
from sphinx import addnodes

from ..doctree import joined
from ..domain import get_domain
from ..model import Report
from ..output.latex import matrix_columns
from ..output.nodes import coverage_entry
from ..phrases.mark import Entry, is_everywhere, least_of, list_phrases
from ..warn import _
from .filling import Filling

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..model import Heading, Page, Topic

# A matrix of more reports has them as rows on screens; and it has so many shades.
WIDE = 8
SHADES = 4
# Of more lines a screen lays out those that come near.
LONG = 100
# So many reports are named with a phrase of a list; of more the number is told.
NAMED = 20
# sphinx-design's grid of cards: one, two or three beside each other
ROW = ["sd-row", "sd-row-cols-1", "sd-row-cols-sm-2", "sd-row-cols-lg-3", "sd-g-2"]
CARD = ["sd-card", "sd-sphinx-override", "sd-w-100", "sd-card-hover"]
BADGE = ["sd-sphinx-override", "sd-badge", "sd-outline-secondary"]


class Coverage(Filling):
    """The matrix, topics by reports: how much each gives each.

    On screens more reports than stand side by side are rows, the topics columns.
    """

    def make(self) -> nodes.container:
        topics = list(self.collection.topics.values())
        if self.placeholder.topics:
            topics = self.collection.named_topics(self.placeholder, self.page)
        reports = self.collection.named_reports(self.placeholder)
        if not topics:
            return self.nothing("section-coverage")
        sizes = [self.collection.size(topic.id, one.id) for topic in topics for one in reports]
        most = max(sizes, default=0)
        crossed = self.html and len(reports) > WIDE
        lines: Sequence[Page] = reports if crossed else topics
        columns: Sequence[Page] = topics if crossed else reports
        stubs = [_("report") if crossed else _("topic"), *([_("page")] if self.latex else [])]
        rows = [nodes.row("", *(
            entry([nodes.Text(stub)]) for stub in stubs), *(
            entry(self.column_name(column)) for column in columns
        ))]  # fmt: skip
        for line in lines:
            names = self.listed(line, line.short_title if crossed else line.title)
            rows.append(nodes.row("", *(entry([name]) for name in names)))
            pairs = [(column, line) if crossed else (line, column) for column in columns]
            rows[-1] += [self.figure(topic, report, most) for topic, report in pairs]
        group = nodes.tgroup(cols=len(stubs) + len(columns))
        group += [nodes.colspec(colwidth=30 // len(stubs), stub=1) for _stub in stubs]
        group += [nodes.colspec(colwidth=max(70 // len(columns), 1)) for _column in columns]
        group += [nodes.thead("", rows[0]), nodes.tbody("", *rows[1:])]
        block = self.block("section-coverage", *["section-coverage-long"] * (len(lines) > LONG))
        if self.latex:
            block += addnodes.tabular_col_spec(spec=matrix_columns(len(reports)))
        block += nodes.table("", group, classes=["section-coverage-table"])
        return block

    def column_name(self, one: Page) -> list[nodes.Node]:
        """A name above a column; on screens also of what kind a report's organization is."""
        name: list[nodes.Node] = [self.link(one.docname, "", one.short_title)]
        if self.html and isinstance(one, Report) and one.organization:
            kind = nodes.inline("", one.organization, classes=["section-coverage-kind"])
            name += [nodes.Text(" "), kind]
        return name

    def figure(self, topic: Page, report: Page, most: int) -> nodes.entry:
        """How much a report gives a topic, linked to its comparison; nothing for none.

        Its class says for the style how much that is: ``section-coverage-1`` to ``-4``.
        """
        key = (topic.id, report.id)
        if key not in self.collection.passages:
            return entry([])
        said, home = self.collection.size(*key), self.collection.homes.get(key)
        text = str(said)
        found = entry([self.link(*home, text) if home else nodes.Text(text)])
        if said:
            # by the root: a few long cells would leave all others alike
            level = math.ceil(SHADES * math.sqrt(said / most))
            found["classes"].append(f"section-coverage-{level}")
        return found


def entry(cell: list[nodes.Node]) -> nodes.entry:
    return nodes.entry("", coverage_entry("", "", *cell))


class PageList(Filling):
    """All reports, or all topics by their groups: as cards, as a plain list, or their names."""

    def make(self) -> nodes.container:
        of_reports, names = self.placeholder.what == "reports", self.placeholder.layout == "names"
        found: Iterable[Report | Topic] = (
            self.collection.reports if of_reports else self.collection.topics
        ).values()
        if not found:
            return self.nothing("section-list")
        groups: dict[str, list[Report | Topic]] = {}
        for one in found:
            groups.setdefault(one.group, []).append(one)
        carded = self.build.cards and self.html and not self.epub
        block = self.block("section-list", *["section-list-names"] * names)
        for name, group in groups.items():
            if names:
                block += self.name_line(name, group)
                continue
            if name:
                block += nodes.rubric("", name)
            if carded:
                row = div("grid-row", ROW, *map(self.card, group))
                block += div("grid-container", ["sd-container-fluid", "sd-p-0", "sd-mb-3"], row)
            else:
                block += nodes.bullet_list("", *map(self.item, group), bullet="-")
        return block

    def name_line(self, name: str, group: list[Report | Topic]) -> nodes.paragraph:
        """The names of a group alone, short, to be seen at one glance."""
        line = nodes.paragraph()
        if name:
            line += [nodes.strong("", name), nodes.Text(" ")]
        line += joined((self.link(one.docname, "", one.short_title) for one in group), " ")
        return line

    def card(self, one: Report | Topic) -> nodes.container:
        title = self.link(one.docname, "", called(one))
        title["classes"].append("sd-stretched-link")
        body = div("card-body", ["sd-card-body"])
        body += nodes.paragraph("", "", title, classes=["sd-card-title", "sd-font-weight-bold"])
        if badges := details(one):
            parts = (nodes.inline("", badge, classes=list(BADGE)) for badge in badges)
            body += nodes.paragraph("", "", *joined(parts, " "), classes=["sd-card-text"])
        if one.description:
            body += nodes.paragraph("", one.description, classes=["sd-card-text"])
        return div("grid-item", ["sd-col", "sd-d-flex-row"], div("card", CARD, body))

    def item(self, one: Report | Topic) -> nodes.list_item:
        item = nodes.list_item("", nodes.paragraph("", "", *self.listed(one, called(one))))
        for text in filter(None, ("\u3000".join(details(one)), one.description)):
            item += nodes.paragraph("", text)
        return item


def called(one: Report | Topic) -> str:
    """A report is called by its short title in a list, since titles may be alike."""
    return one.short_title if isinstance(one, Report) else one.title


def details(one: Report | Topic) -> list[str]:
    """A report's number, kind of organization and period, as far as its header has them."""
    if not isinstance(one, Report):
        return []
    number = "" if one.number is None else _("no. %d") % one.number
    return [text for text in (number, one.organization, one.period) if text]


def div(component: str, classes: list[str], *children: nodes.Node) -> nodes.container:
    """A component of sphinx-design, which it writes as a ``div`` without classes of docutils."""
    return nodes.container(
        "", *children, is_div=True, design_component=component, classes=list(classes)
    )


class Outline(Filling):
    """The headings of each report, those below another in a list of their own."""

    def make(self) -> nodes.container:
        found = get_domain(self.build.env).outlines(self.placeholder, self.collection)
        if not found:
            return self.nothing("section-outline")
        block = self.block("section-outline")
        for report, headings in found:
            column = nodes.container("", classes=["section-outline-report"])
            name = nodes.inline("", "", *self.listed(report, report.short_title))
            column += self.heading(self.level, "section-outline-name", name)
            if not headings:
                column += nodes.paragraph("", _("none"))
            # the lists that are open, each with its level
            opened: list[tuple[int, nodes.bullet_list]] = []
            for one in headings:
                while opened and opened[-1][0] > one.level:
                    opened.pop()
                if not opened or opened[-1][0] < one.level:
                    inner = nodes.bullet_list("", bullet="-")
                    around = opened[-1][1].children[-1] if opened else column
                    cast("nodes.Element", around).append(inner)
                    opened.append((one.level, inner))
                opened[-1][1].append(self.item(report, one))
            block += column
        return block

    def item(self, report: Report, one: Heading) -> nodes.list_item:
        """A heading, linked to its place, and its topics, linked to their comparisons."""
        line = nodes.paragraph("", "", self.link(report.docname, one.anchor, one.title))
        if one.topics:
            topics = joined((self.topic(report, topic) for topic in one.topics), " · ")
            line += nodes.inline(
                "", "", nodes.Text(" "), *topics, classes=["section-outline-topics"]
            )
        return nodes.list_item("", line)

    def topic(self, report: Report, topic: str) -> nodes.Node:
        name = self.collection.topics[topic].short_title
        home = self.collection.homes.get((topic, report.id))
        return self.link(*home, name) if home else nodes.inline("", name)


class Phrases(Filling):
    """The phrases that several reports share, those of the most reports first."""

    def make(self) -> nodes.container:
        entries = list_phrases(self.build.texts, least_of(self.build.env, self.placeholder))
        block = self.block("section-phrases")
        if not entries:
            block += nodes.paragraph("", _("no phrase is shared"))
        groups: dict[int, list[Entry]] = {}
        for one in entries[: self.placeholder.limit]:
            groups.setdefault(len(one.standings), []).append(one)
        for count, group in groups.items():
            everywhere = is_everywhere(count, len(self.collection.reports))
            name = (_("in all %d reports") if everywhere else _("in %d reports")) % count
            block += self.heading(self.level, "section-phrases-group", nodes.Text(name))
            block += self.group(group)
        if len(entries) > self.placeholder.limit:
            rest = _("%d more are not listed") % (len(entries) - self.placeholder.limit)
            block += nodes.paragraph("", rest, classes=["section-phrases-rest"])
        return block

    def group(self, group: list[Entry]) -> nodes.bullet_list:
        """The phrases that as many reports have; below a longer one those that lie in it."""
        found = nodes.bullet_list("", bullet="-")
        items: list[tuple[str, nodes.list_item]] = []
        for one in group:
            item = self.item(one)
            around = next((other for text, other in items if one.text in text), None)
            items.append((one.text, item))
            if around is None:
                found += item
            elif isinstance(around.children[-1], nodes.bullet_list):
                around.children[-1].append(item)
            else:
                around += nodes.bullet_list("", item, bullet="-")
        return found

    def item(self, one: Entry) -> nodes.list_item:
        """A phrase and the reports that have it, each linked to where it has it first."""
        text = nodes.inline("", one.text, classes=["section-phrases-text"])
        where = nodes.inline("", "", classes=["section-phrases-where"])
        for report, anchor, times in one.standings[:NAMED]:
            if where.children:
                where += nodes.Text(" · ")
            where += self.link(report.docname, anchor, report.short_title)
            if times > 1:
                where += nodes.Text(_(" %d times") % times)
        if len(one.standings) > NAMED:
            where += nodes.Text(_(" and %d more") % (len(one.standings) - NAMED))
        return nodes.list_item("", nodes.paragraph("", "", text, nodes.Text(" "), where))
