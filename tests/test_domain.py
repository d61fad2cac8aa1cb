"""What the facts of all documents say together, as tables of facts; no project is built."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import pytest
from docutils import nodes
from section_compare import warn
from section_compare.domain import (
    Cell,
    Page,
    Passage,
    Placeholder,
    Section,
    SectionCompareDomain,
)
from section_compare.frontmatter import Report, Topic
from sphinx.errors import SphinxError

if TYPE_CHECKING:
    from sphinx.environment import BuildEnvironment


@dataclass
class Environment:
    """As much of Sphinx's environment as the domain asks for its documents."""

    listed: list[str]
    unlisted: list[str]
    gone: list[str]
    domaindata: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def titles(self) -> dict[str, nodes.title]:
        return {name: nodes.title("", f"Title of {name}") for name in self.all_docs}

    @property
    def all_docs(self) -> dict[str, int]:
        return dict.fromkeys([*self.unlisted, *self.listed], 0)

    def collect_relations(self) -> dict[str, list[str | None]]:
        return {name: [None, None, None] for name in [*self.listed, *self.gone]}


def domain_of(listed: str, unlisted: str = "", gone: str = "") -> SectionCompareDomain:
    """A domain of documents in toctree order, of some in no toctree, and of some deleted since."""
    environment = Environment(listed.split(), unlisted.split(), gone.split())
    return SectionCompareDomain(cast("BuildEnvironment", environment))


def with_pages(reports: str, topics: str, headings: str = "") -> SectionCompareDomain:
    """Reports and topics by id in toctree order, each on a page of that name, and a page ``x``."""
    domain = domain_of(f"{reports} {topics} x")
    for name in reports.split():
        domain.note_report(name, Report(name, 2))
        domain.note_passages(name, [])
    for name in topics.split():
        rule = (headings,) if headings and name == "care" else ()
        domain.note_topic(name, Topic(name, 3, headings=rule))
    return domain


def passage(topic: str, anchor: str = "p", characters: int = 1) -> Passage:
    return Passage(topic, anchor, 1, 7, characters, "digest")


def compare(topics: str = "", reports: str = "", number: int = 1, **options: str) -> Placeholder:
    return Placeholder(
        "compare",
        f"compare-{number}",
        9,
        tuple(topics.split()),
        tuple(reports.split()),
        **options,  # type: ignore[arg-type]
    )


def test_the_order_of_documents_is_that_of_the_toctree() -> None:
    """What stands in none comes last, by name."""
    assert domain_of("index b a", "z c").document_order() == ["index", "b", "a", "c", "z"]


def test_a_page_as_others_name_it() -> None:
    domain = domain_of("b a both")
    domain.note_report("b", Report("beta", 2))
    domain.note_report("a", Report("alpha", 2, "A", 3, "unit", "year", "what"))
    domain.note_topic("both", Topic("care", 2))
    domain.note_report("both", Report("gamma", 3))
    found = domain.collect()
    assert list(found.reports.items()) == [
        ("beta", Page("beta", "b", "Title of b", "Title of b", details=("", ""))),
        ("alpha", Page("alpha", "a", "Title of a", "A", "", "what", 3, ("unit", "year"))),
        ("gamma", Page("gamma", "both", "Title of both", "Title of both", details=("", ""))),
    ]
    assert found.topics == {"care": Page("care", "both", "Title of both", "Title of both")}


def test_a_toctree_may_name_a_page_that_is_gone() -> None:
    """Sphinx reads it again only when it is changed itself."""
    domain = domain_of("a", gone="b")
    domain.note_report("a", Report("alpha", 2))
    assert domain.document_order() == ["a", "b"]
    assert [page.docname for page in domain.collect().reports.values()] == ["a"]


@dataclass
class Circular(Environment):
    """Toctrees that name each other, or that are as deep as if they did."""

    toctree_includes: dict[str, list[str]] = field(default_factory=dict)

    def collect_relations(self) -> dict[str, list[str | None]]:
        raise RecursionError

    def doc2path(self, docname: str) -> str:
        return f"/source/{docname}.md"


def test_the_pages_of_a_circle_are_named() -> None:
    """One that names itself is none; of toctrees that are only deep Python's own error is right."""
    includes = {"index": ["a"], "a": ["a", "b"], "b": ["c"], "c": ["d"], "d": ["b"]}
    environment = Circular([], [], [], toctree_includes=includes)
    domain = SectionCompareDomain(cast("BuildEnvironment", environment))
    with pytest.raises(SphinxError) as caught:
        domain.document_order()
    assert str(caught.value) == (
        "/source/b.md: the toctree leads back to this page: b → c → d → b; "
        "allowed are toctrees without a circle"
    )
    includes["d"] = []
    with pytest.raises(RecursionError):
        domain.document_order()


def test_a_topic_as_others_name_it() -> None:
    domain = domain_of("a")
    domain.note_topic("a", Topic("care", 2, "C", "group", "what", ("Care",)))
    assert domain.collect().topics == {
        "care": Page("care", "a", "Title of a", "C", "group", "what")
    }


def test_of_two_pages_with_one_id_the_first_stands() -> None:
    domain = domain_of("b a")
    for name in ("a", "b"):
        domain.note_report(name, Report("same", 2))
        domain.note_topic(name, Topic("same", 2))
    found = domain.collect()
    assert found.reports["same"].docname == "b"
    assert found.topics["same"].docname == "b"


# What a report says: the topics it marks, its sections with their depths, and what is found.
SAID: dict[str, tuple[str, list[tuple[str, int]], dict[str, list[str]]]] = {
    "nothing": ("", [], {}),
    "marks": ("care results care", [], {"care": ["m1", "m3"], "results": ["m2"]}),
    "a mark that no page declares": ("cares care", [], {"care": ["m2"]}),
    "a title": ("", [("Other", 2), ("二、Care", 2)], {"care": ["s2"]}),
    "a mark, which puts the rule aside": ("care", [("Care", 2)], {"care": ["m1"]}),
    "a mark for another topic": ("results", [("Care", 2)], {"results": ["m1"], "care": ["s1"]}),
    "titles side by side": ("", [("Care", 3), ("Care", 3)], {"care": ["s1", "s2"]}),
    "titles within one another": ("", [("Care", 2), ("Care", 3), ("Care", 4)], {"care": ["s1"]}),
    "a title deep in the section after": (
        "",
        [("Care", 2), ("A", 3), ("Other", 2), ("Care", 3)],
        {"care": ["s1", "s4"]},
    ),
    "a title higher up": ("", [("Care", 3), ("Care", 2)], {"care": ["s1", "s2"]}),
}


@pytest.mark.parametrize(("marks", "sections", "found"), SAID.values(), ids=SAID.keys())
def test_what_a_report_says_on_each_topic(
    marks: str, sections: list[tuple[str, int]], found: dict[str, list[str]]
) -> None:
    domain = with_pages("r1 r2", "results care", headings="Care")
    marked = [passage(topic, f"m{number}") for number, topic in enumerate(marks.split(), 1)]
    domain.note_passages("r2", marked)
    titled = [
        Section(title, depth, passage("", f"s{number}"))
        for number, (title, depth) in enumerate(sections, 1)
    ]
    domain.note_sections("r2", titled)
    assert {
        key: [one.anchor for one in passages] for key, passages in domain.collect().passages.items()
    } == {(topic, "r2"): anchors for topic, anchors in found.items()}


def told() -> SectionCompareDomain:
    """Three reports of which one says nothing, and two topics, one twice in a report."""
    domain = with_pages("r2 r1 s3", "care results")
    domain.note_passages("r2", [passage("results", "p1")])
    domain.note_passages("r1", [passage("care", "p1", 3), passage("results", "p2"),
                                passage("care", "p3", 4)])  # fmt: skip
    return domain


# A comparison, the page it stands on, and the reports in each of its rows.
ROWS: dict[str, tuple[Placeholder, str, list[tuple[str, str]]]] = {
    "a topic named": (compare("care"), "x", [("care", "r2 r1 s3")]),
    "none named, on a topic page": (compare(), "results", [("results", "r2 r1 s3")]),
    "none named, on another page": (compare(), "x", []),
    "topics as named, but unknown ones": (
        compare("results none care"),
        "x",
        [("results", "r2 r1 s3"), ("care", "r2 r1 s3")],
    ),
    "reports as named, each once": (
        compare("care", "s* r1 none r*"),
        "x",
        [("care", "s3 r1 r2")],
    ),
    "no report known": (compare("care", "none"), "x", [("care", "")]),
    "without those that say nothing": (compare("care", missing="hide"), "x", [("care", "r1")]),
    "without those that say nothing in any row": (
        compare("care results", missing="hide"),
        "x",
        [("care", "r2 r1"), ("results", "r2 r1")],
    ),
}


@pytest.mark.parametrize(("placeholder", "docname", "rows"), ROWS.values(), ids=ROWS.keys())
def test_the_rows_of_a_comparison(
    placeholder: Placeholder, docname: str, rows: list[tuple[str, str]]
) -> None:
    domain = told()
    domain.note_placeholder(docname, placeholder)
    found = domain.collect().rows[docname, "compare-1"]
    assert [
        (topic.id, " ".join(cell.report.id for cell in cells)) for topic, cells in found
    ] == rows


def test_a_cell_holds_a_report_s_passages_on_a_topic() -> None:
    domain = told()
    domain.note_placeholder("x", compare("care", "r1 r2"))
    found = domain.collect()
    [(topic, cells)] = found.rows["x", "compare-1"]
    assert topic == found.topics["care"]
    assert cells == [
        Cell(
            found.reports["r1"],
            topic,
            "compare-1-care_r1",
            (passage("care", "p1", 3), passage("care", "p3", 4)),
        ),
        Cell(found.reports["r2"], topic, "compare-1-care_r2", ()),
    ]
    assert [cell.characters for cell in cells] == [7, 0]


# Comparisons by the page they stand on, and where each topic of a report is compared.
HOMES: dict[str, tuple[dict[str, list[Placeholder]], dict[tuple[str, str], tuple[str, str]]]] = {
    "nowhere": ({}, {}),
    "on the topic's page, whatever stands before": (
        {"r2": [compare("care", number=1)], "care": [compare("care", number=2)]},
        {("care", "r1"): ("care", "compare-2-care_r1")},
    ),
    "on another page, the first in toctree order": (
        {"x": [compare("care")], "results": [compare("care")], "s3": [compare("care", "r2 s3")]},
        {("care", "r1"): ("results", "compare-1-care_r1")},
    ),
    "twice on a page": (
        {"x": [compare("care", number=1), compare("care", number=2)]},
        {("care", "r1"): ("x", "compare-1-care_r1")},
    ),
    "for each report where it is shown": (
        {"results": [compare("results", "r1")], "x": [compare("results")]},
        {
            ("results", "r1"): ("results", "compare-1-results_r1"),
            ("results", "r2"): ("x", "compare-1-results_r2"),
        },
    ),
    "no comparison": ({"care": [Placeholder("coverage", "compare-1", 9, ("care",))]}, {}),
    "a comparison below another directive": (
        {"x": [Placeholder("phrases", "compare-1", 9), compare("care", number=2)]},
        {("care", "r1"): ("x", "compare-2-care_r1")},
    ),
}


@pytest.mark.parametrize(("placeholders", "homes"), HOMES.values(), ids=HOMES.keys())
def test_where_a_passage_is_compared(
    placeholders: dict[str, list[Placeholder]], homes: dict[tuple[str, str], tuple[str, str]]
) -> None:
    domain = told()
    for docname, found in placeholders.items():
        for placeholder in found:
            domain.note_placeholder(docname, placeholder)
    assert domain.collect().homes == homes


@dataclass
class Facts:
    """Facts by the page that they stand on."""

    reports: dict[str, Report] = field(default_factory=dict)
    topics: dict[str, Topic] = field(default_factory=dict)
    passages: dict[str, list[Passage]] = field(default_factory=dict)
    placeholders: dict[str, list[Placeholder]] = field(default_factory=dict)


# What is amiss beside the good facts, and what is warned of it.
WRONG: dict[str, tuple[Facts, list[str]]] = {
    "nothing": (Facts(placeholders={"care": [compare()], "x": [compare("care", "r*")]}), []),
    "marks that no page declares": (
        Facts(
            passages={
                "r2": [passage("zzz"), passage("results")],
                "r1": [passage("cares"), passage("care")],
            }
        ),
        [
            "mark r1:7: a mark names topic 'cares', which no topic page declares; "
            "allowed: care, results; did you mean 'care'?",
            "mark r2:7: a mark names topic 'zzz', which no topic page declares; "
            "allowed: care, results",
        ],
    ),
    "topics without a passage": (
        Facts(topics={"x": Topic("x", 4), "s3": Topic("s3", 5)}),
        [
            "empty_topic s3:5: no report has a passage on topic 's3'; mark one with {.topic-s3}",
            "empty_topic x:4: no report has a passage on topic 'x'; mark one with {.topic-x}",
        ],
    ),
    "ids declared twice": (
        Facts(
            reports={"x": Report("r1", 5), "care": Report("r1", 4)},
            topics={"x": Topic("care", 6)},
        ),
        [
            "duplicate_id care:4: report 'r1' is declared in r1 already; allowed is one page an id",
            "duplicate_id x:5: report 'r1' is declared in r1 already; allowed is one page an id",
            "duplicate_id x:6: topic 'care' is declared in care already; allowed is one page an id",
        ],
    ),
    "names in a comparison": (
        Facts(placeholders={"x": [compare("car care zzz", "r1 r22 q*")]}),
        [
            "topic x:9: unknown topic 'car'; allowed: care, results; did you mean 'care'?",
            "topic x:9: unknown topic 'zzz'; allowed: care, results",
            "report x:9: unknown report 'r22'; allowed: r2, r1, s3; did you mean 'r2'?",
            "report x:9: unknown report 'q*'; allowed: r2, r1, s3",
        ],
    ),
    "comparisons of nothing, by page": (
        Facts(placeholders={"x": [compare()], "care": [compare()], "r1": [compare()]}),
        [
            "topic r1:9: a comparison names no topic, and its page is no topic page; "
            "allowed: care, results",
            "topic x:9: a comparison names no topic, and its page is no topic page; "
            "allowed: care, results",
        ],
    ),
    # a matrix of all topics names none
    "another directive": (Facts(placeholders={"x": [Placeholder("coverage", "c", 9)]}), []),
}


@pytest.mark.parametrize(("facts", "expected"), WRONG.values(), ids=WRONG.keys())
def test_what_only_all_documents_show_is_named(
    facts: Facts, expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    said = []

    def note(subtype: str, message: str, *values: object, location: tuple[str, int]) -> None:
        said.append(f"{subtype} {location[0]}:{location[1]}: {message % values}")

    monkeypatch.setattr(warn, "warn", note)
    domain = told()
    for name in ("reports", "topics", "passages", "placeholders"):
        domain.data[name].update(getattr(facts, name))
    domain.check_consistency()
    assert said == expected


def noted(docnames: str, mark: str = "") -> SectionCompareDomain:
    """A domain that knows of each document all there is to know, with a mark in the digests."""
    domain = domain_of(docnames)
    stamps = {}
    for name in docnames.split():
        domain.note_report(name, Report(f"{mark}{name}", 2))
        domain.note_topic(name, Topic(f"{mark}{name}", 2))
        domain.note_passages(name, [passage(f"{mark}{name}")])
        domain.note_sections(name, [Section(f"{mark}{name}", 2, passage(""))])
        domain.note_content(name, f"{mark}{name}")
        domain.note_placeholder(name, compare(f"{mark}{name}", number=1))
        domain.note_placeholder(name, compare(f"{mark}{name}", number=2))
        stamps[name] = (len(mark), len(name))
    domain.note_doctrees(stamps)
    return domain


def test_what_is_noted_is_told() -> None:
    domain = noted("a b")
    assert domain.reports == {"a": Report("a", 2), "b": Report("b", 2)}
    assert domain.topics == {"a": Topic("a", 2), "b": Topic("b", 2)}
    assert domain.passages == {"a": [passage("a")], "b": [passage("b")]}
    assert domain.sections["b"] == [Section("b", 2, passage(""))]
    assert domain.contents == {"a": "a", "b": "b"}
    assert domain.placeholders["a"] == [compare("a", number=1), compare("a", number=2)]
    assert domain.doctrees == {"a": (0, 1), "b": (0, 1)}
    assert domain.anchored("b") == [passage(""), passage("b")]


def test_all_that_a_document_said_is_forgotten() -> None:
    domain = noted("a b")
    domain.clear_doc("a")
    domain.clear_doc("never read")
    assert domain.data == noted("b").data


def test_of_another_process_the_documents_that_it_read_are_taken() -> None:
    """Not what it knew of others, which may have changed here."""
    domain = noted("a b")
    domain.merge_domaindata({"b", "c"}, noted("a b c", mark="new-").data)
    expected = noted("a")
    other = noted("b c", mark="new-")
    for name in expected.initial_data:
        expected.data[name].update(other.data[name])
    assert domain.data == expected.data
