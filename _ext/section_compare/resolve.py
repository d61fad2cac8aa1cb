"""Fill the placeholders with what the documents say together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from . import latex
from .assets import words
from .build import current
from .copying import depth_of
from .links import link, listed
from .nodes import (
    compare_block,
    compare_cell,
    compare_head,
    compare_name,
    compare_placeholder,
    compare_row,
)
from .shared import Entry, is_everywhere, least_of, list_phrases
from .warn import _

if TYPE_CHECKING:
    from sphinx.application import Sphinx

    from .domain import Cell, Page, Placeholder

# So many reports are named with a phrase of a list; of more the number is told.
NAMED = 20


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
        scripted = html and not epub and any(cells for _topic, cells in rows)
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
        if not collection.topics:
            return nothing("section-coverage")
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
        group += [head, body]
        table = nodes.table("", group, classes=["section-coverage-table"])
        block = nodes.container("", table, classes=["section-coverage", "no-search"])
        if builder.format == "latex":
            block.insert(0, addnodes.tabular_col_spec(spec=latex.matrix_columns(len(reports))))
        return block

    def list(self, placeholder: Placeholder, page: str, _depth: int) -> nodes.container:
        collection = current(self.env).collection
        of_reports = placeholder.what == "reports"
        if not (collection.reports if of_reports else collection.topics):
            return nothing("section-list")
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


def nothing(kind: str) -> nodes.container:
    """What stands for a table without rows or a list without items, which LaTeX cannot set."""
    return nodes.container("", nodes.paragraph("", _("none")), classes=[kind, "no-search"])


def table_row(cells: list[list[nodes.Node]]) -> nodes.row:
    row = nodes.row()
    for cell in cells:
        row += nodes.entry("", nodes.paragraph("", "", *cell))
    return row


def setup(app: Sphinx) -> None:
    app.add_post_transform(FillPlaceholders)
