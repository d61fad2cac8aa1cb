"""The tests by Python and by the oldest and newest of what requirements.txt admits.

``make versions`` runs all; ``nox -s 'tests-3.12(lowest)' -- tests/test_marks.py`` runs some.
"""

from __future__ import annotations

import re
import shutil
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


# The modules whose tests need no build, each with those tests.
MUTATED = [
    "section_compare/marks.py",
    "section_compare/frontmatter.py",
    "section_compare/phrases.py",
    "emendation/parse.py",
]
MUTATION_TESTS = [
    "tests/test_marks.py",
    "tests/test_frontmatter.py",
    "tests/test_phrases.py",
    "tests/test_emendation.py",
]
MUTMUT = """\
[tool.mutmut]
source_paths = ["src"]
only_mutate = {mutated}
also_copy = ["src"]
pytest_add_cli_args = ["-m", "not builds", "-p", "no:cacheprovider"]
pytest_add_cli_args_test_selection = {tests}
"""


@nox.session(python="3.11")
def mutation(session: nox.Session) -> None:
    """Change the code of pure modules one operator at a time; the tests should notice."""
    session.install("-q", "-r", "requirements-dev.txt", "mutmut>=3.8,<4")
    folder = Path(session.create_tmp()).resolve()
    for old, new in (("_ext", "src"), ("tests", "tests")):
        shutil.rmtree(folder / new, ignore_errors=True)
        shutil.copytree(old, folder / new, ignore=shutil.ignore_patterns("__pycache__"))
    config = MUTMUT.format(mutated=[f"src/{name}" for name in MUTATED], tests=MUTATION_TESTS)
    settings = Path("pyproject.toml").read_text(encoding="utf-8")
    (folder / "pyproject.toml").write_text(f"{settings}\n{config}", encoding="utf-8")
    session.chdir(folder)
    session.run("mutmut", "run", *session.posargs)
    session.run("mutmut", "results")
