"""What Hypothesis thinks of: reports and topic pages of all kinds, and hostile ones.

The default run is small and always the same; ``make fuzz`` runs more examples, and new ones.
"""

from __future__ import annotations

import os
import re
import shutil
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from posixpath import dirname, join, normpath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup
from conftest import Project
from hypothesis import HealthCheck, given, settings
from strategies import IDS, Report, hostile_pages, projects, squeeze

if TYPE_CHECKING:
    from bs4 import Tag

# How many times as many examples as by default; ``make fuzz`` sets it.
TIMES = int(os.environ.get("FUZZ", "1"))


def budget(examples: int) -> settings:
    """So many examples, always the same ones; ``make fuzz`` asks for more, and new ones."""
    return settings(
        max_examples=examples * TIMES,
        derandomize=TIMES == 1,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


CONF = """\
extensions = ["myst_parser", "sphinx_design", "section_compare", "emendation"]
myst_enable_extensions = [
    "attrs_block", "attrs_inline", "colon_fence", "deflist", "dollarmath", "substitution",
]
myst_substitutions = {"unit": "第二*单位*"}
numfig = True
suppress_warnings = ["section_compare.empty_topic", "myst.header"]
smartquotes = False
html_theme = "basic"
"""
BASE = {
    "conf.py": CONF,
    "index.md": "# Index\n\n```{toctree}\n:glob:\n\n**\n```\n",
    "plain.md": "# Plain\n\n(far)=\n## 远文\n",
}
DOT = Path(__file__).parent / "roots" / "copies" / "reports" / "dot.png"


def project(folder: Path, files: dict[str, str]) -> Project:
    """A project of its own for each example."""
    made = Project(folder / "source", folder / "output")
    for name, text in (BASE | files).items():
        made.write(name, text)
    shutil.copy2(DOT, made.source)
    return made


def pages(made: Project) -> dict[str, BeautifulSoup]:
    folder = made.output / "html"
    return {
        str(path.relative_to(folder)): BeautifulSoup(path.read_bytes(), "html.parser")
        for path in folder.rglob("*.html")
    }


# What is not a passage's text: numbers that Sphinx gives, permalinks, comparisons, our notes.
APART = (
    ".section-compare, .section-compare-note, .headerlink, .caption-number, .eqno, .math-number, "
    ".emendation-tip, sup, aside, input"
)


def text_of(tag: Tag) -> str:
    for apart in tag.select(APART):
        apart.extract()
    return squeeze(tag.get_text())


# What stands for a number in a reference, and the numbers that captions get.
NUMBERS = re.compile(r"(?:Fig\.|Table|Listing)\d+|\(\d+\)")


def said_in(page: BeautifulSoup) -> dict[tuple[str, str], str]:
    """What the cells of a comparison say: by report and topic their passages' text."""
    found = {}
    for cell in page.select("div.body .section-compare-cell"):
        texts = [text_of(part) for part in cell.select(".section-compare-passage")]
        found[str(cell["data-report"]), str(cell["data-topic"])] = NUMBERS.sub("", "".join(texts))
    return found


def expected(reports: list[Report], topics: Iterable[str]) -> dict[tuple[str, str], str]:
    return {
        (one.id, topic): NUMBERS.sub("", "".join(text for name, text in one.said if name == topic))
        for one in reports
        for topic in topics
    }


def check_ids_and_links(found: dict[str, BeautifulSoup]) -> None:
    """No id stands twice, but for raw HTML's; every link within the site leads to a place."""
    ids = {name: Counter(str(tag["id"]) for tag in page.select("[id]:not(.raw)"))
           for name, page in found.items()}  # fmt: skip
    for name, counts in ids.items():
        twice = [id_ for id_, times in counts.items() if times > 1]
        assert not twice, (name, twice)
    for name, page in found.items():
        for link in page.select(".section-compare a[href], .section-compare-links a[href]"):
            parts = urlsplit(str(link["href"]))
            if parts.scheme:
                continue
            target = normpath(join(dirname(name), unquote(parts.path))) if parts.path else name
            assert target in found, (name, link)
            assert not parts.fragment or unquote(parts.fragment) in ids[target], (name, link)


@budget(4)
@given(projects(), projects())
def test_copies_are_whole_and_valid_and_never_stale(
    first: tuple[dict[str, str], list[Report]], second: tuple[dict[str, str], list[Report]]
) -> None:
    """A project with nothing amiss builds without a warning; edited to another, as if anew."""
    with TemporaryDirectory() as folder:
        made = project(Path(folder), first[0])
        made.build()
        found = pages(made)
        for number, topic in enumerate(IDS[:4]):
            assert said_in(found[f"topics/{number}.html"]) == expected(first[1], [topic])
        assert said_in(found["all.html"]) == expected(first[1], IDS[:4])
        check_ids_and_links(found)
        edit(made, first[0], second[0])


# A warning or error with its page; the rest of a message may follow it on lines of its own.
LOCATED = re.compile(r"(?:index|alpha|beta|all|plain)\.md(?::\d+)?: (?:WARNING|ERROR|CRITICAL): ")


@budget(16)
@given(hostile_pages(), hostile_pages(), hostile_pages())
def test_wrong_input_is_named_and_nothing_breaks(alpha: str, beta: str, other: str) -> None:
    all_ = "# All\n\n:::{section-compare} a\n:::\n"
    with TemporaryDirectory() as folder:
        made = project(Path(folder), {"alpha.md": alpha, "beta.md": beta, "all.md": all_})
        made.build(warnings=True)
        named = [line for line in made.messages if re.search(r"(WARNING|ERROR|CRITICAL): ", line)]
        assert [line for line in named if not LOCATED.match(line)] == []
        assert "All" in pages(made)["all.html"].get_text()
        edit(made, {"beta.md": beta}, {"beta.md": other}, warnings=True)


def edit(
    made: Project, old: dict[str, str], new: dict[str, str], *, warnings: bool = False
) -> None:
    """Edit a project that is built; what it shows then is what a clean build shows."""
    for name in old.keys() - new.keys():
        (made.source / name).unlink()
    for name, text in new.items():
        made.write(name, text)
    made.build(warnings=warnings)
    clean = Project(made.source, made.output.parent / "clean")
    clean.build(warnings=warnings)
    assert shown(made) == shown(clean)


def shown(made: Project) -> dict[str, list[str]]:
    """By page what the extension puts there; the rest is Sphinx's own."""
    selector = ".section-compare, .section-coverage, .section-phrases, .section-compare-links"
    sources = {str(path.relative_to(made.source))[:-3] for path in made.source.rglob("*.md")}
    return {
        name: [str(tag) for tag in page.select(selector)]
        for name, page in pages(made).items()
        if name[:-5] in sources
    }


def test_empty_and_enormous_sections(tmp_path: Path) -> None:
    deep = "\n\n".join(f"{'#' * level} 第{level}层" for level in range(2, 7))
    many = "\n\n".join(f"{{.topic-a}}\n## 空{number}" for number in range(300))
    source = f"# T\n\n{{.topic-a}}\n{deep}\n\n{'长' * 200_000}\n\n{many}\n"
    files = {"alpha.md": f"---\nreport: alpha\n---\n\n{source}"}
    files["a.md"] = "---\ntopic: a\n---\n\n# A\n\n:::{section-compare}\n:shared: 6\n:::\n"
    made = project(tmp_path, files)
    made.build()
    text = "".join(f"第{level}层" for level in range(2, 7)) + "长" * 200_000
    text += "".join(f"空{number}" for number in range(300))
    assert said_in(pages(made)["a.html"]) == {("alpha", "a"): text}
