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
from test_guides import examples

if TYPE_CHECKING:
    from pathlib import Path

# The folders that a wheel is made in, and what it is called.
WHEELS = {
    "section_compare": ROOT,
    "emendation": ROOT / "_ext/emendation",
    "section_search": ROOT / "_ext/section_search",
}


def test_bounds_are_those_that_the_site_is_built_with() -> None:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    found = [Requirement(line.partition("#")[0]) for line in lines if line.partition("#")[0]]
    bounds = {one.name: one.specifier for one in found}
    for folder in WHEELS.values():
        text = (folder / "pyproject.toml").read_text(encoding="utf-8")
        project = tomllib.loads(text)["project"]
        optional = project.get("optional-dependencies", {}).get("markdown", [])
        for one in map(Requirement, [*project["dependencies"], *optional]):
            assert bounds[one.name] == one.specifier


@pytest.mark.full
@pytest.mark.builds
@pytest.mark.parametrize("name", WHEELS)
def test_a_wheel_is_whole(tmp_path: Path, name: str) -> None:
    if not importlib.util.find_spec("hatchling"):
        lacking("hatchling", "python3-hatchling")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=WHEELS[name], check=True, capture_output=True)
    [wheel] = tmp_path.glob("*.whl")
    assert wheel.name == f"sphinx_{name}-{__version__}-py3-none-any.whl"
    installed = tmp_path / "installed"
    with ZipFile(wheel) as archive:
        archive.extractall(installed)
    names = {path.name for path in installed.rglob("*")}
    assert {"LICENSE", "README.md"} <= names
    extension = ROOT / "_ext" / name
    ours = [path for path in extension.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    for path in ours:
        assert (installed / name / path.relative_to(extension)).read_bytes() == path.read_bytes()
    source = tmp_path / "source"
    source.mkdir()
    for document, text in examples(extension / "README.md").items():
        (source / document).write_text(text, encoding="utf-8")
    if name == "section_compare":  # whose README adds pages one by one
        index = (source / "index.md").read_text(encoding="utf-8")
        more = index.replace("weather\n```", "weather\neast\nfloods\nphrases\noutline\n```")
        (source / "index.md").write_text(more, encoding="utf-8")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "-n", str(source), str(tmp_path / "out")]
    subprocess.run(command, env=os.environ | {"PYTHONPATH": str(installed)}, check=True)
    page = (tmp_path / "out/index.html").read_text(encoding="utf-8")
    assert f"_static/{name}" in page
