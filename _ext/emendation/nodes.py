"""The extension's nodes and how each builder writes them.

HTML shows the reading and holds the source's beside it, in elements of its own, so that a class
on the root element can change the one for the other::

    <span class="emendation" tabindex="0"><ins>一定</ins><del>确定</del></span>

The tip in it is generated content: it is never part of what is copied or found. Other builders
write the reading and a bracket; in titles the reading alone, for contents and bookmarks.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from docutils import nodes

from .messages import _, bracket, note

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator
    from sphinx.writers.latex import LaTeXTranslator
    from sphinx.writers.manpage import ManualPageTranslator
    from sphinx.writers.texinfo import TexinfoTranslator
    from sphinx.writers.text import TextTranslator


class emendation(nodes.Inline, nodes.TextElement):
    """An emended word: its text is the reading, the attribute ``source`` what the source has.

    ``entry`` is the id of its entry in the page's list, where the page shows one, ``note`` that of
    its note in an e-book.
    """


class emendation_list(nodes.Decorative, nodes.Element):
    """Where a page's list of emendations goes, with its closing note; ``listing`` puts it there."""


class emendation_note(nodes.Decorative, nodes.Element):
    """In an e-book, what ``source`` has for ``reading``; ``backrefs`` has the emended word's id.

    It has no text, so that what asks for a page's text gets the page's own. ``notes`` makes it.
    """


class blank(nodes.inline):
    """A blank to fill in. Made for HTML only."""


class dated(nodes.inline):
    """A name, year or formula to check before it is used again, of class ``dated``, or one that is
    ``superseded``. Made for HTML only."""


def inside(node: nodes.Node, *kinds: type[nodes.Node]) -> bool:
    """Whether a node stands in one of these kinds."""
    around = node.parent
    while around is not None and not isinstance(around, kinds):
        around = around.parent
    return around is not None


def plain_place(node: nodes.Node) -> bool:
    """Whether a builder that writes brackets writes none here."""
    return inside(node, nodes.title, nodes.rubric)


def start_mark(translator: HTML5Translator, node: nodes.Element, name: str) -> str:
    """A focusable ``span``; in a link, which is focusable itself, a plain one."""
    focus: dict[str, Any] = {} if inside(node, nodes.reference) else {"tabindex": "0"}
    return translator.starttag(node, "span", "", CLASS=name, **focus)


def visit_html(self: HTML5Translator, node: emendation) -> None:
    if "note" in node:
        attributes: dict[str, Any] = {
            "href": f"#{node['note']}",
            "epub:type": "noteref",
            "role": "doc-noteref",
        }
        self.body.append(self.starttag(node, "a", "", CLASS="emendation", **attributes))
    elif self.builder.name == "epub":
        self.body.append(self.starttag(node, "span", "", CLASS="emendation"))
    else:
        self.body.append(start_mark(self, node, "emendation") + "<ins>")


def depart_html(self: HTML5Translator, node: emendation) -> None:
    source = node["source"]
    if "note" in node:
        removed = "" if node.astext() else f"<small>{self.encode(_('(removed)'))}</small>"
        self.body.append(f"{removed}</a>")
        return
    if self.builder.name == "epub":
        # readers of books show no tips, and not all of them our style
        text = "" if plain_place(node) else self.encode(bracket(source))
        self.body.append(f"<small>{text}</small></span>" if text else "</span>")
        return
    reading = node.astext()
    tip: dict[str, Any] = {
        "CLASS": "emendation-tip",
        "data-tip": note(source),
        "data-tip-source": _("emended: %s") % reading if reading else _("removed"),
    }
    if "entry" in node and not inside(node, nodes.reference):
        tip |= {"href": f"#{node['entry']}", "aria-label": note(source), "tabindex": "-1"}
    tag = "a" if "href" in tip else "span"
    self.body.append(f"</ins><del>{self.encode(source)}</del>")
    self.body.append(self.starttag(nodes.inline(), tag, "", **tip) + f"</{tag}></span>")


def visit_note(self: HTML5Translator, node: emendation_note) -> None:
    attributes: dict[str, Any] = {"epub:type": "footnote", "role": "doc-footnote"}
    back: dict[str, Any] = {"href": f"#{node['backrefs'][0]}", "role": "doc-backlink"}
    self.body.append(self.starttag(node, "aside", "", CLASS="emendation-note", **attributes))
    self.body.append("<p>" + self.starttag(nodes.inline(), "a", "", **back))
    self.body.append(f"{self.encode(node['reading'] or _('(removed)'))}</a> ")
    self.body.append(f"{self.encode(note(node['source']))}</p></aside>\n")
    raise nodes.SkipNode


def visit_latex(self: LaTeXTranslator, node: emendation) -> None:
    if not plain_place(node):
        self.body.append("".join(self.hypertarget(id_) for id_ in node["ids"]))
        self.body.append(r"\sphinxemendation{")


def depart_latex(self: LaTeXTranslator, node: emendation) -> None:
    if not plain_place(node):
        self.body.append(f"}}{{{self.encode(node['source'])}}}")


def visit_plain(self: object, node: emendation) -> None:
    """The reading is written by its text."""


def depart_text(self: TextTranslator, node: emendation) -> None:
    if not plain_place(node):
        self.add_text(bracket(node["source"]))


def depart_man(self: ManualPageTranslator, node: emendation) -> None:
    if not plain_place(node):
        self.visit_Text(nodes.Text(bracket(node["source"])))


def depart_texinfo(self: TexinfoTranslator, node: emendation) -> None:
    if not plain_place(node):
        self.body.append(self.escape(bracket(node["source"])))


def visit_blank(self: HTML5Translator, node: blank) -> None:
    # between 普及 and “____ a line may not break (UAX 14, LB19a: letters stand on the quote's other
    # side), though between 普及 and “道德 it may
    if re.search(r"[\u3400-\u9fff][“‘]$", self.body[-1]):
        self.body[-1] = f"{self.body[-1][:-1]}<wbr>{self.body[-1][-1]}"
    # read aloud, XX or a rule of underscores says nothing
    label = _("blank to fill in: %s") % node.astext()
    attributes: dict[str, Any] = {"role": "img", "aria-label": label}
    self.body.append(self.starttag(node, "span", "", CLASS="blank", **attributes))


def visit_dated(self: HTML5Translator, node: dated) -> None:
    self.body.append(start_mark(self, node, ""))


def depart_dated(self: HTML5Translator, node: dated) -> None:
    label = _("superseded") if "superseded" in node["classes"] else _("check before use")
    tip: dict[str, Any] = {"CLASS": "emendation-tip", "data-tip": label}
    self.body.append(self.starttag(nodes.inline(), "span", "", **tip) + "</span></span>")


def depart_span(self: HTML5Translator, node: nodes.Element) -> None:
    self.body.append("</span>")


def setup(app: Sphinx) -> None:
    app.add_node(
        emendation,
        html=(visit_html, depart_html),
        latex=(visit_latex, depart_latex),
        text=(visit_plain, depart_text),
        man=(visit_plain, depart_man),
        texinfo=(visit_plain, depart_texinfo),
    )
    app.add_node(emendation_list)
    app.add_node(emendation_note, html=(visit_note, None))
    app.add_node(blank, html=(visit_blank, depart_span))
    app.add_node(dated, html=(visit_dated, depart_dated))
