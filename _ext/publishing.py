"""What hosts, search engines and messengers need to know of the published pages.

Each page tells its description, a social card, and the date of its last commit where there is
a git history; html and dirhtml also get a 404 page and, where the site's address is known
(``html_baseurl``), a sitemap. This is the site's own, not the component's: `section_compare`
works without it.
"""

from __future__ import annotations

import subprocess
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.config import Config
    from sphinx.util.typing import ExtensionMetadata

SOCIAL_CARD = "_static/social-card.png"
WEBSITES = ("html", "dirhtml")


def last_commits(folder: Path) -> dict[str, str]:
    """The day (``2026-11-24``) of the last commit to each file in a folder.

    Empty where there is no git, no repository, or a shallow one: its oldest commit seems to
    have made every file.
    """

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(folder), *arguments]
        return subprocess.run(
            command, capture_output=True, check=True, encoding="utf-8", errors="surrogateescape"
        ).stdout

    try:
        if git("rev-parse", "--is-shallow-repository").strip() == "true":
            return {}
        log = git("log", "--format=%x01%cs", "--name-only", "--relative", "-z", "--", ".")
    except (OSError, subprocess.CalledProcessError):
        return {}
    dates: dict[str, str] = {}
    for commit in log.split("\x01")[1:]:
        day, _, names = commit.partition("\x00")
        for name in filter(None, names.strip("\n\x00").split("\x00")):
            dates.setdefault(name.lstrip("\n"), day)
    return dates


class Dates:
    """The day of each page's last commit; read once a build."""

    def __init__(self) -> None:
        self.by_file: dict[str, str] = {}

    def read(self, app: Sphinx) -> None:
        """On ``builder-inited``."""
        self.by_file = last_commits(Path(app.srcdir)) if app.builder.name in WEBSITES else {}

    def of(self, app: Sphinx, docname: str) -> str:
        return self.by_file.get(app.env.doc2path(docname, base=False).as_posix(), "")

    def facts(self, app: Sphinx) -> dict[str, object]:
        """On ``page-facts``: a page is written again when its own date has changed."""
        return {docname: self.of(app, docname) for docname in app.env.found_docs}


DATES = Dates()


def prepare(app: Sphinx, config: Config) -> None:
    """On ``config-inited``, when all extensions are there.

    An address without a slash at its end would lose its last part to every name joined to it.
    """
    if config.html_baseurl:
        config.html_baseurl = f"{config.html_baseurl.rstrip('/')}/"
    if "page-facts" in app.events.events:
        app.connect("page-facts", DATES.facts)


def describe_page(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    """Put description and social card into the page's head, and its date into the foot.

    Not in an EPUB, which nobody searches the web for and whose pages are XML.
    """
    if app.builder.name not in WEBSITES:
        return
    metadata = app.env.metadata.get(pagename, {})
    description = metadata.get("description", "") or app.config.publishing_description
    title = Markup(context.get("title", "")).striptags()
    tags = {
        "og:type": "article" if metadata.keys() & {"report", "topic"} else "website",
        "og:locale": app.config.language,
        "og:site_name": app.config.project,
        "og:title": title or app.config.project,
        "og:description": description,
    }
    if app.config.html_baseurl:
        tags["og:url"] = context["pageurl"]
        tags["og:image"] = urljoin(app.config.html_baseurl, SOCIAL_CARD)
    card = "summary_large_image" if "og:image" in tags else "summary"
    context["metatags"] = context.get("metatags", "") + "".join(
        f'\n<meta {kind}="{name}" content="{escape(value)}">'
        for kind, name, value in (
            ("name", "description", description),
            *(("property", name, value) for name, value in tags.items()),
            ("name", "twitter:card", card),
        )
    )
    if doctree is not None and (day := DATES.of(app, pagename)):
        context["last_updated"] = day


def add_404_page(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """A page for addresses that lead nowhere. It may be shown at any of them, so it is whole in
    itself and links from the site's root."""
    if app.builder.name in WEBSITES:
        root = urlsplit(app.config.html_baseurl).path.rstrip("/") + "/"
        context = {"site_root": root, "search_page": app.builder.get_target_uri("search")}
        yield "404", context, "404.html"


def write_sitemap(app: Sphinx, exception: Exception | None) -> None:
    """Write ``sitemap.xml`` as sitemaps.org has it, where the site's address is known."""
    base = app.config.html_baseurl
    if exception or not base or app.builder.name not in WEBSITES:
        return
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">',
    ]
    for docname in sorted(app.env.found_docs):
        address = escape(urljoin(base, app.builder.get_target_uri(docname)))
        day = DATES.of(app, docname)
        date = f"<lastmod>{day}</lastmod>" if day else ""
        lines.append(f"<url><loc>{address}</loc>{date}</url>")
    text, path = "\n".join([*lines, "</urlset>", ""]), Path(app.outdir, "sitemap.xml")
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> ExtensionMetadata:
    app.add_config_value("publishing_description", "", "html", str, "what the site is")
    app.connect("config-inited", prepare)
    app.connect("builder-inited", DATES.read)
    app.connect("html-page-context", describe_page)
    app.connect("html-collect-pages", add_404_page)
    app.connect("build-finished", write_sitemap)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
