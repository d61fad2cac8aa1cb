"""The tests by Python and by the oldest and newest of what requirements.txt admits.

``make versions`` runs all; ``nox -s 'tests-3.12(lowest)' -- tests/test_marks.py`` runs some.
"""

from __future__ import annotations

import re
from pathlib import Path

import nox

nox.options.default_venv_backend = "venv"


def lowest() -> list[str]:
    """Each requirement of the site pinned to its lower bound."""
    text = Path("requirements.txt").read_text(encoding="utf-8")
    return [f"{name}=={bound}" for name, bound in re.findall(r"^([a-z-]+)>=([\d.]+)", text, re.M)]


@nox.session(python=["3.11", "3.12", "3.13"])
@nox.parametrize("bound", ["lowest", "newest"], ids=["lowest", "newest"])
def tests(session: nox.Session, bound: str) -> None:
    """Run the tests, without measuring what they cover."""
    session.install("-q", "-r", "requirements-dev.txt", *(lowest() if bound == "lowest" else []))
    session.run("python", "-m", "pytest", *session.posargs)
