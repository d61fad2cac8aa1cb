"""Make links, and have every link of a copy lead where the original's leads."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit, urlunsplit

from docutils import nodes
from sphinx import addnodes
from sphinx.errors import NoUri

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.builders import Builder


def link(
    builder: Builder, page: str, target: str, anchor: str, text: str
) -> nodes.reference | nodes.inline:
    """A link from one page to a place on another, or plain text where the builder has none."""
    try:
        uri = builder.get_relative_uri(page, target)
    except NoUri:
        return nodes.inline(text, text)
    if anchor:
        uri = f"{uri}#{anchor}"
    return nodes.reference(text, text, internal=True, refuri=uri)


def elements_of(root: nodes.Element, docname: str) -> Iterator[tuple[str, nodes.Element]]:
    """All elements of a doctree, each with its document, where a builder put several together."""
    waiting = [(docname, root)]
    while waiting:
        docname, node = waiting.pop()
        yield docname, node
        inner = node["docname"] if isinstance(node, addnodes.start_of_file) else docname
        waiting += [
            (inner, child) for child in reversed(node.children) if isinstance(child, nodes.Element)
        ]


def rebase_references(root: nodes.Element, builder: Builder, docname: str, page: str) -> None:
    """Lead the references in a copy from a page to where they lead from the report's page.

    :param docname: the report that they were resolved for.
    """
    try:
        uri = builder.get_relative_uri(page, docname)
    except NoUri:
        uri = ""
    for reference in list(root.findall(nodes.reference)):
        is_note = builder.format == "latex" and isinstance(reference.parent, nodes.superscript)
        internal = "refid" in reference or reference.get("internal")
        if (is_note or not uri) and internal:
            # LaTeX has no label for a footnote; the note itself stands below the passage
            reference.replace_self(nodes.inline("", "", *reference.children))
        elif "refid" in reference:
            reference["refuri"] = f"{uri}#{reference['refid']}"
            del reference["refid"]
            reference["internal"] = True
        elif builder.format == "html" and "refuri" in reference:
            reference["refuri"] = rebase(
                reference["refuri"], builder.get_target_uri(docname), builder.get_target_uri(page)
            )


def rebase(uri: str, old: str, new: str) -> str:
    """A relative address as seen from another page.

    :param uri: an address relative to the page *old*.
    :param new: the page to see it from; both pages are relative to the output's root.
    """
    try:
        parts = urlsplit(uri)
    except ValueError:  # what an author wrote need not be an address
        return uri
    if parts.scheme or parts.netloc or uri.startswith("/") or "#document-" in old:
        return uri
    path = urlsplit(urljoin(f"/{old}", parts.path or f"/{old}")).path
    start = "/" + posixpath.dirname(new)
    relative = posixpath.relpath(path, start)
    if path.endswith("/"):
        relative += "/"
    return urlunsplit(("", "", relative, parts.query, parts.fragment))
