"""What this site's books, and report pages, need beyond settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes
from section_compare.domain import get_domain
from sphinx import addnodes
from sphinx.builders.epub3 import Epub3Builder
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import texescape

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

GUIDE_TITLES = {"toc": "目录", "cover": "封面"}


class NameReport(SphinxPostTransform):
    """The titles of reports are alike: each also says whose it is."""

    default_priority = 3

    def run(self, **kwargs: object) -> None:
        reports = get_domain(self.env).reports
        pages: list[tuple[str, nodes.Element]] = [(self.env.docname, self.document)]
        pages += ((one["docname"], one) for one in self.document.findall(addnodes.start_of_file))
        for docname, page in pages:
            report = reports.get(docname)
            title = page.next_node(nodes.title)
            if report and report.short_title and title:
                self.add(title, report.short_title)

    def add(self, title: nodes.title, short_title: str) -> None:
        raise NotImplementedError


class NameOnPage(NameReport):
    """On the site above the title."""

    builders = ("html", "dirhtml", "singlehtml")

    def add(self, title: nodes.title, short_title: str) -> None:
        name = nodes.inline("", short_title, classes=["report-name"])
        title.insert(0, [name, nodes.Text(" ")])


class NameInEbook(NameReport):
    """In an e-book below it."""

    builders = ("epub",)

    def add(self, title: nodes.title, short_title: str) -> None:
        title += [nodes.Text(" "), nodes.inline("", short_title, classes=["report-name"])]


class NameInPrint(NameReport):
    """In print ``\\reportname`` of fanwen.sty also sets it in contents and bookmarks."""

    formats = ("latex",)

    def add(self, title: nodes.title, short_title: str) -> None:
        escaped = texescape.escape(short_title, self.config.latex_engine)
        title += nodes.raw("", rf"\reportname{{{escaped}}}", format="latex")


class ChineseEpub(Epub3Builder):
    """Sphinx's builder, but pages name their language and the contents are called 目录."""

    html_tag = Epub3Builder.html_tag.replace(">", ' lang="zh-CN" xml:lang="zh-CN">')
    guide_titles = GUIDE_TITLES


def setup(app: Sphinx) -> ExtensionMetadata:
    for transform in (NameOnPage, NameInEbook, NameInPrint):
        app.add_post_transform(transform)
    app.add_builder(ChineseEpub, override=True)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
