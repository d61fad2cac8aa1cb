"""A bounded sidebar for furo: what a page carries of the navigation does not grow with the site.

Furo resolves all toctrees for every page and writes all titles beside it: the time and the size of
a site grow with the square of its pages. Here the toctrees are read once a build. A page shows the
groups of the root's toctrees by their captions, one name a page, and below a page that it lies in
the pages of that one. Of a group of more than ``MOST`` it shows the neighbours, and a link to the
page whose toctree it is, which has the rest folded. In a site of up to ``SMALL`` pages every branch
can be unfolded, as in furo's own.

``sidebar/navigation.html`` is overridden, and ``toctree()`` gives nothing while furo prepares a
page, or it would still resolve and parse it all. A page is called by the ``short_title`` of its
front matter where it has one, also in the links to the previous and next page and in the
browser's tab. ``sidebar_first`` names the captions that come first, in their order.
Other themes, and builders other than html and dirhtml, are left as they are.
"""

from __future__ import annotations

import os
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakKeyDictionary

from docutils import nodes
from sphinx import addnodes
from sphinx.locale import get_translation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx
    from sphinx.builders import Builder
    from sphinx.config import Config
    from sphinx.util.typing import ExtensionMetadata

HERE = Path(__file__).parent
MOST = 20
AROUND = 4  # of a longer group so many names before the page and after it
FEW = 2 * AROUND + 1  # all that is shown of it
SMALL = 100
# what a toctree may name beside documents: the labels that Sphinx gives its own pages
GENERATED = ("genindex", "modindex", "search")
CATALOG = "sidebar"
_ = get_translation(CATALOG)


class Entry(NamedTuple):
    """A line of a toctree: what it is called, and the document or else the address it leads to."""

    name: str
    target: str
    external: bool = False


class Group(NamedTuple):
    """A toctree: its caption, its lines, and the place where it stands."""

    caption: str
    entries: tuple[Entry, ...]
    docname: str
    anchor: str
    places: dict[str, int]  # of what the lines lead to, the first of each


class Shown(NamedTuple):
    """What a page shows of a group: each line with what is shown below it.

    ``whole`` is false where the group has more lines.
    """

    group: Group
    lines: tuple[tuple[Entry, tuple[Any, ...]], ...]
    whole: bool


class Navigation:
    """The toctrees of one build."""

    def __init__(self, app: Sphinx) -> None:
        self.env = app.env
        self.tags = app.tags
        self.root: str = app.config.root_doc
        self.relations = self.env.collect_relations()
        self.small = len(self.env.found_docs) <= SMALL
        self.groups = {
            docname: list(self.groups_of(docname)) for docname in self.env.toctree_includes
        }
        first = list(app.config.sidebar_first)
        self.groups.get(self.root, []).sort(
            key=lambda group: first.index(group.caption) if group.caption in first else len(first)
        )

    def name(self, docname: str) -> str:
        """What a page is called: short, if its front matter says how."""
        short = self.env.metadata.get(docname, {}).get("short_title")
        title = self.env.titles.get(docname)
        return str(short or "") or (title.astext() if title else docname)

    def groups_of(self, docname: str) -> Iterator[Group]:
        """The toctrees of a document, but those that a condition leaves out of this build."""
        for toctree in self.env.tocs[docname].findall(addnodes.toctree):
            anchor, parent = "", toctree.parent
            while parent is not None:
                if isinstance(parent, addnodes.only) and not self.tags.eval_condition(
                    parent["expr"]
                ):
                    break
                if isinstance(parent, nodes.list_item) and not anchor:
                    link = parent.next_node(nodes.reference)
                    anchor = link["anchorname"] if link else ""
                parent = parent.parent
            else:
                entries = tuple(self.entries(docname, toctree))
                if entries:
                    places = {entry.target: n for n, entry in reversed([*enumerate(entries)])}
                    yield Group(toctree.get("caption") or "", entries, docname, anchor, places)

    def entries(self, docname: str, toctree: addnodes.toctree) -> Iterator[Entry]:
        for title, target in toctree["entries"]:
            if target == "self":
                yield Entry(title or self.name(docname), docname)
            elif target in self.env.found_docs:
                yield Entry(self.number(target) + (title or self.name(target)), target)
            elif target in GENERATED:
                page, _id, name = self.env.domains.standard_domain.labels[target]
                yield Entry(title or str(name), page)
            elif "://" in target or target.startswith("mailto:"):
                yield Entry(title or target, target, external=True)

    def number(self, docname: str) -> str:
        """The number that a numbered toctree gives a page."""
        number = self.env.toc_secnumbers.get(docname, {}).get("")
        suffix = self.env.config.html_secnumber_suffix
        return ".".join(map(str, number)) + suffix if number else ""

    def path(self, page: str) -> tuple[str, ...]:
        """A page and the pages that it lies in, outermost last; the root is none of them."""
        found: list[str] = []
        docname: str | None = page
        while docname and docname != self.root and docname not in found:
            found.append(docname)
            docname = (self.relations.get(docname) or (None,))[0]
        return tuple(found)

    def shown(self, page: str) -> tuple[Shown, ...]:
        """What stands beside a page."""
        return self.below(self.root, self.path(page), ())

    def below(
        self, docname: str, path: tuple[str, ...], around: tuple[str, ...]
    ) -> tuple[Shown, ...]:
        """The groups of one document.

        :param path: the current page and those that it lies in.
        :param around: the documents that these groups are shown below.
        """
        around = (*around, docname)
        found = []
        for group in self.groups.get(docname, ()):
            # the page that "all" leads to has all beside it, whether it shows its toctree or not
            at_home = docname == (path[0] if path else self.root)
            entries = group.entries if at_home else nearest(group, path)
            lines = tuple(
                (
                    entry,
                    self.below(entry.target, path, around)
                    if (self.small or entry.target in path) and entry.target not in around
                    else (),
                )
                for entry in entries
            )
            whole = len(entries) == len(group.entries)
            # without the entries that are not shown: what they are called is no fact of this page
            found.append(Shown(group._replace(entries=(), places={}), lines, whole))
        return tuple(found)

    def facts(self, page: str) -> tuple[object, ...]:
        """All that stands around a page of other pages; with it unchanged, so is that."""
        relation = self.relations.get(page) or ()
        near = [docname and (docname, self.name(docname)) for docname in relation]
        return self.shown(page), near


def nearest(group: Group, path: tuple[str, ...]) -> tuple[Entry, ...]:
    """All entries of a group, or of a long one those around the one on the path, or the first."""
    entries = group.entries
    if len(entries) <= MOST:
        return entries
    place = min((group.places[target] for target in path if target in group.places), default=0)
    start = min(max(place - AROUND, 0), len(entries) - FEW)
    return entries[start : start + FEW]


class Tree:
    """The list beside one page as HTML, with the classes and switches of furo's tree."""

    def __init__(self, builder: Builder, page: str, path: tuple[str, ...]) -> None:
        self.builder = builder
        self.page = page
        self.path = path
        self.switches = 0

    def render(self, groups: tuple[Shown, ...], level: int = 1) -> str:
        parts = []
        for group, lines, whole in groups:
            if group.caption and level == 1:
                parts.append(
                    '<p class="caption" role="heading" aria-level="2">'
                    f'<span class="caption-text">{escape(group.caption)}</span></p>\n'
                )
            items = [self.line(entry, below, level) for entry, below in lines]
            text = escape(_("all of them"))
            if not whole:
                uri = self.builder.get_relative_uri(self.page, group.docname) + group.anchor
                items.append(
                    f'<li class="toctree-l{level} sidebar-all">'
                    f'<a class="reference internal" href="{escape(uri)}">{text}</a></li>'
                )
            elif len(items) > MOST:
                items, folded = items[:FEW], "\n".join(items[FEW:])
                items.append(
                    f'<li class="toctree-l{level} sidebar-rest">'
                    f'<details><summary class="reference internal">{text}'
                    '<span aria-hidden="true"> ▾</span></summary>'
                    f"<ul>{folded}</ul></details></li>"
                )
            current = any(entry.target in self.path for entry, _below in lines)
            opening = '<ul class="current">' if current else "<ul>"
            parts.append("\n".join([opening, *items, "</ul>\n"]))
        return "".join(parts)

    def line(self, entry: Entry, below: tuple[Shown, ...], level: int) -> str:
        here, around = entry.target == self.page, entry.target in self.path
        if entry.external:
            uri = entry.target
        else:
            uri = "#" if here else self.builder.get_relative_uri(self.page, entry.target)
        classes = [f"toctree-l{level}"]
        classes += ["current"] * around + ["current-page"] * here + ["has-children"] * bool(below)
        link = ["current"] * here + ["reference", "external" if entry.external else "internal"]
        return (
            f'<li class="{" ".join(classes)}">'
            f'<a class="{" ".join(link)}" href="{escape(uri)}">{escape(entry.name)}</a>'
            f"{self.switch(entry, around) + self.render(below, level + 1) if below else ''}</li>"
        )

    def switch(self, entry: Entry, is_open: bool) -> str:
        """What unfolds a branch, also without scripts: a checkbox, and the arrow as its label."""
        self.switches += 1
        name = f"toctree-checkbox-{self.switches}"
        label = escape(_("Toggle navigation of %s") % entry.name)
        return (
            f'<input{" checked" * is_open} aria-label="{label}" class="toctree-checkbox" '
            f'id="{name}" name="{name}" role="switch" type="checkbox"/><label for="{name}">'
            '<span class="icon"><svg><use href="#svg-arrow-right"></use></svg></span></label>'
        )


NAVIGATIONS: WeakKeyDictionary[Sphinx, Navigation] = WeakKeyDictionary()


def serves(app: Sphinx) -> bool:
    return app.config.html_theme == "furo" and app.builder.name in ("html", "dirhtml")


def page_facts(app: Sphinx) -> dict[str, object]:
    """On ``page-facts``, when all is read: what each page shows of others."""
    if not serves(app):
        return {}
    NAVIGATIONS[app] = navigation = Navigation(app)
    return {docname: navigation.facts(docname) for docname in app.env.found_docs}


def prepare(app: Sphinx, config: Config) -> None:
    """On ``config-inited``: offer the template, and tell what pages show where one asks for it."""
    # as it lies from conf.py, so that the same site in another folder has the same settings
    path = os.path.relpath(HERE / "templates", app.confdir)
    config.templates_path = [*config.templates_path, path]
    if "page-facts" in app.events.events:
        app.connect("page-facts", page_facts)


def set_toctree(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    """On ``html-page-context``, before furo's handler, which asks for the whole toctree."""
    if not serves(app):
        return
    navigation = NAVIGATIONS.get(app)
    if navigation is None:
        NAVIGATIONS[app] = navigation = Navigation(app)
    tree = Tree(app.builder, pagename, navigation.path(pagename))
    context["sidebar_label"] = _("Pages")
    context["sidebar_tree"] = tree.render(navigation.shown(pagename))
    # until furo's handler has asked: a project's own templates may ask for the whole, too
    context["sidebar_whole"] = context.get("toctree")
    context["toctree"] = lambda **_options: ""
    relation = navigation.relations.get(pagename)
    for name, docname in zip(("prev", "next"), relation[1:] if relation else (), strict=False):
        if docname and context.get(name):
            context[name] = {**context[name], "title": escape(navigation.name(docname))}


def set_title(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    """On ``html-page-context``, after all who describe the page: what the browser's tab says.

    And ``toctree()`` is Sphinx's own again.
    """
    if not serves(app):
        return
    context["toctree"] = context.pop("sidebar_whole")
    if app.env.metadata.get(pagename, {}).get("short_title"):
        context["title"] = escape(NAVIGATIONS[app].name(pagename))


def forget(app: Sphinx, _exception: Exception | None) -> None:
    """On ``build-finished``: the next build in this process reads anew."""
    NAVIGATIONS.pop(app, None)


def setup(app: Sphinx) -> ExtensionMetadata:
    app.add_message_catalog(CATALOG, str(HERE / "locale"))
    app.add_config_value("sidebar_first", (), "html", (list, tuple))
    app.connect("config-inited", prepare)
    app.connect("html-page-context", set_toctree, priority=400)
    app.connect("html-page-context", set_title, priority=900)
    app.connect("build-finished", forget)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
