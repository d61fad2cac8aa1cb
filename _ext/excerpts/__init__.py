"""Take excerpts of what one reads along, and any page into Word; all of it in the browser.

The story, in the order of the files in ``static/``:

1. ``excerpts.js`` puts the buttons beside passages, in comparisons and on pages; keeps what was
   taken in the browser's own store.
2. ``excerpts_page.js`` shows what was taken, on the page that ``excerpts_page`` names.
3. ``excerpts_docx.js`` makes a Word document of paragraphs; loaded when it is asked for.

This module serves them, to the pages that have something to take, with their words and settings.
It works with the markup of ``section_compare``, but imports nothing of it.
"""

from __future__ import annotations

import json
import zlib
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinx.locale import get_translation
from sphinx.util.matching import Matcher

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.config import Config
    from sphinx.environment import BuildEnvironment
    from sphinx.util.typing import ExtensionMetadata

HERE = Path(__file__).parent
STYLESHEET = "excerpts.css"
BAR_STYLESHEET = "excerpts_bar.css"  # of pages that can be taken whole
SCRIPT, PAGE_SCRIPT, WORD_SCRIPT = "excerpts.js", "excerpts_page.js", "excerpts_docx.js"
SHARED_SCRIPT = "excerpts_shared.js"  # is written: what the scripts are told on every page
BUILDERS = ("html", "dirhtml")
# what a page has that something can be taken from
TAKEN_FROM = ("section-compare-cell", "section-compare-links")
CATALOG = "excerpts"
_ = get_translation(CATALOG)


def words() -> dict[str, str]:
    """What the scripts say; they fill in ``{...}``."""
    return {
        "take": _("Excerpt"),
        "takeOne": _("Excerpt: {what}"),
        "taken": _("Taken: {what}"),
        "known": _("Taken already: {what}"),
        "page": _("Excerpts"),
        "copyPage": _("Copy the page"),
        "copyAll": _("Copy all"),
        "copied": _("Copied: {what}"),
        "selected": _("The browser refused to copy; the text is selected: press Ctrl+C"),
        "word": _("Download for Word"),
        "saved": _("Saved: {what}"),
        "failed": _("The file could not be made: its script did not load"),
        "full": _("Not taken: this browser's store is full; remove excerpts, or save them first"),
        "closed": _("Not taken: this browser does not let the page keep anything"),
        "none": _("Nothing is taken yet."),
        "earlier": _("Move up: {what}"),
        "later": _("Move down: {what}"),
        "remove": _("Remove"),
        "removeOne": _("Remove: {what}"),
        "clear": _("Remove all"),
        "really": _("Press again to remove all"),
        "count": _("to fill in: {fill}; to check before use: {check}"),
        "number": _("{number} excerpts"),
    }


def topics_of(env: BuildEnvironment) -> list[str]:
    """The ids of the topics that a project's comparisons have, in the order of its toctree."""
    if "section-compare" not in env.domains:
        return []
    domain = env.domains["section-compare"]
    place = {docname: number for number, docname in enumerate(env.collect_relations())}
    found = [
        (place.get(docname, len(place)), name)
        for name, _title, kind, docname, _anchor, _priority in domain.get_objects()
        if kind == "topic"
    ]
    return [name for _place, name in sorted(found)]


def page_facts(app: Sphinx) -> dict[str, object]:
    """On ``page-facts``: the page of excerpts shows the order of topics."""
    page = app.config.excerpts_page
    return {page: topics_of(app.env)} if page in app.env.found_docs else {}


@cache
def checksum(name: str) -> str:
    """Of a file of ours: once a process, not once a page."""
    return f"{zlib.crc32((HERE / 'static' / name).read_bytes()):08x}"


def address(context: dict[str, Any], name: str) -> str:
    """A file of ours as seen from a page, with its checksum."""
    return f"{context['pathto'](f'_static/{name}', resource=True)}?v={checksum(name)}"


def shared(config: Config) -> str:
    """The words and settings that all pages share, as a script."""
    settings = {
        "words": words(),
        "marks": config.excerpts_marks,
        "leftOut": ", ".join(config.excerpts_left_out),
        "store": f"excerpts:{config.project}",
    }
    return f"window.excerptsShared = {json.dumps(settings, ensure_ascii=False)};\n"


def write_shared(app: Sphinx, exception: Exception | None) -> None:
    """On ``build-finished``: write that script, if it is not the one that stands there."""
    if exception or app.builder.name not in BUILDERS:
        return
    path, text = Path(app.outdir, "_static", SHARED_SCRIPT), shared(app.config)
    if not path.is_file() or path.read_text("utf-8") != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def add_scripts(
    app: Sphinx,
    pagename: str,
    _templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """On ``html-page-context``: load the scripts in the head of pages that have a use for them.

    After the first script of ``section_compare``, which ours use, before the second, which makes
    the bar and the heads that our buttons stand in: so all come at once.
    """
    if doctree is None or app.builder.name not in BUILDERS:
        return
    config, body = app.config, context.get("body", "")
    is_page = pagename == config.excerpts_page
    whole = Matcher(config.excerpts_documents)(pagename)
    if not (is_page or whole or any(name in body for name in TAKEN_FROM)):
        return
    title = app.env.titles[pagename].astext()
    short = str(app.env.metadata[pagename].get("short_title") or "")
    page = config.excerpts_page if config.excerpts_page in app.env.found_docs else ""
    settings = {
        "root": context["pathto"](app.config.root_doc).split("#")[0] or ".",
        "page": context["pathto"](page) if page else "",
        "whole": whole,
        "title": title,
        "short": short or title,
        "file": f"{title} {short}".strip(),
        "source": _("— from “%s” (%s)") % (title, short or config.project),
        "docx": address(context, WORD_SCRIPT),
    }
    if is_page:
        settings["topics"] = topics_of(app.env)
    tag = '<script src="{}" defer="defer" blocking="render"{}></script>'
    told = f' data-settings="{escape(json.dumps(settings, ensure_ascii=False))}"'
    common = context["pathto"](f"_static/{SHARED_SCRIPT}", resource=True)
    tags = [
        tag.format(f"{common}?v={zlib.crc32(shared(config).encode()):08x}", ""),
        tag.format(address(context, SCRIPT), told),
    ]
    if is_page:
        tags.append(tag.format(address(context, PAGE_SCRIPT), ""))
    context["metatags"] = "\n".join([context.get("metatags", ""), *tags])
    if whole:
        app.add_css_file(BAR_STYLESHEET)


def add_assets(app: Sphinx) -> None:
    """On ``builder-inited``: serve the style and the scripts."""
    if app.builder.name in BUILDERS:
        app.config.html_static_path.append(str(HERE / "static"))
        app.add_css_file(STYLESHEET)


def connect_facts(app: Sphinx) -> None:
    """On ``builder-inited``: where ``section_compare`` is loaded, it keeps pages fresh."""
    if "page-facts" in app.events.events:
        app.connect("page-facts", page_facts)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Connect the parts; without a configuration value, comparisons alone have buttons."""
    app.add_message_catalog(CATALOG, str(HERE / "locale"))
    app.add_config_value("excerpts_page", "", "html", str)
    app.add_config_value("excerpts_documents", (), "html", (tuple, list))
    app.add_config_value("excerpts_marks", {}, "html", dict)
    app.add_config_value("excerpts_left_out", (), "html", (tuple, list))
    app.connect("builder-inited", add_assets)
    app.connect("builder-inited", connect_facts)
    app.connect("html-page-context", add_scripts, priority=600)  # of section_compare's 500 and 700
    app.connect("build-finished", write_shared)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
