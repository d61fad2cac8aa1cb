r"""How LaTeX writes the component's nodes: reports side by side on paper.

The commands written here are defined in ``texinputs/section_compare.sty``, which goes beside
every document that Sphinx writes. A comparison is stacked instead where columns cannot stand:
inside another block, or around a table that must break over pages. A page that its comparison
makes up begins on the comparison's sheet, title and all.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, cast

from docutils import nodes
from sphinx import addnodes

from ..warn import _
from .nodes import (
    compare_block,
    compare_cell,
    compare_name,
    compare_page,
    compare_place,
    compare_row,
)

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config
    from sphinx.writers.latex import LaTeXTranslator

STYLE = Path(__file__).parents[1] / "texinputs" / "section_compare.sty"
MOST_COLUMNS = 6
TABLE_ROWS = 30  # Sphinx sets a longer table as one that breaks over pages
AROUND = (nodes.document, nodes.section, nodes.container, addnodes.start_of_file)
BLOCKS = (nodes.paragraph, nodes.title, nodes.rubric)
ROOM = {False: 35, True: 68}  # the characters in a line over all columns: two, or more on a sheet
LEAST = 10  # in the narrowest column
LOST = 0.7  # of each line, since not all punctuation may begin one
GAP = 0.5  # of a line, above a passage


def groups(cells: list[compare_cell]) -> list[list[compare_cell]]:
    """Divide a row's cells as evenly as possible into groups that fit side by side."""
    count = -(-len(cells) // MOST_COLUMNS)
    ends = [len(cells) * number // count for number in range(count + 1)] if count else []
    return [cells[start:end] for start, end in pairwise(ends)]


def cells_of(node: nodes.Element, missing: bool) -> list[compare_cell]:
    """The cells whose reports say nothing in the whole comparison, or the others."""
    return [cell for cell in node.findall(compare_cell) if cell["missing"] is missing]


def fits_in_columns(block: compare_block) -> bool:
    """Whether a comparison stands where columns can be set and holds only what fits in them."""
    around = block.parent
    while isinstance(around, AROUND):
        around = around.parent
    tables = [len(list(table.findall(nodes.row))) for table in block.findall(nodes.table)]
    return around is None and max(tables, default=0) <= TABLE_ROWS


def widths_of(cells: list[list[int]]) -> list[int]:
    """The characters in a line of each column, of columns whose paragraphs have these lengths.

    All are to end at the same height, so that no sheet is left with one column and empty ones
    beside it: each character that a line has room for goes to the column that is the longest till
    then. None is too narrow to be read.
    """
    widths = [LEAST] * len(cells)
    for _character in range(ROOM[len(cells) > 2] - sum(widths)):
        heights = [height(cell, width) for cell, width in zip(cells, widths, strict=True)]
        widths[heights.index(max(heights))] += 1
    return widths


def height(lengths: list[int], width: int) -> float:
    """About how many lines paragraphs of these lengths take; 0 is a gap above a passage."""
    return sum(-(-length // (width - LOST)) or GAP for length in lengths)


def lines_of(group: list[compare_cell]) -> int:
    """About how many lines a group of columns takes."""
    cells = [lengths_of(cell) for cell in group]
    return round(max(map(height, cells, widths_of(cells))))


def lengths_of(cell: compare_cell) -> list[int]:
    """How long a cell's paragraphs are, with an indent or in small type, and 0 for each gap."""
    found = []
    for node in cell.findall(lambda node: isinstance(node, BLOCKS)):
        length = len(node.astext())
        found.append(length * 9 // 10 if is_small(node) else length + 2)
    return found + [0 for _place in cell.findall(compare_place)]


def is_small(node: nodes.Node) -> bool:
    """Whether this says where a passage stands, or is a note on a report."""
    return isinstance(node, compare_place) or "section-compare-note-on" in node.parent["classes"]


def plan_sheets(app: Sphinx, doctree: nodes.document, _docname: str) -> None:
    """On ``doctree-resolved``: divide comparisons into columns, and put a page on sheets that its
    comparisons make up.

    Once all else is resolved: it matters where a comparison stands, and whether there is more on
    its page than itself.
    """
    if app.builder.format != "latex":
        return
    blocks = list(doctree.findall(compare_block))
    for block in blocks:
        side_by_side = block["layout"] == "columns" and fits_in_columns(block)
        rows = list(block.findall(compare_row))
        for row in rows:
            row["groups"] = groups(cells_of(row, missing=False)) if side_by_side else []
        sizes = [len(group) for row in rows for group in row["groups"]]
        block["widest"] = max(sizes, default=0)
        block["lines"] = sum(lines_of(group) for row in rows for group in row["groups"])
    for page in dict.fromkeys(block.parent for block in blocks if block["widest"]):
        if is_made_up(page):
            compared = [block for block in page.children if isinstance(block, compare_block)]
            widest = max(block["widest"] for block in compared)
            lines = sum(block["lines"] for block in compared)
            start = raw(f"\\begin{{sectioncomparesheet}}{{{widest}}}{{{lines}}}")
            page.replace_self([start, page, raw(r"\end{sectioncomparesheet}")])


def is_made_up(page: nodes.Element) -> bool:
    """Whether this is a page's section, most of its text in comparisons, with no page in it."""
    compared = sum(len(b.astext()) for b in page.children if isinstance(b, compare_block))
    return (
        # Sphinx leaves a page that it puts into another its document as parent
        isinstance(page.parent, nodes.document | addnodes.start_of_file)
        and page.next_node(addnodes.start_of_file) is None
        and 2 * compared > len(page.astext())
    )


def visit_block(self: LaTeXTranslator, node: compare_block) -> None:
    self.visit_container(node)
    if node["widest"]:
        self.body.append(f"\n\\begin{{sectioncompare}}{{{node['widest']}}}\n")
    # on the sheet, where the columns are that the reader misses
    unsaid = dict.fromkeys(cell["name"] for cell in cells_of(node, missing=True))
    if unsaid:
        line = _("Nothing on this: %s") % _(", ").join(unsaid)
        self.body.append(f"\n\\sectioncompareunsaid{{{self.encode(line)}}}\n")


def depart_block(self: LaTeXTranslator, node: compare_block) -> None:
    if node["widest"]:
        self.body.append("\n\\end{sectioncompare}\n")
    self.depart_container(node)


def visit_row(self: LaTeXTranslator, node: compare_row) -> None:
    """A row writes nothing: its cells open and close its groups of columns."""


def visit_cell(self: LaTeXTranslator, node: compare_cell) -> None:
    if node["missing"]:
        raise nodes.SkipNode
    group = group_of(node)
    if group and node is group[0]:
        widths = widths_of([lengths_of(cell) for cell in group])
        parts = [f"{width / sum(widths):.4f}" for width in widths]
        heads = "".join(
            f"\\sectioncomparecolumnhead{{{part}}}{{{head(self, cell)}}}%\n"
            for part, cell in zip(parts, group, strict=True)
        )
        self.body.append(
            f"\n\\begin{{sectioncomparecolumns}}{{{len(group)}}}{{{','.join(parts)}}}{{%\n{heads}}}\n"
        )
    elif group:
        self.body.append("\n\\sectioncomparenext\n")
    command = "sectioncomparecell" if group else "sectioncomparestacked"
    self.body.append(f"\n\\{command}{{{head(self, node)}}}")
    self.body.append(f"{self.hypertarget_to(node, anchor=True)}\n")
    self.visit_container(node)


def depart_cell(self: LaTeXTranslator, node: compare_cell) -> None:
    self.depart_container(node)
    group = group_of(node)
    if group and node is group[-1]:
        self.body.append("\n\\end{sectioncomparecolumns}\n")


def visit_name(self: LaTeXTranslator, node: compare_name) -> None:
    """The cells write their heads, which the columns need besides, for the pages that follow."""
    raise nodes.SkipNode


def visit_place(self: LaTeXTranslator, node: compare_place) -> None:
    self.body.append("\n\\sectioncompareplace{")


def depart_place(self: LaTeXTranslator, node: compare_place) -> None:
    self.body.append("}\n")


def visit_page(self: LaTeXTranslator, node: compare_page) -> None:
    self.body.append(page(self, node["docname"], ""))


def depart_nothing(self: LaTeXTranslator, node: nodes.Element) -> None:
    """What was visited needs no end."""


def group_of(cell: compare_cell) -> list[compare_cell]:
    """The cells that a cell stands side by side with; none where they are stacked."""
    found: list[list[compare_cell]] = cast("compare_row", cell.parent)["groups"]
    return next((group for group in found if cell in group), [])


def head(self: LaTeXTranslator, cell: compare_cell) -> str:
    """A report's name, linked to the passage that the cell shows, with the page of that."""
    name: str = self.encode(cell["name"])
    if cell["docname"] not in self.builder.docnames:
        return name
    link = self.hyperlink(label(cell["docname"], cell["anchor"]))
    return f"{link}{name}}}}}{page(self, cell['docname'], cell['anchor'])}"


def page(self: LaTeXTranslator, docname: str, anchor: str) -> str:
    """The page where a place stands: its number, and in words."""
    if docname not in self.builder.docnames:
        return ""
    number = f"\\pageref*{{{self.idescape(label(docname, anchor))}}}"
    words = _("page %s") % number
    return f"\\sectioncomparepage{{{number}}}{{{words}}}"


def label(docname: str, anchor: str) -> str:
    """The label that Sphinx gives a place, or with no anchor a document."""
    return f"{docname}:{anchor or ':doc'}"


def raw(text: str) -> nodes.raw:
    return nodes.raw("", f"\n{text}\n", format="latex")


def matrix_columns(reports: int) -> str:
    """The widths of the matrix's columns: topics, their pages, then a figure for each report."""
    width = 62 // max(reports, 1)
    right = r">{\raggedleft\arraybackslash}"
    return rf">{{\raggedright\arraybackslash}}\X{{33}}{{100}}{right}\X{{5}}{{100}}" + (
        rf"{right}\X{{{width}}}{{100}}" * reports
    )


def add_style(app: Sphinx, config: Config) -> None:
    config.latex_additional_files = [*config.latex_additional_files, str(STYLE)]


def setup(app: Sphinx) -> None:
    app.connect("config-inited", add_style)
    # comparisons are filled in at 900; what a project does with their lists comes before
    app.connect("doctree-resolved", plan_sheets, priority=950)
    app.add_latex_package(STYLE.stem)
