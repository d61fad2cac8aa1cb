r"""How LaTeX writes the component's nodes: reports side by side on paper.

The commands written here are defined in ``texinputs/section_compare.sty``, which goes beside
every document that Sphinx writes. A comparison is stacked instead where columns cannot stand:
inside another block, or around a table that must break over pages.
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


def visit_block(self: LaTeXTranslator, node: compare_block) -> None:
    self.visit_container(node)
    side_by_side = node["layout"] == "columns" and fits_in_columns(node)
    for row in node.findall(compare_row):
        row["groups"] = groups(cells_of(row, missing=False)) if side_by_side else []
    sizes = [len(group) for row in node.findall(compare_row) for group in row["groups"]]
    node["widest"] = max(sizes, default=0)
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
        heads = "".join(f"\\sectioncomparecolumnhead{{{head(self, cell)}}}%\n" for cell in group)
        self.body.append(f"\n\\begin{{sectioncomparecolumns}}{{{len(group)}}}{{%\n{heads}}}\n")
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
    app.add_latex_package(STYLE.stem)
