"""Have those pages written again that would show something else now, and no others.

A page's digest is made of the stamp of its doctree's file, which is new whenever the document was
read again, by whichever builder, and of facts that it shows of other documents. Those come from
listeners to the event ``page-facts``, sent once all documents are read; each is called with the
application and returns plain data by document name.

The digests of what was written are kept with each output, in one record. Not in the environment:
that one is shared by outputs, and saved before they are written. When writing begins the digests
are struck, and entered when it has ended well, so that after a kill or on a full disk all pages are
written again. The files written stay listed: who deletes those of pages gone needs the list.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sphinx.errors import SphinxError
from sphinx.locale import __ as sphinx_
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

RECORD = ".section_compare.json"
DRAFT = ".section_compare.tmp"
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

Stamp = tuple[int, int]


def stamp_of(path: Path) -> Stamp | None:
    """Size and time of a file; ``None`` where there is none."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_size, stat.st_mtime_ns


def doctree_stamp(env: BuildEnvironment, docname: str) -> Stamp | None:
    """The stamp of the file that a document's doctree is kept in."""
    return stamp_of(Path(env.doctreedir, f"{docname}.doctree"))


def stamps(env: BuildEnvironment) -> dict[str, tuple[Stamp | None, ...]]:
    """For each document the stamps of its source, of what that includes, and of its doctree."""
    known: dict[str, Stamp | None] = {}

    def once(path: str) -> Stamp | None:
        if path not in known:
            known[path] = stamp_of(Path(env.srcdir, path))
        return known[path]

    return {
        docname: (
            once(str(env.doc2path(docname))),
            *map(once, sorted(map(str, env.dependencies.get(docname, ())))),
            doctree_stamp(env, docname),
        )
        for docname in env.found_docs
    }


def note_stamps(_app: Sphinx, env: BuildEnvironment) -> None:
    """On ``env-updated``: all doctrees are written, and the environment is saved next."""
    get_domain(env).note_stamps(stamps(env))


def find_outdated(
    _app: Sphinx, env: BuildEnvironment, added: set[str], _changed: set[str], removed: set[str]
) -> list[str]:
    """On ``env-get-outdated``: documents to read again that Sphinx takes for fresh.

    It asks only for newer files: not for an older one put in place, nor for a doctree that a killed
    build wrote. Nor does it look where a toctree names a document that is gone.
    """
    noted = get_domain(env).stamps
    outdated = {name for name, found in stamps(env).items() if noted.get(name) != found}
    outdated |= {name for name, named in env.toctree_includes.items() if removed & set(named)}
    return sorted(outdated - added)


class Record(NamedTuple):
    """What an output was written with."""

    settings: int = 0
    # the digest of each page; None while writing has begun and not ended well
    pages: dict[str, str] | None = None
    # each file written for a page, by its name in the output folder, as it was then; None where
    # a build has begun that may have written it
    files: dict[str, Stamp | None] = {}  # noqa: RUF012 - never changed in place


def read_record(app: Sphinx) -> Record | None:
    """The record of an output; ``None`` where there is none, or none that can be read."""
    try:
        content = json.loads((Path(app.outdir) / RECORD).read_text(encoding="utf-8"))
        pages = content["pages"]
        return Record(
            int(content["settings"]),
            None if pages is None else dict(pages),
            {
                name: None if stamp is None else (int(stamp[0]), int(stamp[1]))
                for name, stamp in content["files"].items()
            },
        )
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None


def unwritable(error: OSError) -> SphinxError:
    return SphinxError(__("the output folder cannot be written to: %s") % error)


def write_record(app: Sphinx, record: Record) -> None:
    """Write the record in one step, so that a kill leaves the old one or the new.

    :raises SphinxError: the output folder cannot be written to.
    """
    draft = Path(app.outdir) / DRAFT
    text = json.dumps(record._asdict(), indent=0, sort_keys=True) + "\n"
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(Path(app.outdir) / RECORD)
    except OSError as error:
        raise unwritable(error) from error


def hide_record(_app: Sphinx, config: Config) -> None:
    """On ``config-inited``: an EPUB packs every file of its folder but those named here."""
    config.epub_exclude_files = [*config.epub_exclude_files, RECORD, DRAFT]


def page_file(app: Sphinx, docname: str) -> str:
    """The name of a page's file in the output folder."""
    path = Path(app.builder.get_outfilename(docname))  # type: ignore[attr-defined]
    return path.relative_to(app.outdir).as_posix()


def files_of(app: Sphinx, docnames: Iterable[str], images: Iterable[str]) -> set[str]:
    """The files of an output that hold pages and images, by their names in its folder."""
    if app.builder.name not in BUILDERS:
        return set()
    folder = getattr(app.builder, "imagedir", "_images")
    return {page_file(app, name) for name in docnames} | {f"{folder}/{name}" for name in images}


def present_files(app: Sphinx) -> set[str]:
    """The files that the documents of today have in an output."""
    images = [name for _docnames, name in app.env.images.values()]
    return files_of(app, app.env.found_docs, images)


def known_files(app: Sphinx, record: Record) -> dict[str, Stamp | None]:
    """Those of a record's files that are still what was written."""
    found = {name: stamp_of(Path(app.outdir, name)) for name in record.files}
    return {
        name: stamp
        for name, stamp in record.files.items()
        if found[name] is not None and stamp in (None, found[name])
    }


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
    if app.builder.format == "html":  # whose pages name each style and script with its checksum
        for name in app.config.html_static_path:
            yield from Path(app.confdir, name).rglob("*.css")
            yield from Path(app.confdir, name).rglob("*.js")


def settings_of(app: Sphinx) -> int:
    """A checksum of what all pages of an output are written with. Where it changes, all are."""
    files = {path for path in settings_files(app) if path.is_file()}
    contents = sorted((path.name, zlib.crc32(path.read_bytes())) for path in files)
    return zlib.crc32(repr((sorted(app.tags), contents)).encode())


def digests(app: Sphinx) -> dict[str, str]:
    """For each document a digest of what its page shows."""
    env = app.env
    shown: dict[str, list[object]] = {}
    for facts in app.emit("page-facts"):
        for docname, fact in facts.items():
            shown.setdefault(docname, []).append(fact)
    return {
        docname: hashlib.sha256(
            repr((doctree_stamp(env, docname), shown.get(docname))).encode(errors="surrogatepass")
        ).hexdigest()[:24]
        for docname in env.found_docs
    }


class Writing(logging.Handler):
    """One build's writing: what it found, what it writes, and whether a file failed."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.record = Record()
        self.digests: dict[str, str] = {}
        self.read: list[str] = []
        self.written: set[str] = set()
        self.begun = self.failed = False
        logging.getLogger(NAMESPACE).addHandler(self)  # Sphinx takes it off before the next build

    def emit(self, record: logging.LogRecord) -> None:
        """See whether a warning is of a file that Sphinx could not write."""
        for template in FAILURES:
            pattern = re.sub("%[rs]", ".*", re.escape(str(sphinx_(template))))
            if re.match(pattern, record.getMessage(), re.DOTALL):
                self.failed = True

    def find_record(self, app: Sphinx) -> None:
        """On ``builder-inited``, when extensions have said where their styles lie.

        Where a kill came between Sphinx's note of the settings and the pages, or cut the note
        short, Sphinx would take the pages for fresh, or not get past it.
        """
        self.record = read_record(app) or Record()
        if self.record.pages is None or self.record.settings != settings_of(app):
            self.record = self.record._replace(pages=None)
            try:
                Path(app.outdir, ".buildinfo").unlink(missing_ok=True)
            except OSError as error:
                raise unwritable(error) from error

    def note_read(self, _app: Sphinx, _env: BuildEnvironment, docnames: list[str]) -> None:
        """On ``env-before-read-docs``: other pages may follow those that are read."""
        self.read, self.written = docnames, set()
        self.begun = self.failed = False

    def find_stale(self, app: Sphinx, env: BuildEnvironment) -> list[str]:
        """On ``env-get-updated``: the pages whose digest is not that of what was written here."""
        self.digests = digests(app)
        old = self.record.pages or {}
        stale = [name for name, digest in self.digests.items() if old.get(name) != digest]
        if stale or self.read:
            self.begin(app)  # the environment is saved next, and would call all of them fresh
        return sorted(stale)

    def begin(self, app: Sphinx) -> None:
        """Strike the digests, and list the files that may be written from here on."""
        if self.begun:
            return
        self.begun = True
        files = known_files(app, self.record)
        for name in present_files(app):
            if name in files or not Path(app.outdir, name).exists():
                files[name] = None
        write_record(app, self.record._replace(pages=None, files=files))

    def note_page(self, app: Sphinx, doctree: nodes.document, docname: str) -> None:
        """On ``doctree-resolved``: a page is written next."""
        if is_for_copies(doctree):
            return
        self.begin(app)
        self.written.add(docname)

    def note_written(self, app: Sphinx, exception: Exception | None) -> None:
        """On ``build-finished``: what was written is fresh now, and nothing else.

        A build of some named files leaves the other pages as they were.
        """
        if not self.begun:
            return
        old, written = self.record, self.written & app.env.found_docs
        self.record = old._replace(pages=None)
        if exception is not None or self.failed:
            return
        new = files_of(app, written, getattr(app.builder, "images", {}).values())
        kept = present_files(app) & old.files.keys() - new
        stamps = {name: stamp_of(Path(app.outdir, name)) for name in new}
        files = {name: old.files[name] for name in kept}
        files |= {name: stamp for name, stamp in stamps.items() if stamp}
        if written == app.env.found_docs:
            self.record = Record(settings_of(app), self.digests, files)
        elif old.pages is None:
            self.record = old._replace(files=files)
        else:
            pages = {name: old.pages[name] for name in old.pages.keys() & self.digests.keys()}
            pages |= {name: self.digests[name] for name in written}
            self.record = Record(old.settings, pages, files)
        write_record(app, self.record)


def setup(app: Sphinx) -> None:
    writing = Writing()
    app.add_event("page-facts")
    app.connect("config-inited", hide_record)
    app.connect("builder-inited", writing.find_record, priority=900)
    app.connect("env-get-outdated", find_outdated)
    app.connect("env-before-read-docs", writing.note_read)
    app.connect("env-updated", note_stamps)
    # not on env-updated: Sphinx numbers figures and sections only after that
    app.connect("env-get-updated", writing.find_stale, priority=900)
    app.connect("doctree-resolved", writing.note_page)
    app.connect("build-finished", writing.note_written)
