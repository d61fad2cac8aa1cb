"""Copy passages so that they are whole and valid on another page.

A copy keeps its references as they are on the report's page; ``links`` turns them to the
page that shows it, after Sphinx has resolved them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

from docutils import nodes
from sphinx import addnodes

from ..doctree import depth_of
from ..matching import PREFIX
from ..output.nodes import compare_placeholder
from ..read.conditions import hide

if TYPE_CHECKING:
    from sphinx.environment import BuildEnvironment

    from ..model import Judge, Passage

# These say nothing to a reader, or would say it to Sphinx a second time.
DROPPED = (
    nodes.comment,
    nodes.system_message,
    nodes.substitution_definition,
    addnodes.index,
    addnodes.toctree,
    compare_placeholder,
)


class Store:
    """The passages of one build, each report's doctree read once.

    Only passages that comparisons show are kept, so memory grows with them and not with the
    reports.
    """

    def __init__(self, env: BuildEnvironment, judge: Judge) -> None:
        self.env = env
        self.judge = judge
        self.reports: dict[str, dict[str, tuple[nodes.Element, list[nodes.Element]]]] = {}

    def load(self, docname: str, passages: Iterable[Passage]) -> None:
        """Take the passages out of a report's doctree."""
        if docname in self.reports:
            return
        doctree = self.env.get_doctree(docname)
        hide(doctree, self.judge)
        by_id = {id_: node for node in doctree.findall(nodes.Element) for id_ in node["ids"]}
        notes = {id_: node for id_, node in by_id.items() if isinstance(node, nodes.footnote)}
        self.reports[docname] = {
            key(passage): self.extract(by_id[passage.anchor], passage.count, notes)
            for passage in passages
        }

    def extract(
        self, first: nodes.Element, count: int, notes: dict[str, nodes.footnote]
    ) -> tuple[nodes.Element, list[nodes.Element]]:
        """A passage in a frame that it can stand in, and the footnotes that it refers to."""
        parent = first.parent
        assert parent is not None
        start = parent.index(first)
        members = [node.deepcopy() for node in parent.children[start : start + count]]
        frame: nodes.Element
        if isinstance(first, nodes.Inline):
            frame = nodes.container("", nodes.paragraph("", "", *members))
        else:
            frame = nodes.container("", *members)
        inside = {id_ for node in frame.findall(nodes.footnote) for id_ in node["ids"]}
        wanted = [
            reference["refid"]
            for reference in frame.findall(nodes.footnote_reference)
            if reference.get("refid") in notes and reference["refid"] not in inside
        ]
        taken: list[nodes.Element] = [notes[id_].deepcopy() for id_ in dict.fromkeys(wanted)]
        parts: list[nodes.Element] = [frame, *taken]
        for part in parts:
            for node in part.findall():
                # or the whole doctree would live as long as the passage; docutils' own default
                node.document = None  # type: ignore[assignment]
        return frame, taken

    def copy(self, docname: str, passage: Passage, level: int | None) -> nodes.container:
        """A valid copy of a passage.

        :param level: the HTML heading level of its outermost section's title; ``None`` where
            the builder has no levels for rubrics.
        """
        frame, notes = self.reports[docname][key(passage)]
        copy = nodes.container("", *(child.deepcopy() for child in frame.children))
        copy["classes"].append("section-compare-passage")
        for note in notes:
            copy += note.deepcopy()
        clean(copy, docname, self.env, level)
        return copy


def key(passage: Passage) -> str:
    return f"{passage.anchor} {passage.count}"


def clean(root: nodes.Element, docname: str, env: BuildEnvironment, level: int | None) -> None:
    """Make the nodes below *root* valid a second time, on any page."""
    for node in list(root.findall(nodes.Element)):
        if node is root:
            continue
        if isinstance(node, DROPPED):
            node.parent.remove(node)
            continue
        if isinstance(node, nodes.caption | nodes.title):
            detach_caption(node, docname, env)
        for name in ("names", "dupnames", "backrefs"):
            if node.get(name):
                node[name] = []
        node["classes"] = [name for name in node["classes"] if not name.startswith(PREFIX)]
        if isinstance(node, nodes.target):
            replace(node, [nodes.inline("", "", *node.children)] if node.children else [])
        elif isinstance(node, nodes.footnote_reference):
            label = f"[{node.astext()}]"
            link = nodes.reference("", label, refid=node.get("refid", ""))
            link["internal"] = True
            replace(node, [nodes.superscript("", "", link)])
        elif isinstance(node, addnodes.pending_xref):
            node.setdefault("refdoc", docname)
        elif isinstance(node, nodes.math_block):
            for name in ("label", "number"):
                if node.get(name) is not None:
                    node[name] = None
    for node in list(root.findall(nodes.Element)):
        if isinstance(node, nodes.footnote | nodes.citation):
            replace(node, [plain_note(node)])
    for section in list(root.findall(nodes.section)):
        section["section-compare-level"] = depth_of(section, root)
    for section in list(root.findall(nodes.section)):
        flatten_section(section, level)
    for node in root.findall(nodes.Element):
        node["ids"] = []


def replace(node: nodes.Element, new: list[nodes.Node]) -> None:
    """Like ``replace_self``, which would carry ids and names over."""
    parent = node.parent
    assert parent is not None
    place = parent.index(node)
    parent.remove(node)
    for child in reversed(new):
        parent.insert(place, child)


def flatten_section(section: nodes.section, level: int | None) -> None:
    """Turn a section into a container whose title is a rubric, so no contents list it."""
    block = nodes.container("", classes=["section-compare-section"])
    for child in section.children:
        if isinstance(child, nodes.title):
            rubric = nodes.rubric("", "", *child.children)
            rubric.source, rubric.line = child.source, child.line
            if level is not None:
                rubric["heading-level"] = min(level + section["section-compare-level"], 6)
            block += rubric
        else:
            block += child
    replace(section, [block])


def plain_note(note: nodes.Element) -> nodes.container:
    """A footnote or citation as a plain block: its label, then its body."""
    block = nodes.container("", classes=["section-compare-note"])
    label = "".join(f"[{child.astext()}] " for child in note.findall(nodes.label))
    body = [child for child in note.children if not isinstance(child, nodes.label)]
    if body and isinstance(body[0], nodes.paragraph):
        body[0].insert(0, nodes.Text(label))
    else:
        body.insert(0, nodes.paragraph("", label))
    block.extend(body)
    return block


def detach_caption(
    caption: nodes.caption | nodes.title, docname: str, env: BuildEnvironment
) -> None:
    """Make a caption plain text with its original's number, since a copy gets none.

    Sphinx numbers figures, tables and listings by id, and LaTeX counts them.
    """
    parent = cast("nodes.Element", caption.parent)
    wrapper = isinstance(parent, nodes.container) and parent.get("literal_block")
    if isinstance(parent, nodes.figure):
        kind = "figure"
    elif isinstance(parent, nodes.table):
        kind = "table"
    elif wrapper:
        kind = "code-block"
    else:
        return
    text = nodes.paragraph("", "", *caption.children, classes=["section-compare-caption"])
    numbers = env.toc_fignumbers.get(docname, {}).get(kind, {})
    number = next((numbers[id_] for id_ in parent["ids"] if id_ in numbers), None)
    if env.config.numfig and number:
        prefix = env.config.numfig_format[kind] % ".".join(map(str, number))
        text.insert(0, nodes.Text(f"{prefix} "))
    if kind == "figure":
        replace(caption, [nodes.legend("", text)])
    else:
        parent.remove(caption)
        around = cast("nodes.Element", parent.parent)
        around.insert(around.index(parent), text)
