"""The lock file is what requirements.txt admits, for every platform, and names no registry."""

from __future__ import annotations

import re
from itertools import product

from conftest import ROOT
from packaging.markers import default_environment
from packaging.requirements import Requirement

LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PLATFORMS = ("linux", "darwin", "win32")
PYTHONS = ("3.11", "3.12", "3.13", "3.14", "3.15")


def locked(python: str, platform: str) -> dict[str, str]:
    """The versions that pip takes there."""
    environment = {str(name): str(value) for name, value in default_environment().items()}
    environment |= {
        "python_version": python, "python_full_version": f"{python}.9", "sys_platform": platform,
    }  # fmt: skip
    found: dict[str, str] = {}
    for line in re.findall(r"^\S.*==.*?(?= \\)", LOCK, re.MULTILINE):
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate(environment):
            [version] = requirement.specifier
            assert requirement.name not in found
            found[requirement.name] = version.version
    return found


def test_it_satisfies_the_requirements() -> None:
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    lines = [line.partition("#")[0].strip() for line in text.splitlines()]
    for python, platform in product(PYTHONS, PLATFORMS):
        versions = locked(python, platform)
        for requirement in map(Requirement, filter(None, lines)):
            name = requirement.name.lower()
            assert requirement.specifier.contains(versions[name]), (name, python, platform)


def test_every_version_has_hashes() -> None:
    entries = re.split(r"^(?=[a-z])", LOCK, flags=re.MULTILINE)
    assert [one for one in entries if one.strip() and "--hash=sha256:" not in one] == []


def test_it_names_no_registry_and_no_path() -> None:
    assert not re.search(r"://|--index|--find-links|@ |^/", LOCK, re.MULTILINE)
