"""The directive ``section-outline``: the headings of reports, linked to places and comparisons."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bs4 import BeautifulSoup
    from conftest import MakeProject, Project

FILES = {
    "conf.py": """project = "outline"
extensions = ["myst_parser", "section_compare"]
myst_enable_extensions = ["attrs_block", "attrs_inline", "colon_fence"]
""",
    "index.md": "# Home\n\n```{toctree}\na\nb\nc\none\ntwo\nall\nsome\n```\n",
    "a.md": """---
report: a
---
# A

{.topic-one}
## I & J

text

### Deep

{.topic-two}
text

## II

{.topic-none}
text
""",
    "b.rst": ":report: b\n\nB\n=\n\nHeading of two\n--------------\n\nText.\n\n"
    ".. only:: draft\n\n   Draft\n   -----\n\n   Text.\n",
    "c.md": "---\nreport: c\n---\n# C\n\n{.topic-one}\ntext\n",
    "one.md": "---\ntopic: one\n---\n# One\n\n:::{section-compare}\n:::\n",
    "two.md": "---\ntopic: two\nheadings: [Heading of *]\n---\n# Two\n\n"
    ":::{section-compare}\n:::\n",
    "none.md": "---\norphan: true\ntopic: none\n---\n# None\n",
    "all.md": "# All\n\n:::{section-outline}\n:name: here\n:::\n\n"
    "See {section-compare:passage}`two <a#two>` of {section-compare:report}`a`.\n",
    "some.md": "# Some\n\n:::{section-outline}\n:reports: b a\n:depth: 1\n:::\n",
}


def outline(page: BeautifulSoup) -> dict[str, list[tuple[int, str, list[str]]]]:
    """By report, its headings: how deep, what it says, and the targets of its links."""
    return {
        column.select(".section-outline-name")[0].get_text(): [
            (
                len(item.find_parents("ul")),
                item.find("p").get_text(),  # type: ignore[union-attr]
                [str(link["href"]) for link in item.find("p").select("a")],  # type: ignore[union-attr]
            )
            for item in column.select("li")
        ]
        for column in page.select(".section-outline-report")
    }


def broken(project: Project, name: str) -> list[str]:
    """Links of a page that lead to no element."""
    found = []
    for link in project.page(name).select("a.internal[href]"):
        path, _hash, anchor = str(link["href"]).partition("#")
        target = project.page((path or f"{name}.html").removesuffix(".html"))
        if anchor and target.find(id=anchor) is None:
            found.append(str(link["href"]))
    return found


def test_headings_lead_to_their_places_and_comparisons(make_project: MakeProject) -> None:
    project = make_project(FILES)
    project.build()
    a, b, c = outline(project.page("all")).values()
    assert [(depth, text) for depth, text, _links in a] == [
        (1, "I & J One"), (2, "Deep Two"), (1, "II None"),
    ]  # fmt: skip
    # a topic that is compared nowhere has no link
    assert [len(links) for _depth, _text, links in a] == [2, 2, 1]
    # what is hidden in this build is not listed
    assert b == [
        (1, "Heading of two Two", ["b.html#heading-of-two", "two.html#compare-1-two_b"]),
    ]  # fmt: skip
    assert c == []
    assert project.page("all").find(id="here") is not None
    assert broken(project, "all") == []
    places = [str(link["href"]) for link in project.page("all").select("p > a.internal")][-2:]
    assert places == ["a.html#two", "a.html"]
    # what is too deep leaves its topics to the heading above it
    some = outline(project.page("some"))
    assert list(some) == ["B", "A"]
    assert [(depth, text) for depth, text, _links in some["A"]] == [(1, "I & J One · Two"),
                                                                    (1, "II None")]  # fmt: skip


def test_other_builders_have_it_as_lists(make_project: MakeProject) -> None:
    project = make_project(FILES)
    project.build("text", tags=["draft"])
    text = (project.output / "text" / "all.txt").read_text(encoding="utf-8")
    order = ["I & J One", "* Deep Two", "* II None", "* Heading of two Two", "* Draft"]
    assert [text.index(part) for part in order] == sorted(text.index(part) for part in order)


def test_a_passage_that_is_gone_is_named(make_project: MakeProject) -> None:
    project = make_project(FILES)
    project.build()
    project.edit("a.md", "{.topic-two}\n", "")
    project.build(warnings=True)  # the page with the link was not edited
    assert [line for line in project.messages if "section-compare:passage" in line] == [
        "all.md:7: WARNING: section-compare:passage reference target not found: a#two [ref.passage]"
    ]
