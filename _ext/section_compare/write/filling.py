"""What is common to all that fills a placeholder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes

from ..doctree import depth_of
from ..output.nodes import compare_page
from ..warn import _
from .links import link

if TYPE_CHECKING:
    from ..model import Page, Placeholder
    from ..output.nodes import compare_placeholder
    from .build import Build


class Filling:
    """What one directive shows on one page, as the builder under way shows it."""

    def __init__(self, build: Build, node: compare_placeholder) -> None:
        self.build, self.builder, self.collection = build, build.builder, build.collection
        self.placeholder: Placeholder = node["placeholder"]
        self.page: str = node["docname"]
        # the HTML heading level of what stands here
        self.level = depth_of(node) + 1
        self.html = self.builder.format == "html"
        self.latex = self.builder.format == "latex"
        self.epub = self.builder.name == "epub"  # read on phones, in pages that do not scroll

    def make(self) -> nodes.Element:
        """What is put in the placeholder's place."""
        raise NotImplementedError

    def link(self, docname: str, anchor: str, text: str) -> nodes.reference | nodes.inline:
        """A link from this page."""
        return link(self.builder, self.page, docname, anchor, text)

    def listed(self, one: Page, text: str) -> list[nodes.Node]:
        """A report or topic in a list: a link to it and, on paper, the page where it begins."""
        page = [compare_page(docname=one.docname)] if self.latex else []
        return [self.link(one.docname, "", text), *page]

    def heading(
        self, level: int, name: str, child: nodes.Node, kind: type[nodes.rubric] = nodes.rubric
    ) -> nodes.rubric:
        """A heading of a class that stands in no table of contents; *level* is that of HTML."""
        found = kind("", "", child, classes=[name])
        if self.html:
            found["heading-level"] = min(level, 6)
        return found

    def block(self, *names: str) -> nodes.container:
        """A container of these classes, which the search leaves out: it repeats what pages say."""
        return nodes.container("", classes=[*names, "no-search"])

    def nothing(self, name: str) -> nodes.container:
        """What stands for a table without rows or a list without items, which LaTeX cannot set."""
        block = self.block(name)
        block += nodes.paragraph("", _("none"))
        return block
