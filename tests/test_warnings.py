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


CASES: dict[str, tuple[str, list[str]]] = {
    "unknown topic": (
        compare("cure"),
        [
            "page.md:3: WARNING: unknown topic 'cure'; allowed: care; did you mean 'care'? [section_compare.topic]",
        ],
    ),
    "unknown report": (
        compare("care", ":reports: alpa"),
        [
            "page.md:3: WARNING: unknown report 'alpa'; allowed: alpha; did you mean 'alpha'? [section_compare.report]",
        ],
    ),
    "glob without a match": (
        compare("care", ":reports: x-*"),
        [
            "page.md:3: WARNING: unknown report 'x-*'; allowed: alpha [section_compare.report]",
        ],
    ),
    "no topic, no topic page": (
        compare(),
        [
            "page.md:3: WARNING: a comparison names no topic, and its page is no topic page; allowed: care [section_compare.topic]",
        ],
    ),
    "option out of range": (
        compare("care", ":layout: column"),
        [
            "page.md:3: WARNING: option 'layout': found 'column', allowed: columns, stacked; did you mean 'columns'? [section_compare.option]",
        ],
    ),
    "argument out of range": (
        "# Page\n\n:::{section-list} report\n:::\n\nStill built.\n",
        [
            "page.md:3: WARNING: argument: found 'report', allowed: reports, topics; did you mean 'reports'? [section_compare.option]",
        ],
    ),
    "misspelt declaration": (
        report("reprot: beta\nshort_title: B"),
        [
            "page.md:2: WARNING: front matter: unknown field 'reprot', did you mean 'report'? [section_compare.front_matter]",
        ],
    ),
    "phrases too short": (
        compare("care", ":shared: 1"),
        [
            "page.md:3: WARNING: option 'shared': found '1', allowed: 0, a whole number from 2 on [section_compare.option]",
        ],
    ),
    "length of phrases no number": (
        compare("care", ":shared: six"),
        [
            "page.md:3: WARNING: option 'shared': found 'six', allowed: 0, a whole number from 2 on [section_compare.option]",
        ],
    ),
    "length of phrases beyond all measure": (
        compare("care", f":shared: {'9' * 5000}"),
        [
            f"page.md:3: WARNING: option 'shared': found '{'9' * 5000}', allowed: 0, a whole number from 2 on [section_compare.option]",
        ],
    ),
    "list of phrases out of range": (
        "# Page\n\n:::{section-phrases}\n:shared: 0\n:limit: 0\n:::\n\nStill built.\n",
        [
            "page.md:3: WARNING: option 'shared': found '0', allowed: a whole number from 2 on [section_compare.option]",
            "page.md:3: WARNING: option 'limit': found '0', allowed: a whole number from 1 on [section_compare.option]",
        ],
    ),
    "mark that no page declares": (
        report(body="{.topic-cares}\nText."),
        [
            "page.md:8: WARNING: a mark names topic 'cares', which no topic page declares; allowed: care; did you mean 'care'? [section_compare.mark]",
        ],
    ),
    "report declared twice": (
        report("report: alpha"),
        [
            "page.md:2: WARNING: report 'alpha' is declared in alpha already; allowed is one page an id [section_compare.duplicate_id]",
        ],
    ),
    "topic declared twice": (
        topic("topic: care"),
        [
            "page.md:2: WARNING: topic 'care' is declared in care already; allowed is one page an id [section_compare.duplicate_id]",
        ],
    ),
    "topic without a passage": (
        topic("topic: minors"),
        [
            "page.md:2: WARNING: no report has a passage on topic 'minors'; mark one with {.topic-minors} [section_compare.empty_topic]",
        ],
    ),
    "bad pattern": (
        topic("topic: care-2\nheadings: ['[x', Care]"),
        [
            "page.md:3: WARNING: front matter: headings: the pattern '[x' does not hold: its brackets do not balance [section_compare.pattern]",
        ],
    ),
    "patterns no list": (
        topic("topic: care-2\nheadings: {a: b}"),
        [
            "page.md:3: WARNING: front matter: headings: found {'a': 'b'}, allowed is a list of texts [section_compare.front_matter]",
            "page.md:2: WARNING: no report has a passage on topic 'care-2'; mark one with {.topic-care-2} [section_compare.empty_topic]",
        ],
    ),
    "bad id": (
        report("report: Beta One"),
        [
            "page.md:2: WARNING: front matter: report: found 'Beta One', allowed are small letters, digits, hyphens and dots [section_compare.front_matter]",
        ],
    ),
    "bad number": (
        report("report: beta\nnumber: first"),
        [
            "page.md:3: WARNING: front matter: number: found 'first', allowed is a whole number [section_compare.front_matter]",
        ],
    ),
    "bad text": (
        report("report: beta\nperiod: [2021]"),
        [
            "page.md:3: WARNING: front matter: period: found ['2021'], allowed is text [section_compare.front_matter]",
        ],
    ),
    "misspelt field": (
        report("report: beta\nshrt_title: B"),
        [
            "page.md:3: WARNING: front matter: unknown field 'shrt_title', did you mean 'short_title'? [section_compare.front_matter]",
        ],
    ),
    "option of two out of range": (
        compare("care", ":missing: hidden"),
        [
            "page.md:3: WARNING: option 'missing': found 'hidden', allowed: show, hide; did you mean 'hide'? [section_compare.option]",
        ],
    ),
    "empty pattern": (
        topic("topic: care-2\nheadings: ['', Care]"),
        [
            "page.md:3: WARNING: front matter: headings: the pattern '' does not hold: it is empty [section_compare.pattern]",
        ],
    ),
    "empty id": (
        report("report:"),
        [
            "page.md:2: WARNING: front matter: report: found '', allowed are small letters, digits, hyphens and dots [section_compare.front_matter]",
        ],
    ),
    "mark before raw HTML": (
        report(body="{.topic-care}\n\n<div>Text.</div>"),
        [
            "page.md:7: WARNING: the mark for topic 'care' is lost: MyST drops marks before a directive, a formula or raw HTML; allowed is the directive's class option, or to wrap it in :::{container} topic-care [section_compare.lost_mark]",
        ],
    ),
    "mark before a formula": (
        report(body="{.topic-care}\n$$\na\n$$"),
        [
            "page.md:7: WARNING: the mark for topic 'care' is lost: MyST drops marks before a directive, a formula or raw HTML; allowed is the directive's class option, or to wrap it in :::{container} topic-care [section_compare.lost_mark]",
        ],
    ),
    "mark before a directive": (
        report(body="{.topic-care}\n:::{note}\nText.\n:::"),
        [
            "page.md:7: WARNING: the mark for topic 'care' is lost: MyST drops marks before a directive, a formula or raw HTML; allowed is the directive's class option, or to wrap it in :::{container} topic-care [section_compare.lost_mark]",
        ],
    ),
    "unbalanced bracket": (
        report(body="[a ] b]{.topic-care} [c[d]{.topic-care}"),
        [
            "page.md:7: WARNING: the mark {.topic-care} stands in the text: allowed is [text]{.topic-care} with balanced brackets and no space between, or a line of its own before a block [section_compare.lost_mark]",
        ],
    ),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES.keys())
def test_wrong_input(make_project: MakeProject, text: str, expected: list[str]) -> None:
    project = make_project(FILES | {"page.md": text})
    project.build(warnings=True)
    assert project.messages == expected
    assert "Still built." in project.page("page").get_text()
    assert "Alpha says." in project.page("care").get_text()


def test_a_comparison_without_a_column_has_no_controls(make_project: MakeProject) -> None:
    project = make_project(FILES | {"page.md": compare("carre")})
    project.build(warnings=True)
    for name, controls in [("page", False), ("care", True)]:
        [block] = project.page(name).select(".section-compare")
        assert ("data-words" in block.attrs) is controls


def test_restructuredtext_report(make_project: MakeProject) -> None:
    text = (
        ":report: beta\n:organization: A unit\n:number: 2\n\nBeta\n====\n\n"
        ".. rst-class:: topic-care\n\nCare\n----\n\nBeta says.\n"
    )
    project = make_project(FILES | {"beta.rst": text})
    project.build()
    cell = project.page("care").select_one('[data-report="beta"]')
    assert cell
    assert "Beta says." in cell.get_text()


@pytest.mark.parametrize("rule", ["Results", "Res*"])
def test_heading_rules_take_sections(make_project: MakeProject, rule: str) -> None:
    """In either markup, numbers aside, the outermost match, where nothing is marked."""
    rst = (
        ":report: beta\n\nBeta\n====\n\n一、Results\n-----------\n\nBeta reached.\n\n"
        "Results\n~~~~~~~\n\nBeta below.\n"
    )
    marked = "{.topic-results}\nGamma marked.\n\n## Results\n\nGamma unmarked.\n"
    project = make_project(
        FILES
        | {
            "alpha.md": f"{REPORT}\n## （二）Results\n\nAlpha reached.\n",
            "beta.rst": rst,
            "gamma.md": f"---\nreport: gamma\n---\n\n# Results\n\n{marked}",
            "results.md": (
                f'---\ntopic: results\nheadings: ["{rule}"]\n---\n\n# Results\n\n'
                ":::{section-compare}\n:::\n"
            ),
        }
    )
    project.build()
    cells = project.page("results").select(".section-compare-cell")
    texts = {str(cell["data-report"]): cell.get_text() for cell in cells}
    assert "Alpha reached." in texts["alpha"]
    assert texts["beta"].count("Beta below.") == 1
    assert "Beta reached." in texts["beta"]
    assert "Gamma marked." in texts["gamma"]
    assert "unmarked" not in texts["gamma"]


def test_yaml_that_does_not_parse_is_named_once(make_project: MakeProject) -> None:
    project = make_project(FILES | {"page.md": report("report: beta\nnumber: [1")})
    project.build(warnings=True)
    assert project.messages == [
        "page.md:3: WARNING: front matter: the YAML does not parse: did not find expected ',' or ']'; allowed is one 'field: value' a line [section_compare.front_matter]",
    ]
    assert "Still built." in project.page("page").get_text()


def test_other_pages_headers_are_left_to_myst(make_project: MakeProject) -> None:
    project = make_project(FILES | {"page.md": topic("title: [1")})
    project.build(warnings=True)
    assert [message for message in project.messages if "section_compare." in message] == []


def test_a_warning_is_silenced_by_name(make_project: MakeProject) -> None:
    page = report(body="{.topic-cares}\nText.")
    project = make_project(FILES | {"page.md": page})
    project.build(suppress_warnings=["section_compare.mark"])


RST_REPORT = """\
:report: gamma
:short_title: Gamma
:number: 3

Gamma
=====

.. rst-class:: topic-care

Gamma cares.

1. Next steps
-------------

Gamma goes on.
"""
RST_TOPIC = """\
:topic: next
:headings:
  - Next*
  - Outlook

Next
====

.. section-compare::
   :missing: hide
"""


def test_restructuredtext_pages_take_part(make_project: MakeProject) -> None:
    conf = CONF + "source_suffix = {'.rst': 'restructuredtext', '.md': 'markdown'}\n"
    project = make_project(
        FILES | {"conf.py": conf, "gamma.rst": RST_REPORT, "next.rst": RST_TOPIC}
    )
    project.build()
    cells = project.page("care").select(".section-compare-cell")
    assert [cell["data-report"] for cell in cells] == ["alpha", "gamma"]
    assert "Gamma cares." in cells[1].get_text()
    cells = project.page("next").select(".section-compare-cell")
    assert [cell["data-report"] for cell in cells] == ["gamma"]
    assert "Gamma goes on." in cells[0].get_text()


def test_a_marked_topic_is_left_alone_by_heading_rules(make_project: MakeProject) -> None:
    marked = report(body="## Care\n\nBy rule?\n\n{.topic-care}\n## Other\n\nBy mark.")
    unmarked = (
        "---\nreport: delta\n---\n\n# Care\n\n## （二）Care\n\nBy rule.\n\n### Care\n\nWithin.\n"
    )
    rule = "---\ntopic: care\nheadings: Care\n---\n\n# Topic\n\n:::{section-compare}\n:::\n"
    project = make_project(FILES | {"beta.md": marked, "delta.md": unmarked, "care.md": rule})
    project.build()
    beta, delta = (
        project.page("care").select_one(f"[data-report={name}]") for name in ("beta", "delta")
    )
    assert beta is not None
    assert delta is not None
    assert "By rule?" not in beta.get_text()
    assert "By mark." in beta.get_text()
    assert len(delta.select(".section-compare-passage")) == 1  # the outermost match
    assert "Within." in delta.get_text()


def test_a_hundred_documents_with_titles_only(make_project: MakeProject) -> None:
    """The extension alone, in a collection that has nothing in common but section titles."""
    files = dict(FILES)
    for number in range(100):
        files[f"r{number}.md"] = (
            f"---\nreport: r{number}\n---\n\n# R{number}\n\n## 一、Care\n\nText {number}.\n"
        )
    files["care.md"] = TOPIC.replace("topic: care\n", "topic: care\nheadings: Care\n")
    project = make_project(files)
    project.build()
    assert len(project.page("care").select(".section-compare-passage")) == 101
