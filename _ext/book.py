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
        documents = get_domain(self.env).documents
        pages: list[tuple[str, nodes.Element]] = [(self.env.docname, self.document)]
        pages += ((one["docname"], one) for one in self.document.findall(addnodes.start_of_file))
        for docname, page in pages:
            report = documents[docname].report
            title = page.next_node(nodes.title)
            # of a page that is set alone Sphinx takes the title as text, so it can hold no command
            alone = self.formats == ("latex",) and page is self.document
            if report and report.short_title and title and not alone:
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
        title += latex(rf"\reportname{{{escaped}}}")


def set_contents(app: Sphinx, doctree: nodes.document, _docname: str) -> None:
    """On ``doctree-resolved``: the lists of reports and topics become the book's table of contents.

    They name pages, and say more than a table made of titles; so that nothing stands twice they
    go to the front, and the parts that they open are left with a bookmark. What the home page says
    below them of the whole book goes before them. Commands of fanwen.sty.
    """
    home = doctree.next_node(nodes.section)
    if app.builder.format != "latex" or not home:
        return
    engine = app.config.latex_engine
    parts = [node for node in home.children if isinstance(node, nodes.section)]
    notes: list[nodes.Node] = []
    contents: list[nodes.Node] = []
    for part in parts:
        title = part.next_node(nodes.title)
        lists = [node for node in part.children if is_list(node)]
        if title and lists:
            for one in lists:
                part.remove(one)
            part.replace(title, command("listedpart", title, engine))
            contents += [command("contentspart", title, engine), *lists]
        elif title and contents and not part.next_node(addnodes.start_of_file):
            home.remove(part)
            part.replace(title, command("notestitle", title, engine))
            notes.append(part)
    if contents:
        place = home.index(parts[0])
        home[place:place] = [
            *notes,
            latex(r"\begin{bookcontents}"),
            *contents,
            latex(r"\end{bookcontents}"),
        ]


def set_guides(app: Sphinx, doctree: nodes.document, _docname: str) -> None:
    """On ``doctree-resolved``: set small the pages for the one who writes; the contents name them.

    Where a section of theirs is compared stands in the line of its title, with the page.
    """
    if app.builder.format != "latex":
        return
    domain = get_domain(app.env)
    compared = {*domain.reports, *domain.topics}
    for page in doctree.findall(addnodes.start_of_file):
        title = page.next_node(nodes.title)
        if not title or page["docname"] in compared:
            continue
        title.parent.insert(1, command("alsoincontents", title, app.config.latex_engine))
        page.insert(0, latex(r"\begin{guide}"))
        page += latex(r"\end{guide}")
        for link in list(page.findall(is_see_also)):
            above = link.parent.next_node(nodes.title)
            target = link.next_node(nodes.reference)
            if above and target and "refuri" in target:
                link.parent.remove(link)
                label = f"{target['refuri'].removeprefix('%')}::doc"
                number = rf"\pageref*{{\detokenize{{{label}}}}}"
                above += [latex(r"\seealso{"), *link.children, latex(f"}}{{{number}}}")]


def set_booklet(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """On ``doctree-resolved``: a page that is set alone has its title, and its short name, on its
    first sheet. Sphinx takes the title away, for a title page."""
    page = doctree.next_node(nodes.section)
    if app.builder.format != "latex" or not page:
        return
    noted = get_domain(app.env).documents[docname]
    if named := noted.report or noted.topic:
        name = "bookletreport" if noted.report else "booklettopic"
        escaped = texescape.escape(named.short_title or "", app.config.latex_engine)
        page.insert(1, latex(rf"\{name}{{{escaped}}}"))


def is_see_also(node: nodes.Node) -> bool:
    return isinstance(node, nodes.paragraph) and "see-also" in node["classes"]


def command(name: str, title: nodes.title, engine: str) -> nodes.raw:
    """A command of LaTeX with a title's text."""
    return latex(rf"\{name}{{{texescape.escape(title.astext(), engine)}}}")


def latex(text: str) -> nodes.raw:
    return nodes.raw("", text, format="latex")


def is_list(node: nodes.Node) -> bool:
    return isinstance(node, nodes.container) and "section-list" in node["classes"]


class ChineseEpub(Epub3Builder):
    """Sphinx's builder, but pages name their language and the contents are called 目录."""

    html_tag = Epub3Builder.html_tag.replace(">", ' lang="zh-CN" xml:lang="zh-CN">')
    guide_titles = GUIDE_TITLES


def setup(app: Sphinx) -> ExtensionMetadata:
    for transform in (NameOnPage, NameInEbook, NameInPrint):
        app.add_post_transform(transform)
    # section_compare makes the lists at 900
    app.connect("doctree-resolved", set_contents, priority=920)
    app.connect("doctree-resolved", set_guides, priority=920)
    app.connect("doctree-resolved", set_booklet, priority=920)
    app.add_builder(ChineseEpub, override=True)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
