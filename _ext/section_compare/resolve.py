"""Fill the placeholders, link passages to their comparisons, and turn the copies' links."""

from __future__ import annotations

import posixpath
from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, cast
from urllib.parse import urljoin, urlsplit
from weakref import WeakKeyDictionary

from docutils import nodes
from sphinx import addnodes
from sphinx.errors import NoUri
from sphinx.transforms.post_transforms import SphinxPostTransform

from . import latex
from .assets import words
from .copying import Store, depth_of
from .domain import get_domain
from .nodes import (
    compare_block,
    compare_cell,
    compare_head,
    compare_links,
    compare_name,
    compare_page,
    compare_placeholder,
    compare_row,
)
from .shared import Entry, is_everywhere, least_of, list_phrases, texts_of
from .warn import _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx
    from sphinx.builders import Builder
    from sphinx.environment import BuildEnvironment

    from .domain import Cell, Collection, Page, Passage, Placeholder
    from .reading import PlacedText

# So many reports are named with a phrase of a list; of more the number is told.
NAMED = 20
CARRIERS = (
    nodes.document,
    nodes.section,
    nodes.container,
    nodes.block_quote,
    nodes.list_item,
    nodes.definition,
    nodes.field_body,
    nodes.entry,
    nodes.Admonition,
    nodes.topic,
    nodes.sidebar,
)


class Build:
    """What all pages of one build share: the resolved collection and the passages."""

    def __init__(self, env: BuildEnvironment, builder: Builder) -> None:
        self.env = env
        self.builder = builder
        self.collection: Collection = get_domain(env).collect()
        self.store = Store(env)
        # by page, of what it shows of others; ``freshness`` enters them before anything is written
        self.digests: dict[str, str] = {}
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
        return texts_of(self.env, self.collection)

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
    BUILDS[app.env] = build = Build(app.env, app.builder)
    return build


def current(env: BuildEnvironment) -> Build:
    """The facts of the build under way."""
    return BUILDS[env]


def forget(env: BuildEnvironment) -> None:
    """Drop them: what the next build reads may say otherwise."""
    BUILDS.pop(env, None)


def link(
    builder: Builder, page: str, target: str, anchor: str, text: str
) -> nodes.reference | nodes.inline:
    """A link from one page to a place on another, or plain text where the builder has none."""
    try:
        uri = builder.get_relative_uri(page, target)
    except NoUri:
        return nodes.inline(text, text)
    if anchor:
        uri = f"{uri}#{anchor}"
    return nodes.reference(text, text, internal=True, refuri=uri)


def listed(builder: Builder, page: str, one: Page, text: str) -> list[nodes.Node]:
    """A report or topic in a list: a link to it and, on paper, the page where it begins."""
    found: list[nodes.Node] = [link(builder, page, one.docname, "", text)]
    if builder.format == "latex":
        found.append(compare_page(docname=one.docname))
    return found


class FillPlaceholders(SphinxPostTransform):
    """Before Sphinx resolves references (10, MyST's 9), so that the copies' are resolved too."""

    default_priority = 1

    def run(self, **kwargs: object) -> None:
        builder = current(self.env).builder
        for node in list(self.document.findall(compare_placeholder)):
            if builder.name == "gettext":  # the passages are extracted from the reports
                node.parent.remove(node)
                continue
            placeholder: Placeholder = node["placeholder"]
            fill = {
                "compare": self.compare,
                "coverage": self.coverage,
                "list": self.list,
                "phrases": self.phrases,
            }
            block = fill[placeholder.kind](placeholder, node["docname"], depth_of(node))
            block["ids"] = node["ids"]
            block["names"] = node["names"]
            block["classes"] += node["classes"]
            block.source, block.line = node.source, node.line
            node.parent[node.parent.index(node)] = block

    def compare(self, placeholder: Placeholder, page: str, depth: int) -> compare_block:
        build = current(self.env)
        rows = build.collection.rows[page, placeholder.id]
        titles = ", ".join(topic.title for topic, _cells in rows)
        html = build.builder.format == "html"
        epub = build.builder.name == "epub"  # read on phones, in pages that do not scroll
        scripted = html and not epub
        layout = "stacked" if epub else placeholder.layout
        block = compare_block(
            "",
            layout=layout,
            label=placeholder.caption or _("comparison: %s") % titles,
            words=words() if scripted else "",
            classes=["section-compare", f"section-compare-{layout}"],
        )
        if epub:
            block["classes"].append("section-compare-paged")
        if scripted:
            block["section-compare-shared"] = least_of(self.env, placeholder)
        if placeholder.caption:
            caption = nodes.paragraph("", placeholder.caption, classes=["section-compare-caption"])
            block += caption
        said = {cell.report.id for _topic, cells in rows for cell in cells if cell.passages}
        for topic, cells in rows:
            row = compare_row("", classes=["section-compare-row"])
            level = depth + 1
            if len(rows) > 1:
                block += self.heading(level, ["section-compare-topic"], nodes.Text(topic.title))
                level += 1
            for cell in cells:
                label = cell.report.short_title
                if len(rows) > 1:
                    label = f"{label} · {topic.short_title}"
                row += self.cell(cell, page, level, label, cell.report.id in said)
            block += row
        return block

    def cell(self, cell: Cell, page: str, level: int, label: str, column: bool) -> compare_cell:
        """A cell; *column* is false where its report says nothing in the whole comparison."""
        build = current(self.env)
        report = cell.report
        block = compare_cell(
            "",
            report=report.id,
            topic=cell.topic.id,
            docname=report.docname,
            page=page,
            name=report.short_title,
            missing=not column,
            label=label,
            characters=cell.characters,
            source=_("— from “%s” (%s)") % (report.title, report.short_title),
            ids=[cell.id],
            classes=["section-compare-cell", "no-search"],
        )
        passages = build.passages(cell)
        block["anchor"] = anchor = passages[0].anchor if passages else ""
        name = link(build.builder, page, report.docname, anchor, report.short_title)
        if build.builder.format == "html":
            head = compare_head("", classes=["section-compare-head"])
            head += self.heading(level, ["section-compare-name"], name, compare_name)
            if passages:
                length = _("%d characters") % cell.characters
                head += nodes.paragraph("", length, classes=["section-compare-length"])
            block += head
        else:
            block += self.heading(level, ["section-compare-head"], name, compare_name)
        if not passages:
            block["classes"].append(
                "section-compare-empty" if column else "section-compare-missing"
            )
            block += nodes.paragraph("", _("nothing on this"), classes=["section-compare-nothing"])
        for passage in passages:
            below = level + 1 if build.builder.format == "html" else None
            block += build.store.copy(report.docname, passage, below)
        if any(isinstance(node, nodes.math | nodes.math_block) for node in block.findall()):
            # Sphinx loads its formula renderer only on pages that had formulas when read.
            self.env.get_domain("math").data["has_equations"][page] = True
        return block

    def heading(
        self,
        level: int,
        classes: list[str],
        child: nodes.Node,
        kind: type[nodes.rubric] = nodes.rubric,
    ) -> nodes.rubric:
        heading = kind("", "", child, classes=classes)
        if current(self.env).builder.format == "html":
            heading["heading-level"] = min(level, 6)
        return heading

    def coverage(self, _placeholder: Placeholder, page: str, _depth: int) -> nodes.container:
        collection = current(self.env).collection
        builder = current(self.env).builder
        reports = list(collection.reports.values())
        stubs = [_("topic"), _("page")] if builder.format == "latex" else [_("topic")]
        group = nodes.tgroup(cols=len(stubs) + len(reports))
        for _stub in stubs:
            group += nodes.colspec(colwidth=30 // len(stubs), stub=1)
        for _report in reports:
            group += nodes.colspec(colwidth=max(70 // max(len(reports), 1), 1))
        head, body = nodes.thead(), nodes.tbody()
        names = [link(builder, page, report.docname, "", report.short_title) for report in reports]
        head += table_row([[name] for name in (*map(nodes.Text, stubs), *names)])
        for topic in collection.topics.values():
            cells = [[part] for part in listed(builder, page, topic, topic.title)]
            for report in reports:
                passages = collection.passages.get((topic.id, report.id), ())
                total = str(sum(passage.characters for passage in passages))
                home = collection.homes.get((topic.id, report.id))
                if not passages:
                    cells.append([])
                elif home:
                    cells.append([link(builder, page, *home, total)])
                else:
                    cells.append([nodes.inline(total, total)])
            body += table_row(cells)
        group += head
        if body.children:
            group += body
        table = nodes.table("", group, classes=["section-coverage-table"])
        block = nodes.container("", table, classes=["section-coverage", "no-search"])
        if builder.format == "latex":
            block.insert(0, addnodes.tabular_col_spec(spec=latex.matrix_columns(len(reports))))
        return block

    def list(self, placeholder: Placeholder, page: str, _depth: int) -> nodes.container:
        collection = current(self.env).collection
        of_reports = placeholder.what == "reports"
        if of_reports:
            groups = {"": list(collection.reports.values())}
        else:
            groups = {}
            for topic in collection.topics.values():
                groups.setdefault(topic.group, []).append(topic)
        block = nodes.container("", classes=["section-list", "no-search"])
        for name, pages in groups.items():
            part = nodes.container("", classes=["section-list-group"])
            if len(pages) > 1:
                part["classes"].append("section-list-several")
            block += part
            if name:
                part += nodes.rubric("", name)
            part += nodes.bullet_list(
                "",
                *(
                    self.card(one, page, one.short_title if of_reports else one.title)
                    for one in pages
                ),
                bullet="-",
            )
        return block

    def card(self, one: Page, page: str, text: str) -> nodes.list_item:
        item = nodes.list_item()
        item += nodes.paragraph("", "", *listed(current(self.env).builder, page, one, text))
        number = "" if one.number is None else _("no. %d") % one.number
        detail = "\u3000".join(filter(None, (number, *one.details)))
        for text in filter(None, (detail, one.description)):
            item += nodes.paragraph("", text)
        return item

    def phrases(self, placeholder: Placeholder, page: str, depth: int) -> nodes.container:
        collection = current(self.env).collection
        entries = list_phrases(current(self.env).texts, least_of(self.env, placeholder))
        block = nodes.container("", classes=["section-phrases", "no-search"])
        if not entries:
            block += nodes.paragraph("", _("no phrase is shared"))
        groups: dict[int, list[Entry]] = {}
        for entry in entries[: placeholder.limit]:
            groups.setdefault(len(entry.standings), []).append(entry)
        for count, group in groups.items():
            everywhere = is_everywhere(count, len(collection.reports))
            name = _("in all %d reports") if everywhere else _("in %d reports")
            title = nodes.Text(name % count)
            block += self.heading(depth + 1, ["section-phrases-group"], title)
            block += nodes.bullet_list(
                "", *(self.phrase(entry, page) for entry in group), bullet="-"
            )
        if len(entries) > placeholder.limit:
            rest = _("%d more are not listed") % (len(entries) - placeholder.limit)
            block += nodes.paragraph("", rest, classes=["section-phrases-rest"])
        return block

    def phrase(self, entry: Entry, page: str) -> nodes.list_item:
        """A phrase and the reports that have it, each linked to where it has it first."""
        text = nodes.inline("", entry.text, classes=["section-phrases-text"])
        where = nodes.inline("", "", classes=["section-phrases-where"])
        for number, standing in enumerate(entry.standings[:NAMED]):
            if number:
                where += nodes.Text(" · ")
            report, builder = standing.report, current(self.env).builder
            where += link(builder, page, report.docname, standing.anchor, report.short_title)
            if standing.times > 1:
                where += nodes.Text(_(" %d times") % standing.times)
        if len(entry.standings) > NAMED:
            where += nodes.Text(_(" and %d more") % (len(entry.standings) - NAMED))
        return nodes.list_item("", nodes.paragraph("", "", text, nodes.Text(" "), where))


def table_row(cells: list[list[nodes.Node]]) -> nodes.row:
    row = nodes.row()
    for cell in cells:
        row += nodes.entry("", nodes.paragraph("", "", *cell))
    return row


class LinkPassages(SphinxPostTransform):
    """Below each passage of a report, in HTML, links to the comparisons that it stands in.

    After ``FillPlaceholders``, so that copies, which are clean of ids, are never linked.
    """

    default_priority = 2
    formats = ("html", "latex")

    def run(self, **kwargs: object) -> None:
        build = current(self.env)
        by_id: dict[str, dict[str, nodes.Element]] = {}
        for docname, node in elements_of(self.document, self.env.docname):
            by_id.setdefault(docname, {}).update(dict.fromkeys(node["ids"], node))
        for docname in by_id.keys() & build.by_report.keys():
            self.link_report(build, build.report_of[docname], by_id[docname])

    def link_report(self, build: Build, report: Page, by_id: dict[str, nodes.Element]) -> None:
        builder, docname = build.builder, report.docname
        if builder.format == "latex":
            for anchor in {passage.anchor: None for _topic, passage in build.by_report[docname]}:
                add_latex_target(by_id[anchor], anchor)
            return
        hosts: dict[int, tuple[nodes.Element, list[str]]] = {}
        for topic, passage in build.by_report[docname]:
            first = by_id[passage.anchor]
            parent = cast("nodes.Element", first.parent)
            last = parent.children[parent.index(first) + passage.count - 1]
            host = host_of(cast("nodes.Element", last))
            if host is not None and (topic, report.id) in build.collection.homes:
                hosts.setdefault(id(host), (host, []))[1].append(topic)
        for host, topics in hosts.values():
            classes = ["section-compare-links", "no-search"]
            block = compare_links("", report=report.id, classes=classes)
            line = nodes.paragraph("", _("compare: "))
            order = [topic for topic in build.collection.topics if topic in topics]
            for number, topic in enumerate(order):
                if number:
                    line += nodes.Text(" · ")
                home = build.collection.homes[topic, report.id]
                line += link(builder, docname, *home, build.collection.topics[topic].short_title)
            block += line
            if isinstance(host, nodes.section):
                host.insert(1, block)
            elif isinstance(host, nodes.list_item | nodes.definition | nodes.entry):
                host.append(block)
            else:
                around = cast("nodes.Element", host.parent)
                around.insert(around.index(host) + 1, block)


def elements_of(root: nodes.Element, docname: str) -> Iterator[tuple[str, nodes.Element]]:
    """All elements of a doctree, each with its document, where a builder put several together."""
    waiting = [(docname, root)]
    while waiting:
        docname, node = waiting.pop()
        yield docname, node
        inner = node["docname"] if isinstance(node, addnodes.start_of_file) else docname
        waiting += [
            (inner, child) for child in reversed(node.children) if isinstance(child, nodes.Element)
        ]


def host_of(node: nodes.Element) -> nodes.Element | None:
    """The block that a passage's links are put below."""
    current_node: nodes.Element | None = node
    while current_node is not None:
        if isinstance(current_node, nodes.section | nodes.list_item | nodes.definition):
            return current_node
        if isinstance(current_node.parent, CARRIERS):
            return current_node
        current_node = current_node.parent
    return None


def add_latex_target(node: nodes.Element, anchor: str) -> None:
    """LaTeX writes no label for the id of a paragraph or a run: put one there."""
    if isinstance(node, nodes.section):
        return
    target = nodes.target("", "", refid=anchor)
    if isinstance(node, nodes.TextElement) and not isinstance(node, nodes.FixedTextElement):
        node.insert(0, target)
    elif isinstance(node.parent, CARRIERS):
        around = cast("nodes.Element", node.parent)
        around.insert(around.index(node), target)


class TurnLinks(SphinxPostTransform):
    """Turn the copies' links, resolved as on the report's page, to the page that shows them.

    After Sphinx's resolver (10).
    """

    default_priority = 15

    def run(self, **kwargs: object) -> None:
        for cell in self.document.findall(compare_cell):
            for part in cell.children:
                if "section-compare-passage" in cast("nodes.Element", part)["classes"]:
                    for reference in list(part.findall(nodes.reference)):
                        self.turn(reference, cell["docname"], cell["page"])

    def turn(self, reference: nodes.reference, docname: str, page: str) -> None:
        builder = current(self.env).builder
        try:
            uri = builder.get_relative_uri(page, docname)
        except NoUri:
            if "refid" in reference or reference.get("internal"):
                reference.replace_self(nodes.inline("", "", *reference.children))
            return
        if builder.format == "latex" and isinstance(reference.parent, nodes.superscript):
            # LaTeX has no label for a footnote; the note itself stands below the passage
            reference.replace_self(nodes.inline("", "", *reference.children))
        elif "refid" in reference:
            reference["refuri"] = f"{uri}#{reference['refid']}"
            del reference["refid"]
            reference["internal"] = True
        elif reference.get("internal") and builder.format == "html":
            reference["refuri"] = rebase(
                reference["refuri"], builder.get_target_uri(docname), builder.get_target_uri(page)
            )


class JoinPages(SphinxPostTransform):
    """Where all documents are one page, tell alike ids apart and lead each link to its own.

    Sphinx's links there name a document and, after a second ``#``, a place in it, which leads
    nowhere. It looks up numbers by the ids that it gave, so those stay; their place gets another.

    After ``TurnLinks`` (15), whose links are of the same kind.
    """

    default_priority = 20
    builders = ("singlehtml",)

    def run(self, **kwargs: object) -> None:
        root, elements = self.env.docname, list(elements_of(self.document, self.env.docname))
        times = Counter(id_ for _docname, node in elements for id_ in node["ids"])
        anchors: dict[tuple[str, str], str] = {}
        for docname, node in elements:
            if isinstance(node, addnodes.start_of_file):
                anchors[node["docname"], ""] = f"document-{node['docname']}"
            for id_ in list(node["ids"]):
                anchor = id_ if times[id_] == 1 else f"{docname}/{id_}"
                if anchor != id_:
                    node["ids"] = [*node["ids"], anchor]
                    if is_ours(node, id_):
                        node["ids"].remove(id_)
                anchors[docname, id_] = anchor
                if docname == root:  # the one to which Sphinx gives no id
                    anchors.setdefault((root, ""), anchor)
        for docname, node in elements:
            if isinstance(node, nodes.reference):
                self.lead(node, docname, anchors)

    def lead(
        self, reference: nodes.reference, docname: str, anchors: dict[tuple[str, str], str]
    ) -> None:
        """Have a link lead to its place, or to the page's start; on no page it is plain text."""
        place, start = reference.get("refid", ""), "#document-"
        if not place:
            uri = reference.get("refuri", "")
            if not uri.startswith(start):
                return
            docname, _hash, place = uri.removeprefix(start).partition("#")
        anchor = anchors.get((docname, place)) or anchors.get((docname, ""))
        if anchor:
            reference.attributes.pop("refid", None)
            reference["refuri"] = f"#{anchor}"
        elif "refid" not in reference:
            reference.replace_self(nodes.inline("", "", *reference.children))


def is_ours(node: nodes.Element, id_: str) -> bool:
    """Whether we gave a node its id, and Sphinx knows no number by it."""
    made = id_.startswith("passage-") and not isinstance(node, nodes.section)
    return made or isinstance(node, compare_block | compare_cell)


def rebase(uri: str, old: str, new: str) -> str:
    """A relative address as seen from another page.

    :param uri: an address relative to the page *old*.
    :param new: the page to see it from; both pages are relative to the output's root.
    """
    parts = urlsplit(uri)
    if parts.scheme or uri.startswith(("/", "#")) or "#document-" in old:
        return uri
    path = urlsplit(urljoin(f"/{old}", parts.path or f"/{old}")).path
    start = "/" + posixpath.dirname(new)
    turned = posixpath.relpath(path, start)
    if path.endswith("/"):
        turned += "/"
    return turned + (f"#{parts.fragment}" if parts.fragment else "")


def setup(app: Sphinx) -> None:
    for transform in (FillPlaceholders, LinkPassages, TurnLinks, JoinPages):
        app.add_post_transform(transform)
