"""Clean builds of the same sources give the same bytes, wherever and whenever they are made."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Project, copy_site, lacking
from printed import need_tex, typeset

pytestmark = pytest.mark.full

MACHINES = (
    {"LC_ALL": "C", "TZ": "Pacific/Honolulu", "PYTHONHASHSEED": "1"},
    {"LC_ALL": "zh_CN.UTF-8", "TZ": "Asia/Shanghai", "PYTHONHASHSEED": "2"},
)
# Days apart, since a time may hide in a date.
NOW = 1_700_000_000


@pytest.fixture(scope="session")
def locales(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the locale ``zh_CN.UTF-8``, which few machines have installed."""
    folder = tmp_path_factory.mktemp("locales")
    if not shutil.which("localedef") or not Path("/usr/share/i18n/locales/zh_CN").exists():
        lacking("localedef or the sources of zh_CN", "locales")
    # it ends with 1 where a character set has no character for one of them
    subprocess.run(
        ["localedef", "-c", "-i", "zh_CN", "-f", "UTF-8", folder / "zh_CN.UTF-8"],
        capture_output=True,
        check=False,
    )
    return folder


@pytest.mark.parametrize("builder", ["html", "epub", "latex"])
def test_every_machine_builds_the_same(tmp_path: Path, locales: Path, builder: str) -> None:
    """With ``latex`` the PDF that comes of it too."""
    if builder == "latex":
        need_tex()
    found = []
    for number, machine in enumerate(MACHINES):
        project = Project(tmp_path / f"{'x' * number}" / "site", tmp_path / f"output{number}")
        copy_site(project.source)
        for path in project.source.rglob("*"):
            os.utime(path, (NOW + number * 99_999, NOW + number * 99_999))
        environment = {"SOURCE_DATE_EPOCH": str(NOW), "LOCPATH": str(locales), **machine}
        subprocess.run(
            [
                *(sys.executable, "-m", "sphinx", "-q", "-W", "-j", str(number + 1)),
                *("-b", builder, "-d", project.output / "doctrees", project.source),
                project.output / builder,
            ],
            env={**os.environ, **environment},
            check=True,
            timeout=300,
        )
        # but for our record, which knows the times of the files
        files = {name: text for name, text in project.files(builder).items()
                 if not name.startswith(".section_compare.")}  # fmt: skip
        if builder == "latex":
            typeset(project.output / "latex", "fanwen", **environment)
            files["fanwen.pdf"] = (project.output / "latex/fanwen.pdf").read_bytes()
        found.append(files)
    for other in found[1:]:
        assert other.keys() == found[0].keys()
        assert [name for name in found[0] if other[name] != found[0][name]] == []
