"""The Makefile's environment: made anew where it is not whole, and what it lacks told in a line."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

STAMP = ".venv/none.txt.stamp"


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run make where no index of packages is reached."""
    return subprocess.run(
        ["make", "--no-print-directory", "REQUIREMENTS=none.txt", *arguments],
        cwd=folder, capture_output=True, text=True, check=False,
        env={"PATH": os.environ["PATH"], "PIP_INDEX_URL": "http://127.0.0.1:9/",
             "PIP_CONFIG_FILE": os.devnull, "PIP_NO_INPUT": "1"},
    )  # fmt: skip


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder with blanks and Han in its name, whose environment needs no package."""
    folder = tmp_path / "我的 范文"
    folder.mkdir()
    shutil.copy2(ROOT / "Makefile", folder)
    for name in ("none.txt", "requirements-dev.txt"):
        (folder / name).write_text("", encoding="utf-8")
    return folder


def made(folder: Path) -> float:
    """When the environment was made, once it serves."""
    done = make(folder, STAMP)
    assert done.returncode == 0, done.stderr
    version = subprocess.run([folder / ".venv/bin/pip", "--version"], check=True,
                             capture_output=True, text=True).stdout  # fmt: skip
    assert str(folder) in version
    return (folder / ".venv/pyvenv.cfg").stat().st_mtime


@pytest.mark.full
def test_an_environment_is_made_anew_where_it_is_not_whole(clone: Path) -> None:
    first = made(clone)
    assert made(clone) == first
    moved = clone.rename(clone.with_name("moved"))
    second = made(moved)
    assert second > first
    # as a pip that is killed while it writes a package leaves it
    next(moved.glob(".venv/lib/*/site-packages/pip-*.dist-info/RECORD")).unlink()
    third = made(moved)
    assert third > second
    # as a Python that was removed leaves it
    for name in ("python", "python3"):
        link = moved / ".venv/bin" / name
        link.unlink(missing_ok=True)
        link.symlink_to(moved / "gone")
    assert made(moved) > third


def test_what_is_missing_offline_is_told_in_a_line(clone: Path) -> None:
    (clone / "requirements-dev.txt").write_text("rumdl\n", encoding="utf-8")
    done = make(clone, "check")
    assert done.returncode
    line = done.stderr.splitlines()[0]
    assert "requirements-dev.txt" in line
    assert "连上网络后再运行 make check" in line
    assert not (clone / ".venv/dev.stamp").exists()
