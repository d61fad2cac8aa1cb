"""The extension as a wheel: whole, and enough to build the README's example."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest
from conftest import ROOT, lacking
from packaging.requirements import Requirement
from section_compare import __version__
from test_guides import EXTENSION, examples

if TYPE_CHECKING:
    from pathlib import Path

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_bounds_are_those_that_the_site_is_built_with() -> None:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    found = [Requirement(line.partition("#")[0]) for line in lines if line.partition("#")[0]]
    bounds = {one.name: one.specifier for one in found}
    optional = PROJECT["optional-dependencies"]["markdown"]
    for one in map(Requirement, [*PROJECT["dependencies"], *optional]):
        assert bounds[one.name] == one.specifier


@pytest.mark.full
@pytest.mark.builds
def test_the_wheel_is_whole(tmp_path: Path) -> None:
    if not importlib.util.find_spec("hatchling"):
        lacking("hatchling", "python3-hatchling")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    [wheel] = tmp_path.glob("*.whl")
    assert wheel.name == f"sphinx_section_compare-{__version__}-py3-none-any.whl"
    installed = tmp_path / "installed"
    with ZipFile(wheel) as archive:
        archive.extractall(installed)
    names = {path.name for path in installed.rglob("*")}
    assert {"LICENSE", "CHANGELOG.md", "README.md", "py.typed"} <= names
    ours = [path for path in EXTENSION.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    for path in ours:
        copy = installed / "section_compare" / path.relative_to(EXTENSION)
        assert copy.read_bytes() == path.read_bytes()
    source = tmp_path / "source"
    source.mkdir()
    for name, text in examples(EXTENSION / "README.md").items():
        (source / name).write_text(text, encoding="utf-8")
    index = (source / "index.md").read_text(encoding="utf-8")
    more = index.replace("weather\n```", "weather\neast\nfloods\nphrases\noutline\n```")
    (source / "index.md").write_text(more, encoding="utf-8")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "-n", str(source), str(tmp_path / "out")]
    subprocess.run(command, env=os.environ | {"PYTHONPATH": str(installed)}, check=True)
    assert "section-compare-cell" in (tmp_path / "out/roads.html").read_text(encoding="utf-8")
