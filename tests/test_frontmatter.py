"""The schema of a page's header, as tables of headers and of what they are taken for."""

from __future__ import annotations

import pytest
from section_compare.matching import EMPTY, UNBALANCED
from section_compare.model import Report, Topic
from section_compare.read.header import (
    BAD_PATTERN,
    MALFORMED,
    NOT_A_LIST,
    NOT_A_NUMBER,
    NOT_A_REPORT_ID,
    NOT_A_STRING,
    NOT_A_TOPIC_ID,
    UNKNOWN_FIELD,
    Problem,
    parse_yaml,
    shown,
    validate,
    without_block,
    yaml_block,
)

NAMES = {"report": "ours", "topic": "our_topic"}

Found = tuple[Report | None, Topic | None, list[Problem]]


def read(header: str) -> Found:
    """What a page with these lines as its header is."""
    values, places, problems = parse_yaml(f"---\n{header}\n---\n# T\n")
    report, topic, more = validate(values, places)
    return report, topic, problems + more


def problem(line: int, message: str, *arguments: object, subtype: str = "front_matter") -> Problem:
    return Problem(subtype, line, message, arguments)


GOOD: dict[str, Found] = {
    "title: x": (None, None, []),
    "report: a": (Report("a", 2), None, []),
    "x: 1\ntopic: b": (None, Topic("b", 3), []),
    "report: a\ntopic: b-2": (Report("a", 2), Topic("b-2", 3), []),
    "report: 2021\nnumber: '007'": (Report("2021", 2, number=7), None, []),
    "report: a\nnumber: 0": (Report("a", 2, number=0), None, []),
    "report: a\nnumber: '\u30003 '": (Report("a", 2, number=3), None, []),
    "report: a\nnumber: 999999999": (Report("a", 2, number=999999999), None, []),
    "report: a\nshort_title: ' 甲 '\norganization: 乙\nperiod: 2021\ndescription: 1.5": (
        Report("a", 2, short_title="甲", organization="乙", period="2021", description="1.5"),
        None,
        [],
    ),
    "topic: a\nshort_title: 甲\ngroup: 乙\ndescription: 丙": (
        None,
        Topic("a", 2, short_title="甲", group="乙", description="丙"),
        [],
    ),
    "topic: a\nheadings: 问题": (None, Topic("a", 2, headings=("问题",)), []),
    "topic: a\nheadings: [' 问题 ', '*不足*']": (
        None,
        Topic("a", 2, headings=("问题", "*不足*")),
        [],
    ),
    "report: a\nshort_title:\nnumber:": (Report("a", 2), None, []),
    "report: a.b\nnumber: 3": (Report("a.b", 2, number=3), None, []),
    "topic: a\naliases: [不足, 问题]\nreviewed: b": (
        None,
        Topic("a", 2, aliases=("不足", "问题"), reviewed=("b",)),
        [],
    ),
    # fields of others, near ours as they may be
    "report: a\nversion: x\nauthor: y\nreviewed: 1": (Report("a", 2), None, []),
    "short_titel: a": (None, None, []),
    # no page of ours, though a field has nearly the name of one
    "topics: [a]\ndescription: b\nnumber: 1": (None, None, []),
    "support: a\nshort_title: b": (None, None, []),
    "reprot: a\nheadings: b": (None, None, []),
}


@pytest.mark.parametrize(("header", "found"), GOOD.items())
def test_a_good_header(header: str, found: Found) -> None:
    assert read(header) == found


BAD: dict[str, Found] = {
    "report: A b": (None, None, [problem(2, NOT_A_REPORT_ID, "report", "'A b'")]),
    "report:": (None, None, [problem(2, NOT_A_REPORT_ID, "report", "''")]),
    "x: 1\ntopic: a.b": (None, None, [problem(3, NOT_A_TOPIC_ID, "topic", "'a.b'")]),
    "report: [a]": (None, None, [problem(2, NOT_A_REPORT_ID, "report", "['a']")]),
    "report: a\ntopic: b\nperiods: x": (
        Report("a", 2),
        Topic("b", 3),
        [problem(4, UNKNOWN_FIELD, "periods", "period")],
    ),
    "report: a\nnumber: -1": (Report("a", 2), None, [problem(3, NOT_A_NUMBER, "number", "'-1'")]),
    "report: a\nnumber: 1000000000": (
        Report("a", 2),
        None,
        [problem(3, NOT_A_NUMBER, "number", "'1000000000'")],
    ),
    "report: a\nnumber: '２'": (Report("a", 2), None, [problem(3, NOT_A_NUMBER, "number", "'２'")]),
    "report: a\nnumber: true": (
        Report("a", 2),
        None,
        [problem(3, NOT_A_NUMBER, "number", "'true'")],
    ),
    "report: a\nperiod: [1]\ndescription: {b: c}\norganization: b": (
        Report("a", 2, organization="b"),
        None,
        [
            problem(3, NOT_A_STRING, "period", "['1']"),
            problem(4, NOT_A_STRING, "description", "{'b': 'c'}"),
        ],
    ),
    "topic: a\nheadings: {b: c}": (
        None,
        Topic("a", 2),
        [problem(3, NOT_A_LIST, "headings", "{'b': 'c'}")],
    ),
    "topic: a\nheadings: [b, [c]]": (
        None,
        Topic("a", 2),
        [problem(3, NOT_A_LIST, "headings", "['b', ['c']]")],
    ),
    "topic: a\nheadings: ['', 'b[', c]": (
        None,
        Topic("a", 2, headings=("c",)),
        [
            problem(3, BAD_PATTERN, "", EMPTY, subtype="pattern"),
            problem(3, BAD_PATTERN, "b[", UNBALANCED, subtype="pattern"),
        ],
    ),
    "report: a\nshort_titel: b": (
        Report("a", 2),
        None,
        [problem(3, UNKNOWN_FIELD, "short_titel", "short_title")],
    ),
    "topic: a\nheading: b": (
        None,
        Topic("a", 2),
        [problem(3, UNKNOWN_FIELD, "heading", "headings")],
    ),
    # the declaration itself, beside a field that only such a page has
    "short_title: b\nreprot: a": (None, None, [problem(3, UNKNOWN_FIELD, "reprot", "report")]),
    "topics: a\nheadings: b": (None, None, [problem(2, UNKNOWN_FIELD, "topics", "topic")]),
    # in the order of the lines
    "shorttitle: b\nreport: A\ngrupe: x": (
        None,
        None,
        [
            problem(2, UNKNOWN_FIELD, "shorttitle", "short_title"),
            problem(3, NOT_A_REPORT_ID, "report", "'A'"),
        ],
    ),
}


@pytest.mark.parametrize(("header", "found"), BAD.items())
def test_a_bad_field_is_named_and_left_out(header: str, found: Found) -> None:
    assert read(header) == found


def test_a_value_is_shown_in_eighty_characters() -> None:
    assert shown("x" * 78) == repr("x" * 78)
    assert len(shown("x" * 79)) == 80
    assert "x...x" in shown("x" * 79)


@pytest.mark.parametrize(
    ("header", "line", "reason"),
    [
        ("report: a\nnumber: [", 3, "node content"),
        ("x: 1\ntopic: a: b\ny: 2", 3, "mapping values are not allowed"),
        ("\nreport: a\ngroup: \x01\nperiod: x", 4, "characters are not allowed"),
    ],
)
def test_a_header_that_does_not_parse(header: str, line: int, reason: str) -> None:
    values, places, problems = parse_yaml(f"---\n{header}\n---\n# T\n")
    assert (values, places) == ({}, {})
    assert [(one.subtype, one.line, one.message) for one in problems] == [
        ("front_matter", line, MALFORMED)
    ]
    [found] = problems[0].args
    assert reason in str(found)
    assert "\n" not in str(found)  # where it is, the warning says


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("---\na: 1\n---\n", (1, 2)),
        ("--- \na: 1\nb: 2\n...\n", (1, 3)),
        ("---\n---\n", (1, 1)),
        (" ---\na: 1\n---\n", (0, 0)),
        ("---\na: 1\n", (0, 0)),
        ("# T\n---\na: 1\n---\n", (0, 0)),
        ("", (0, 0)),
    ],
)
def test_where_the_block_lies(text: str, lines: tuple[int, int]) -> None:
    assert yaml_block(text) == lines


def test_a_block_is_blanked_and_all_else_stays() -> None:
    assert without_block("---\na: 1\n---\nb\n\nc") == "\n\n\nb\n\nc"


def test_keys_are_text_and_have_their_lines() -> None:
    assert parse_yaml("---\n\n1: a\nreport: b\n---\n") == (
        {"1": "a", "report": "b"},
        {"1": 3, "report": 4},
        [],
    )


def test_a_project_has_names_of_its_own_for_report_and_topic() -> None:
    values, places, problems = parse_yaml("---\nours: a\ntopic: Typing\n---\n", NAMES)
    assert validate(values, places, NAMES) == (Report(id="a", line=2), None, problems)
    values, places, _problems = parse_yaml("---\nour_topic: A b\nreport: No 1\n---\n", NAMES)
    assert validate(values, places, NAMES) == (
        None, None, [problem(2, NOT_A_TOPIC_ID, "our_topic", "'A b'")],
    )  # fmt: skip


def test_a_broken_header_is_named_where_it_declares_ours() -> None:
    assert parse_yaml("---\nreport: [\n---\n", NAMES)[2] == []
    assert len(parse_yaml("---\nours: [\n---\n", NAMES)[2]) == 1
