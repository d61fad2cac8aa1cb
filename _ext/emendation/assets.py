"""What lies beside the code: the style, the script of the switch, the macro of LaTeX."""

from __future__ import annotations

import json
import zlib
from html import escape
from typing import TYPE_CHECKING, Any

from .messages import HERE, _
from .nodes import blank, dated, emendation

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx

STYLESHEET = "emendation.css"
SCRIPT = "emendation.js"
PACKAGE = "emendation"


def add_assets(app: Sphinx) -> None:
    """Serve the style and the script; hand LaTeX the package that defines the macro."""
    if app.builder.format == "html":
        app.config.html_static_path.append(str(HERE / "static"))
        app.add_css_file(STYLESHEET)
    elif app.builder.format == "latex":
        app.config.latex_additional_files.append(str(HERE / "latex" / f"{PACKAGE}.sty"))
        app.add_latex_package(PACKAGE)


def add_switch(
    app: Sphinx,
    _pagename: str,
    _templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Load the script on pages that hold an emendation, before their text is shown.

    A theme puts Sphinx's scripts where it likes, furo at the page's end; the tags that Sphinx
    has for a page's head are in the head in all of them.
    """
    if doctree is None or app.builder.name == "epub":
        return
    if any(True for _node in doctree.findall(emendation)):
        version = zlib.crc32((HERE / "static" / SCRIPT).read_bytes())
        attributes = {
            "src": f"{context['pathto'](f'_static/{SCRIPT}', resource=True)}?v={version:08x}",
            "data-reading": _("Emended"),
            "data-source": _("As in the source"),
            "data-label": _("Text shown"),
            "data-legend": json.dumps(legend(doctree), ensure_ascii=False),
        }
        tag = " ".join(f'{name}="{escape(value)}"' for name, value in attributes.items())
        context["metatags"] = f"{context.get('metatags', '')}\n<script {tag}></script>"


def legend(doctree: nodes.document) -> dict[str, str]:
    """By kind of mark, of those on a page, the word that explains it."""
    runs = {name for node in doctree.findall(dated) for name in node["classes"]}
    blanks = {"blank"} if doctree.next_node(blank) else set()
    words = {
        "emendation": _("emended"),
        "blank": _("to fill in"),
        "dated": _("to check"),
        "superseded": _("outdated"),
    }
    return {kind: word for kind, word in words.items() if kind in {"emendation"} | runs | blanks}


def setup(app: Sphinx) -> None:
    app.connect("builder-inited", add_assets)
    app.connect("html-page-context", add_switch)
