"""Have those pages written again that would show something else now, and no others.

A page's digest is made of the stamp of its doctree's file, which is new whenever the document was
read again, by whichever builder, and of facts that it shows of other documents. Those come from
listeners to the event ``page-facts``, sent once all documents are read; each is called with the
application and returns plain data by document name.

The digests of what was written are kept with each output, in one record. Not in the environment:
that one is shared by outputs, and saved before they are written. When writing begins the digests
are struck, and entered when it has ended well, so that after a kill or on a full disk all pages are
written again. Where a theme shows all toctrees beside each page, the record has their digest, too.
The files written stay listed: who deletes those of pages gone needs the list.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.errors import SphinxError
from sphinx.locale import __ as sphinx_
from sphinx.util import docname_join
from sphinx.util.i18n import CatalogRepository, docname_to_domain
from sphinx.util.logging import NAMESPACE

from .doctree import is_for_copies
from .domain import get_domain
from .warn import __

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.config import Config
    from sphinx.environment import BuildEnvironment

    from .model import Stamp

# The record of a builder's output; others may write to the same folder.
RECORD = ".section_compare.%s.json"
DRAFT = ".section_compare.%s.tmp"
# Builders that write a file a page and have ``get_outfilename``.
BUILDERS = ("html", "dirhtml", "epub")
# What Sphinx says of a file that it could not write, and then goes on. A parallel process hands
# over no more than the text.
FAILURES = (
    "error writing file %s: %s",
    "cannot copy image file '%s': %s",
    "cannot copy image file %r: %s",
    "cannot copy downloadable file %r: %s",
)
# The version of the environment: what another state of this code noted is not used.
HERE = Path(__file__).parent
CODE = zlib.crc32(b"".join(path.read_bytes() for path in sorted(HERE.rglob("*.py"))))


def stamp_of(*path: str | Path) -> Stamp | None:
    """Size and time of a file, named by its parts; ``None`` where there is none."""
    try:
        stat = os.stat(os.path.join(*path))  # asked for each page, thrice
    except (OSError, ValueError):  # a name with a null byte
        return None
    return stat.st_size, stat.st_mtime_ns


def doctree_stamp(env: BuildEnvironment, docname: str) -> Stamp | None:
    """The stamp of the file that a document's doctree is kept in."""
    return stamp_of(env.doctreedir, f"{docname}.doctree")


def stamps(env: BuildEnvironment) -> dict[str, list[Stamp | None]]:
    """For each document the stamps of its doctree, of its source and of what that includes.

    And of its catalog of translations. Sphinx counts that among what is included, but only until
    the document is read, and only for builders that translate.
    """
    config = env.config
    catalogs = CatalogRepository(
        env.srcdir, config.locale_dirs, config.language, config.source_encoding
    ).catalogs
    translations = {catalog.domain: stamp_of(catalog.mo_path) for catalog in catalogs}
    return {
        docname: [
            doctree_stamp(env, docname),
            stamp_of(env.doc2path(docname)),
            translations.get(docname_to_domain(docname, config.gettext_compact)),
            *(
                stamp_of(env.srcdir, name)
                for name in sorted(map(str, env.dependencies.get(docname, ())))
                if not name.endswith(".mo")
            ),
        ]
        for docname in env.found_docs
    }


def note_stamps(_app: Sphinx, env: BuildEnvironment) -> None:
    """On ``env-updated``: all doctrees are written, and the environment is saved next."""
    for docname, found in stamps(env).items():
        get_domain(env).note(docname).stamps = found


def find_outdated(
    _app: Sphinx, env: BuildEnvironment, added: set[str], _changed: set[str], removed: set[str]
) -> list[str]:
    """On ``env-get-outdated``: documents to read again that Sphinx takes for fresh.

    It asks only for newer files: not for an older one put in place, nor for a doctree that a killed
    build wrote. Nor does it look where a toctree names a document that is gone, or a link of MyST's
    one that is gone or new.
    """
    known = get_domain(env).documents
    outdated = {
        name
        for name, found in stamps(env).items()
        if name not in known or known[name].stamps != found
    }
    outdated |= {name for name, named in env.toctree_includes.items() if removed & set(named)}
    if added or removed:
        outdated |= {name for name in known if linked_files(env, name) & (added | removed)}
    return sorted(outdated - added)


def linked_files(env: BuildEnvironment, docname: str) -> set[str]:
    """The documents that links of MyST's on a page name by their file, there or not."""
    found = set()
    for role, target, refdoc, _fragment in get_domain(env).documents[docname].references:
        if role == "myst":
            path = target.partition("#")[0]
            found |= {path, docname_join(refdoc, os.path.splitext(path)[0])}
    return found


class Record(NamedTuple):
    """What an output was written with."""

    # of what all pages are written with
    settings: int
    # of all toctrees, where the theme shows them beside each page; else empty
    tree: str
    # the digest of each page that is as it should be; none while pages are written
    pages: dict[str, str]
    # each file written for a page, by its name in the output folder, as it was then; None where
    # a build has begun that may have written it
    files: dict[str, Stamp | None]


def read_record(app: Sphinx) -> Record:
    """The record of an output; an empty one where there is none that can be read."""
    try:
        path = Path(app.outdir, RECORD % app.builder.name)
        content = json.loads(path.read_text(encoding="utf-8"))
        files = {
            name: stamp if stamp is None else (int(stamp[0]), int(stamp[1]))
            for name, stamp in content["files"].items()
        }
        settings, tree = int(content["settings"]), str(content["tree"])
        return Record(settings, tree, dict(content["pages"]), files)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError):
        return Record(0, "", {}, {})


def write_record(app: Sphinx, record: Record) -> None:
    """Write the record in one step, so that a kill leaves the old one or the new.

    :raises SphinxError: the output folder cannot be written to.
    """
    draft = Path(app.outdir, DRAFT % app.builder.name)
    text = json.dumps(record._asdict(), indent=0, sort_keys=True) + "\n"
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(Path(app.outdir, RECORD % app.builder.name))
    except OSError as error:
        raise SphinxError(__("the output folder cannot be written to: %s") % error) from error


def hide_record(_app: Sphinx, config: Config) -> None:
    """On ``config-inited``: an EPUB packs every file of its folder but those named here."""
    ours = [name % builder for name in (RECORD, DRAFT) for builder in BUILDERS]
    config.epub_exclude_files = [*config.epub_exclude_files, *ours]


def drop_broken_settings(app: Sphinx) -> None:
    """On ``builder-inited``: Sphinx does not get past a note of settings that a kill cut short."""
    path = Path(app.outdir, ".buildinfo")
    if path.is_file() and len(path.read_bytes().splitlines()) < 4:
        path.unlink()


def page_files(app: Sphinx, docnames: Iterable[str]) -> set[str]:
    """The files of these pages, by their names in the output folder."""
    if app.builder.name not in BUILDERS:
        return set()
    paths = [app.builder.get_outfilename(name) for name in docnames]  # type: ignore[attr-defined]
    return {os.path.relpath(path, app.outdir).replace(os.sep, "/") for path in paths}


def present_files(app: Sphinx) -> set[str]:
    """The files that the pages and images of today have in an output."""
    if app.builder.name not in BUILDERS:
        return set()
    images = {f"{app.builder.imagedir}/{name}" for _docnames, name in app.env.images.values()}
    return page_files(app, app.env.found_docs) | images


def known_files(app: Sphinx, record: Record) -> set[str]:
    """Those of a record's files that are still what was written.

    After a kill nobody knows when that was: then what has our style's name in it, as any page has.
    """
    return {
        name
        for name, stamp in record.files.items()
        if (found := stamp_of(app.outdir, name))
        and (stamp == found or (not stamp and is_page(Path(app.outdir, name))))
    }


def is_page(path: Path) -> bool:
    """Whether a file loads our style."""
    return path.is_file() and b"/section_compare.css" in path.read_bytes()


def gone_files(app: Sphinx) -> set[str]:
    """The files written for pages and images that are no more, as far as nobody changed them."""
    if app.builder.name not in BUILDERS:
        return set()
    return known_files(app, read_record(app)) - present_files(app)


def settings_files(app: Sphinx) -> Iterator[Path]:
    """Files that any page may show: settings, styles and scripts, catalogs of messages."""
    language = f"{app.config.language[:2]}*/LC_MESSAGES"
    yield Path(app.outdir, ".buildinfo")  # what Sphinx notes of the settings of HTML
    yield Path(app.confdir, "conf.py")
    for extension in app.extensions.values():
        folder = Path(getattr(extension.module, "__file__", None) or "").parent
        yield from (folder / "locale").glob(f"{language}/*.mo")
    for name in app.config.locale_dirs:
        yield from Path(app.srcdir, name).glob(f"{language}/sphinx.*")
    if isinstance(app.builder, StandaloneHTMLBuilder):
        # whose pages name each style and script with its checksum
        paths = [Path(app.confdir, name) for name in app.config.html_static_path]
        paths += [Path(folder, "static") for folder in app.builder.theme.get_theme_dirs()]
        for path in paths:
            yield path
            for pattern in ("*.css*", "*.js*", "*.mjs"):
                yield from path.rglob(pattern)


def settings_of(app: Sphinx) -> int:
    """A checksum of what all pages of an output are written with."""
    files = {path for path in settings_files(app) if path.is_file()}
    contents = sorted((str(path), zlib.crc32(path.read_bytes())) for path in files)
    return zlib.crc32(repr((sorted(app.tags), contents)).encode())


def digests(app: Sphinx) -> dict[str, str]:
    """For each document a digest of what its page shows."""
    shown: dict[str, list[object]] = {}
    for facts in app.emit("page-facts"):
        for docname, fact in facts.items():
            shown.setdefault(docname, []).append(fact)

    def digest(docname: str) -> str:
        told = repr((doctree_stamp(app.env, docname), shown.get(docname)))
        return hashlib.sha256(told.encode(errors="surrogatepass")).hexdigest()[:24]

    return {docname: digest(docname) for docname in app.env.found_docs}


def tree_digest(env: BuildEnvironment) -> str:
    """A digest of what toctrees show: titles, headings, captions, numbers."""
    told = [
        (name, str(toc), env.toc_secnumbers.get(name)) for name, toc in sorted(env.tocs.items())
    ]
    return hashlib.sha256(repr(told).encode(errors="surrogatepass")).hexdigest()[:24]


class Writing(logging.Handler):
    """One build's writing: what was written before, what it writes, and whether a file failed."""

    record: Record
    digests: dict[str, str]
    written: set[str]
    begun = failed = shows_tree = False

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        logging.getLogger(NAMESPACE).addHandler(self)  # Sphinx takes it off before the next build

    def emit(self, record: logging.LogRecord) -> None:
        """See whether a warning is of a file that Sphinx could not write."""
        for template in FAILURES:
            pattern = re.sub("%[rs]", ".*", re.escape(str(sphinx_(template))))
            if re.match(pattern, record.getMessage(), re.DOTALL):
                self.failed = True

    def fresh(self, app: Sphinx, settings: int) -> dict[str, str]:
        """The digests of the pages written before, if with the same settings and tree."""
        tree = self.record.tree
        same = self.record.settings == settings and (not tree or tree == tree_digest(app.env))
        return self.record.pages if same else {}

    def find_stale(self, app: Sphinx, _env: BuildEnvironment) -> list[str]:
        """On ``env-get-updated``: the pages whose digest is not that of what was written here."""
        self.record, self.digests, self.written = read_record(app), digests(app), set()
        self.begun = self.failed = self.shows_tree = False
        fresh = self.fresh(app, settings_of(app))
        stale = [name for name, digest in self.digests.items() if fresh.get(name) != digest]
        if stale:
            self.begin(app)
        return sorted(stale)

    def begin(self, app: Sphinx) -> None:
        """Strike the digests, and list the files that may be written from here on."""
        if self.begun:
            return
        self.begun = True
        files = {name: self.record.files[name] for name in known_files(app, self.record)}
        for name in present_files(app):
            if name in files or not Path(app.outdir, name).exists():
                files[name] = None
        self.record = self.record._replace(files=files)
        write_record(app, self.record._replace(pages={}))

    def note_page(self, app: Sphinx, doctree: nodes.document, docname: str) -> None:
        """On ``doctree-resolved``: a page is written next."""
        if not is_for_copies(doctree):
            self.begin(app)
            self.written.add(docname)

    def watch_tree(
        self,
        _app: Sphinx,
        _pagename: str,
        _templatename: str,
        context: dict[str, Any],
        _doctree: nodes.document,
    ) -> None:
        """On ``html-page-context``, first of all: see whether the theme asks for all toctrees.

        Of what two processes write, the index at least is seen.
        """
        whole = context.get("toctree")

        def toctree(**options: object) -> object:
            self.shows_tree = True
            return whole(**options) if whole else ""

        context["toctree"] = toctree

    def note_written(self, app: Sphinx, exception: Exception | None) -> None:
        """On ``build-finished``: what was written is fresh now, and nothing else.

        A build of some named files leaves the other pages as they were.
        """
        if exception or not self.begun or self.failed:
            return
        written, settings = self.written & app.env.found_docs, settings_of(app)
        old = self.fresh(app, settings)
        pages = {name: old[name] for name in old.keys() & self.digests.keys()}
        pages |= {name: self.digests[name] for name in written}
        ours = (self.record.files.keys() | page_files(app, written)) & present_files(app)
        stamps = {name: stamp_of(app.outdir, name) for name in ours}
        files = {name: stamps[name] for name in ours if stamps[name]}
        tree = tree_digest(app.env) if self.shows_tree or self.record.tree else ""
        write_record(app, Record(settings, tree, pages, files))


def setup(app: Sphinx) -> None:
    writing = Writing()
    app.add_event("page-facts")
    app.connect("config-inited", hide_record)
    app.connect("builder-inited", drop_broken_settings)
    app.connect("env-get-outdated", find_outdated)
    app.connect("env-updated", note_stamps)
    # not on env-updated: Sphinx numbers figures and sections only after that
    app.connect("env-get-updated", writing.find_stale, priority=900)
    app.connect("doctree-resolved", writing.note_page)
    app.connect("html-page-context", writing.watch_tree, priority=0)
    app.connect("build-finished", writing.note_written)
