"""Keep the navigation around every HTML page true.

The theme prints every page's title in the side of every page, but Sphinx writes a page again only
when its own source changed, and leaves the files of deleted sources where they are. When a title
or a toctree differs from what an output was last written with, all its pages are written again;
then the files of pages that are gone are deleted.

What an output was written with lies in the output itself, entered after writing: the environment
is shared by outputs, and saved before they are written. It is no part of the record that
`section_compare` keeps there: that extension serves without this module, and deletes its record
while it writes, but which pages were there must outlast a kill.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from sphinx import addnodes
from sphinx.errors import SphinxError

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.builders.html import StandaloneHTMLBuilder
    from sphinx.environment import BuildEnvironment
    from sphinx.util.typing import ExtensionMetadata

RECORD = ".navigation.json"
BUILDERS = ("html", "dirhtml")


def digest_of(env: BuildEnvironment) -> str:
    """A digest of all titles and toctrees."""
    titles = {name: title.astext() for name, title in sorted(env.titles.items())}
    trees = [
        sorted((key, repr(value)) for key, value in tree.attributes.items())
        for _name, contents in sorted(env.tocs.items())
        for tree in contents.findall(addnodes.toctree)
    ]
    return hashlib.sha256(repr((titles, trees)).encode(errors="surrogatepass")).hexdigest()


def read_record(app: Sphinx) -> dict[str, Any]:
    """What the output was last written with.

    A damaged record is an error: which files are those of deleted pages, only it knows.
    """
    path = Path(app.outdir) / RECORD
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        return {"pages": list(record["pages"]), "digest": str(record["digest"])}
    except FileNotFoundError:
        return {"pages": [], "digest": ""}
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = f"{path}: {error}\n该文件已损坏，请删除文件夹 {app.outdir} 后重新生成。"
        raise SphinxError(message) from error


def write_record(app: Sphinx, pages: list[str], digest: str) -> None:
    text = json.dumps({"digest": digest, "pages": pages}, indent=0) + "\n"
    draft = Path(app.outdir) / f"{RECORD}.tmp"
    draft.parent.mkdir(parents=True, exist_ok=True)
    draft.write_text(text, encoding="utf-8")
    draft.replace(Path(app.outdir) / RECORD)


class Writing:
    """One build's writing."""

    def __init__(self) -> None:
        self.written: set[str] = set()

    def find_stale(self, app: Sphinx, env: BuildEnvironment) -> list[str]:
        """On ``env-get-updated``: every page where the navigation changed, else none."""
        self.written = set()
        if app.builder.name not in BUILDERS:
            return []
        record = read_record(app)
        if record["digest"] == digest_of(env):
            return []
        # struck until all is written, so that a build killed on the way is made good
        write_record(app, record["pages"], "")
        return sorted(env.found_docs)

    def note_page(self, _app: Sphinx, _doctree: nodes.document, docname: str) -> None:
        """On ``doctree-resolved``: a page is written next."""
        self.written.add(docname)

    def note_written(self, app: Sphinx, exception: Exception | None) -> None:
        """On ``build-finished``: delete what is gone and enter what was written.

        A build of some named files leaves the others with their old navigation.
        """
        if exception or app.builder.name not in BUILDERS:
            return
        pages, record = sorted(app.env.found_docs), read_record(app)
        for name in set(record["pages"]) - set(pages):
            Path(cast("StandaloneHTMLBuilder", app.builder).get_outfilename(name)).unlink(
                missing_ok=True
            )
        digest = digest_of(app.env) if self.written.issuperset(pages) else record["digest"]
        if record != {"pages": pages, "digest": digest}:
            write_record(app, pages, digest)


def setup(app: Sphinx) -> ExtensionMetadata:
    writing = Writing()
    app.connect("env-get-updated", writing.find_stale, priority=900)
    app.connect("doctree-resolved", writing.note_page)
    app.connect("build-finished", writing.note_written)
    return {"version": "1.0", "parallel_read_safe": True, "parallel_write_safe": True}
