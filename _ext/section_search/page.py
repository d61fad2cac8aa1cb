"""Write the index and the search page at the end of an HTML build, in place of Sphinx's own.

The page is the theme's own plain page with our form in it, so it looks as the site does.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinx.locale import get_translation
from sphinx.util.template import SphinxRenderer

from .domain import CODE, get_domain
from .index import KINDS, Page, build, dump, scripts, unpack
from .traditional import table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.config import Config

    from .index import Condition

CATALOG = "section_search"
_ = get_translation(CATALOG)

HERE = Path(__file__).parent
SEARCH_PAGE = "search"
INDEX_FILE = "section_search_index.js"
# Some themes load Sphinx's index on every page; what they find in its place.
NO_INDEX = "// the search is section_search's: _static/section_search_index.js\n"
SERVED = ("html", "dirhtml")  # the builders whose pages can be searched


def is_served(app: Sphinx) -> bool:
    """Whether this build's pages can be searched."""
    return app.builder.name in SERVED


def replace_search(app: Sphinx) -> None:
    """On ``builder-inited``: Sphinx is to build no index and no search page; serve our files."""
    if is_served(app):
        app.builder.search = False  # type: ignore[attr-defined]  # of Sphinx's HTML builders
        app.config.html_static_path.append(str(HERE / "static"))
        app.add_css_file("section_search.css")
        app.add_js_file("section_search_marks.js", loading_method="defer")


def option(config: Config, name: str) -> tuple[str, str]:
    """A filter's metadata field and label; both empty where it is not configured."""
    field, label = [*getattr(config, name), "", ""][:2]
    return str(field), str(label)


def label_of(app: Sphinx, docname: str) -> str:
    """What a page is called in the results."""
    metadata = app.env.metadata.get(docname, {})
    name: str = metadata.get(app.config.section_search_label) or app.env.titles[docname].astext()
    return name


def names_of(app: Sphinx, docname: str) -> tuple[str, ...]:
    """What else a page that readers filter by is called: its title, its header's other names."""
    metadata = app.env.metadata.get(docname, {})
    field, _label = option(app.config, "section_search_tags")
    if not metadata.get(field):
        return ()
    names = metadata.get(app.config.section_search_names) or "[]"
    try:  # lists in a header are kept as JSON
        found = json.loads(names)
    except ValueError:
        found = names
    others = found if isinstance(found, list) else [names]
    return (app.env.titles[docname].astext(), *map(str, others))


def having(app: Sphinx, field: str) -> dict[str, str]:
    """The values of a metadata field in the order of the pages, each with its first page."""
    found: dict[str, str] = {}
    for docname in get_domain(app.env).document_order():
        value = app.env.metadata.get(docname, {}).get(field)
        if value:
            found.setdefault(str(value), docname)
    return found


def is_shown(app: Sphinx, condition: Condition) -> bool:
    """Whether what hangs on a condition is written.

    As Sphinx and its extensions have it: what ``only`` cannot judge is, and it warns of it.
    """
    kind, expression = condition
    try:
        if kind == "only":
            return app.tags.eval_condition(expression)
        if kind == "config":
            return bool(app.config[expression])
        names = {value.name: value.value for value in app.config}
        return bool(eval(expression, names | {"builder": app.builder.name}))
    except Exception:  # whatever an author's expression raises
        return kind == "only"


def verdicts(app: Sphinx, packed: Iterable[str]) -> dict[Condition, bool]:
    """What each condition in packed sections comes to; most have none, and are not unpacked."""
    found = {
        condition
        for text in packed
        if any(f'["{kind}",' in text for kind in KINDS)
        for section in unpack(text)
        for block in section.blocks
        for condition in block.conditions
    }
    return {condition: is_shown(app, condition) for condition in sorted(found)}


def pages_of(app: Sphinx) -> Iterator[tuple[Page, str]]:
    """All documents that have sections, as the index names them, and their sections, packed."""
    domain = get_domain(app.env)
    page_field, _label = option(app.config, "section_search_pages")
    tag_field, _label = option(app.config, "section_search_tags")
    for docname in domain.document_order():
        if docname in domain.sections:
            metadata = app.env.metadata.get(docname, {})
            page = Page(
                app.builder.get_relative_uri(SEARCH_PAGE, docname),
                label_of(app, docname),
                (),
                (str(metadata.get(tag_field, "")),),
                metadata.get(page_field),
                names_of(app, docname),
            )
            yield page, domain.sections[docname]


def begins_with(path: Path, text: str) -> bool:
    """Whether a file is there and begins with a text of single bytes."""
    try:
        with path.open(encoding="utf-8") as file:
            return file.read(len(text)) == text
    except (OSError, ValueError):
        return False


def write_index(app: Sphinx) -> None:
    """Write the index, if the one that stands there was made of something else.

    Each script in one step, the first, which says what it was made of, last.
    """
    tag_field, _label = option(app.config, "section_search_tags")
    tags = {tag: label_of(app, docname) for tag, docname in having(app, tag_field).items()}
    pages, simplified = list(pages_of(app)), table()
    # this code and the conditions that hold have a part in it, too
    shown = verdicts(app, (packed for _page, packed in pages))
    digest = hashlib.sha256()
    for part in (CODE, shown, tags, sorted(simplified.items()), *pages):
        digest.update(repr(part).encode(errors="surrogatepass"))
    made = {"made": digest.hexdigest()[:24]}
    first = Path(app.outdir, "_static", INDEX_FILE)
    if begins_with(first, dump(made).removesuffix("};\n")):
        return
    whole = (replace(page, sections=unpack(packed)) for page, packed in pages)
    index = build(whole, tags, shown.__getitem__, simplified)
    found = scripts({**made, **index}, INDEX_FILE)
    files = {first.with_name(name): text for name, text in found.items()}
    files[Path(app.outdir, "searchindex.js")] = NO_INDEX
    for path, text in reversed(files.items()):
        draft = path.with_suffix(".tmp")
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)


def messages() -> dict[str, str]:
    """What the script says, in the reader's language."""
    return {
        "found": _("%3 places in %1 sections on %2 pages"),
        "foundOne": _("%3 places in 1 section"),
        "named": _("Compare: %1"),
        "allNamed": _("Or read by topic:"),
        "sections": _("sections: %1"),
        "nothing": _("Nothing found for “%1”."),
        "nearest": _("These are found:"),
        "unfiltered": _("“%1” without the filters"),
        "cut": _("Only the first %1 characters were searched for."),
        "more": _("Show more"),
        "reading": _("Part %1 of %2 of the index is being read …"),
        "failed": _("The index did not load; load the page again."),
    }


def write_search(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """On ``html-collect-pages``: write the index, then the page that loads it."""
    if not is_served(app):
        return
    write_index(app)
    filters = []
    for kind in ("pages", "tags"):
        field, label = option(app.config, f"section_search_{kind}")
        choices = having(app, field)
        if len(choices) > 1:
            links = [
                (value, label_of(app, docname), app.builder.get_relative_uri(SEARCH_PAGE, docname))
                for value, docname in choices.items()
            ]
            filters.append((kind, field, label, links))
    body = SphinxRenderer(str(HERE / "templates")).render(
        "section_search.html",
        {
            "title": _("Search"),
            "all": _("all"),
            "needs_script": _("Search needs JavaScript, which is switched off here."),
            "instead": _("These pages can be read without it:"),
            "home": app.builder.get_relative_uri(SEARCH_PAGE, app.config.root_doc),
            "home_label": label_of(app, app.config.root_doc),
            "filters": filters,
            "messages": json.dumps(messages(), ensure_ascii=False),
        },
    )
    yield SEARCH_PAGE, {"title": _("Search"), "body": body}, "page.html"


def adapt_page(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    """On ``html-page-context``: scripts for the search page, no search box where none works."""
    if app.builder.name == "singlehtml":
        context["sidebars"] = [
            name for name in context["sidebars"] or () if not name.endswith(("search.html",
                                                                       "searchbox.html"))
        ]  # fmt: skip
    elif is_served(app) and pagename == SEARCH_PAGE:
        context["metatags"] = context.get("metatags", "") + '<meta name="robots" content="noindex">'
        for name in (INDEX_FILE, "section_search_match.js", "section_search_page.js"):
            app.add_js_file(name, loading_method="defer")


def setup(app: Sphinx) -> None:
    app.connect("builder-inited", replace_search)
    app.connect("html-collect-pages", write_search)
    app.connect("html-page-context", adapt_page)
