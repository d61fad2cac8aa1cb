"""Wrong input is named with its file and line, and the rest of the page is still built."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import MakeProject

CONF = """\
extensions = ["myst_parser", "section_compare"]
myst_enable_extensions = ["attrs_block", "attrs_inline", "colon_fence", "dollarmath"]
html_theme = "basic"
"""
INDEX = "# Index\n\n```{toctree}\n:glob:\n\n*\n```\n"
REPORT = "---\nreport: alpha\n---\n\n# Alpha\n\n{.topic-care}\n## Care\n\nAlpha says.\n"
TOPIC = "---\ntopic: care\n---\n\n# Care\n\n:::{section-compare}\n:::\n"
FILES = {"conf.py": CONF, "index.md": INDEX, "alpha.md": REPORT, "care.md": TOPIC}


def compare(arguments: str = "", option: str = "") -> str:
    """A page with a comparison in line 3 and a text below it."""
    return f"# Page\n\n:::{{section-compare}} {arguments}\n{option}\n:::\n\nStill built.\n"


def report(header: str = "report: beta", body: str = "Text.") -> str:
    return f"---\n{header}\n---\n\n# Beta\n\n{body}\n\nStill built.\n"


def topic(header: str) -> str:
    """A topic page that nothing is amiss with but its header."""
    return f"---\n{header}\n---\n\n# Page\n\nStill built.\n"


CASES: dict[str, tuple[str, list[str]]] = {}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES.keys())
def test_wrong_input(make_project: MakeProject, text: str, expected: list[str]) -> None:
    project = make_project(FILES | {"page.md": text})
    project.build(warnings=True)
    assert project.messages == expected
    assert "Still built." in project.page("page").get_text()
    assert "Alpha says." in project.page("care").get_text()
