"""The tests by Python and by the oldest and newest of what requirements.txt admits; the mutants.

``make versions`` runs all; ``nox -s 'tests-3.12(lowest)' -- tests/test_marks.py`` runs some.
``make mutation`` judges the tests; ``nox -s mutation -- 'emendation.*'`` on some modules.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections import Counter, defaultdict
from pathlib import Path

import nox

nox.options.default_venv_backend = "venv"


@nox.session(python=["3.11", "3.12", "3.13", "3.14", "3.15"])
@nox.parametrize("resolution", ["lowest-direct", "highest"], ids=["lowest", "newest"])
def tests(session: nox.Session, resolution: str) -> None:
    """Run the tests, without measuring what they cover."""
    pins = f"{session.create_tmp()}/requirements.txt"
    session.run_install(
        sys.executable, "-m", "uv", "pip", "compile", "requirements.txt", "--upgrade",
        "--resolution", resolution, "--python", f"{session.bin}/python",
        "--no-annotate", "--no-header", "--output-file", pins,
        external=True,
    )  # fmt: skip
    session.install("-q", "-r", pins, "-r", "requirements-dev.txt")
    session.run("python", "-m", "pytest", *session.posargs)


# How many mutants in a hundred the tests must notice.
MUTATION_FLOOR = 85


@nox.session(default=False)
def mutation(session: nox.Session) -> None:
    """Change pure modules bit by bit: the tests should notice. Settings: pyproject.toml.

    mutmut names a module by its path, so what is imported from ``_ext`` here is ``src`` there,
    which it puts on the path itself. It first has the tests pass on the copy as it is, and fail
    on one where every function raises. A pattern, if only ``*``, has the first of these name each
    test, as is done for each mutant: a test not found by its name would count as a kill.
    """
    session.install("-q", "-r", "requirements-mutation.txt")
    folder = Path("_build/mutation")
    shutil.rmtree(folder, ignore_errors=True)  # what an earlier run knew may no longer hold
    for source, copy in (("_ext", "src"), ("tests", "tests")):
        shutil.copytree(source, folder / copy, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy("pyproject.toml", folder)
    session.chdir(folder)
    session.run("mutmut", "run", *(session.posargs or ["*"]))
    results = str(session.run("mutmut", "results", "--all", "true", silent=True))
    found = re.findall(r"^ *((\S+)\.x\S+): (.+)$", results, re.MULTILINE)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for name, module, verdict in found:
        if verdict not in ("killed", "not checked"):
            session.run("mutmut", "show", name)
        if verdict != "not checked":
            counts[module].update([verdict, "mutants"])
    columns = ("mutants", "killed", "timeout", "survived", "no tests")
    print("| module |", *(f"{column} |" for column in columns), "killed of all |")
    for module, count in [*counts.items(), ("all", sum(counts.values(), Counter()))]:
        # a busy machine runs out of time too: only a test that failed counts
        share = 100 * count["killed"] / count["mutants"]
        print(f"| {module} |", *(f"{count[column]} |" for column in columns), f"{share:.1f} % |")
    if share < MUTATION_FLOOR:
        session.error(f"the tests notice less than {MUTATION_FLOOR} % of the changes")
