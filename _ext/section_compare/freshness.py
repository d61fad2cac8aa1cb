"""Have those pages written again whose comparisons changed, and no others.

What a page shows of other documents is put into a digest. The digests of what was written are
kept with each output, not in the environment: that one is pickled before writing, so it would
call a page fresh that another builder wrote, or that a killed build did not write at all.
A build that has something to write deletes the record first and makes it anew at its end. An output
without one was left half written, by a kill or a full disk, and all its pages are written again:
Sphinx takes a page for whole as soon as its file is there.

Doctrees are cached, and written one by one before the environment is. Each is read again whose
file is not the one that the environment was saved with.
"""

from __future__ import annotations

import hashlib
import json
import logging
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sphinx.errors import SphinxError
from sphinx.util.logging import NAMESPACE

from .domain import get_domain
from .phrases.mark import least_of
from .warn import __
from .write.build import begin, current, forget

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.config import Config
    from sphinx.environment import BuildEnvironment

    from .model import Passage

RECORD = ".section_compare.json"
DRAFT = ".section_compare.tmp"
# The version of the environment: what another state of this code noted is not used.
HERE = Path(__file__).parent
CODE = zlib.crc32(b"".join(path.read_bytes() for path in sorted(HERE.rglob("*.py"))))


def hide_record(app: Sphinx, config: Config) -> None:
    """An EPUB packs every file of its folder but those named here."""
    config.epub_exclude_files = [*config.epub_exclude_files, RECORD, DRAFT]


def digests(app: Sphinx) -> dict[str, str]:
    """For each page of ours a digest of what it shows of other documents."""
    env = app.env
    build = current(env)
    collection = build.collection
    shown: dict[str, list[object]] = {}
    for docname, placeholders in get_domain(env).placeholders.items():
        facts = shown.setdefault(docname, [])
        for placeholder in placeholders:
            if placeholder.kind == "compare":
                rows = collection.rows[docname, placeholder.id]
                facts.append((placeholder, rows, least_of(env, placeholder)))
                facts += [
                    reference_facts(env, cell.report.docname, passage)
                    for _topic, cells in rows
                    for cell in cells
                    for passage in cell.passages
                ]
            elif placeholder.kind == "coverage":
                counts = {
                    key: sum(passage.characters for passage in passages)
                    for key, passages in collection.passages.items()
                }
                facts.append((collection.reports, collection.topics, counts, collection.homes))
            elif placeholder.kind == "phrases":
                read = [
                    section
                    for report in collection.reports.values()
                    for section in get_domain(env).anchored(report.docname)
                ]
                facts.append((placeholder, collection.reports, read, least_of(env, placeholder)))
            else:
                facts.append((placeholder, collection.reports, collection.topics))
    for docname, passages in build.by_report.items():
        report = build.report_of[docname]
        shown.setdefault(docname, []).append(
            [
                (passage.anchor, passage.count, collection.topics[topic].short_title,
                 collection.homes.get((topic, report.id)))
                for topic, passage in passages
            ]
        )  # fmt: skip
    return {
        docname: hashlib.sha256(repr(facts).encode(errors="surrogatepass")).hexdigest()[:24]
        for docname, facts in shown.items()
    }


def reference_facts(env: BuildEnvironment, docname: str, passage: Passage) -> list[object]:
    """The titles and numbers that a passage's captions and references may show."""
    standard = env.domains.standard_domain
    facts: list[object] = [env.toc_fignumbers.get(docname)]
    if passage.references:
        facts.append(env.toc_secnumbers.get(docname))
    for _role, target, _refdoc in passage.references:
        place = standard.labels.get(target) or standard.anonlabels.get(target)
        facts.append((target, place))
        for name in (target, target.lstrip("/"), place[0] if place else ""):
            if name in env.titles:
                facts.append((env.titles[name].astext(), env.toc_fignumbers.get(name)))
    return facts


def stamps(env: BuildEnvironment) -> dict[str, tuple[int, int]]:
    """For each document the size and time of its doctree's file, as far as there is one."""
    found = {}
    for docname in env.found_docs:
        try:
            stat = (Path(env.doctreedir) / f"{docname}.doctree").stat()
        except OSError:
            continue  # Sphinx reads such a document anyway
        found[docname] = (stat.st_size, stat.st_mtime_ns)
    return found


def find_unread(
    _app: Sphinx, env: BuildEnvironment, _added: set[str], _changed: set[str], _removed: set[str]
) -> list[str]:
    """On ``env-get-outdated``: the documents whose doctree is not the one that was noted."""
    noted = get_domain(env).doctrees
    return [docname for docname, stamp in stamps(env).items() if noted.get(docname) != stamp]


def note_doctrees(_app: Sphinx, env: BuildEnvironment) -> None:
    """On ``env-updated``: all doctrees are written, and the environment is saved next."""
    get_domain(env).note_doctrees(stamps(env))


class Record(NamedTuple):
    """What was written here last: with which settings all pages, with which digest each of ours."""

    settings: int
    pages: dict[str, str]


def env_settings(app: Sphinx) -> int:
    """A checksum of the settings that documents are read with.

    Where they changed, whichever builder comes next reads all again, and to Sphinx no page of
    another output is out of date then.
    """
    values = [(value.name, value.value) for value in app.config.filter(frozenset({"env"}))]
    told = json.dumps([sorted(app.extensions), values], skipkeys=True, default=plain)
    return zlib.crc32(told.encode())


def plain(value: object) -> object:
    """A setting that is no plain data, the same in each process: not its address, nor its order."""
    if isinstance(value, set | frozenset):
        return sorted(map(str, value))
    return type(value).__qualname__


def settings_of(app: Sphinx, env: int) -> int:
    """A checksum of the settings of an output.

    :param env: that of ``env_settings``; what Sphinx notes of those that HTML is written with is
        added.
    """
    try:
        return zlib.crc32((Path(app.outdir) / ".buildinfo").read_bytes(), env)
    except OSError:
        return env


def read_record(app: Sphinx) -> Record | None:
    """The record of an output.

    None where writing was not finished, or had an environment of another version: with pages of
    both Sphinx would not load its search index.
    """
    try:
        content = json.loads((Path(app.outdir) / RECORD).read_text(encoding="utf-8"))
        record = Record(int(content["settings"]), dict(content["pages"]))
        return record if content["environment"] == app.env.version else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_record(app: Sphinx, new: Record | None) -> None:
    """Enter a record in one step, so that a killed build leaves none or a whole one.

    :param new: ``None`` deletes the record.
    """
    record, draft = Path(app.outdir) / RECORD, Path(app.outdir) / DRAFT
    try:
        if new is None:
            record.unlink(missing_ok=True)
            draft.unlink(missing_ok=True)
        else:
            content = {"environment": app.env.version, **new._asdict()}
            text = json.dumps(content, indent=0, sort_keys=True) + "\n"
            draft.write_text(text, encoding="utf-8")
            draft.replace(record)
    except OSError as error:
        message = __("the output folder cannot be written to: %s") % error
        raise SphinxError(message) from error


class Writing(logging.Handler):
    """One build's writing: what it found, what it writes, and whether a file failed.

    Of that Sphinx only warns, and goes on. Of a warning in a parallel process only the text
    arrives; that of an ``OSError`` begins with its number.
    """

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.record: Record | None = None
        self.env_settings = 0
        self.read: list[str] = []
        self.written: set[str] = set()
        self.struck = False
        self.failed = False
        logging.getLogger(NAMESPACE).addHandler(self)  # Sphinx takes it off before the next build

    def emit(self, record: logging.LogRecord) -> None:
        if "[Errno " in record.getMessage():
            self.failed = True

    def begin(self, app: Sphinx) -> None:
        """On ``builder-inited``: see what the output was written with.

        Where documents were read with others meanwhile, all its pages are written again. And where
        a kill came between settings and pages, or cut the settings short, Sphinx would
        take the pages for fresh, or not get past them: without them it goes by the pages' files.
        """
        self.record = read_record(app)
        self.env_settings = env_settings(app)
        if self.record is None or self.record.settings != settings_of(app, self.env_settings):
            self.record = None
            (Path(app.outdir) / ".buildinfo").unlink(missing_ok=True)

    def note_read(self, _app: Sphinx, _env: BuildEnvironment, docnames: list[str]) -> None:
        """On ``env-before-read-docs``: other pages than ours may follow those that are read."""
        self.read, self.written = docnames, set()
        self.struck = self.failed = False

    def find_stale(self, app: Sphinx, env: BuildEnvironment) -> list[str]:
        """On ``env-get-updated``: the pages whose digest is not that of what was written here."""
        build = begin(app)
        build.digests = new = digests(app)
        if self.record is None:
            stale = env.found_docs
        else:
            old = self.record.pages
            stale = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
            stale &= env.found_docs
        if stale or self.read:
            self.strike(app)  # the environment is saved next, and would call all of them fresh
        return sorted(stale)

    def strike(self, app: Sphinx) -> None:
        if not self.struck:
            write_record(app, None)
            self.struck = True

    def note_page(self, app: Sphinx, _doctree: nodes.document, docname: str) -> None:
        """On ``doctree-resolved``: a page is written next."""
        self.strike(app)
        self.written.add(docname)

    def note_written(self, app: Sphinx, exception: Exception | None) -> None:
        """On ``build-finished``: what was written is fresh now, and nothing else.

        A build of some named files leaves the other pages as they were.
        """
        if self.struck and exception is None and not self.failed:
            new, rest = current(app.env).digests, app.env.found_docs - self.written
            if not rest:
                self.record = Record(settings_of(app, self.env_settings), new)
            elif self.record:
                old = self.record.pages
                pages = {name: old[name] for name in old.keys() & rest}
                pages |= {name: new[name] for name in new.keys() & self.written}
                self.record = self.record._replace(pages=pages)
            write_record(app, self.record)
        forget(app.env)


def setup(app: Sphinx) -> None:
    writing = Writing()
    app.connect("config-inited", hide_record)
    app.connect("builder-inited", writing.begin)
    app.connect("env-get-outdated", find_unread)
    app.connect("env-before-read-docs", writing.note_read)
    app.connect("env-updated", note_doctrees)
    # not on env-updated: Sphinx numbers figures and sections only after that
    app.connect("env-get-updated", writing.find_stale, priority=900)
    app.connect("doctree-resolved", writing.note_page)
    app.connect("build-finished", writing.note_written)
