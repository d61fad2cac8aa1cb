"""Delete the files of pages and images whose documents are gone; Sphinx leaves them.

Of what an earlier build wrote, as `section_compare` records it with each output, and only while it
is still what was written there. It is deleted before anything is written, so that whatever this
build puts in the same place, a page, a redirect or a file of ``html_extra_path``, is made anew.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from section_compare.freshness import gone_files
from sphinx.errors import SphinxError

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.builders import Builder
    from sphinx.util.typing import ExtensionMetadata


def is_inside(path: Path, folder: Path) -> bool:
    """Whether a path names a file in a folder or below, and no link."""
    inside = path.resolve().is_relative_to(folder.resolve())
    return inside and path.is_file() and not path.is_symlink()


def delete_gone(app: Sphinx, _builder: Builder) -> None:
    """On ``write-started``.

    :raises SphinxError: a file cannot be deleted.
    """
    folder = Path(app.outdir)
    for name in sorted(gone_files(app)):
        path = folder / name
        if is_inside(path, folder):
            try:
                path.unlink()
            except OSError as error:
                message = f"{path}: {error}\n该文件是已删除页面的输出，无法删除，请手动删除。"
                raise SphinxError(message) from error


def setup(app: Sphinx) -> ExtensionMetadata:
    app.connect("write-started", delete_gone)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
