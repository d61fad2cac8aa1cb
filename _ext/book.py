"""What this site's printed and electronic books need beyond settings."""

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


class NameReports(SphinxPostTransform):
    """In print, where the five titles are alike, a report's title brings along whose it is.

    ``\\reportname`` of fanwen.sty sets the short title below the title, and behind it in the
    contents and bookmarks.
    """

    formats = ("latex",)
    default_priority = 3

    def run(self, **kwargs: object) -> None:
        reports = get_domain(self.env).reports
        for document in self.document.findall(addnodes.start_of_file):
            report = reports.get(document["docname"])
            title = document.next_node(nodes.title)
            if report and report.short_title and title:
                name = texescape.escape(report.short_title, self.config.latex_engine)
                title += nodes.raw("", rf"\reportname{{{name}}}", format="latex")


class ChineseEpub(Epub3Builder):
    """Sphinx's builder, but pages name their language and the contents are called 目录."""

    html_tag = Epub3Builder.html_tag.replace(">", ' lang="zh-CN" xml:lang="zh-CN">')
    guide_titles = GUIDE_TITLES


def setup(app: Sphinx) -> ExtensionMetadata:
    app.add_post_transform(NameReports)
    app.add_builder(ChineseEpub, override=True)
    return {"version": "1.0", "parallel_read_safe": True, "parallel_write_safe": True}
