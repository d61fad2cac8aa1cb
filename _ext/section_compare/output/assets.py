"""What the browser loads beside a page, the style and the scripts, and the words they say."""

from __future__ import annotations

import json
import zlib
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..domain import get_domain
from ..warn import _

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.config import Config

# Configuration values: what a comparison's bar takes in of the page, as a CSS selector, and the
# page that explains how to read, as its document and the link's text.
BAR = "section_compare_bar"
HELP = "section_compare_help"
# With how many columns a comparison opens.
COLUMNS = "section_compare_columns"

STATIC = Path(__file__).parents[1] / "static"
STYLESHEET = "section_compare.css"
SCREEN = "section_compare_screen.css"  # not of an EPUB, whose checkers refuse it
LISTS = "section_compare_lists.css"  # of pages with a matrix or a list
CHOOSER = "section_compare_chooser.js"
SCRIPTS = ("section_compare_copy.js", "section_compare.js")  # the second needs the first
# What these load when it is asked for, from beside them, and its style; another version has
# another address.
CHOOSER_FILES = (STATIC / CHOOSER, (STATIC / CHOOSER).with_suffix(".css"))
CHOOSER_ADDRESS = (
    f"{CHOOSER}?v={zlib.crc32(b''.join(path.read_bytes() for path in CHOOSER_FILES)):08x}"
)


def words() -> str:
    """What the scripts say, as JSON, and what they load. ``{...}`` is filled in by them."""
    return json.dumps(
        {
            "chooser": CHOOSER_ADDRESS,
            "choose": _("Columns {shown}/{all}"),
            "columns": _("Choose and order the columns"),
            "before": _("Move {report} forward"),
            "after": _("Move {report} back"),
            "moved": _("{report} is in place {place}"),
            "stacked": _("One by one"),
            "columnwise": _("In columns"),
            "marks": _("Phrase marks"),
            "all": _("Show all"),
            "only": _("Only this"),
            "find": _("Find a report"),
            "every": _("All of them"),
            "none": _("None"),
            "jump": _("Go to a report"),
            "copy": _("Copy"),
            "copyAll": _("Copy all"),
            "copyOne": _("Copy {report}"),
            "copyLink": _("Copy the link"),
            "copied": _("Copied: {what}"),
            "selected": _("The browser refused to copy; the text is selected: press Ctrl+C"),
            "fold": _("Fold"),
            "unfold": _("Unfold all of it"),
            "hide": _("Hide"),
            "shared": _("“{phrase}” stands in: {reports}"),
            "keys": _(
                "Keys, in a column: [ ] move it, h hide it, c copy it; n p next and previous "
                "phrase, Enter its twin; s one by one, m marks, 0 show all"
            ),
        },
        ensure_ascii=False,
    )


def leave_out(_app: Sphinx, config: Config) -> None:
    """On ``config-inited``: an EPUB packs every file of its folder but those named here.

    Whichever builder runs: were its settings others than theirs, each in turn would read all anew.
    """
    config.epub_exclude_files = [*config.epub_exclude_files, f"_static/{SCREEN}"]


def add_assets(app: Sphinx) -> None:
    """Serve the component's style and scripts from beside its code.

    An EPUB gets no scripts: its readers would need them declared, and have no window to fill.
    """
    if app.builder.format == "html":
        app.config.html_static_path.append(str(STATIC))
        app.add_css_file(STYLESHEET)
        if app.builder.name != "epub":
            app.add_css_file(SCREEN)
            for script in SCRIPTS:
                app.add_js_file(script, loading_method="defer", blocking="render")


def move_script(
    name: str,
    _app: Sphinx,
    _pagename: str,
    _templatename: str,
    context: dict[str, Any],
    _doctree: nodes.document,
) -> None:
    """On ``html-page-context``: load a script from the head, where ``blocking`` holds.

    Some themes end the body with scripts. So the columns that an address asks for are there when
    the page is first shown.
    """
    for script in list(context["script_files"]):
        if str(getattr(script, "filename", "")).endswith(name):
            context["script_files"].remove(script)
            context["metatags"] = context.get("metatags", "") + context["js_tag"](script)


def add_lists(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    """On ``html-page-context``: the style of matrix and lists, where a page has any."""
    if app.builder.format != "html":
        return
    found = get_domain(app.env).documents
    pages = found if app.builder.name == "singlehtml" else found.keys() & {pagename}
    if any(one.kind != "compare" for page in pages for one in found[page].placeholders):
        app.add_css_file(LISTS)


def setup(app: Sphinx) -> None:
    app.connect("html-page-context", add_lists)
    app.add_config_value(COLUMNS, 8, "html", int)
    app.add_config_value(BAR, "", "html", str)
    app.add_config_value(HELP, (), "html", (list, tuple))
    app.connect("config-inited", leave_out)
    app.connect("builder-inited", add_assets)
    # between the two come other extensions' scripts, which add to what the second makes
    for script, priority in zip(SCRIPTS, (500, 700), strict=True):
        app.connect("html-page-context", partial(move_script, script), priority)
