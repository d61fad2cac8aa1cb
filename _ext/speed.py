"""Spare builds what Python and Sphinx do again and again; nothing that they write changes.

- Python looks for garbage at every seven hundred new objects, and a doctree has thousands. Here it
  looks less often, and no more at what was imported: a tenth of a large build, a fifth of one that
  finds nothing to do.
- Sphinx compiles the theme's templates in every build. Here they are kept, beside the doctrees.
"""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import FileSystemBytecodeCache
from sphinx.jinja2glue import BuiltinTemplateLoader

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config
    from sphinx.util.typing import ExtensionMetadata

FOLDER = "templates"
BUILDERS = ("html", "dirhtml")
OBJECTS = 20_000


def collect_rarely(app: Sphinx, _config: Config) -> None:
    """On ``config-inited``, when all is imported; as it was when the build is finished."""
    before = gc.get_threshold()

    def restore(_app: Sphinx, _exception: Exception | None) -> None:
        gc.unfreeze()
        gc.set_threshold(*before)

    app.connect("build-finished", restore)
    gc.set_threshold(OBJECTS, *before[1:])
    gc.freeze()


def keep_templates(app: Sphinx) -> None:
    """On ``builder-inited``, when the builder has its templates.

    Jinja looks at a template's text before it takes what is kept of it, and writes in one step.
    """
    templates = getattr(app.builder, "templates", None)
    if app.builder.name in BUILDERS and isinstance(templates, BuiltinTemplateLoader):
        folder = Path(app.doctreedir, FOLDER)
        folder.mkdir(parents=True, exist_ok=True)
        templates.environment.bytecode_cache = FileSystemBytecodeCache(str(folder))


def setup(app: Sphinx) -> ExtensionMetadata:
    app.connect("config-inited", collect_rarely)
    app.connect("builder-inited", keep_templates)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
