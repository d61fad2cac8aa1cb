"""Other software that builds the same pages: how it is installed, called and set."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from report import run

MKDOCS = ["mkdocs>=1.6,<2", "mkdocs-material>=9,<10"]
ZENSICAL = ["zensical>=0.0.70"]
MYSTMD = "mystmd@1"
SETTINGS = "site_name: 对照\nsite_dir: _html\nuse_directory_urls: false\ntheme:\n  name: material\n"
# mystmd takes its templates from a server. With a bare one it writes its pages as data, from
# which the template's own server makes HTML.
MYSTMD_SETTINGS = "version: 1\nproject:\n  title: 对照\nsite:\n  template: ./bare\n"
BARE_TEMPLATE = (
    'jtex: v1\nmyst: v1\ntitle: bare\nkind: site\nbuild: {install: "true", start: "true"}\n'
)


@dataclass(frozen=True)
class Peer:
    """A program: the command that builds, the files it needs beside the pages in ``docs``, the
    folder it writes, and up to how many reports it is measured (0: any number)."""

    command: list[str]
    settings: dict[str, str] = field(default_factory=dict)
    output: str = "_html"
    most: int = 0

    def prepare(self, folder: Path) -> None:
        for name, text in self.settings.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, "utf-8")


def install(folder: Path) -> dict[str, Peer]:
    """Install the peers into a folder, from their registries, unless they are there already.

    mystmd is left out where there is no npm, or it cannot be had.
    """
    folder.mkdir(parents=True, exist_ok=True)
    programs = {}
    for name, packages in (("mkdocs", MKDOCS), ("zensical", ZENSICAL)):
        programs[name] = folder / name / "bin" / name
        if not programs[name].exists():
            run([sys.executable, "-m", "venv", str(folder / name)], folder)
            run([str(folder / name / "bin" / "pip"), "install", "-q", *packages], folder)
    peers = {
        "MkDocs with Material": Peer(
            [str(programs["mkdocs"]), "build", "-q"], {"mkdocs.yml": SETTINGS}
        ),
        "Zensical": Peer([str(programs["zensical"]), "build"], {"mkdocs.yml": SETTINGS}),
    }
    myst = folder / "npm" / "node_modules" / ".bin" / "myst"
    if not myst.exists() and (npm := shutil.which("npm")):
        command = [npm, "install", "--silent", "--prefix", str(folder / "npm"), MYSTMD]
        subprocess.run(command, cwd=folder, check=False, capture_output=True)
    if myst.exists():
        settings = {"docs/myst.yml": MYSTMD_SETTINGS, "docs/bare/template.yml": BARE_TEMPLATE}
        command = ["sh", "-c", f"cd docs && exec '{myst}' build --site"]
        peers["mystmd, pages as data"] = Peer(command, settings, "docs/_build", most=50)
    return peers
