"""Fixtures: a project built in a folder of its own, and the real site, built once a session."""

from __future__ import annotations

import gc
import hashlib
import importlib
import os
import re
import shutil
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path
from types import CodeType
from typing import Any, Literal, NoReturn

import pytest
from bs4 import BeautifulSoup
from filelock import FileLock
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect, sync_playwright
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.locale import translators
from sphinx.util.docutils import docutils_namespace, patch_docutils

HERE = Path(__file__).parent
ROOT = HERE.parent
SITE_PARTS = (
    "conf.py", "index.md", "CONTRIBUTING.md", "reports", "topics", "guide", "_ext", "_static",
    "_templates", "_book", "locales",
)  # fmt: skip


def listed(folder: str) -> list[str]:
    """The names of a folder's pages in the order of the site's contents."""
    index = (ROOT / "index.md").read_text(encoding="utf-8")
    return re.findall(rf"(?m)(?:^|<){folder}/([\w-]+)>?$", index)


sys.path[:0] = [str(ROOT / "_ext"), str(ROOT / "tools")]
# From here, before a copy of the site brings its own: what is imported is what coverage measures.
for module in (
    "book", "cleanup", "control_characters", "publishing", "reproducible", "sidebar", "speed",
    "excerpts",
):  # fmt: skip
    importlib.import_module(module)


# Builds leave much behind, and what is imported is never garbage: looked through less often.
gc.freeze()
gc.set_threshold(50_000)

# A busy machine is slow, not wrong: as long as Playwright waits for anything else.
expect.set_options(timeout=30_000)

Handlers = dict[str, Callable[..., None]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what builds a project, so that ``-m "not builds"`` runs the pure tests alone.

    Pages for the browser come from a build too, and ``make check`` (``folder``) is one; a test that
    builds without any of these fixtures bears the mark itself.
    """
    fixtures = {"make_project", "once", "site_copy", "built", "browser", "locales", "folder"}
    for item in items:
        if fixtures & set(getattr(item, "fixturenames", ())):
            item.add_marker("builds")


class Templates(BytecodeCache):
    """Templates that builds in this process have compiled, which takes a third of a small build."""

    def __init__(self) -> None:
        self.compiled: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.compiled.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        assert bucket.code
        self.compiled[bucket.key, bucket.checksum] = bucket.code


TEMPLATES = Templates()


@dataclass
class Project:
    """A source folder and its builds; each build starts anew, as on a command line."""

    source: Path
    output: Path
    messages: list[str] = field(default_factory=list)
    # other tests look at it, in other processes too
    shared: bool = False

    def build(
        self,
        builder: str = "html",
        *,
        jobs: int = 1,
        warnings: bool = False,
        at: Handlers | None = None,
        names: Sequence[str] = (),
        tags: Sequence[str] = (),
        **config: object,
    ) -> Sphinx:
        """Build as ``sphinx-build -n`` does.

        :param at: handlers to connect to events of this one build.
        :param names: files of the source folder, to build no others.
        :param tags: those that ``-t`` gives.
        :param warnings: whether the build may warn; ``messages`` has what it said.
        """
        assert not self.shared, "take make_project or site_copy for what is built again"
        log = StringIO()
        translators.clear()  # Sphinx keeps those of the last project in the process
        with patch_docutils(self.source), docutils_namespace():
            app = Sphinx(
                str(self.source),
                str(self.source),
                str(self.output / builder),
                str(self.output / ("doctrees-gettext" if builder == "gettext" else "doctrees")),
                builder,
                confoverrides=dict(config) or None,
                status=None,
                warning=log,
                tags=list(tags),
                parallel=jobs,
                verbosity=0,
            )
            app.config.nitpicky = True
            if templates := getattr(app.builder, "templates", None):
                templates.environment.bytecode_cache = TEMPLATES
            for event, handler in (at or {}).items():
                app.connect(event, handler)
            app.build(filenames=[self.source / name for name in names])
        text = re.sub(r"\x1b\[[0-9;]*m", "", log.getvalue())
        self.messages = [
            line.replace(f"{self.source}/", "") for line in text.splitlines() if line.strip()
        ]
        if not warnings:
            assert self.messages == []
        return app

    def fill(self, files: dict[str, str] | None = None, root: str = "") -> None:
        """Write files given by name, over those of a root under ``tests/roots``."""
        if root:
            shutil.copytree(HERE / "roots" / root, self.source)
        for name, text in (files or {}).items():
            self.write(name, text)

    def write(self, name: str, text: str) -> None:
        path = self.source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace a text that must be there."""
        path = self.source / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def page(self, name: str, builder: str = "html") -> BeautifulSoup:
        path = self.output / builder / f"{name}.html"
        return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")

    def files(self, builder: str = "html") -> dict[str, bytes]:
        """What stands in the output, by name."""
        folder = self.output / builder
        return {
            str(path.relative_to(folder)): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }

    def times(self, builder: str = "html", pattern: str = "*.html") -> dict[str, int]:
        """When each page was written."""
        folder = self.output / builder
        return {
            str(path.relative_to(folder)): path.stat().st_mtime_ns
            for path in sorted(folder.rglob(pattern))
        }


MakeProject = Callable[..., Project]


@pytest.fixture
def make_project(tmp_path: Path) -> MakeProject:
    """Make a project from files given by name, or from a root under ``tests/roots``."""
    count = 0

    def make(files: dict[str, str] | None = None, root: str = "") -> Project:
        nonlocal count
        count += 1
        project = Project(tmp_path / f"source{count}", tmp_path / f"output{count}")
        project.fill(files, root)
        return project

    return make


def copy_site(target: Path) -> None:
    """Copy what the real site is built from."""
    target.mkdir(parents=True)
    for part in SITE_PARTS:
        if (ROOT / part).is_dir():
            ignore = shutil.ignore_patterns("__pycache__", ".mypy_cache")
            shutil.copytree(ROOT / part, target / part, ignore=ignore)
        else:
            shutil.copy2(ROOT / part, target / part)


@pytest.fixture
def site_copy(tmp_path: Path) -> Project:
    """A copy of the real site that a test may edit."""
    copy_site(tmp_path / "site")
    return Project(tmp_path / "site", tmp_path / "site-output")


Once = Callable[[str, Callable[[Path], object]], Path]


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """Have the first worker that asks make a folder for all: ``once(name, make)``.

    ``make`` is called with the folder, which is given back when it is made. Not to be edited.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def make_once(name: str, make: Callable[[Path], object]) -> Path:
        folder, made = shared / name, shared / f"{name}.made"
        with FileLock(shared / f"{name}.lock"):
            if not made.exists():
                shutil.rmtree(folder, ignore_errors=True)  # where it failed before
                make(folder)
                made.touch()
        return folder

    return make_once


@pytest.fixture(scope="session")
def built_once(once: Once) -> MakeProject:
    """Make a project as ``make_project`` does and build it, once for all tests that ask for it.

    Not to be edited or built again.
    """

    def build(
        files: dict[str, str] | None = None, root: str = "", builder: str = "html"
    ) -> Project:
        def make(folder: Path) -> None:
            project = Project(folder / "source", folder / "output")
            project.fill(files, root)
            project.build(builder)

        key = hashlib.sha256(repr((files, root)).encode()).hexdigest()[:12]
        folder = once(f"{root or 'project'}-{key}-{builder}", make)
        return Project(folder / "source", folder / "output", shared=True)

    return build


@pytest.fixture(scope="session")
def site(once: Once) -> Project:
    """The real site, built once as HTML. Not to be edited or built again."""

    def make(folder: Path) -> None:
        copy_site(folder / "source")
        Project(folder / "source", folder / "output").build()

    folder = once("site", make)
    return Project(folder / "source", folder / "output", shared=True)


@pytest.fixture(scope="session")
def site_by(once: Once, site: Project) -> Callable[[str], Project]:
    """The real site by another builder, built once: ``site_by("epub")``. Not to be edited."""

    def build(builder: str) -> Project:
        folder = once(f"site-{builder}", lambda folder: Project(site.source, folder).build(builder))
        return Project(site.source, folder, shared=True)

    return build


@pytest.fixture(scope="session")
def site_env(site: Project, tmp_path_factory: pytest.TempPathFactory) -> BuildEnvironment:
    """What Sphinx has read of the real site, with its doctrees."""
    output = tmp_path_factory.mktemp("site-env")
    shutil.copytree(site.output / "doctrees", output / "doctrees")
    return Project(site.source, output).build("dummy").env


def lacking(tool: str, package: str) -> NoReturn:
    """Skip a test whose tool this machine lacks; under CI that is a failure."""
    reason = f"{tool} is missing; on Debian: apt install {package}"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_arguments: object) -> None:
        """Say nothing on the terminal."""


@pytest.fixture(scope="session")
def site_address(site: Project) -> Iterator[str]:
    """The real site served on this machine: its address, without a slash at the end."""
    handler = partial(QuietHandler, directory=str(site.output / "html"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, headless."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if not program:
        lacking("Chromium", "chromium")
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        yield browser
        browser.close()


OpenPage = Callable[..., Page]


@pytest.fixture
def clipboard(browser: Browser) -> Iterator[BrowserContext]:
    """A window that may read the clipboard; scripts may write it after a press, as always."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield context
    context.close()


@pytest.fixture
def open_page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[OpenPage]:
    """Open a page of the site: ``open_page("topics/care.html", width=390, scheme="dark")``.

    A path is one of the served site's; an address with a scheme (``file:``) is taken as it is.
    The pages opened in one test share nothing unless given the same ``context``. A script error
    or a request to another host fails the test.
    """
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def note_request(sent: Request) -> None:
        if not sent.url.startswith(("http://127.0.0.1:", "file:", "data:", "blob:", "about:")):
            problems.append(f"asks another host: {sent.url}")

    def open_(
        path: str,
        *,
        width: int = 1440,
        height: int = 900,
        scheme: Literal["light", "dark"] = "light",
        scripts: bool = True,
        context: BrowserContext | None = None,
        wait_until: Literal["commit", "load"] = "load",
        **options: Any,
    ) -> Page:
        if context is None:
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme=scheme,
                java_script_enabled=scripts,
                **options,
            )
            contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("request", note_request)
        address = path if ":" in path else f"{request.getfixturevalue('site_address')}/{path}"
        page.goto(address, wait_until=wait_until)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert problems == []
