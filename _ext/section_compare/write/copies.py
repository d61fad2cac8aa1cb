"""Make nodes fit to stand a second time: on any page, with no id, label or number given twice.

``prepare`` works on a report's document before its references are resolved, ``finish`` on each copy
of a passage before it goes into a page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from docutils import nodes
from sphinx import addnodes

from ..doctree import depth_of, is_foreign
from ..matching import PREFIX
from ..output.nodes import compare_edge, compare_placeholder
from .formulas import copied_formula, without_labels

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.environment import BuildEnvironment

# These say nothing to a reader, or would say it to Sphinx a second time.
DROPPED = (
    nodes.comment,
    nodes.system_message,
    nodes.substitution_definition,
    addnodes.index,
    addnodes.toctree,
    compare_placeholder,
)


def prepare(document: nodes.document, docname: str, env: BuildEnvironment, form: str) -> None:
    """Take from a document what would number or name things a second time. Ids stay.

    :param form: the builder's format.
    """
    for node in list(document.findall(nodes.Element)):
        if node.parent is None:
            continue
        if isinstance(node, DROPPED):
            node.parent.remove(node)
            continue
        if isinstance(node, nodes.caption | nodes.title):
            detach_caption(node, docname, env)
        if isinstance(node, nodes.footnote_reference):
            label = f"[{node.astext()}]"
            link = nodes.reference("", label, refid=node.get("refid", ""))
            link["internal"] = True
            replace(node, [nodes.superscript("", "", link)])
        elif isinstance(node, addnodes.pending_xref):
            node.setdefault("refdoc", docname)
        elif isinstance(node, nodes.math_block):
            replace(node, copied_formula(node, docname, env, form))
        elif isinstance(node, nodes.math):
            replace(node, [nodes.math("", without_labels(node.astext()))])
    for node in list(document.findall(nodes.Element)):
        if isinstance(node, nodes.footnote | nodes.citation):
            replace(node, [plain_note(node)])


def finish(root: nodes.Element, prefix: str, level: int | None) -> None:
    """Make the nodes below *root* valid on the page that shows them.

    :param prefix: unique on the page; begins the ids that stay.
    :param level: the HTML heading level of its outermost section's title; ``None`` where
        the builder has no levels for rubrics.
    """
    for node in list(root.findall(nodes.Element)):
        if node is root:
            continue
        # what extensions put in late is not prepared
        if isinstance(node, (*DROPPED, compare_edge)):
            node.parent.remove(node)
            continue
        for name in ("names", "dupnames", "backrefs"):
            if node.get(name):
                node[name] = []
        node["classes"] = [name for name in node["classes"] if not name.startswith(PREFIX)]
        if isinstance(node, nodes.target):
            replace(node, [nodes.inline("", "", *node.children)] if node.children else [])
        elif isinstance(node, nodes.footnote | nodes.citation):
            replace(node, [plain_note(node)])
    rename_ids(root, prefix)
    for section in reversed(list(root.findall(nodes.section))):  # those inside others first
        flatten_section(section, level and level + depth_of(section, root))


def rename_ids(root: nodes.Element, prefix: str) -> None:
    """Give the ids that other markup needs a name of this copy's own, and drop the others.

    Those are the ids of blocks of other extensions, which may rely on them, and those that such a
    block names in some attribute, as ``aria-controls`` or ``for`` do.
    """
    elements = list(root.findall(nodes.Element))
    foreign = [node for node in elements if is_foreign(node)]
    named = {value.removeprefix("#") for node in foreign for _name, value in texts_of(node)}
    # an extension may keep an id under another name, until it writes it
    kept = {value for node in foreign for name, value in texts_of(node)
            if name == "id" or name.endswith("_id")}  # fmt: skip
    for node in elements:
        is_block = is_foreign(node) and not isinstance(node, nodes.Inline)
        needed = node["ids"] if is_block else named
        kept.update(id_ for id_ in node["ids"] if id_ in needed)
    for node in elements:
        node["ids"] = [f"{prefix}-{id_}" for id_ in node["ids"] if id_ in kept]
    for node in foreign:
        for name, value in list(texts_of(node)):
            id_ = value.removeprefix("#")
            if id_ in kept:
                node[name] = value.replace(id_, f"{prefix}-{id_}")


def texts_of(node: nodes.Element) -> Iterator[tuple[str, str]]:
    """The attributes of a node that are texts."""
    return ((name, value) for name, value in node.attributes.items() if isinstance(value, str))


def replace(node: nodes.Element, new: list[nodes.Node]) -> None:
    """Like ``replace_self``, which would carry ids and names over."""
    parent = node.parent
    assert parent is not None
    place = parent.index(node)
    parent[place : place + 1] = new


def flatten_section(section: nodes.section, level: int | None) -> None:
    """Turn a section into a container whose title is a rubric, so no contents list it."""
    block = nodes.container("", classes=["section-compare-section"], ids=section["ids"])
    for child in section.children:
        if isinstance(child, nodes.title):
            rubric = nodes.rubric("", "", *child.children)
            rubric.source, rubric.line = child.source, child.line
            if level is not None:
                rubric["heading-level"] = min(level, 6)
            block += rubric
        else:
            block += child
    replace(section, [block])


def plain_note(note: nodes.Element) -> nodes.container:
    """A footnote or citation as a plain block: its label, then its body."""
    block = nodes.container("", classes=["section-compare-note"], ids=note["ids"])
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
