"""What the directives without passages show: matrix, lists of pages, outlines, phrases."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, cast

from docutils import nodes
from sphinx import addnodes

from ..output.latex import matrix_columns
from ..phrases.mark import Entry, is_everywhere, least_of, list_phrases
from ..warn import _
from .links import link, listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..model import Heading, Page, Placeholder
    from .build import Build

# A matrix of more reports has them as rows on screens; and it has so many shades.
WIDE = 8
SHADES = 4
# So many reports are named with a phrase of a list; of more the number is told.
NAMED = 20
# sphinx-design's grid of cards: one, two or three beside each other
ROW = ["sd-row", "sd-row-cols-1", "sd-row-cols-sm-2", "sd-row-cols-lg-3", "sd-g-2"]
CARD = ["sd-card", "sd-sphinx-override", "sd-w-100", "sd-card-hover"]
BADGE = ["sd-sphinx-override", "sd-badge", "sd-outline-secondary"]


def make(build: Build, placeholder: Placeholder, page: str, depth: int) -> nodes.container:
    """What a directive other than a comparison shows on a page.

    :param depth: in how many sections it stands.
    """
    if placeholder.kind == "coverage":
        return coverage(build, placeholder, page)
    if placeholder.kind == "list":
        if placeholder.layout == "names":
            return name_lines(build, placeholder.what == "reports", page)
        return pages(build, placeholder.what == "reports", page)
    if placeholder.kind == "outline":
        return outlines(build, placeholder, page, depth)
    return phrases(build, placeholder, page, depth)


def coverage(build: Build, placeholder: Placeholder, page: str) -> nodes.container:
    """The matrix, topics by reports: how much each gives each.

    On screens more reports than stand side by side are rows, the topics columns.
    """
    collection, builder = build.collection, build.builder
    topics = list(collection.topics.values())
    if placeholder.topics:
        topics = collection.named_topics(placeholder, page)
    reports = collection.named_reports(placeholder)
    if not topics:
        return nothing("section-coverage")
    most = max((collection.size(topic.id, report.id) for topic in topics
                for report in reports), default=0)  # fmt: skip
    if builder.format == "html" and len(reports) > WIDE:
        return crossed(build, page, topics, reports, most)
    stubs = [_("topic"), _("page")] if builder.format == "latex" else [_("topic")]
    names = [column_name(build, page, report) for report in reports]
    first: list[list[nodes.Node]] = [[nodes.Text(stub)] for stub in stubs]
    rows = []
    for topic in topics:
        stub = [[part] for part in listed(builder, page, topic, topic.title)]
        row = table_row([*stub, *(figure(build, page, topic, report) for report in reports)])
        shade(build, row.children[len(stubs) :], [(topic, report) for report in reports], most)
        rows.append(row)
    block = matrix(len(stubs), [*first, *names], rows)
    if builder.format == "latex":
        block.insert(0, addnodes.tabular_col_spec(spec=matrix_columns(len(reports))))
    return block


def crossed(
    build: Build, page: str, topics: list[Page], reports: list[Page], most: int
) -> nodes.container:
    """The matrix, reports by topics."""
    names: list[list[nodes.Node]] = [[nodes.Text(_("report"))]]
    for topic in topics:
        names.append([link(build.builder, page, topic.docname, "", topic.short_title)])
    rows = []
    for report in reports:
        name: list[nodes.Node] = [link(build.builder, page, report.docname, "", report.short_title)]
        row = table_row([name, *(figure(build, page, topic, report) for topic in topics)])
        shade(build, row.children[1:], [(topic, report) for topic in topics], most)
        rows.append(row)
    return matrix(1, names, rows)


def matrix(stubs: int, heads: list[list[nodes.Node]], rows: list[nodes.row]) -> nodes.container:
    """A table with so many columns of names, then figures."""
    figures = len(heads) - stubs
    group = nodes.tgroup(cols=len(heads))
    group += [nodes.colspec(colwidth=30 // stubs, stub=1) for _stub in range(stubs)]
    group += [nodes.colspec(colwidth=max(70 // figures, 1)) for _figure in range(figures)]
    group += [nodes.thead("", table_row(heads)), nodes.tbody("", *rows)]
    table = nodes.table("", group, classes=["section-coverage-table"])
    return nodes.container("", table, classes=["section-coverage", "no-search"])


def column_name(build: Build, page: str, report: Page) -> list[nodes.Node]:
    """A report's name above its column; on screens also of what kind its organization is."""
    name: list[nodes.Node] = [link(build.builder, page, report.docname, "", report.short_title)]
    if report.organization and build.builder.format == "html":
        kind = nodes.inline("", report.organization, classes=["section-coverage-kind"])
        name += [nodes.Text(" "), kind]
    return name


def shade(
    build: Build, entries: Sequence[nodes.Node], keys: list[tuple[Page, Page]], most: int
) -> None:
    """Give entries a class by how much is said, ``section-coverage-1`` to ``-4``, for the style."""
    for entry, (topic, report) in zip(entries, keys, strict=True):
        said = build.collection.size(topic.id, report.id)
        if said and isinstance(entry, nodes.Element):
            # by the root: a few long cells would leave all others alike
            level = math.ceil(SHADES * math.sqrt(said / most))
            entry["classes"].append(f"section-coverage-{level}")


def figure(build: Build, page: str, topic: Page, report: Page) -> list[nodes.Node]:
    """How much a report gives a topic, linked to its comparison; nothing for none."""
    key = (topic.id, report.id)
    if key not in build.collection.passages:
        return []
    total = str(build.collection.size(*key))
    home = build.collection.homes.get(key)
    return [link(build.builder, page, *home, total) if home else nodes.inline(total, total)]


def pages(build: Build, of_reports: bool, page: str) -> nodes.container:
    """All reports, or all topics by their groups, as cards or else as a plain list."""
    found = build.collection.reports if of_reports else build.collection.topics
    if not found:
        return nothing("section-list")
    carded = build.cards and build.builder.format == "html" and build.builder.name != "epub"
    block = nodes.container("", classes=["section-list", "no-search"])
    for name, group in by_group(found.values()).items():
        if name:
            block += nodes.rubric("", name)
        if carded:
            block += div("grid-container", ["sd-container-fluid", "sd-p-0", "sd-mb-3"], div(
                "grid-row", ROW, *(card(build, one, page, of_reports) for one in group)
            ))  # fmt: skip
        else:
            items = (plain_item(build, one, page, of_reports) for one in group)
            block += nodes.bullet_list("", *items, bullet="-")
    return block


def by_group(found: Iterable[Page]) -> dict[str, list[Page]]:
    """Pages by their groups, in the order in which these are first named."""
    groups: dict[str, list[Page]] = {}
    for one in found:
        groups.setdefault(one.group, []).append(one)
    return groups


def name_lines(build: Build, of_reports: bool, page: str) -> nodes.container:
    """The names alone, short, a line a group, to be seen at one glance."""
    found = build.collection.reports if of_reports else build.collection.topics
    if not found:
        return nothing("section-list")
    block = nodes.container("", classes=["section-list", "section-list-names", "no-search"])
    for name, group in by_group(found.values()).items():
        line = nodes.paragraph()
        if name:
            line += [nodes.strong("", name), nodes.Text(" ")]
        for number, one in enumerate(group):
            if number:
                line += nodes.Text(" ")
            line += link(build.builder, page, one.docname, "", one.short_title)
        block += line
    return block


def div(component: str, classes: list[str], *children: nodes.Node) -> nodes.container:
    """A component of sphinx-design, which it writes as a ``div`` without classes of docutils."""
    return nodes.container(
        "", *children, is_div=True, design_component=component, classes=list(classes)
    )


def called(one: Page, of_reports: bool) -> str:
    """A report is called by its short title in a list, since titles may be alike."""
    return one.short_title if of_reports else one.title


def details(one: Page) -> list[str]:
    """A report's number, kind of organization and period, as far as its header has them."""
    number = "" if one.number is None else _("no. %d") % one.number
    return [text for text in (number, one.organization, one.period) if text]


def card(build: Build, one: Page, page: str, of_reports: bool) -> nodes.container:
    title = link(build.builder, page, one.docname, "", called(one, of_reports))
    title["classes"].append("sd-stretched-link")
    body = div("card-body", ["sd-card-body"])
    body += nodes.paragraph("", "", title, classes=["sd-card-title", "sd-font-weight-bold"])
    if badges := details(one):
        line = nodes.paragraph("", classes=["sd-card-text"])
        for number, badge in enumerate(badges):
            if number:
                line += nodes.Text(" ")
            line += nodes.inline("", badge, classes=list(BADGE))
        body += line
    if one.description:
        body += nodes.paragraph("", one.description, classes=["sd-card-text"])
    return div("grid-item", ["sd-col", "sd-d-flex-row"], div("card", CARD, body))


def plain_item(build: Build, one: Page, page: str, of_reports: bool) -> nodes.list_item:
    names = listed(build.builder, page, one, called(one, of_reports))
    item = nodes.list_item("", nodes.paragraph("", "", *names))
    for text in filter(None, ("\u3000".join(details(one)), one.description)):
        item += nodes.paragraph("", text)
    return item


def outlines(build: Build, placeholder: Placeholder, page: str, depth: int) -> nodes.container:
    """The headings of each report, those below another in a list of their own."""
    found = build.outlines(placeholder)
    if not found:
        return nothing("section-outline")
    block = nodes.container("", classes=["section-outline", "no-search"])
    for report, headings in found:
        column = nodes.container("", classes=["section-outline-report"])
        name = nodes.inline("", "", *listed(build.builder, page, report, report.short_title))
        column += heading(build, depth + 1, ["section-outline-name"], name)
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
            opened[-1][1].append(outline_item(build, report, one, page))
        block += column
    return block


def outline_item(build: Build, report: Page, one: Heading, page: str) -> nodes.list_item:
    """A heading, linked to its place, and the topics it speaks to, linked to their comparisons."""
    line = nodes.paragraph("", "", link(build.builder, page, report.docname, one.anchor, one.title))
    topics = nodes.inline("", "", classes=["section-outline-topics"])
    for topic in one.topics:
        topics += nodes.Text(" · " if topics.children else " ")
        home, name = build.collection.homes.get((topic, report.id)), build.collection.topics[topic]
        topics += (link(build.builder, page, *home, name.short_title) if home
                   else nodes.inline("", name.short_title))  # fmt: skip
    if one.topics:
        line += topics
    return nodes.list_item("", line)


def phrases(build: Build, placeholder: Placeholder, page: str, depth: int) -> nodes.container:
    """The phrases that several reports share, those of the most reports first."""
    entries = list_phrases(build.texts, least_of(build.env, placeholder))
    block = nodes.container("", classes=["section-phrases", "no-search"])
    if not entries:
        block += nodes.paragraph("", _("no phrase is shared"))
    groups: dict[int, list[Entry]] = {}
    for entry in entries[: placeholder.limit]:
        groups.setdefault(len(entry.standings), []).append(entry)
    for count, group in groups.items():
        everywhere = is_everywhere(count, len(build.collection.reports))
        name = (_("in all %d reports") if everywhere else _("in %d reports")) % count
        block += heading(build, depth + 1, ["section-phrases-group"], nodes.Text(name))
        block += phrase_list(build, group, page)
    if len(entries) > placeholder.limit:
        rest = _("%d more are not listed") % (len(entries) - placeholder.limit)
        block += nodes.paragraph("", rest, classes=["section-phrases-rest"])
    return block


def phrase_list(build: Build, group: list[Entry], page: str) -> nodes.bullet_list:
    """The phrases that as many reports have; below a longer one those that lie in it."""
    found = nodes.bullet_list("", bullet="-")
    items: list[tuple[str, nodes.list_item]] = []
    for entry in group:
        item = phrase(build, entry, page)
        around = next((other for text, other in items if entry.text in text), None)
        items.append((entry.text, item))
        if around is None:
            found += item
        elif isinstance(around.children[-1], nodes.bullet_list):
            around.children[-1].append(item)
        else:
            around += nodes.bullet_list("", item, bullet="-")
    return found


def phrase(build: Build, entry: Entry, page: str) -> nodes.list_item:
    """A phrase and the reports that have it, each linked to where it has it first."""
    text = nodes.inline("", entry.text, classes=["section-phrases-text"])
    where = nodes.inline("", "", classes=["section-phrases-where"])
    for number, standing in enumerate(entry.standings[:NAMED]):
        if number:
            where += nodes.Text(" · ")
        report = standing.report
        where += link(build.builder, page, report.docname, standing.anchor, report.short_title)
        if standing.times > 1:
            where += nodes.Text(_(" %d times") % standing.times)
    if len(entry.standings) > NAMED:
        where += nodes.Text(_(" and %d more") % (len(entry.standings) - NAMED))
    return nodes.list_item("", nodes.paragraph("", "", text, nodes.Text(" "), where))


def heading(
    build: Build,
    level: int,
    classes: list[str],
    child: nodes.Node,
    kind: type[nodes.rubric] = nodes.rubric,
) -> nodes.rubric:
    """A heading that stands in no table of contents; *level* is that of HTML."""
    found = kind("", "", child, classes=classes)
    if build.builder.format == "html":
        found["heading-level"] = min(level, 6)
    return found


def nothing(kind: str) -> nodes.container:
    """What stands for a table without rows or a list without items, which LaTeX cannot set."""
    return nodes.container("", nodes.paragraph("", _("none")), classes=[kind, "no-search"])


def table_row(cells: list[list[nodes.Node]]) -> nodes.row:
    return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", *cell)) for cell in cells))
