"""Pack the EPUB so that the same pages give the same bytes.

Sphinx packs it with the times at which it wrote the files. Where ``SOURCE_DATE_EPOCH`` is set, as
the reproducible builds' specification has it, the time of every file in it is that one, in UTC.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZipFile, ZipInfo

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

# A ZIP holds no time before this.
FIRST = 315_532_800


def settle_times(app: Sphinx, exception: Exception | None) -> None:
    """On ``build-finished``: pack what Sphinx packed, in its order, with the time given."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if exception or app.builder.name != "epub" or not epoch:
        return
    book = Path(app.outdir) / f"{app.config.epub_basename}.epub"
    draft = book.with_suffix(".tmp")
    when = time.gmtime(max(int(epoch), FIRST))[:6]
    with ZipFile(book) as packed, ZipFile(draft, "w") as settled:
        for file in packed.infolist():
            entry = ZipInfo(file.filename, when)
            entry.compress_type = file.compress_type
            entry.external_attr = 0o644 << 16
            settled.writestr(entry, packed.read(file))
    draft.replace(book)


def setup(app: Sphinx) -> ExtensionMetadata:
    app.connect("build-finished", settle_times)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
