"""Have those pages written again whose comparisons changed, and no others.

What a page shows of other documents is put into a digest. The digests of what was written are
kept with each output, not in the environment: that one is pickled before writing, so it would
call a page fresh that another builder wrote, or that a killed build did not write at all.
Pages about to be written are struck from the record first and entered when all is written.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

from . import resolve
from .domain import get_domain
from .shared import least_of

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config
    from sphinx.environment import BuildEnvironment

    from .domain import Passage

RECORD = ".section_compare.json"


def hide_record(app: Sphinx, config: Config) -> None:
    """An EPUB packs every file of its folder but those named here."""
    config.epub_exclude_files = [*config.epub_exclude_files, RECORD]


def digests(app: Sphinx) -> dict[str, str]:
    """For each page of ours a digest of what it shows of other documents."""
    env = app.env
    build = resolve.current(env)
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
                contents = get_domain(env).contents
                read = [contents[report.docname] for report in collection.reports.values()]
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


def record_file(app: Sphinx) -> Path:
    return Path(app.outdir) / RECORD


def read_record(app: Sphinx) -> dict[str, str]:
    """The digests of what was written here last; a damaged record counts as none."""
    try:
        record = json.loads(record_file(app).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def write_record(app: Sphinx, written: dict[str, str]) -> None:
    """Replace the record in one step, so that a killed build leaves the old or the new."""
    text = json.dumps(written, indent=0, sort_keys=True) + "\n"
    record = record_file(app)
    record.parent.mkdir(parents=True, exist_ok=True)
    draft = record.with_suffix(".tmp")
    draft.write_text(text, encoding="utf-8")
    draft.replace(record)


def find_stale(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """On ``env-get-updated``: the pages whose digest is not that of what was written here."""
    resolve.forget(env)
    build = resolve.begin(app)
    build.digests = digests(app)
    new, old = build.digests, read_record(app)
    stale = [docname for docname, digest in new.items() if old.get(docname) != digest]
    kept = {docname: digest for docname, digest in old.items() if new.get(docname) == digest}
    if kept != old:
        write_record(app, kept)
    return sorted(stale)


def note_written(app: Sphinx, exception: Exception | None) -> None:
    """On ``build-finished``: what was written is fresh now."""
    if exception is None:
        new = resolve.current(app.env).digests
        if new != read_record(app):
            write_record(app, new)
    resolve.forget(app.env)


def setup(app: Sphinx) -> None:
    app.connect("config-inited", hide_record)
    # not on env-updated: Sphinx numbers figures and sections only after that
    app.connect("env-get-updated", find_stale, priority=900)
    app.connect("build-finished", note_written)
