"""Spare builds what Python and Sphinx do again and again; nothing that they write changes.

- Python looks for garbage at every seven hundred new objects, now and then among all there are and
  once more at its end; and a doctree has thousands. Here it looks less often, hardly ever among
  all, and no more at what was imported, nor when nothing is left but to end: an eighth of a build
  of hundreds of pages, a fifth of one of thousands or of one that finds nothing to do.
- Sphinx compiles the theme's templates in every build. Here they are kept, beside the doctrees.
- Where several processes read, Sphinx has each hand back all that was read before it, too, time and
  again. Here it hands back what it has read.
- Sphinx makes the tags of styles and scripts anew for every page. Here a folder's pages share them.
"""

from __future__ import annotations

import atexit
import gc
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import FileSystemBytecodeCache
from sphinx.jinja2glue import BuiltinTemplateLoader

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.builders import Builder
    from sphinx.config import Config
    from sphinx.environment import BuildEnvironment
    from sphinx.util.typing import ExtensionMetadata

FOLDER = "templates"
BUILDERS = ("html", "dirhtml")
# What our domains keep of each document, and need of no other to read one.
KEPT = {"section-compare": "documents", "section-search": "sections"}
# So many new objects before the youngest are looked at, so many such looks before the middle ones
# are, and so many of those before all are.
READING = (20_000, 10, 100)
WRITING = (20_000, 10, 10)


def collect_rarely(app: Sphinx, _config: Config) -> None:
    """On ``config-inited``, when all is imported; as it was when the build is finished."""
    before = gc.get_threshold()

    def leave_what_was_read(_app: Sphinx, _builder: Builder) -> None:
        gc.freeze()  # so that a look at all is one at what was written, such as pages for a process
        gc.set_threshold(*WRITING)

    def restore(_app: Sphinx, _exception: Exception | None) -> None:
        gc.freeze()  # forgets the looks counted, or the next would be through all
        gc.unfreeze()
        gc.set_threshold(*before)

    app.connect("write-started", leave_what_was_read)
    app.connect("build-finished", restore)
    atexit.register(gc.freeze)
    gc.set_threshold(*READING)
    gc.freeze()


def hand_back_less(app: Sphinx, env: BuildEnvironment, _docnames: list[str]) -> None:
    """On ``env-before-read-docs``: a process that reads for this one gives back what it has read.

    Sphinx has it pickle all that it was born with, too, and takes nothing of that.
    """
    process = os.getpid()

    def drop(_app: Sphinx, _docname: str, _source: list[str]) -> None:
        nonlocal process
        if os.getpid() != process:
            process = os.getpid()
            env.tocs.clear()
            for name, kept in KEPT.items():
                if name in env.domaindata:
                    env.domaindata[name][kept].clear()

    app.connect("source-read", drop, priority=0)


def keep_templates(app: Sphinx) -> None:
    """On ``builder-inited``, when the builder has its templates.

    Jinja looks at a template's text before it takes what is kept of it, and writes in one step.
    """
    templates = getattr(app.builder, "templates", None)
    if app.builder.name in BUILDERS and isinstance(templates, BuiltinTemplateLoader):
        folder = Path(app.doctreedir, FOLDER)
        folder.mkdir(parents=True, exist_ok=True)
        templates.environment.bytecode_cache = FileSystemBytecodeCache(str(folder))


def share_tags(app: Sphinx) -> None:
    """On ``builder-inited``: of the pages of a build, tags differ by the way to the root alone."""
    if app.builder.name not in BUILDERS:
        return
    shared: dict[tuple[str, str], Callable[..., str]] = {}

    def share(
        _app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: object
    ) -> None:
        for name in ("css_tag", "js_tag"):
            context[name] = shared.setdefault((name, context["content_root"]), cache(context[name]))

    app.connect("html-page-context", share, priority=0)


def setup(app: Sphinx) -> ExtensionMetadata:
    app.connect("config-inited", collect_rarely)
    app.connect("env-before-read-docs", hand_back_less)
    app.connect("builder-inited", keep_templates)
    app.connect("builder-inited", share_tags)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
