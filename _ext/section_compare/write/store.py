"""Take the passages that comparisons show out of their reports, resolved as on the report's page.

So a copy is what the reader of the original sees, whatever made it: references, and what other
extensions put in when Sphinx writes. It goes into a page only after all that, once more resolved
by none.
"""

from __future__ import annotations

import pickle
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.logging import suppress_logging

from .. import warn
from ..doctree import COPIES, is_for_copies, is_foreign, line_of, parents_of
from ..output.nodes import compare_edge
from ..read.conditions import hide
from ..warn import _, __
from .copies import finish, prepare
from .links import link, rebase_references

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sphinx.application import Sphinx
    from sphinx.builders import Builder
    from sphinx.environment import BuildEnvironment

    from ..model import Collection, Passage

# A passage in a frame that it can stand in, and the footnotes that it refers to.
Kept = tuple[nodes.Element, list[nodes.Element]]


class Store:
    """The passages of one build, each report's doctree read and resolved once.

    Only passages that comparisons show are kept, so memory grows with them and not with the
    reports.
    """

    def __init__(self, env: BuildEnvironment, builder: Builder, collection: Collection) -> None:
        self.env, self.builder, self.judge = env, builder, collection.judge
        # the passages that comparisons show; no others are taken from a doctree
        self.shown: dict[str, set[Passage]] = {}
        for rows in collection.rows.values():
            for _topic, cells in rows:
                for cell in cells:
                    self.shown.setdefault(cell.report.docname, set()).update(cell.passages)
        self.reports: dict[str, dict[str, Kept]] = {}
        # what other extensions that have nodes know before any page is written
        packages = set(map(package_of, kinds_of(nodes.Element)))
        self.domains = {
            domain.name: pickle.dumps(domain.data)
            for domain in env.domains.sorted()
            if is_foreign(domain) and package_of(type(domain)) in packages
        }
        # the same, for copies alone
        self.copied: dict[str, dict[str, Any]] = {}

    def load(self, docname: str) -> dict[str, Kept]:
        """Take the passages that are shown out of a report's doctree.

        Where an extension cannot resolve its nodes twice, a link is put in the place of each of
        that kind or, where no one kind is to blame, of all that are not Sphinx's.

        :raises Exception: what Sphinx or an extension raises where none of these is there.
        """
        try:
            return self.resolve(docname, set())
        except Exception:  # whatever an extension raises where a document is not whole
            doctree = self.cut(docname)
        foreign = [node for node in doctree.findall(nodes.Element) if is_foreign(node)]
        kinds = list(dict.fromkeys(map(type, foreign)))
        left_out: set[type]
        for kind in kinds:
            left_out = {kind}
            try:
                kept = self.resolve(docname, left_out)
            except Exception:  # another kind, then
                continue
            break
        else:
            left_out = set(kinds)
            kept = self.resolve(docname, left_out)
        for node in foreign:
            if type(node) in left_out:
                name = type(node).__name__
                message = __("a copy cannot hold %s, and gives a link in its place")
                warn.warn("copy", message, name, location=(docname, line_of(node)))
        return kept

    def cut(self, docname: str) -> nodes.document:
        """A report's doctree with nothing but the passages shown, where they stand in it."""
        doctree = self.env.get_doctree(docname)
        hide(doctree, self.judge)
        mark_edges(doctree, self.shown[docname])
        prune(doctree)
        return doctree

    def resolve(self, docname: str, left_out: set[type]) -> dict[str, Kept]:
        """The passages of a report as its page shows them.

        :param left_out: kinds of nodes in whose place a link is put.
        """
        doctree = self.cut(docname)
        self.leave_out(doctree, docname, left_out)
        doctree[COPIES] = docname, self.builder.format
        # the page itself says what is wrong on it
        with suppress_logging(), self.apart():
            self.env.resolve_references(doctree, docname, self.builder)
        edges = {(edge["passage"], edge["end"]): edge for edge in doctree.findall(compare_edge)}
        notes = {
            id_: node
            for node in doctree.findall(nodes.container)
            if "section-compare-note" in node["classes"]
            for id_ in node["ids"]
        }
        return {
            key: extract(edges[key, False], edges[key, True], notes)
            for key in map(key_of, self.shown[docname])
        }

    def leave_out(self, doctree: nodes.document, docname: str, left_out: set[type]) -> None:
        """Put a link to the report in the place of each node of these kinds."""
        for node in list(doctree.findall(nodes.Element)):
            if type(node) not in left_out:
                continue
            parent = cast("nodes.Element", node.parent)
            anchor = next((one["ids"][0] for one in (node, *parents_of(node)) if one["ids"]), "")
            there = link(self.builder, docname, docname, anchor, _("see the original"))
            inline = isinstance(node, nodes.Inline) or isinstance(parent, nodes.TextElement)
            parent.replace(node, there if inline else nodes.paragraph("", "", there))

    @contextmanager
    def apart(self) -> Iterator[None]:
        """Have other extensions resolve their nodes with data of their own.

        Their data may hold nodes that they complete when a page is written, and not twice.
        """
        domains = [self.env.get_domain(name) for name in self.domains]
        kept = [domain.data for domain in domains]
        try:
            for domain in domains:
                if domain.name not in self.copied:
                    self.copied[domain.name] = pickle.loads(self.domains[domain.name])
                domain.data = self.copied[domain.name]
            yield
        except Exception:
            self.copied.clear()  # they may be half done
            raise
        finally:
            for domain, data in zip(domains, kept, strict=True):
                domain.data = data

    def copy(
        self, docname: str, passage: Passage, page: str, prefix: str, level: int | None
    ) -> nodes.container:
        """A valid copy of a passage.

        :param page: the page that shows it.
        :param prefix: unique on that page.
        :param level: the HTML heading level of its outermost section's title; ``None`` where
            the builder has no levels for rubrics.
        """
        if docname not in self.reports:
            self.reports[docname] = self.load(docname)
        frame, notes = self.reports[docname][key_of(passage)]
        copy = nodes.container("", *(child.deepcopy() for child in frame.children))
        copy["classes"].append("section-compare-passage")
        for note in notes:
            copy += note.deepcopy()
        rebase_references(copy, self.builder, docname, page)
        finish(copy, prefix, level)
        return copy


def package_of(kind: type) -> str:
    """The package that a class comes from."""
    return kind.__module__.partition(".")[0]


def kinds_of(kind: type[nodes.Element]) -> Iterator[type[nodes.Element]]:
    """A class of nodes and all that derive from it."""
    yield kind
    for one in kind.__subclasses__():
        yield from kinds_of(one)


def key_of(passage: Passage) -> str:
    return f"{passage.anchor} {passage.count}"


def mark_edges(doctree: nodes.document, passages: Iterable[Passage]) -> None:
    """Mark where passages begin and end, so that they are found again when more stands in them."""
    by_id = {id_: node for node in doctree.findall(nodes.Element) for id_ in node["ids"]}
    ends: list[tuple[str, nodes.Element, nodes.Node]] = []
    for passage in passages:
        first = by_id[passage.anchor]
        siblings = cast("nodes.Element", first.parent)
        last = siblings[siblings.index(first) + passage.count - 1]
        ends.append((key_of(passage), first, last))
    for key, first, last in ends:
        parent = cast("nodes.Element", first.parent)
        inline = isinstance(first, nodes.Inline)
        parent.insert(parent.index(first), compare_edge(passage=key, end=False, inline=inline))
        parent.insert(parent.index(last) + 1, compare_edge(passage=key, end=True))


def prune(doctree: nodes.document) -> None:
    """Drop what lies in no passage; the titles around passages and the notes stay."""
    around = {id(one) for edge in doctree.findall(compare_edge) for one in parents_of(edge)}

    def walk(node: nodes.Element) -> None:
        open_ = 0
        for child in list(node.children):
            if isinstance(child, compare_edge):
                open_ += -1 if child["end"] else 1
            elif open_:
                continue
            elif id(child) in around:
                walk(cast("nodes.Element", child))
            elif not isinstance(child, nodes.title | nodes.footnote | nodes.citation):
                notes = [] if isinstance(child, nodes.Text) else list(child.findall(nodes.footnote))
                node.remove(child)
                doctree.extend(notes)

    walk(doctree)


def extract(start: compare_edge, end: compare_edge, notes: dict[str, nodes.container]) -> Kept:
    """What stands between two edges, and the footnotes that it refers to, also those by others."""
    parent = cast("nodes.Element", start.parent)
    between = parent.children[parent.index(start) + 1 : parent.index(end)]
    members = [node.deepcopy() for node in between]
    frame: nodes.Element
    if start["inline"]:
        frame = nodes.container("", nodes.paragraph("", "", *members))
    else:
        frame = nodes.container("", *members)
    inside = {id_ for node in frame.findall(nodes.Element) for id_ in node["ids"]}
    taken: dict[str, nodes.Element] = {}
    waiting: list[nodes.Element] = [frame]
    for part in waiting:  # grows by the notes that the notes name
        for reference in part.findall(nodes.reference):
            id_ = reference.get("refid")
            if id_ in notes and id_ not in taken and id_ not in inside:
                taken[id_] = notes[id_].deepcopy()
                waiting.append(taken[id_])
    for part in waiting:
        for node in part.findall():
            # or the whole doctree would live as long as the passage; docutils' own default
            node.document = None  # type: ignore[assignment]
    return frame, list(taken.values())


class PrepareCopies(SphinxPostTransform):
    """Prepare a document that passages are taken from, and no other.

    After extensions have put in citations (sphinxcontrib-bibtex: 5), before references are resolved
    (9, 10) and LaTeX moves notes to their places (600, 750).
    """

    default_priority = 8

    def run(self, **kwargs: object) -> None:
        if is_for_copies(self.document):
            docname, form = self.document[COPIES]
            prepare(self.document, docname, self.env, form)


def setup(app: Sphinx) -> None:
    app.add_post_transform(PrepareCopies)
